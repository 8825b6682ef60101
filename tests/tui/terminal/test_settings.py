"""The settings file: read back as written; whatever is wrong in it is ignored with one line."""

import json

import pytest

from diffviz.tui.keys import Pace
from diffviz.tui.terminal.settings import (
    Remembered,
    Settings,
    read_settings,
    settings_file,
    write_settings,
)  # fmt: skip


@pytest.mark.parametrize("pace", [Pace(length=5), Pace(2.5), Pace(), None])
def test_settings_are_read_as_they_were_written(tmp_path, pace):
    file = tmp_path / "new" / "settings.json"
    settings = Settings("colour-blind", pace, True, 2, True, False, ("move", "zoom"))
    write_settings(file, settings)
    assert read_settings(file) == (settings, "")


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff\xfe", b"[" * 60_000, b"7"])
def test_a_damaged_file_is_ignored_with_a_line(tmp_path, content):
    file = tmp_path / "settings.json"
    file.write_bytes(content)
    settings, about = read_settings(file)
    assert settings == Settings()
    assert str(file) in about
    assert "ignored" in about
    assert "\n" not in about


def test_a_wrong_value_is_ignored_and_the_others_count(tmp_path):
    file = tmp_path / "settings.json"
    for name, wrong in [
        ("speed", "-1s"),
        ("speed", 5),
        ("speed", "nans"),
        ("theme", "pink"),
        ("panels", True),
        ("panels", -1),
        ("uneven", 1),
        ("reduce_motion", 1),
        ("hints", "no"),
        ("known_keys", "move"),
        ("known_keys", [1]),
    ]:
        file.write_text(json.dumps({"theme": "light", "panels": 3} | {name: wrong}))
        settings, about = read_settings(file)
        assert name in about
        assert settings.theme == (None if name == "theme" else "light")


def test_a_file_that_is_not_there_and_a_user_without_a_home_are_fine(tmp_path, monkeypatch):
    assert read_settings(tmp_path / "none.json") == (Settings(), "")
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    monkeypatch.delenv("HOME", raising=False)
    assert settings_file() is None
    assert read_settings(None) == (Settings(), "")
    write_settings(None, Settings())
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert settings_file() == tmp_path / "diffviz" / "settings.json"


def test_a_folder_that_can_not_be_written_is_no_reason_to_fail(tmp_path):
    (tmp_path / "file").write_text("")
    write_settings(tmp_path / "file" / "diffviz" / "settings.json", Settings("light"))


def test_only_what_was_changed_on_the_screen_is_kept(tmp_path):
    """A flag that was given once doesn't count the next time; the other choices stay."""
    file = tmp_path / "settings.json"
    before = Settings("light", Pace(length=5), panels=3, reduce_motion=True)
    begun = Settings("contrast", Pace(), panels=3)  # as flags say
    Remembered(before, file).keep(begun, begun)
    assert not file.exists()
    Remembered(before, file).keep(begun, begun._replace(panels=1))
    assert read_settings(file) == (before._replace(panels=1), "")


def test_theme_and_reduced_motion_count_for_every_command_with_a_screen(tmp_path, monkeypatch):
    from diffviz.tui.cli.command_line import build_parser
    from diffviz.tui.cli.remembered import chosen_of
    from diffviz.tui.terminal import Terminal

    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    write_settings(settings_file(), Settings("contrast", reduce_motion=True))

    def here(color, fps, reduce_motion=False):
        return Terminal.decide({"TERM": "xterm"}, [], "utf-8", color, fps, reduce_motion)

    monkeypatch.setattr(Terminal, "here", here)
    for words in (["run"], ["watch"], ["train"], ["tour"], ["draw"]):
        terminal, remembered = chosen_of(build_parser().parse_args(words))
        assert (terminal.theme, terminal.still) == ("contrast", True), words
        assert remembered.file == settings_file()
    terminal, _ = chosen_of(build_parser().parse_args(["watch", "--theme", "light"]))
    assert terminal.theme == "light", "a flag goes before"

    def piped(color, fps, reduce_motion=False):
        return Terminal.decide({"TERM": "xterm"}, ["stdout"], "utf-8", color, fps, reduce_motion)

    monkeypatch.setattr(Terminal, "here", piped)
    terminal, remembered = chosen_of(build_parser().parse_args(["run"]))
    assert (terminal.theme, terminal.still, remembered.file) == ("dark", False, None)
