"""The app of ``diffviz tour``."""

import os
import sys
from collections.abc import Callable
from functools import partial

from .run_options import RunOptions
from .screens.tour.tour_screen import TourScreen
from .stderr import print_error
from .terminal import Terminal
from .terminal.settings import Remembered
from .terminal.signals import print_if_open
from .terminal_app import TerminalApp, run_until_left
from .worker.bridge import Bridge
from .worker.live_classifier import LiveClassifier, OpenClassifier, load_classifier
from .worker.pipelines import OpenPipeline, Pipelines
from .worker.remote import RemoteDriver

_LEAVE_THREAD_S = 0.05


class TourApp(TerminalApp):
    """The tour's one screen."""

    def __init__(
        self,
        options: RunOptions,
        station: int = 1,
        large: bool = False,
        open_pipeline: OpenPipeline | None = None,
        open_classifier: OpenClassifier = load_classifier,
        make_bridge: Callable[..., Bridge] = Bridge,
        terminal: Terminal | None = None,
    ) -> None:
        super().__init__(terminal)
        self.bridge = make_bridge(open_pipeline or Pipelines.of(options), None)
        self.tour = TourScreen(self.bridge, LiveClassifier(open_classifier), station, large)

    def get_default_screen(self) -> TourScreen:
        """Return the screen to begin with."""
        return self.tour


def run_tour(
    options: RunOptions, station: int, large: bool, terminal: Terminal, remembered: Remembered
) -> int:
    """Run the tour from a station; return the exit status, as ``run_app`` does."""
    make_bridge = partial(Bridge, make_driver=RemoteDriver)
    app = TourApp(options, station, large, make_bridge=make_bridge, terminal=terminal)
    begun = app.choices
    failure = run_until_left(app)
    remembered.keep(begun, app.choices)
    code = app.return_code or 0
    if failure:
        print_error(failure)
    elif not terminal.elsewhere:
        guide = app.tour.guide
        back = "" if guide.over else f"diffviz tour --station {guide.place + 1} goes on; "
        print_if_open(f"{back}{guide.score}")
    app.bridge.driver.close()
    if not app.bridge.driver.join(_LEAVE_THREAD_S):
        os._exit(code)  # a thread that loads a network can't be interrupted
    sys.stdout.flush()
    return code
