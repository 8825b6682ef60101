"""JSON that diffviz reads, generated: any value in any place, and what a record says for it."""

import copy
import json
import math
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from diffviz.core.errors import DiffvizError, printable
from diffviz.core.measure.phase_record import MeasuredPhases
from diffviz.core.models.catalog import read_card, training_losses
from diffviz.core.recipes import TrainConfig
from diffviz.core.runs import parse_line, read_log
from diffviz.core.runs.commands import CommandInbox
from diffviz.core.runs.run_state import summarise
from diffviz.tui.screens.training.log_history import LogHistory

NUMBERS = st.one_of(
    st.integers(),
    st.integers(-(10**400), 10**400),
    st.floats(),
    st.sampled_from([0, -1, 2**63, 2**64, 10**300, 1e308, -0.0, math.nan, math.inf, -math.inf]),
)
LEAVES = st.one_of(st.none(), st.booleans(), NUMBERS, st.text(max_size=8))
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=6,
)


def hypothesis_settings(cases: int) -> settings:
    """Return settings that generate the same ``cases`` values each time."""
    return settings(
        max_examples=cases,
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )


AMOUNTS = [pytest.param(40, id="few"), pytest.param(2000, id="many", marks=pytest.mark.slow)]
FIELDS = sorted(TrainConfig().to_json())


@pytest.mark.parametrize("cases", AMOUNTS)
def test_any_training_configuration_is_read_or_refused(cases):
    @hypothesis_settings(cases)
    @given(st.dictionaries(st.sampled_from([*FIELDS, "momentum"]), VALUES, max_size=4))
    def check(values):
        try:
            config = TrainConfig.from_json(values)
        except DiffvizError:
            return
        # what was taken can be used
        assert TrainConfig.from_json(json.loads(json.dumps(config.to_json()))) == config
        for step in (1, 100, 10**6):
            assert 0 <= config.learning_rate(step, 10**6) < math.inf
            assert 0 <= config.ema_decay_at(step) < 1

    check()


def places(value, path=()):
    """Yield the path of every value within a JSON value."""
    yield path
    if isinstance(value, dict | list):
        for key, child in value.items() if isinstance(value, dict) else enumerate(value):
            yield from places(child, (*path, key))


def put(value, path, new):
    """Return a copy of a JSON value with ``new`` at ``path``."""
    if not path:
        return new
    value = copy.deepcopy(value)
    at = value
    for key in path[:-1]:
        at = at[key]
    at[path[-1]] = new
    return value


@pytest.mark.parametrize("cases", AMOUNTS)
def test_any_measured_phases_are_read_or_refused(cases):
    good = json.loads(json.dumps(read_card("reference")["phases"]["raw"]))
    assert MeasuredPhases.from_json(good).to_json()["schema"] == good["schema"]

    @hypothesis_settings(cases)
    @given(st.sampled_from(list(places(good))), VALUES)
    def check(path, new):
        with suppress(ValueError):
            phases = MeasuredPhases.from_json(put(good, path, new))
            assert all(1000 >= t >= 1 for t in phases.timesteps)
            assert all(math.isfinite(b.t.value) for b in phases.boundaries)
            json.dumps(phases.to_json(), allow_nan=False)

    check()


EVENTS = st.fixed_dictionaries(
    {},
    optional={
        "event": st.sampled_from(["batch", "epoch", "started", "finished", "command", "preview"]),
        "step": st.one_of(st.integers(0, 9), VALUES),
        "epoch": VALUES,
        "loss": VALUES,
        "images_per_s": VALUES,
        "complete": VALUES,
        "command": VALUES,
        "value": VALUES,
        "done": VALUES,
    },
)
LINES = st.one_of(
    EVENTS.map(lambda event: json.dumps(event).encode()), VALUES.map(json.dumps).map(str.encode),
    st.binary(max_size=20),
)  # fmt: skip


@pytest.mark.parametrize("cases", AMOUNTS)
def test_any_run_log_is_read(cases, tmp_path):
    (tmp_path / "config.json").write_text(
        json.dumps({"config": TrainConfig().to_json(), "environment": {}})
    )

    @hypothesis_settings(cases)
    @given(st.lists(LINES, max_size=4))
    def check(lines):
        (tmp_path / "log.jsonl").write_bytes(b"\n".join([*lines, b""]))
        events = list(read_log(tmp_path / "log.jsonl"))
        assert all(type(event.step) is int for event in events)
        history = LogHistory()
        for event in events:
            history.add(event)
        assert len(history.position) == 2
        assert all(map(math.isfinite, training_losses(str(tmp_path))))
        summary = summarise(tmp_path)
        for number in (summary.loss, summary.images_per_s, summary.epoch):
            assert number is None or math.isfinite(number)

    check()


@pytest.mark.parametrize("cases", AMOUNTS)
def test_any_commands_are_read(cases, tmp_path):
    commands = st.fixed_dictionaries(
        {"command": st.one_of(st.sampled_from(["stop", "epochs", "pause"]), VALUES)},
        optional={"value": st.one_of(st.integers(0, 5), VALUES)},
    )
    lines = st.one_of(commands.map(json.dumps).map(str.encode), LINES)

    @hypothesis_settings(cases)
    @given(st.lists(lines, max_size=4))
    def check(sent):
        inbox = CommandInbox(tmp_path)
        good = b'{"command": "checkpoint"}'
        (tmp_path / "commands.jsonl").write_bytes(b"\n".join([*sent, good, b""]))
        found = list(inbox.new())
        assert found[-1].name == "checkpoint"  # what comes after nonsense is obeyed
        assert all(c.value is None or 1 <= c.value <= 100_000 for c in found)
        assert not list(inbox.new())

    check()


def test_an_overlong_line_does_not_block_the_commands_after_it(tmp_path):
    inbox = CommandInbox(tmp_path)
    Path(tmp_path / "commands.jsonl").write_bytes(b"x" * (3 << 20) + b'\n{"command": "stop"}\n')
    found = [command.name for _ in range(5) for command in inbox.new()]
    assert found == ["stop"]


@pytest.mark.parametrize("cases", AMOUNTS)
def test_messages_are_one_printable_line(cases):
    @hypothesis_settings(cases)
    @given(st.text(st.characters(), max_size=50), st.integers(0, 100))
    def check(text, repeats):
        line = printable(text * repeats)
        assert line.isprintable()
        assert str(DiffvizError(text)) == printable(text)
        if text.isprintable():
            assert printable(text) == text

    check()


def test_deeply_nested_json_is_skipped():
    assert parse_line(b"[" * 100_000 + b"\n") is None
    assert parse_line(b'{"step": ' + b"9" * 5000 + b"}\n") is None
