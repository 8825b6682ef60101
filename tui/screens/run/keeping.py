"""Keep what is on the run screen: a picture of it, the digit, and the command that repeats it."""

from pathlib import Path
from typing import TYPE_CHECKING

from ....core.errors import DiffvizError
from ....core.pictures import to_pictures
from ...session.replay import command_line

if TYPE_CHECKING:
    from .run_screen import RunScreen


class Keeping:
    """Writes files into the current folder, and copies to the clipboard."""

    def __init__(self, screen: "RunScreen") -> None:
        self._screen = screen

    def save(self) -> None:
        """Write the screen as SVG, and the expected or finished digit as PNG."""
        from ....core.export import save_images  # not for the first frame
        from ....core.files.results import write_result
        from ...casts.live import free_name
        from ...casts.svg import aligned

        screen, session = self._screen, self._screen.session
        step = session.step()
        try:
            name = free_name(f"diffviz-{session.seed}", Path(), (".svg", ".png"))
            picture, digit = name.with_suffix(".svg"), name.with_suffix(".png")
            content = aligned(screen.app.export_screenshot()).encode()
            write_result(picture, lambda file: file.write(content))
            saved = f"saved {picture}"
            if step is not None:
                image = to_pictures(step.x0_hat if step.t else step.x_t)
                save_images(digit, image, [session.seed], {})
                saved += f" and the {screen.noun}, {digit}"
        except (DiffvizError, OSError) as error:
            saved = f"not saved: {error}"
        screen.show_notice(saved)

    def copy(self) -> None:
        """Copy the command that repeats what is seen to the terminal's clipboard (OSC 52)."""
        command = command_line(self._screen.session)
        self._screen.app.copy_to_clipboard(command)
        self._screen.show_notice(f"copied: {command}")
