"""The command palette: every action in the key table of the current screen."""

from collections.abc import Iterator
from functools import partial

from textual.command import CommandPalette, DiscoveryHit, Hit, Hits, Provider
from textual.geometry import Region
from textual.strip import Strip

from .keys import Key
from .screens.overlay import lines_below


class KeyCommands(Provider):
    """The actions of the key table as commands, each with its key."""

    async def discover(self) -> Hits:
        """Yield every command, in the order of the table."""
        for key, words, names in self._commands():
            yield DiscoveryHit(words, self._do(key), help=f"key {names}")

    async def search(self, query: str) -> Hits:
        """Yield the commands that match ``query``."""
        matcher = self.matcher(query)
        for key, words, names in self._commands():
            score = matcher.match(words)
            if score > 0:
                yield Hit(score, matcher.highlight(words), self._do(key), help=f"key {names}")

    def _commands(self) -> Iterator[tuple[Key, str, str]]:
        """Yield every key with its description and its name."""
        for key in getattr(self.screen, "keys", ()):
            words = key.command or key.help
            if words and key.action != "interrupt":
                yield key, words, key.names.partition(",")[0] if key.command else key.shown

    def _do(self, key: Key):
        action = key.action if key.action.startswith("app.") else f"screen.{key.action}"
        return partial(self.app.run_action, action)


class Palette(CommandPalette):
    """Textual's palette in the theme's colours, without the icon that some fonts lack."""

    SCOPED_CSS = False  # the rules are for the base class and what is in it
    CSS = """
    CommandPalette > Vertical, CommandPalette:dark > Vertical {
        background: $panel; width: 84; max-width: 100%;
    }
    CommandPalette > Vertical:dark { background: $panel; }
    CommandPalette #--input { border: round $primary; background: $panel; }
    CommandPalette #--input.--list-visible { border-bottom: none; }
    CommandPalette #--results {
        border: round $primary; border-top: none; background: $panel;
        scrollbar-background: $panel; scrollbar-color: $primary;
    }
    CommandPalette SearchIcon { display: none; }
    CommandPalette OptionList > .option-list--option-highlighted {
        background: $primary; color: $background; text-style: bold;
    }
    CommandPalette { background: transparent; }
    """

    def render_lines(self, crop: Region) -> list[Strip]:
        """Return the lines of the screen below."""
        lines = lines_below(self, crop)
        return super().render_lines(crop) if lines is None else lines
