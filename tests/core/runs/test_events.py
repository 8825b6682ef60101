"""Lines of the training log: written from events and parsed into the same ones."""

import math

import pytest

from diffviz.core.records import (
    Batch,
    CheckpointSaved,
    Commanded,
    EpochDone,
    Failed,
    Finished,
    Preview,
    Score,
    Started,
)
from diffviz.core.runs import event_line, parse_event

EVENTS = [
    Started("runs/a", "tiny", 1234, "mnist", 60000, "cpu", 3, 469, 128, 0, 0.5, 2),
    Batch(1, 1, 1, 0.5, 0.25, 1e-3, 16.0),
    Batch(1, 1, 1, 0.5, 0.25, 1e-3, 16.0, 0.5, 2.0, {"static": 0.125}, 300.0),
    EpochDone(3, 1, 3, 1.5, 0.125, 1e-3, 16.0),
    CheckpointSaved(3, 1, 3, "checkpoint.safetensors"),
    Preview(3, 1, 3, "previews/00000003.npy", "ddim", 50, 1.5),
    Score(3, 1, 3, 12.5, 1000, 2.5),
    Commanded(3, 1, 3, "epochs", True, "until epoch 7", 7),
    Finished(6, 2, 3, 3.0, True, "weights.safetensors"),
    Failed(6, "the loss became nan"),
]


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: type(event).__name__)
def test_a_parsed_line_is_the_event_it_was_written_from(event):
    assert parse_event(event_line(event).encode()) == event


@pytest.mark.parametrize(
    "line",
    [
        b'{"step": 1}',
        b'{"event": "batch"}',
        b'{"event": "batch", "step": "1"}',
        b'{"event": "batch", "step": 1' + b"0" * 300 + b"}",
        b'{"event": "dance", "step": 1}',
        b'{"event": ["batch"], "step": 1}',
        b'{"event": "batch", "st',
    ],
)
def test_a_line_without_a_known_event_or_a_step_is_no_event(line):
    assert parse_event(line) is None


def test_missing_and_unusable_values_cost_nothing_else_of_a_line():
    line = b'{"event": "batch", "step": 7, "epoch": "x", "loss": 1e999, "lr": 0.5, "new": 1}'
    event = parse_event(line)
    assert isinstance(event, Batch)
    assert (event.step, event.epoch, event.batch, event.lr) == (7, 0, 0, 0.5)
    assert math.isnan(event.loss)
    assert math.isnan(event.wall_s)
    assert (event.bands, event.grad_norm) == (None, None)
