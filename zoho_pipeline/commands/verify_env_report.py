"""What a person sees of the environment in the terminal."""

from collections.abc import Sequence

from rich.table import Table
from rich.text import Text

from zoho_pipeline.health.connections import Reached
from zoho_pipeline.health.variables import BAD, Standing, Variable

_STYLES = {Standing.SET: "green", Standing.DEFAULT: "dim", Standing.MISSING: "red", Standing.WRONG: "red"}


def variables_table(variables: Sequence[Variable]) -> Table:
    """A line per variable; those in need of mending say how."""
    table = Table(title="Environment variables")
    for heading in ("variable", "", "value, or how to mend it"):
        table.add_column(heading, overflow="fold")
    for each in variables:
        text = each.advice if each.standing in BAD else each.shown
        table.add_row(each.name, Text(each.standing, _STYLES[each.standing]), Text(text))
    return table


def connections_table(reached: Sequence[Reached]) -> Table:
    """A line per thing that was tried."""
    table = Table(title="Connections")
    for heading in ("", "", "what was found"):
        table.add_column(heading, overflow="fold")
    for each in reached:
        table.add_row(each.what, Text("ok", "green") if each.well else Text("failed", "red"), Text(each.sentence))
    return table
