"""The exception whose text is shown to the user."""

_LONGEST = 2000


class DiffvizError(Exception):
    """A problem the user can act on. Its text is one line and says what to do.

    Commands print it without a traceback and exit with status 1. The text may quote names and
    values from files of unknown origin: characters that could move a cursor or recolour a
    terminal are escaped, and a very long text is shortened.
    """

    def __init__(self, text: str) -> None:
        super().__init__(printable(text))


def printable(text: str, longest: int = _LONGEST) -> str:
    """Return ``text`` with line ends, control and other unprintable characters escaped.

    A text of more than ``longest`` characters is shortened in the middle.
    """
    if len(text) > longest:
        text = f"{text[: longest // 2]} … {text[-longest // 2 :]}"
    if text.isprintable():
        return text
    shown = (c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
    return "".join(shown)


def message_of(error: BaseException) -> str:
    """Return the text of ``error`` on one line, or the name of its class if it has none."""
    return " ".join(str(error).split()) or type(error).__name__
