"""Base class of the text widgets: rows of segments; only changed rows are repainted."""

from collections.abc import Iterable, Sequence

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from ...core.errors import printable
from ..theme import ACCENT, DIM, style

Row = list[Segment]
DOT = " · "
"""What is between the parts of a description."""
_SPLIT = 3  # cells between the parts of a split row


class TextWidget(Widget):
    """A widget that renders itself row by row, without CSS or markup."""

    ALLOW_SELECT = False

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.auto_links = False  # clickable keys shouldn't change colour under the mouse
        self._rows: list[Row] = []
        self._painted: tuple[int, int] | None = None

    def rows(self, width: int, height: int) -> Iterable[Row]:
        """Return the rows from the top; missing cells and rows are padded."""
        raise NotImplementedError

    def changed(self) -> None:
        """Build the rows again and repaint those that differ."""
        width, height = self.size  # 0 x 0 while this widget is not in the layout
        if (width, height) != self._painted:
            self._painted = None
            self.refresh()
            return
        before, self._rows = self._rows, self._build(width, height)
        for y, (old, new) in enumerate(zip(before, self._rows, strict=True)):
            if old != new:
                self.refresh(Region(0, y, width, 1))

    def render_line(self, y: int) -> Strip:
        """Return row ``y`` of the widget, as wide as the widget."""
        width, height = self.size
        if (width, height) != self._painted:
            self._rows = self._build(width, height)
            self._painted = (width, height)
        return Strip(self._rows[y] if y < len(self._rows) else [Segment(" " * width, style())])

    def _build(self, width: int, height: int) -> list[Row]:
        if width == 0:  # not laid out yet
            return [[] for _ in range(height)]
        rows = [fit(row, width) for row in self.rows(width, height)][:height]
        return rows + [fit([], width) for _ in range(height - len(rows))]


def text(content: str, content_style: Style | None = None) -> Segment:
    """Return ``content`` as a segment, by default in the style of text.

    Control characters, which a file's name may contain, are escaped.
    """
    return Segment(printable(content), content_style or style())


def emphasised(content: str, part: str, base: Style) -> Row:
    """Return ``content`` in the style ``base``, with ``part`` of it (may be empty) emphasised."""
    before, found, after = content.partition(part) if part else (content, "", "")
    strong = style(ACCENT, bold=True)
    return [text(t, s) for t, s in ((before, base), (found, strong), (after, base)) if t]


def split(
    lefts: Sequence[Row],
    rights: Sequence[str],
    width: int,
    required: Sequence[str] = (),
    emphasis: Sequence[str] = (),
) -> Row:
    """Return the longest of ``lefts`` that fits, and the longest of ``rights`` beside it.

    Args:
        lefts: Wordings of the left part, longest first.
        rights: Wordings of the right part, longest first.
        width: Cells of the row.
        required: Parts of the right side, the most important first. The left part is shortened
            as far as it takes to show the first of them; the next where that isn't possible.
            Several parts joined by ``DOT`` may be apart in a wording.
        emphasis: Parts of the right side: the first one that is there is emphasised.
    """
    left, part = lefts[-1], ""
    for wanted in (*filter(None, required), ""):
        room = width - (len(wanted) + _SPLIT if wanted else 0)
        fitting = next((row for row in lefts if length(row) <= room), None)
        if fitting is not None:
            left, part = fitting, wanted
            break
    parts = part.split(DOT)
    wordings = [*(right for right in rights if all(words in right for words in parts)), part]
    left = shortened_row(left, width)
    right = longest_that_fits([*wordings, ""], max(0, width - length(left) - _SPLIT))
    shown = next((words for words in emphasis if words in right), "")
    return apart(left, emphasised(right, shown, style(DIM)), width) if right else left


def length(row: Iterable[Segment]) -> int:
    """Return the number of cells of a row."""
    return sum(cell_len(segment.text) for segment in row)


def fit(row: Sequence[Segment], width: int) -> Row:
    """Cut or pad a row to exactly ``width`` cells."""
    fitted: Row = []
    room = width
    for segment in row:
        cells = cell_len(segment.text)
        if cells > room:
            segment = Segment(set_cell_size(segment.text, room), segment.style)
            cells = room
        if cells:
            fitted.append(segment)
        room -= cells
    if room > 0:
        fitted.append(Segment(" " * room, style()))
    return fitted


def shortened_row(row: Row, width: int) -> Row:
    """Return ``row`` with its end replaced by an ellipsis if it is too long."""
    if length(row) <= width:
        return row
    fitting: Row = []
    for segment in row:
        room = width - length(fitting)
        if cell_len(segment.text) >= room:
            return [*fitting, Segment(shortened(segment.text + "…", room), segment.style)]
        fitting.append(segment)
    return fitting


def apart(left: Sequence[Segment], right: Sequence[Segment], width: int) -> Row:
    """Align ``left`` to the left edge and ``right`` to the right edge.

    Where there is no room for both, ``right`` is left out.
    """
    space = width - length(left) - length(right)
    if space < 1:
        return fit(left, width)
    return [*left, Segment(" " * space, style()), *right]


def longest_that_fits(texts: Sequence[str], width: int) -> str:
    """Return the first of ``texts`` (longest first) that fits, or the start of the last one."""
    for candidate in texts:
        if cell_len(candidate) <= width:
            return candidate
    return shortened(texts[-1], width)


def shortened(content: str, width: int) -> str:
    """Return ``content`` with its end replaced by an ellipsis if it is too long."""
    if cell_len(content) <= width:
        return content
    return set_cell_size(content, max(0, width - 1)) + "…" if width > 0 else ""
