"""What travels between the two processes comes back as it was, and nothing else travels."""

import io
import json
import struct

import numpy as np
import pytest

from diffviz.core.noise import NoiseStream
from diffviz.core.phases import Phase
from diffviz.core.records import Step
from diffviz.core.sampling import SamplingSpec
from diffviz.core.sampling.guidance import LabelSettings
from diffviz.core.step import Conditioning
from diffviz.tui.worker import wire
from diffviz.tui.worker.driver import SetLabels, StepOnce
from diffviz.tui.worker.events import LaneStep, PhaseEntered
from diffviz.tui.worker.jobs import Job, Lane
from diffviz.tui.worker.pipelines import Pipelines


def there_and_back(item):
    pipe = io.BytesIO()
    wire.send(pipe, item)
    pipe.seek(0)
    back = wire.receive(pipe)
    assert not pipe.read()
    return back


@pytest.mark.parametrize(
    "item",
    [None, True, -1, 2**70, 0.1, float("inf"), "ü\n", (), (1, [2, (3,)]), {"a": [1]}, Phase.BLOB],
)
def test_plain_values_round_trip(item):
    back = there_and_back(item)
    assert back == item
    assert type(back) is type(item)


def test_steps_and_jobs_round_trip():
    images = np.random.default_rng(0).normal(size=(2, 28, 28)).astype(np.float32)
    step = Step(3, 10, 700, 0.1, Phase.STATIC, images, images[::-1], np.zeros((0, 28, 28), "f4"))
    back = there_and_back([step, step])[1]
    assert (back.index, back.t, back.alpha_bar, back.phase) == (3, 700, 0.1, Phase.STATIC)
    for name in ("x_t", "x0_hat", "eps"):
        np.testing.assert_array_equal(getattr(back, name), getattr(step, name))
        assert getattr(back, name).dtype == np.float32

    lane = Lane(
        "one", "default", (NoiseStream(7).child(600, 2),), SamplingSpec(eta=0.5), start=(3, images)
    )
    (back,) = there_and_back(Job((lane,), aligned=True)).lanes
    np.testing.assert_array_equal(back.streams[0].draw(5), lane.streams[0].draw(5))
    assert back.start[0] == 3
    assert (back.spec.eta, back.path) == (0.5, ())


def test_events_and_commands():
    event = there_and_back(PhaseEntered(3, Phase.BLOB))
    assert isinstance(event, PhaseEntered)
    assert event == (3, Phase.BLOB)
    assert isinstance(there_and_back(StepOnce()), StepOnce)
    assert there_and_back(Pipelines("cpu", 2)) == Pipelines("cpu", 2)


def test_foreign_classes_and_callables_are_refused():
    for item in (object(), there_and_back, json.loads):
        with pytest.raises(TypeError, match="can't be sent"):
            wire.send(io.BytesIO(), item)
    for name in ("subprocess:Popen", "diffviz.tui.worker.process:main"):
        text = json.dumps(["record", name, ["true"]]).encode()
        with pytest.raises(TypeError, match="no record of diffviz"):
            wire.receive(io.BytesIO(struct.pack("<QQ", len(text), 0) + text))


def test_a_pipe_closed_in_mid_message_raises_end_of_file():
    pipe = io.BytesIO()
    wire.send(pipe, np.arange(9))
    for length in (0, 5, 20, len(pipe.getvalue()) - 1):
        with pytest.raises(EOFError):
            wire.receive(io.BytesIO(pipe.getvalue()[:length]))


def test_labels_guidance_and_both_predictions_come_across():
    x0_null = np.full((1, 28, 28), 0.5, np.float32)
    images = np.zeros((1, 28, 28), np.float32)
    told = Conditioning((7,), 1.5, x0_null)
    step = Step(3, 10, 700, 0.1, Phase.STATIC, images, images, images, told)
    settings = LabelSettings("ankle boot", 2.0, 800, 100)
    received = there_and_back(LaneStep(1, 0, step, 8, 0.1, None, 0.1)).step
    assert (received.conditioning.labels, received.conditioning.guidance) == ((7,), 1.5)
    np.testing.assert_array_equal(received.conditioning.x0_null, x0_null)
    assert received.evaluations == 2
    assert there_and_back(SetLabels(settings)) == SetLabels(settings)
