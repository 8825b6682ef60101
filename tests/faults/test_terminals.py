"""Terminals that are tiny, resized without end, or closed while something runs."""

import random
import signal

import pytest

SCREENS = {
    "run": ("run", "--speed", "200"),
    "watch": ("watch", "run"),
    "play": ("play", "film.cast"),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Return a folder with a finished run and a cast."""
    from diffviz.tui.cli import main

    folder = tmp_path_factory.mktemp("terminals")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        train = ["train", "--dataset", "synthetic", "--epochs", "1", "--batch-size", "1024"]
        assert main([*train, "--recipe", "reference", "--out", "run", "--device", "cpu"]) == 0
        record = ["record", "film.cast", "--size", "60x20", "--sampler", "ddim", "--steps", "60"]
        assert main([*record, "--speed", "10"]) == 0
    return folder


def shows_something(command) -> bool:
    return b"\x1b[?1049h" in command.printed and len(command.printed) > 300


@pytest.mark.parametrize("name", SCREENS)
def test_an_app_started_in_one_cell_works_once_enlarged(start, folder, name, tell):
    """A terminal of 1x1 gets an app one can leave; enlarged, it shows all."""
    command = start(*SCREENS[name], cwd=folder, screen=(1, 1))
    command.read_until(lambda: b"\x1b[?1049h" in command.printed)
    command.read(2.0)
    before = len(command.printed)
    command.resize(80, 24)
    command.read_until(lambda: len(command.printed) > before + 500)
    command.press("q")
    assert command.end() == 0, command.text[-2000:]
    assert b"\x1b[?1049l" in command.printed
    tell(f"{name} | begun in 1x1 cells, enlarged to 80x24, left by q | 1 | exit 0")


@pytest.mark.parametrize("name", SCREENS)
def test_screens_survive_300_sizes(start, folder, name, tell):
    chance = random.Random(7)
    command = start(*SCREENS[name], cwd=folder, screen=(100, 30))
    command.read_until(lambda: shows_something(command))
    for _ in range(300):
        command.resize(chance.choice((1, 2, 40, 80, 300)), chance.choice((1, 2, 12, 24, 90)))
        command.read(chance.uniform(0, 0.03))
        assert command.process.poll() is None, command.text[-3000:]
    command.resize(80, 24)
    command.read(2.0)
    command.press("q")
    assert command.end() == 0, command.text[-2000:]
    assert b"\x1b[?1049l" in command.printed
    tell(f"{name} | resized 300 times, from 1x1 to 300x90 | 1 | exit 0 by q")


@pytest.mark.parametrize("name", SCREENS)
def test_a_closed_terminal_exits_129(start, folder, name, tell):
    command = start(*SCREENS[name], cwd=folder, screen=(100, 30))
    command.read_until(lambda: shows_something(command))
    command.hang_up()
    assert command.process.wait(60) == 129
    tell(f"{name} | terminal closed | 1 | ended by itself")


@pytest.mark.parametrize("name", SCREENS)
@pytest.mark.parametrize(("number", "status"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_signals_end_screens_with_the_terminal_restored(start, folder, name, number, status, tell):
    command = start(*SCREENS[name], cwd=folder, screen=(100, 30))
    command.read_until(lambda: shows_something(command))
    assert command.end(number) == status, command.text[-2000:]
    for before, after in ((b"?1049h", b"?1049l"), (b"?25l", b"?25h"), (b"?1003h", b"?1003l")):
        if name != "play" or b"1003" not in before:  # a player asks for no mouse
            assert before in command.printed
        assert command.printed.rfind(after) >= command.printed.rfind(before), after
    tell(f"{name} | {number.name} | 1 | exit {status}, terminal restored")


@pytest.mark.parametrize("name", SCREENS)
def test_random_keys_never_end_a_screen(start, folder, name, tell):
    """Every key in any order: nothing but q leaves, and that always."""
    chance = random.Random(11)
    keys = [*"bcgfmwneypts?1234+-[]8 \t\r0", "\x1b[A", "\x1b[B", "\x1b[C", "\x1b[D", "\x1b"]
    command = start(*SCREENS[name], cwd=folder, screen=(100, 30))
    command.read_until(lambda: shows_something(command))
    for _ in range(150):
        command.press(chance.choice(keys))
        command.read(chance.uniform(0, 0.05))
        assert command.process.poll() is None, command.text[-3000:]
    for _ in range(12):  # out of screens above, then out
        command.press("\x1b")
        command.read(0.6)
    if command.process.poll() is None:
        command.press("q")
        command.read(1.0)
    assert command.end(signal.SIGTERM if command.process.poll() is None else None) in (0, 143)
    tell(f"{name} | 150 keys at random | 1 | no error")
