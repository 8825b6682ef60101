"""``diffviz watch`` on files of steps and on runs of other programs, without a screen."""

import numpy as np

from diffviz import RunWriter, StepWriter


def test_the_samplings_of_a_file_are_printed(diffviz, tmp_path):
    path = tmp_path / "loop.steps"
    with StepWriter(path) as writer:
        for t in (1000, 500, 0, 1000):
            writer.step(t, np.zeros((1, 3, 8, 16)))
    lines = diffviz("watch", path).out.splitlines()
    assert lines == [
        f"{path}  sampling 1  3 steps  t 1000 to 0  16 x 8 RGB",
        f"{path}  sampling 2  1 step  t 1000 to 1000  16 x 8 RGB",
    ]


def test_a_file_that_is_missing_or_of_another_kind_is_refused(diffviz, tmp_path):
    assert "StepWriter writes one" in diffviz("watch", tmp_path / "a.steps").complaint
    other = tmp_path / "b.steps"
    other.write_bytes(b'{"diffviz-steps": 99}\n')
    assert "this version" in diffviz("watch", other).complaint
    other.write_text("words\n")
    assert "no run in" in diffviz("watch", other).complaint


def test_a_run_of_another_program_is_listed_and_cannot_be_resumed(diffviz, tmp_path):
    with RunWriter(tmp_path / "runs" / "mine", model="tiny") as run:
        run.log(1, 0.25)
    shown = diffviz("watch", "--runs-dir", tmp_path / "runs").out
    assert "finished" in shown
    assert "0.2500" in shown
    complaint = diffviz("train", "--resume", tmp_path / "runs" / "mine").complaint
    assert "another program" in complaint
