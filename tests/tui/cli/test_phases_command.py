"""``diffviz phases`` with untrained weights and the shortest of chains."""

import io
import json

import pytest
from rich.console import Console

from diffviz.core.measure.phase_record import MeasuredPhases
from diffviz.tui.plain.phase_table import print_phases

FAST = ["-n", "2", "--children", "2", "--points", "3", "--steps", "6"]


@pytest.fixture
def mine(weights_file, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    path = tmp_path / "mine.safetensors"
    path.write_bytes(weights_file.read_bytes())
    return path


def test_measured_once_then_shown(diffviz, mine, tmp_path):
    command = ["phases", "--weights", mine, *FAST]
    first = diffviz(*command, "--png", tmp_path / "p.png")
    assert first.status == 0, first
    assert (tmp_path / "p.png").read_bytes().startswith(b"\x89PNG")
    lines = first.out.splitlines()
    assert "seeds 0 to 1, 2 branches at each of 3 timesteps" in lines[0]
    for name in ("static | blob", "blob | lock-in", "lock-in | refinement", "decided"):
        assert any(line.startswith(name) for line in lines)
    saved = mine.with_name("mine.raw-ddpm-6-2.phases.json")
    assert lines[-1] == f"saved in {saved}"

    again = diffviz(*command)
    assert again.out.splitlines()[:-1] == lines[:-1]
    assert "saved by an earlier measurement" in again.out
    assert f"saved in {saved}" in diffviz(*command, "--again").out
    assert f"saved in {saved}" in diffviz(*command, "--children", "3").out


def test_json_has_the_measurement(diffviz, mine, tmp_path):
    outcome = diffviz("phases", "--weights", mine, *FAST, "--json", "-")
    values = json.loads(outcome.out)
    assert values["schema"] == "diffviz-phases/1"
    assert values["timesteps"] == [1000, 600, 1]
    assert diffviz("phases", "--weights", mine, *FAST, "--json", tmp_path / "p.json").status == 0
    assert json.loads((tmp_path / "p.json").read_text()) == values


def test_wrong_flags_are_usage_errors(diffviz, mine):
    assert diffviz("phases", "-n", "1").status == 2
    assert "end it in .png" in diffviz("phases", "--png", "x.gif").complaint
    assert "go beyond" in diffviz("phases", "--seed", 2**64 - 1).usage_complaint


@pytest.mark.parametrize(("encoding", "shown"), [("ascii", False), ("utf-8", True)])
def test_the_chart_is_drawn_only_where_its_characters_can_be_shown(diffviz, mine, encoding, shown):
    values = json.loads(diffviz("phases", "--weights", mine, *FAST, "--json", "-").out)
    file = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    print_phases(MeasuredPhases.from_json(values), Console(file=file, width=90))
    file.flush()
    text = file.buffer.getvalue().decode(encoding)  # type: ignore[attr-defined]
    assert ("┤" in text) == shown
    assert "static | blob" in text
