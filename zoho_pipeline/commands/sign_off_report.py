"""What a person sees of signed and open months in the terminal."""

from collections.abc import Sequence
from decimal import Decimal

from rich.table import Table

from zoho_pipeline.clock import shown
from zoho_pipeline.money import rand
from zoho_pipeline.reconciliation.classes import Class
from zoho_pipeline.reconciliation.closing.chain import Entry
from zoho_pipeline.reconciliation.closing.prior import Facts, PriorPeriodItem
from zoho_pipeline.reconciliation.closing.states import Standing


def months_table(standings: Sequence[Standing]) -> Table:
    """A line per month."""
    table = Table(title="Months", title_justify="left")
    for heading in ("month", "stands", "prepared by", "approved by", "reopened by", "snapshot"):
        table.add_column(heading, overflow="fold")
    for each in standings:
        signers = (_signer(entry) for entry in (each.prepared, each.approved, each.reopened))
        table.add_row(each.month.key, each.stage.value, *signers, (each.snapshot or "")[:16])
    return table


def prior_period_table(items: Sequence[PriorPeriodItem]) -> Table:
    """A line per change of a signed month; names records, never people."""
    table = Table(title="Prior-period items: changes of signed months since their signing", title_justify="left")
    for heading in ("month", "", "kind", "what", "record", "when signed", "now"):
        table.add_column(heading, overflow="fold")
    for each in items:
        what = "total" if each.is_total else Class(each.key[1]).heading
        table.add_row(
            each.month.key,
            each.how.value,
            each.key[0],
            what,
            each.label,
            _said(each, each.before),
            _said(each, each.now),
        )
    return table


def _signer(entry: Entry | None) -> str:
    return f"{entry.by.name}, {shown(entry.at)}" if entry else ""


def _said(item: PriorPeriodItem, facts: Facts | None) -> str:
    if facts is None:
        return ""
    currency = item.key[-1]
    if item.is_total:
        sides = [("CircleTel", "circletel"), ("Zoho", "zoho")]
        return ", ".join(
            f"{name} {facts[f'{side}_count']}: {rand(Decimal(facts[f'{side}_amount']), currency)}"
            for name, side in sides
        )
    amount = facts["difference"] if facts["difference"] is not None else facts["amount_effect"]
    return rand(Decimal(amount), currency)
