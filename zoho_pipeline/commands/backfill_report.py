"""What a person sees of a backfill in the terminal: how far it is, what was done, and what did not go."""

from collections.abc import Callable, Iterator, Sequence

from rich.console import Console
from rich.text import Text

from zoho_pipeline.actions.backfill import BackfillRequest, Log
from zoho_pipeline.calendar import Month
from zoho_pipeline.commands.summary import Line, progress_bar, table
from zoho_pipeline.entities import PARENTS_FIRST, Entity
from zoho_pipeline.sync.results import TROUBLED, PartitionResult, Trouble, total

TROUBLES_SHOWN = 20
"""Rows that did not go, shown per kind at most."""


def follow(
    request: BackfillRequest, start: Callable[[Log], Iterator[PartitionResult]], console: Console | None = None
) -> Iterator[PartitionResult]:
    """Run it under a progress bar, passing each month on; what it says on the way stands above the bar."""
    console = console or Console(stderr=True)
    with progress_bar(console) as progress:
        task = progress.add_task("backfill", total=len(request.entities) * len(request.months))
        for result in start(lambda sentence: console.print(sentence, style="dim", markup=False, highlight=False)):
            progress.update(task, advance=1, description=f"{result.entity} {result.month}")
            yield result


def print_report(results: Sequence[PartitionResult], console: Console | None = None) -> None:
    """The table of what was done, and of each kind the rows that did not go, with what to do."""
    console = console or Console()
    if any(result.dry_run for result in results):
        console.print("A dry run: nothing was sent; this is what would have been done.", style="yellow")
    console.print(table("What was done", summary_lines(results)))
    for kind in PARENTS_FIRST:
        _print_troubles(kind, [result for result in results if result.entity is kind], console)
    for result in results:
        if result.interrupted:
            console.print(f"{result.entity} {result.month} is unfinished: {result.interrupted}", markup=False)


def summary_lines(results: Sequence[PartitionResult]) -> list[Line]:
    """The figures of each kind that was asked for."""
    lines = []
    for kind in PARENTS_FIRST:
        if of_kind := [result for result in results if result.entity is kind]:
            green = sum(result.green for result in of_kind)
            calls, seconds = sum(result.api_calls for result in of_kind), sum(result.seconds for result in of_kind)
            lines.append(Line(kind, total(of_kind), calls, seconds, green, len(of_kind) - green))
    return lines


def _print_troubles(kind: Entity, results: Sequence[PartitionResult], console: Console) -> None:
    troubles = [(result.month, trouble) for result in results for trouble in result.troubles]
    if not troubles:
        return
    console.print(f"\n{kind.capitalize()} that did not go", style="bold")
    shown = sorted(troubles, key=lambda each: each[1].outcome not in TROUBLED)[:TROUBLES_SHOWN]
    for month, trouble in shown:
        console.print(_trouble_text(month, trouble))
    more = sum(result.in_trouble for result in results) - sum(trouble.outcome in TROUBLED for _, trouble in shown)
    if more:
        console.print(f"... and {more:,} more {kind} that were refused, parked or failed.")


def _trouble_text(month: Month, trouble: Trouble) -> Text:
    """Which record, what became of it and why; below it, what to do."""
    needs_somebody = trouble.outcome in TROUBLED
    return Text.assemble(
        (f"{trouble.outcome:<9}", "red" if needs_somebody else "yellow"),
        (f"{trouble.label} ({month}): ", "bold"),
        f"{trouble.reason}\n{'':<9}{trouble.advice}",
    )
