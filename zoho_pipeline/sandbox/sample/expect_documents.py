"""Finds the truth of invoices and payments; `tell` puts all four kinds together.

What belongs here: whether a document goes to Zoho and what a payment is applied to. The parents' rules are in
`expect.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from zoho_pipeline.sandbox.sample import days, money
from zoho_pipeline.sandbox.sample.expect import UNDECIDED, Parents, outcomes
from zoho_pipeline.sandbox.sample.rows import Invoice, Payment
from zoho_pipeline.sandbox.sample.truth import IN_ZOHO, Expectation, Kind, Outcome, Truth
from zoho_pipeline.sandbox.sample.world import Fate, World
from zoho_pipeline.sandbox.sample.zoho_side import ZohoSide

ONE_OFF_TYPES = frozenset({"installation", "pro_rata", "equipment", "adjustment"})
NO_MORE = frozenset({"voided", "cancelled"})
UNREADABLE = outcomes(Outcome.EXCLUDED, Outcome.BLOCKED)
"""Recurring invoices of services that are not in Zoho: before Zoho, or waiting for the service."""


def tell(world: World, side: ZohoSide) -> Truth:
    """What a right sync must end with, for every row of the four kinds. The world is one with its links filled in."""
    parents = Parents(world, side)
    invoices = {row.id: _invoice(row, parents) for row in world.invoices}
    by_id = {row.id: row for row in world.invoices}
    payments = {row.id: _payment(row, parents, by_id, invoices) for row in world.payments}
    return Truth(
        expectations={**parents.of_customers, **parents.of_services, **invoices, **payments},
        seeded=side.seeded,
        applied=side.applied,
        invoiced_until=parents.invoiced_until,
    )


def _invoice(row: Invoice, parents: Parents) -> Expectation:
    allowed, reason = _judge_invoice(row, parents)
    return parents.expected(Kind.INVOICE, row, row.zoho_billing_invoice_id, allowed, reason)


def _judge_invoice(row: Invoice, parents: Parents) -> tuple[frozenset[Outcome], str]:
    if parents.is_internal(row.customer_id):
        return outcomes(Outcome.EXCLUDED), "hangs on an internal test account"
    if row.invoice_type not in ONE_OFF_TYPES:
        return outcomes(Outcome.EXCLUDED), "Zoho raises recurring invoices itself"
    if parents.reached(row.id):
        return outcomes(Outcome.ALREADY), "the app pushed it"
    if row.status in NO_MORE:
        return outcomes(Outcome.EXCLUDED), f"it is {row.status}"
    own, reason = _judge_content(row, parents)
    return parents.hanging_on(row.customer_id, own), reason


def _judge_content(row: Invoice, parents: Parents) -> tuple[frozenset[Outcome], str]:
    if any(one.number == row.invoice_number for one in parents.world.handmade_invoices):
        return UNDECIDED, "its number is another invoice's in Zoho"
    if row.line_items is None:
        return UNDECIDED | {Outcome.SYNCED}, "no lines explain its total"
    amounts = [_amount(line) for line in row.line_items]
    if sum(amounts, money.ZERO) != row.total_amount:
        return UNDECIDED, "its lines do not add up"
    if not money.lines_agree(amounts):
        return UNDECIDED | {Outcome.SYNCED}, "VAT by line is not VAT of the whole"
    return outcomes(Outcome.SYNCED), "an invoice"


def _amount(line: Mapping[str, Any]) -> Decimal:
    """A line's amount including VAT, whichever way it is named."""
    if "amount" in line:
        return Decimal(str(line["amount"]))
    price = line["price"] if "price" in line else line["rate"]
    return Decimal(str(price)) * int(line.get("quantity", 1))


def _payment(
    row: Payment, parents: Parents, invoices: Mapping[str, Invoice], expected: Mapping[str, Expectation]
) -> Expectation:
    paid = invoices.get(row.customer_invoice_id or "") or invoices.get(row.invoice_id or "")
    payer = row.customer_id if row.customer_id in parents.customers else (paid.customer_id if paid else None)
    base = parents.expected(Kind.PAYMENT, row, row.zoho_payment_id, frozenset(), "")
    if parents.is_internal(payer):
        return replace(base, allowed=outcomes(Outcome.EXCLUDED), reason="hangs on an internal test account")
    if parents.reached(row.id):
        unreadable = outcomes(Outcome.PARKED) if parents.world.handlings[row.id].fate is Fate.STUCK_SENT else outcomes()
        return replace(base, allowed=unreadable | {Outcome.ALREADY}, reason="the app pushed it")
    if row.status != "completed" or row.provider == "zoho_billing":
        return replace(base, allowed=outcomes(Outcome.EXCLUDED), reason=f"{row.status}, provider {row.provider}")
    if payer is None:
        return replace(base, allowed=UNDECIDED, reason="nobody's money: neither customer nor invoice exists")
    found = _applied(base, paid, parents, expected)
    if payer not in parents.of_customers or not parents.of_customers[payer].surely_in_zoho:
        found = replace(found, allowed=parents.hanging_on(payer, found.allowed))
    handling = parents.world.handlings.get(row.id)
    if handling and handling.fate is Fate.STUCK_UNSENT:  # whether it was sent can perhaps not be read back
        return replace(found, allowed=found.allowed | {Outcome.PARKED})
    return found


def _applied(
    base: Expectation, paid: Invoice | None, parents: Parents, expected: Mapping[str, Expectation]
) -> Expectation:
    """Where a completed payment of a known customer goes."""
    synced, blocked = outcomes(Outcome.SYNCED), outcomes(Outcome.BLOCKED)
    if paid is None:
        return replace(base, allowed=synced, reason="no invoice: the customer's credit")
    if paid.status in NO_MORE:
        return replace(base, allowed=synced, reason=f"its invoice is {paid.status}: the customer's credit")
    if paid.invoice_type not in ONE_OFF_TYPES:
        return _applied_to_recurring(base, paid, parents)
    if paid.status == "draft":
        return replace(base, allowed=synced | blocked, reason="its invoice is a draft")
    invoice = expected[paid.id]
    if invoice.surely_in_zoho:
        return replace(base, allowed=synced, reason="pays an invoice", pays_row=paid.id)
    allowed = blocked | (synced if invoice.allowed & IN_ZOHO else frozenset())
    return replace(base, allowed=allowed, reason=f"its invoice: {invoice.reason}", pays_row=paid.id)


def _applied_to_recurring(base: Expectation, paid: Invoice, parents: Parents) -> Expectation:
    """A debt that Zoho bills too: applied to Zoho's invoice, if that is there."""
    if paid.service_id not in parents.services or paid.period_start is None or paid.period_end is None:
        return replace(base, allowed=frozenset(Outcome) - {Outcome.ALREADY}, reason="no service and period to match")
    billed_from = parents.zoho_bills_from(paid.service_id)
    service = parents.of_services[paid.service_id]
    if billed_from is None:
        before = outcomes(Outcome.EXCLUDED) if service.surely_in_zoho else UNREADABLE
        return replace(base, allowed=before, reason="before Zoho bills the service")
    if paid.period_end < billed_from:
        return replace(base, allowed=outcomes(Outcome.EXCLUDED), reason="before Zoho billed the service")
    dates = days.anniversaries(billed_from, paid.period_end)
    billed_on = next(day for day in dates if day >= paid.period_start)
    if billed_on > parents.world.today:
        return replace(base, allowed=outcomes(Outcome.BLOCKED), reason=f"awaited: Zoho bills on {billed_on}")
    raised = parents.side.raised.get(paid.service_id, {}).get(billed_on)
    return replace(base, allowed=outcomes(Outcome.SYNCED), reason="pays Zoho's invoice", pays_object=raised)
