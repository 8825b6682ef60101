"""Flags of ``record`` that would have no effect are refused."""

import pytest


@pytest.mark.parametrize(
    ("arguments", "flags"),
    [
        (["a.cast", "--scenario", "race", "--sampler", "ddim", "--steps", "7"], "--samp"),
        (["a.cast", "--scenario", "grid", "--branch", "500.1"], "--branch"),
        (["a.svg", "--fps", "5"], "--fps"),
        (["a.gif", "--color", "256"], "--color"),
        (["a.gif", "--theme", "light"], "--theme"),
        (["a.html", "--theme", "contrast"], "--theme"),
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


def test_a_theme_changes_the_colours_and_the_default_nothing(diffviz, tmp_path):
    made = {}
    for theme in (None, "dark", "light"):
        path = tmp_path / f"{theme}.cast"
        chosen = () if theme is None else ("--theme", theme)
        command = ("record", path, "--steps", 2, "--speed", "max", "--size", "40x20")
        assert diffviz(*command, "--weights", "default", *chosen).status == 0
        made[theme] = path.read_bytes()
    assert made[None] == made["dark"]
    assert made[None] != made["light"]
