"""What commands that run the main job have in common: the progress bar, and the table of what was done."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from zoho_pipeline.states import Outcome


@dataclass(frozen=True)
class Line:
    """The figures of one kind, or of all together."""

    name: str
    counts: Mapping[Outcome, int]
    api_calls: int
    seconds: float
    green: int
    red: int


def added_up(lines: Iterable[Line]) -> Line:
    """All lines together."""
    listed = list(lines)
    counts: Counter[Outcome] = Counter()
    for line in listed:
        counts.update(line.counts)
    return Line(
        "all",
        counts,
        sum(line.api_calls for line in listed),
        sum(line.seconds for line in listed),
        sum(line.green for line in listed),
        sum(line.red for line in listed),
    )


def table(title: str, lines: Sequence[Line]) -> Table:
    """A column per kind, and one for all of several; outcomes that never happened are left out."""
    columns = [*lines, added_up(lines)] if len(lines) > 1 else lines
    shown = Table(title=title, title_justify="left")
    shown.add_column("", no_wrap=True)
    for each in columns:
        shown.add_column(each.name, justify="right", no_wrap=True)
    for outcome in Outcome:
        if any(each.counts.get(outcome) for each in columns):
            shown.add_row(outcome, *(f"{each.counts.get(outcome, 0):,}" for each in columns))
    shown.add_section()
    shown.add_row("API calls", *(f"{each.api_calls:,}" for each in columns))
    shown.add_row("seconds", *(f"{each.seconds:.1f}" for each in columns))
    shown.add_row("green months", *(str(each.green) for each in columns))
    shown.add_row("red months", *(str(each.red) for each in columns))
    return shown


def progress_bar(console: Console) -> Progress:
    """Counts months of kinds."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("months"),
        TimeElapsedColumn(),
        console=console,
        transient=True,
    )
