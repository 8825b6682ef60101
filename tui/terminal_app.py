"""The base class of the apps: draws for a :class:`.terminal.Terminal`, with flow control."""

import asyncio
import os
from typing import Any, ClassVar, Literal

from rich.console import Console
from textual.app import App
from textual.binding import Binding, BindingType
from textual.driver import Driver
from textual.events import Resize
from textual.filter import LineFilter
from textual.screen import Screen
from textual.theme import Theme
from textual.widget import Widget

from ..core.errors import DiffvizError, printable
from . import theme
from ._textual import CompositorUpdate, ignore_colour_variable
from .casts.live_recording import LiveRecording
from .command_palette import Palette
from .exit_codes import INTERRUPTED
from .keys import full_action
from .pixels.colours import Colours
from .terminal import Terminal, startup
from .terminal.background import BackgroundAnswered
from .terminal.capabilities import AUTO_THEME, THEMES
from .terminal.line_filters import filters_for
from .terminal.link import Link
from .terminal.link_driver import link_driver
from .terminal.settings import Settings
from .terminal.signals import ExitSignals, exit_on_signals, print_if_open
from .terminal.themes import ThemeFilter, next_theme
from .widgets.bars import Footer
from .worker.events import PhaseEntered
from .worker.messages import SamplingMessage

_RICH_NAMES: dict[Colours, Literal["truecolor", "256", "standard"]] = {
    Colours.TRUECOLOR: "truecolor",
    Colours.PALETTE: "256",
    Colours.BASIC: "standard",
}

THEME = Theme(
    name="diffviz",
    primary=theme.ACCENT,
    error=theme.ERROR,
    foreground=theme.TEXT,
    background=theme.BACKGROUND,
    surface=theme.BACKGROUND,
    panel=theme.PANEL,
    dark=True,
)


class TerminalApp(App[str]):
    """An app in the theme's colours, as far as the terminal has them; Ctrl+C ends it."""

    TITLE = "diffviz"
    ENABLE_COMMAND_PALETTE = False  # Textual's own
    ALLOW_SELECT = False
    # Textual's own Ctrl+C only shows how to quit.
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+c", "interrupt", show=False, priority=True),
        Binding("ctrl+z", "suspend_process", show=False, priority=True),
    ]

    def __init__(
        self, terminal: Terminal | None = None, driver_class: type[Driver] | None = None
    ) -> None:
        """Make an app for ``terminal``; None for a terminal with all capabilities."""
        ignore_colour_variable()  # Terminal.decide has read it
        super().__init__(driver_class)
        self.terminal = terminal or Terminal()
        self.link = Link(self.terminal.fps, self.terminal.rate, remote=self.terminal.remote)
        self.chosen_theme = self.terminal.theme
        """The theme that was chosen; may be ``auto``."""
        self.colour_theme = THEMES[0] if self.chosen_theme == AUTO_THEME else self.chosen_theme
        """The theme that is on."""
        self.window_title = "diffviz"
        """The title of the terminal's window, while it has one."""
        self.live_recording = LiveRecording(self)
        if self.terminal.still:
            self.animation_level = "none"
        self._line_filters = filters_for(self.terminal)
        self.console = _console(self.console, self.terminal.colours)
        self.register_theme(THEME)
        self.theme = THEME.name

    @property
    def seed(self) -> int | None:
        """The current seed; None if there is none."""
        return None

    def on_mount(self) -> None:
        """End the fast start once the first frame is painted; draw again after a suspension."""
        self.call_after_refresh(startup.done)
        self.app_resume_signal.subscribe(self, lambda _app: self.screen.refresh(layout=True))

    def get_driver_class(self) -> type[Driver]:
        """Return Textual's driver for this platform, or a given one, with flow control.

        Raises:
            DiffvizError: if TEXTUAL_DRIVER names no driver.
        """
        try:
            return link_driver(super().get_driver_class())
        except (ImportError, AttributeError, ValueError, RuntimeError) as error:
            given = printable(os.environ.get("TEXTUAL_DRIVER", ""))
            raise DiffvizError(
                f"TEXTUAL_DRIVER is '{given}', which is no driver of Textual: unset it"
            ) from error

    def get_line_filters(self) -> list[LineFilter]:
        """Return the line filters without Textual's, which would change palette colours."""
        if self.colour_theme == THEMES[0] or self.terminal.colours.plain:
            return self._line_filters
        return [ThemeFilter(self.colour_theme), *self._line_filters]

    @property
    def choices(self) -> Settings:
        """What the user may have changed on the screens, to be kept."""
        return Settings(self.chosen_theme)

    @property
    def titled(self) -> bool:
        """Whether the app may set the title of the terminal's window."""
        return self.terminal.titled and not self.is_headless

    @property
    def asks_background(self) -> bool:
        """Whether the theme depends on the background of the terminal, which can be asked."""
        return self.chosen_theme == AUTO_THEME and self.titled

    def set_window_title(self, title: str) -> None:
        """Set the title of the terminal's window if it is another one than before."""
        show = getattr(self._driver, "show_title", None)
        if title != self.window_title:
            self.window_title = title
            if show is not None and self.titled:
                show(title)

    def on_background_answered(self, message: BackgroundAnswered) -> None:
        """Take the light theme on a light background, unless another was chosen meanwhile."""
        if message.light and self.chosen_theme == AUTO_THEME:
            self.use_theme("light")

    def action_change_theme(self) -> None:
        """Change to the next theme."""
        self.chosen_theme = next_theme(self.colour_theme)
        self.use_theme(self.chosen_theme)

    def use_theme(self, theme: str) -> None:
        """Draw everything in the colours of ``theme``."""
        self.colour_theme = theme
        for screen in self.screen_stack:
            for widget in screen.walk_children(with_self=True):
                if isinstance(widget, Widget):
                    widget.refresh()

    def action_command_palette(self) -> None:
        """Show every action of the screen by name, and execute the one that is chosen."""
        keys = getattr(self.screen, "keys", ())
        if not keys:
            return
        palette = Palette(keys)

        def chosen(number: int | None) -> None:
            if number is not None:
                self.call_later(self.run_action, full_action(palette.keys[number].action))

        self.push_screen(palette, chosen)

    def action_record(self) -> None:
        """Start or stop a live recording."""
        if self._driver is not None:
            self.live_recording.toggle(self._driver, self.seed)
        for footer in self.screen.query(Footer):
            footer.changed()

    def on_sampling_message(self, message: SamplingMessage) -> None:
        """Mark the beginning of a phase in the live recording."""
        if isinstance(message.event, PhaseEntered):
            self.live_recording.mark(message.event.phase.label)

    def on_resize(self, event: Resize) -> None:
        """Record the new size in the live recording."""
        self.live_recording.resize(*event.size)

    def action_interrupt(self) -> None:
        """Exit with the status of an interrupted command."""
        self.exit(return_code=INTERRUPTED)

    def _display(self, screen: Screen, renderable: Any) -> None:
        if isinstance(renderable, CompositorUpdate):
            renderable = _QueriedUpdate(renderable, self.link)
        super()._display(screen, renderable)


class _QueriedUpdate(CompositorUpdate):
    """An update of the screen with queries that the terminal answers when it is drawn."""

    def __init__(self, update: CompositorUpdate, link: Link) -> None:
        self._update, self._link = update, link

    def render_segments(self, console: Console) -> str:
        return self._link.wrap(self._update.render_segments(console))


def _console(before: Console, colours: Colours) -> Console:
    """Return a console like ``before`` with these colours, independent of the environment."""
    return Console(
        color_system=_RICH_NAMES.get(colours),
        no_color=False,
        file=before.file,
        markup=True,
        highlight=False,
        emoji=False,
        legacy_windows=False,
        force_terminal=True,
        safe_box=False,
        soft_wrap=False,
    )


def run_until_left(app: TerminalApp) -> str | None:
    """Run ``app`` until it exits or a signal ends it; return its return value."""

    def leave(code: int) -> None:
        app.link.hurry()
        app.exit(return_code=code)

    with exit_on_signals(leave) as signals:
        failure = asyncio.run(_run(app, signals))
    if (summary := app.live_recording.summary) and not app.terminal.elsewhere:
        print_if_open(summary)
    return failure


async def _run(app: TerminalApp, signals: ExitSignals) -> str | None:
    signals.attach(asyncio.get_running_loop())
    return await app.run_async()
