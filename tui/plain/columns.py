"""Tables in the form that suits a console: rich ones on a terminal, aligned lines elsewhere."""

from collections.abc import Collection, Sequence

from rich.console import Console
from rich.table import Table


def print_columns(
    console: Console,
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
    left: Collection[str] = (),
) -> None:
    """Print ``rows`` below ``header``; a terminal aligns only the columns in ``left`` left."""
    if console.is_terminal:
        table = Table(header_style="bold")
        for name in header:
            table.add_column(name, justify="left" if name in left else "right")
        for row in rows:
            table.add_row(*row)
        console.print(table)
        return
    print_aligned(console, header, rows)


def print_aligned(console: Console, header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print ``rows`` below ``header`` as lines without rules, two blanks between columns."""
    widths = [max(len(row[i]) for row in [header, *rows]) for i in range(len(header))]
    for row in [header, *rows]:
        cells = (f"{cell:<{w}}" for cell, w in zip(row, widths, strict=True))
        console.print("  ".join(cells), soft_wrap=True)


def writes_braille(console: Console) -> bool:
    """Return whether the console's encoding has the characters of charts."""
    try:
        "⣿▲┤".encode(console.encoding)
    except (UnicodeEncodeError, LookupError):
        return False
    return True
