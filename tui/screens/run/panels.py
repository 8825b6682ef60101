"""Which panels of the run screen are shown: pages, the explanation, and one picture alone."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ....core.names import SIDE
from ....core.step import Step
from ...session.session import Session
from .own_layout import OWN_PAGES, plan_own
from .run_layout import RunPlan, pages, plan_run, zoomed
from .run_view import RunView

if TYPE_CHECKING:
    from .run_screen import RunScreen

PICTURES = ("x0", "xt", "eps")
"""The pictures that can fill the screen, in the order of the key."""


class Panels:
    """Chooses the panels, and plans their layout for the pictures of the weights in use."""

    def __init__(self, screen: "RunScreen", session: Session, view: RunView) -> None:
        self._screen, self._session, self._view = screen, session, view
        self.page = 0
        self.explaining = False
        """Whether the explanation has the place of a panel."""
        self.zoom = ""
        """The picture that fills the screen; empty for none."""
        self.at_end = False
        """Whether the finished digit is shown, and the verdict in place of eps."""

    def plan(self, width: int, height: int) -> RunPlan:
        """Return the plan for a terminal of this size."""
        return self._planned(width, height, self.explaining)

    def _planned(self, width: int, height: int, explain: bool) -> RunPlan:
        shape = self._view.shape
        if self.zoom and not explain:
            return zoomed(width, height, self.zoom)
        if shape == (SIDE, SIDE):
            return plan_run(width, height, self.page, explain, self.at_end)
        high, wide = (SIDE, SIDE) if shape is None else shape[-2:]
        classes = len(self._view.belief_names)
        at_end = self.at_end and not explain
        return plan_own(width, height, (high, wide), self.page, explain, classes, at_end)

    @property
    def pages(self) -> Sequence[int]:
        """The pages of panels that differ at this size."""
        if self._view.shape == (SIDE, SIDE):
            return pages(*self._screen.size, self.explaining)
        return OWN_PAGES

    def set_at_end(self, at_end: bool) -> bool:
        """Note whether the finished digit is shown; return whether the layout changes by it."""
        if at_end is self.at_end:
            return False
        before = self.plan(*self._screen.size)
        self.at_end = at_end
        return self.plan(*self._screen.size).regions != before.regions

    def turn(self) -> None:
        """Show other panels where not all of them have room."""
        different = self.pages
        self.page = next((page for page in different if page > self.page), different[0])
        self._screen.rearrange()

    def enlarge_next(self) -> None:
        """Fill the screen with x0_hat, then with x_t, then with eps, and show all again."""
        order = ("", *PICTURES)
        self._enlarge(order[(order.index(self.zoom) + 1) % len(order)])

    def enlarge(self, name: str) -> None:
        """Fill the screen with a picture, or show all again if it does already."""
        self._enlarge("" if self.zoom else name)

    def _enlarge(self, name: str) -> None:
        self.zoom = name
        self._screen.rearrange()

    def explain(self) -> None:
        """Explain the step in a panel, or in an overlay where there is no room."""
        from ..explain_screen import ExplainScreen

        screen, session = self._screen, self._session
        self.explaining = not self.explaining
        if "explain" in self._planned(*screen.size, True).regions:
            screen.rearrange()
        else:
            self.explaining = False

            def explained() -> tuple[Step | None, str]:
                return session.step(), session.spec.sampler

            screen.app.push_screen(ExplainScreen(explained, screen.noun))
