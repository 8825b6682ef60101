"""``diffviz record`` in an empty environment, in a session that has no terminal."""

import json
import subprocess
import sys
from dataclasses import replace

import pytest

from diffviz.core.measure.phase_record import read_phases, save_phases

CODE = "import sys; from diffviz.tui.cli import main; sys.exit(main())"
SEED = ("--seed", "5")
SHORT = (*SEED, "--sampler", "ddim", "--steps", "3")


def recorded(path, *flags, env=None) -> bytes:
    path.parent.mkdir()
    command = [sys.executable, "-c", CODE, "record", str(path), *flags]
    done = subprocess.run(
        command,
        env=env or {},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        start_new_session=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert str(path).encode() in done.stdout
    return path.read_bytes()


def twice(folder, name, *flags) -> bytes:
    first, second = (recorded(folder / str(turn) / name, *flags) for turn in (1, 2))
    assert first == second
    return first


@pytest.mark.slow
def test_the_same_command_writes_the_same_cast(tmp_path):
    header, *events = twice(tmp_path, "a.cast", *SHORT).decode().splitlines()
    assert json.loads(header)["diffviz"]["seed"] == 5
    assert next(json.loads(event)[2] for event in events if '"m"' in event) == "static"


@pytest.mark.slow
def test_the_users_measured_phases_are_not_recorded(tmp_path):
    (known,) = read_phases("default", "ema", cached=False)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path))
        moved = [replace(b, t=replace(b.t, value=b.t.value - 60)) for b in known.boundaries]
        save_phases(replace(known, boundaries=tuple(moved)))
    first = recorded(tmp_path / "1" / "a.svg", *SHORT)
    env = {"XDG_CACHE_HOME": str(tmp_path)}
    assert recorded(tmp_path / "2" / "a.svg", *SHORT, env=env) == first


@pytest.mark.slow
@pytest.mark.parametrize("ending", ["gif", "apng", "webp", "svg"])
@pytest.mark.parametrize("scenario", ["run", "race", "grid"])
def test_the_same_command_writes_the_same_picture(tmp_path, ending, scenario):
    settings = SEED if scenario == "race" else SHORT  # a race has samplers of its own
    twice(tmp_path, f"a.{ending}", "--scenario", scenario, "--speed", "max", *settings)
