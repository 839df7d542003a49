"""What a person sees of rows that were tried again: how each stood, and how it stands. Names records, never people."""

from rich.console import Console
from rich.table import Table
from rich.text import Text

from zoho_pipeline.actions.retry import Retried
from zoho_pipeline.commands.backfill_report import summary_lines
from zoho_pipeline.commands.summary import table
from zoho_pipeline.recovery.standing import Standing
from zoho_pipeline.states import State

ROWS_SHOWN = 50


def print_retried(done: Retried, console: Console | None = None) -> None:
    """The rows, and of a run that was made the figures too."""
    console = console or Console()
    if done.dry_run:
        console.print("A dry run: nothing was sent or changed; these rows would be tried.", style="yellow")
    console.print(_rows(done))
    if len(done.rows) > ROWS_SHOWN:
        console.print(f"... and {len(done.rows) - ROWS_SHOWN:,} more rows.")
    if done.results:
        console.print(table("What was done", summary_lines(done.results)))
        for result in done.results:
            if result.interrupted:
                console.print(f"{result.entity} {result.month} is unfinished: {result.interrupted}", markup=False)


def _rows(done: Retried) -> Table:
    shown = Table(title="Rows to be tried" if done.dry_run else "Rows tried again", title_justify="left")
    for heading in ("kind", "record", "id", "stood", "stands", "why, and what to do"):
        shown.add_column(heading, overflow="fold")
    for row in done.rows[:ROWS_SHOWN]:
        now = done.after.get((row.entity, row.row_id))
        shown.add_row(
            row.entity.singular, Text(row.label), row.row_id, _state(row), _state(now) if now else "–", _why(now or row)
        )
    return shown


def _state(row: Standing) -> str:
    state = row.state.replace("_", " ") if row.state else "new"
    return f"{state} ({row.cause})" if row.cause and row.state is not State.WAITING else state


def _why(row: Standing) -> Text:
    if row.state is State.SYNCED:
        return Text("")
    return Text("\n".join(part for part in (row.reason, row.advice) if part))
