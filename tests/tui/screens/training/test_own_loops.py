"""Runs of other programs' loops on the training screen."""

import numpy as np

from diffviz.core.writers import RunWriter
from diffviz.tui.screens.training.run_source import RunSource
from diffviz.tui.screens.training.training_screen import TrainScreen
from diffviz.tui.widgets.mosaic import Mosaic


def test_a_loop_of_another_program_is_watched(tmp_path, drive):
    run = RunWriter(tmp_path / "mine", total_steps=1000, batch_size=8, model="tiny", data="cats")
    rng = np.random.default_rng(0)
    for step in range(1, 251):
        run.log(step, 2.0 / step**0.5, timestep=step * 4, lr=1e-3, accuracy=0.75)
    run.pictures(rng.standard_normal((2, 3, 32, 16)))

    async def act(tester):
        await tester.until(
            lambda: tester.screen.poll() or "what the same noise becomes" in tester.text()
        )
        text = tester.text()
        assert "● training" in text
        assert "tiny" in text
        assert "step 250/1,000" in text
        assert "accuracy" in text
        assert "0.750" in text
        assert "loss by timestep" in text
        assert "checkpoint" not in tester.lines()[-1]  # it takes no commands
        film = tester.screen.query_one("#film", Mosaic)
        assert film.images.shape[1:] == (32, 16, 3)
        assert film.tiles.high == 2 * film.tiles.wide
        await tester.press("S")
        assert "takes no commands" in tester.text()
        run.close()
        tester.screen.poll()
        await tester.until(lambda: "● finished" in tester.text())
        assert "--resume" not in tester.text()

    drive(act, lambda: TrainScreen(RunSource(tmp_path / "mine")), size=(120, 40))
    run.close()


def test_a_loop_without_an_end_counts_its_steps(tmp_path, drive):
    with RunWriter(tmp_path / "mine") as run:
        for step in range(1, 60):
            run.log(step, 1.0)

    async def act(tester):
        await tester.until(lambda: "step 59" in tester.text())
        assert "batch" in tester.text()  # of the chart's axis: there are no epochs

    drive(act, lambda: TrainScreen(RunSource(tmp_path / "mine")))
