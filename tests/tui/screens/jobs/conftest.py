"""An app around one screen that samples several digits, without a run screen below."""

import asyncio
from collections.abc import Callable

import pytest

from diffviz.tui.screens.jobs.job_screen import JobScreen
from diffviz.tui.terminal_app import TerminalApp
from diffviz.tui.worker.bridge import Bridge
from diffviz.tui.worker.live_classifier import LiveClassifier

from ...app_tester import AppTester


class Host(TerminalApp):
    """Opens the screen that ``make(bridge, belief)`` returns, and notes what it returns."""

    def __init__(
        self, make: Callable[[Bridge, LiveClassifier], JobScreen], sampler, classifier
    ) -> None:
        super().__init__()
        self.classifier = LiveClassifier(classifier)
        self.bridge = Bridge(sampler)
        self.top = make(self.bridge, self.classifier)
        self.results: list[object] = []

    def on_mount(self) -> None:
        self.push_screen(self.top, self.results.append)
        self.call_after_refresh(self.bridge.driver.open)


class JobTester(AppTester):
    """Tests the screen on top of a host."""

    app: Host

    @property
    def top(self):
        return self.app.top

    async def storm(self, permits: int) -> None:
        """Resize again and again, each time with ``permits`` for the sampler, and look."""
        for size in ((230, 60), (40, 12), (39, 20), (120, 40), (80, 24), (300, 90), (60, 20)):
            self.sampler.allow(permits)
            await self.resize(*size)
            small = size[0] < 40 or size[1] < 20
            assert ("diffviz needs" in " ".join(self.text().split())) == small

    @property
    def ts(self) -> list[int | None]:
        """The timestep each lane has reached."""
        frame = self.top.frame
        steps = () if frame is None else frame.steps
        return [None if step is None else step.t for step in steps]


@pytest.fixture
def drive_screen(make_sampler, classifier):
    """Run ``act(tester)`` on the screen of ``make``; the sampler has ``permits`` to give away."""

    def run(act, make, *, size=(120, 40), permits=None):
        fake = make_sampler(permits=permits)

        async def main():
            app = Host(make, fake, classifier)
            async with app.run_test(size=size) as pilot:
                tester = JobTester(app, pilot, fake)
                try:
                    await tester.until(lambda: app.screen is app.top)
                    await act(tester)
                finally:
                    app.bridge.driver.close()
                    fake.allow_all()
            assert app.bridge.driver.join(20)
            return app

        return asyncio.run(main())

    return run
