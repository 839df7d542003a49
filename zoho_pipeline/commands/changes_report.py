"""What a person sees of cancellations and of withdrawn rows in the terminal. Names records, never people's names."""

from collections.abc import Sequence
from decimal import Decimal

from rich.table import Table
from rich.text import Text

from zoho_pipeline.clock import shown
from zoho_pipeline.money import rand
from zoho_pipeline.sync.approvals import Approval
from zoho_pipeline.sync.withdrawn import Withdrawn


def cancellations_table(title: str, entries: Sequence[Approval]) -> Table:
    """A line per subscription: whose, what Zoho charges, and how far its approval is."""
    table = Table(title=title, title_justify="left")
    for heading in ("ID", "account", "plan", "a month", "in Zoho", "bills next", "cancelled on", "approval"):
        table.add_column(heading, overflow="fold")
    for entry in entries:
        of = entry.shown
        table.add_row(
            str(entry.id),
            *(Text(str(of.get(name) or "–")) for name in ("account", "plan")),
            Text(rand(Decimal(of["rand a month"])) if of.get("rand a month") else "–"),
            *(Text(str(of.get(name) or "–")) for name in ("in Zoho", "bills next", "cancelled on")),
            Text(_standing(entry)),
        )
    return table


def withdrawn_table(found: Sequence[Withdrawn]) -> Table:
    """A line per row, and what to do about it."""
    table = Table(title="Withdrawn in CircleTel, and still in Zoho", title_justify="left", show_lines=True)
    for heading in ("kind", "record", "what happened", "in Zoho", "what to do"):
        table.add_column(heading, overflow="fold")
    for row in found:
        table.add_row(
            row.entity.singular,
            Text(row.label),
            Text(row.happened),
            Text(f"{row.in_zoho} (id {row.zoho_id})"),
            Text(row.advice),
        )
    return table


def _standing(entry: Approval) -> str:
    if entry.outcome is not None:
        return entry.outcome
    if entry.approved_at is not None:
        return f"approved by {entry.approved_by}, {shown(entry.approved_at)}; not sent yet"
    return "waits for approval"
