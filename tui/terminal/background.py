"""Whether the terminal's background is light: it is asked once (OSC 11), for ``--theme auto``.

Textual would take the answer for keys. It arrives in the driver's thread as key presses: ``^`` for
the escape character, ``]``, ``1``, ``1`` and so on. They are taken out of its stream until the
answer is complete, or until the answer to a later query shows that none comes.
"""

import re

from textual.events import Key
from textual.message import Message

QUERY = "\x1b]11;?\x1b\\"
_COLOUR = re.compile(r"11;rgba?:([0-9a-f]{1,4})/([0-9a-f]{1,4})/([0-9a-f]{1,4})", re.IGNORECASE)
_LONGEST = 60
_LIGHT_FROM = 0.5


class BackgroundAnswered(Message):
    """The terminal has said what its background is."""

    def __init__(self, light: bool) -> None:
        super().__init__()
        self.light = light


class BackgroundAnswer:
    """Collects the answer from the key presses that it arrives as."""

    def __init__(self) -> None:
        self.expected = False
        """Whether the terminal was asked and may still answer."""
        self._held: list[Key] = []
        self._text = ""

    def take(self, message: Message) -> list[Message]:
        """Return the messages to process in place of ``message``: itself unless it is an answer."""
        if not self.expected or not isinstance(message, Key):
            return [message]
        character = message.character or ""
        self._held.append(message)
        if len(self._held) == 1:
            return [] if character == "^" else self._give_up()
        if len(self._held) == 2:
            return [] if character == "]" else self._give_up()
        ended = character in ("\x07", "\\")
        if not ended and len(self._held) < _LONGEST:
            self._text += character
            return []
        found = _COLOUR.match(self._text)
        self.expected, self._held, self._text = False, [], ""
        return [] if found is None else [BackgroundAnswered(is_light(*found.groups()))]

    def over(self) -> list[Message]:
        """Return what was held back: the terminal has answered what it was asked later."""
        self.expected = False
        return self._give_up()

    def _give_up(self) -> list[Message]:
        held, self._held, self._text = self._held, [], ""
        return [*held]


def is_light(red: str, green: str, blue: str) -> bool:
    """Return whether a colour is light; its channels are hexadecimal, one to four digits."""
    parts = (int(part, 16) / (16 ** len(part) - 1) for part in (red, green, blue))
    return sum(w * p for w, p in zip((0.2126, 0.7152, 0.0722), parts, strict=True)) > _LIGHT_FROM
