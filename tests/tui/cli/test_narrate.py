"""``--narrate`` on the command line."""

from ..screens.training.fake_run import FakeRun


def test_a_run_is_told_without_escapes(diffviz):
    told = diffviz("run", "--narrate", "--sampler", "ddim", "--steps", "5")
    assert told.status == 0
    lines = told.out.splitlines()
    assert 5 < len(lines) <= 25
    assert lines[0].startswith("Seed 30, weights default")
    assert lines[-1].startswith("Done in ")
    assert "\x1b" not in told.out


def test_a_log_is_told(diffviz, tmp_path):
    run = FakeRun(tmp_path / "digits", epochs=1)
    run.start()
    run.epoch(1, 0.5)
    told = diffviz("watch", "--narrate", run.path)
    assert told.status == 0
    assert "Epoch 1 of 1: loss 0.5000." in told.out


def test_what_cannot_be_told_is_refused(diffviz, tmp_path):
    assert "--once" in diffviz("run", "--narrate", "--once").usage_complaint
    assert "name one RUN" in diffviz("watch", "--narrate").usage_complaint
    assert "--csv" in diffviz("watch", "--narrate", "r", "--csv", "a.csv").usage_complaint
    assert "no run in" in diffviz("watch", "--narrate", tmp_path).complaint
