"""The questions of the tour as a page to print: what is said, a line to write on, no answers."""

from html import escape

from .stations import STATIONS, Ask, Station

_STYLE = """
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 44rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.1rem; margin: 1.5rem 0 .3rem; }
section { break-inside: avoid; }
ol { margin: .2rem 0; } .line { border-bottom: 1px solid currentColor; height: 1.8rem; }
"""


def worksheet() -> str:
    """Return the page as HTML; it loads nothing else."""
    stations = "\n".join(_section(n, station) for n, station in enumerate(STATIONS, 1))
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>From noise to a digit: a worksheet</title>\n<style>{_STYLE}</style>\n</head>\n"
        "<body>\n<main>\n<h1>From noise to a digit</h1>\n"
        "<p>Start <code>diffviz tour</code>. Before each answer, write down what you guess; "
        f"then what you saw.</p>\n{stations}\n</main>\n</body>\n</html>\n"
    )


def _section(number: int, station: Station) -> str:
    beats = "\n".join(
        f"<p>{escape(beat.text)}</p>" + (_question(beat.ask) if beat.ask is not None else "")
        for beat in station.beats
    )
    return f"<section>\n<h2>{number}. {escape(station.title)}</h2>\n{beats}\n</section>"


def _question(ask: Ask) -> str:
    answers = "".join(f"<li>{escape(answer)}</li>" for answer in ask.answers)
    choices = f"<ol>{answers}</ol>" if answers else ""
    return (
        f"\n<p><strong>{escape(ask.question)}</strong></p>{choices}\n"
        "<p>I guess:</p><div class=line></div>\n<p>I saw:</p><div class=line></div>"
    )
