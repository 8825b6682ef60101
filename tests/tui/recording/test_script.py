"""Scripts: what can be written, and what is refused."""

import pytest

from diffviz.core.errors import DiffvizError
from diffviz.tui.recording.script import Press, Until, Wait, read_script


@pytest.fixture
def script(tmp_path):
    def read(text: str):
        path = tmp_path / "keys.txt"
        path.write_text(text)
        return read_script(path)

    return read


def test_every_action_is_parsed(script):
    text = "# begin\nuntil lock-in\nspace  # pause\n\nshift+left*3\nwait 0.5\n+\nuntil done\n"
    back = Press("shift+left")
    assert script(text) == (
        Until("lock-in"),
        Press("space"),
        *(back, back, back),
        Wait(0.5),
        Press("+"),
        Until("done"),
    )


@pytest.mark.parametrize(
    "line",
    [
        *("wait", "wait x", "wait -1", "wait nan", "wait 1e9"),
        *("until noon", "a b c", "a*x", "a*9999", "enterr", "hyper+a"),
    ],
)
def test_an_invalid_script_names_its_line(script, line):
    with pytest.raises(DiffvizError, match=r"keys\.txt, line 2: .*"):
        script(f"space\n{line}\n")


def test_unreadable_scripts_are_refused(tmp_path):
    (tmp_path / "binary").write_bytes(b"\xff\xfe")
    for name in ("missing", "binary", "."):
        with pytest.raises(DiffvizError, match="can't read"):
            read_script(tmp_path / name)


def test_keys_have_their_textual_names(script):
    names = ["question_mark", "full_stop", "ctrl+p", "tab", "end", "escape", "left_square_bracket"]
    assert script("\n".join(names)) == tuple(Press(name) for name in names)
