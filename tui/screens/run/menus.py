"""The menus of the run screen: samplers and weights, each with a line of description."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from ....core.errors import DiffvizError, printable
from ....core.names import SAMPLER_INFO, WEIGHTS_INFO, own_name
from ...session.session import Session

if TYPE_CHECKING:
    from ..menu import Item
    from .run_screen import RunScreen


class Menus:
    """Asks for a sampler or for weights; what is chosen samples the same seed."""

    def __init__(self, screen: "RunScreen", session: Session) -> None:
        self._screen, self._session = screen, session

    def samplers(self) -> None:
        """Ask for a sampler."""
        from ..menu import Item

        session, names = self._session, list(SAMPLER_INFO)
        items = []
        for name in names:
            process = session.process_with(name).describe()
            about = SAMPLER_INFO[name].about
            items.append(Item(name, f"{process.removeprefix(name).lstrip()}: {about}"))
        current = names.index(session.spec.sampler)
        self._ask("sampler", items, current, "m", lambda n: self._screen.choices.sampler(names[n]))

    def weights(self) -> None:
        """Ask for weights, or say that there are no others."""
        from ....core.models.catalog import split_set
        from ..menu import Item

        session = self._session
        names = session.weights_to_choose
        if len(names) < 2:
            own = own_name(session.weights) is not None
            why = "bundled weights draw digits" if own else "--weights names some"
            self._screen.show_notice(f"{'not with --model' if own else 'no other weights'}: {why}")
            return
        plain = split_set(session.weights)[0]
        shown = session.weights if session.weights in names else plain
        items = [Item(printable(name), _about(name)) for name in names]
        current = names.index(shown) if shown in names else None
        self._ask("weights", items, current, "w", lambda n: self._screen.choices.weights(names[n]))

    def _ask(
        self,
        title: str,
        items: "Sequence[Item]",
        current: int | None,
        opener: str,
        choose: Callable[[int], None],
    ) -> None:
        from ..menu import MenuScreen  # not for the first frame

        def chosen(number: int | None) -> None:
            if number is not None and number != current:
                choose(number)

        menu = MenuScreen(f"{title} for the same seed", items, current, opener)
        self._screen.app.push_screen(menu, chosen)


def _about(name: str) -> str:
    """Return a line about weights, from the card of bundled ones."""
    from ....core.models.catalog import bundled_names, read_card

    if name not in bundled_names():
        return "the ones that the command named"
    about = WEIGHTS_INFO.get(name, "")
    try:
        card = read_card(name)
        teacher, losses = card["recipe"].get("teacher"), card["losses"]
        taught = f" learnt from {teacher}" if teacher else ""
        trained = f"{card['architecture']}{taught}, {len(losses)} epochs, loss {losses[-1]:.4f}"
    except (DiffvizError, OSError, ValueError, LookupError, TypeError):
        trained = "their card can't be read"
    return f"{about}; {trained}" if about else trained
