"""The process that trains behind a screen: what it says."""

import subprocess
from typing import Any, cast

from diffviz.tui.plain.detached import OUTPUT, Detached


class Running:
    """A process that is not over."""

    def poll(self) -> None:
        return None


def test_the_newest_notice_of_this_session_is_known(tmp_path):
    (tmp_path / OUTPUT).write_text("diffviz: interrupted\n")  # of the session before
    training = Detached(tmp_path, cast("subprocess.Popen[Any]", Running()))
    assert training.notice() == ""
    with (tmp_path / OUTPUT).open("a") as output:
        output.write("diffviz: downloading MNIST (11 MB) to \x1b[2J/data\nnothing else\n")
    assert training.notice() == r"downloading MNIST (11 MB) to \x1b[2J/data"
    (tmp_path / OUTPUT).unlink()
    assert training.notice() == ""
