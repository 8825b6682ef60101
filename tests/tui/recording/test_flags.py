"""Flags of ``record`` that would have no effect are refused."""

import pytest


@pytest.mark.parametrize(
    ("arguments", "flags"),
    [
        (["a.cast", "--scenario", "race", "--sampler", "ddim", "--steps", "7"], "--samp"),
        (["a.cast", "--scenario", "grid", "--branch", "500.1"], "--branch"),
        (["a.svg", "--fps", "5"], "--fps"),
        (["a.gif", "--color", "256"], "--color"),
        (["a.cast", "--scale", "2"], "--scale"),
        (["a.svg", "--captions"], "--captions"),
        (["a.gif", "--run", "r", "--scenario", "train", "--captions"], "--captions"),
        (["a.cast", "--run", "r", "--scenario", "train", "--seed", "3"], "--seed"),
    ],
)  # fmt: skip
def test_a_flag_without_effect_is_refused(diffviz, tmp_path, monkeypatch, arguments, flags):
    monkeypatch.chdir(tmp_path)
    assert diffviz("record", *arguments).usage_complaint.split(": ")[-2].startswith(flags)
    assert not list(tmp_path.iterdir())
