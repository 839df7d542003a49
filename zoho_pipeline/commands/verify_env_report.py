"""What a person sees of the environment in the terminal."""

from collections.abc import Sequence

from rich.table import Table
from rich.text import Text

from zoho_pipeline.health.connections import Reached
from zoho_pipeline.health.variables import Standing, Variable

_STYLES = {
    Standing.SET: "green",
    Standing.DEFAULT: "dim",
    Standing.ADVISED: "yellow",
    Standing.MISSING: "red",
    Standing.WRONG: "red",
}


def variables_table(variables: Sequence[Variable]) -> Table:
    """A line per variable; those in need of mending say how."""
    table = Table(title="Environment variables")
    for heading in ("variable", "", "value, or how to mend it"):
        table.add_column(heading, overflow="fold")
    for each in variables:
        table.add_row(each.name, Text(each.standing, _STYLES[each.standing]), Text(each.advice or each.shown))
    return table


def connections_table(reached: Sequence[Reached]) -> Table:
    """A line per thing that was tried."""
    table = Table(title="Connections")
    for heading in ("", "", "what was found"):
        table.add_column(heading, overflow="fold")
    for each in reached:
        table.add_row(each.what, _standing(each), Text(each.sentence))
    return table


def _standing(reached: Reached) -> Text:
    if not reached.well:
        return Text("failed", "red")
    return Text("warning", "yellow") if reached.warns else Text("ok", "green")
