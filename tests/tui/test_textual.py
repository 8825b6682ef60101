"""The private parts of Textual that diffviz uses are there and behave as expected."""

import inspect
from itertools import count

import pytest
import textual.constants
from textual.app import App
from textual.drivers.headless_driver import HeadlessDriver
from textual.drivers.linux_driver import LinuxDriver
from textual.screen import Screen

from diffviz.tui import _textual


def test_the_version_is_the_one_that_the_private_parts_are_for():
    assert textual.__version__.split(".")[:2] == ["8", "2"]


def test_timers_read_the_replaced_time():
    before = _textual.current_time()
    with _textual.replace_time(count(100.0).__next__):
        assert _textual.current_time() == 100.0
        assert App().animator._get_time() == 101.0
    assert _textual.current_time() - before < 60


def test_the_colour_variable_is_ignored(monkeypatch):
    monkeypatch.setattr(textual.constants, "COLOR_SYSTEM", "no such")
    with pytest.raises(KeyError):
        App()
    _textual.ignore_colour_variable()
    App()


def test_keys_of_characters():
    assert [_textual.key_of_character(c) for c in "a?+ "] == ["a", "question_mark", "plus", "space"]


def test_writes_are_observed_until_they_are_restored():
    driver, seen = HeadlessDriver.__new__(HeadlessDriver), []
    _textual.tee_write(driver, seen.append)
    driver.write("a")
    _textual.restore_write(driver)
    driver.write("b")
    assert seen == ["a"]
    assert "write" not in vars(driver)


def test_updates_of_the_screen_pass_through_display():
    assert list(inspect.signature(App._display).parameters) == ["self", "screen", "renderable"]
    assert hasattr(_textual.CompositorUpdate, "render_segments")


def test_the_lines_of_a_screen_can_be_read():
    assert list(inspect.signature(_textual.strips_of).parameters) == ["screen"]
    assert hasattr(Screen(), "_compositor")
    assert hasattr(Screen()._compositor, "render_strips")


def test_the_driver_handles_the_signal_that_suspends():
    assert list(inspect.signature(LinuxDriver._sigtstp_application).parameters) == ["self", "_"]
    assert "signal.SIGTSTP, self._sigtstp_application" in inspect.getsource(LinuxDriver.__init__)
