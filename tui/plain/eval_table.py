"""An evaluation as text: a table on a terminal, aligned plain lines elsewhere."""

from rich.console import Console
from rich.table import Table

from ...core.measure.metrics import Estimate
from ...core.measure.report import EvalReport
from ..text import counted, duration

Row = tuple[str, str, str]
"""A quantity, its value for the samples with a 95% interval, its value for real digits."""


def report_rows(report: EvalReport) -> list[Row]:
    """Return the report's lines."""
    f, c, k = report.frechet, report.confidence, report.classes
    n, d, m = report.neighbours, report.diversity, report.memorisation
    rows = [
        ("Frechet LeNet distance", interval(f.to_test, 2), f"{f.floor:.2f}"),
        ("  times the floor", f"{f.ratio:.1f}", "1"),
        ("classifier sure (> 0.9)", percent(c.share_sure), f"{c.real_share_sure:.1%}"),
        ("mean best probability", interval(c.mean_best, 3), f"{c.real_mean_best:.3f}"),
        ("class entropy (of uniform)", interval(k.entropy, 4), f"{k.real_entropy:.4f}"),
        (f"precision (k = {n.k}, {n.size:,})", interval(n.precision, 3), f"{n.real_precision:.3f}"),
        (f"recall (k = {n.k}, {n.size:,})", interval(n.recall, 3), f"{n.real_recall:.3f}"),
        (f"mean distance in pairs ({d.size:,})", interval(d.pairwise, 2), f"{d.real_pairwise:.2f}"),
        ("nearest training digit, median", f"{m.median:.2f}", f"{m.real_median:.2f}"),
        ("  ratio to real digits'", interval(m.ratio, 3), "1"),
        (f"  nearer than {m.real_percentile_1:.2f}", percent(m.share_below), "1.0%"),
    ]
    if (asked := report.asked) is not None:
        rows.append(("the digit asked for", percent(asked.share), f"{asked.real_share:.1%}"))
    if (score := report.accuracy_score) is not None:
        name = f"a classifier trained on {score.n:,} of them"
        rows.append((name, percent(score.samples), f"{score.real.value:.1%}"))
    return rows


def interval(estimate: Estimate, digits: int) -> str:
    """Return ``value (low to high)`` with this many ``digits`` after the point."""
    value, low, high = (f"{x:.{digits}f}" for x in (estimate.value, estimate.low, estimate.high))
    return f"{value} ({low} to {high})"


def percent(estimate: Estimate) -> str:
    """Return ``value% (low to high)``."""
    low, high = 100 * estimate.low, 100 * estimate.high
    return f"{estimate.value:.1%} ({low:.1f} to {high:.1f})"


def note_lines(report: EvalReport) -> list[str]:
    """Return the lines below the table."""
    f, real = report.frechet, report.real
    sets = f"{f.floor_sets} sets of" if f.floor_sets > 1 else "one set of"
    lines = [
        f"real: {sets} {min(report.n, real['train']):,} training digits against the "
        f"{real['test']:,} test digits (floor {f.floor_low:.2f} to {f.floor_high:.2f}); "
        "in brackets: 95% intervals",
        "digits 0-9: " + " ".join(str(count) for count in report.classes.counts),
        "nearest pairs (sample:training digit): "
        + ", ".join(f"{p.sample}:{p.train} {p.distance:.2f}" for p in report.memorisation.nearest),
    ]
    if report.cost is not None:
        cost = report.cost
        lines.append(
            f"sampling: {duration(cost.seconds)}, "
            f"{counted(cost.evaluations_per_digit, 'network evaluation')} a digit, "
            f"{cost.network_evaluations:,} in all"
        )
    return lines


def print_report(report: EvalReport, title: str, console: Console) -> None:
    """Print the report in the form that suits ``console``."""
    rows = report_rows(report)
    if console.is_terminal:
        table = Table(title=title, title_justify="left", header_style="bold")
        table.add_column("")
        table.add_column("samples", justify="right")
        table.add_column("real digits", justify="right")
        for row in rows:
            table.add_row(*row)
        console.print(table)
    else:
        widths = [max(len(row[i]) for row in rows) for i in range(2)]
        console.print(title)
        for name, samples, real in rows:
            console.print(f"{name:<{widths[0]}}  {samples:<{widths[1]}}  real {real}")
    for line in note_lines(report):
        console.print(line)
