"""What a person sees of what stands twice in the terminal."""

from rich.console import Console
from rich.table import Table

from zoho_pipeline.actions.duplicates import Looked
from zoho_pipeline.clock import shown
from zoho_pipeline.entities import PARENTS_FIRST
from zoho_pipeline.recovery.duplicates import Duplicate


def print_looked(looked: Looked, console: Console) -> None:
    """For each kind as of when one can tell; then a line for everything that stands twice."""
    for entity in PARENTS_FIRST:
        found, blind = looked.of(entity), looked.blind(entity)
        certain = sum(duplicate.certain for duplicate in found)
        perhaps = f", {len(found) - certain} perhaps" if len(found) > certain else ""
        sentence = blind or f"{entity}: {certain or 'nothing'} twice{perhaps}, as of {shown(looked.as_of[entity])}."
        style = "red" if certain else "yellow" if blind or perhaps else "green"
        console.print(sentence, style=style, markup=False)
    if looked.duplicates:
        console.print(_table(looked.duplicates))


def _table(duplicates: tuple[Duplicate, ...]) -> Table:
    table = Table(title="What stands twice", title_justify="left", show_lines=True)
    for heading in ("kind", "objects in Zoho", "rows in CircleTel", "how one knows, and what to do"):
        table.add_column(heading, overflow="fold")
    for found in duplicates:
        certainty = "" if found.certain else "Perhaps: "
        told = f"{certainty}{found.reason}. {found.advice}"
        table.add_row(found.entity.singular, "\n".join(found.zoho_ids), "\n".join(found.row_ids), told)
    return table
