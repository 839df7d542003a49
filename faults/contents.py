"""Is an object's content its row's? To the cent, in the judge's own arithmetic."""

from collections.abc import Iterator, Mapping
from decimal import Decimal

from faults.evidence import Evidence, Row, Thing

ZERO = Decimal("0.00")
Owners = Mapping[str, Mapping[str, list[Thing]]]


def differences(row: Row, thing: Thing, evidence: Evidence, owners: Owners, by_people: bool) -> Iterator[str]:
    """What is wrong with the object of a row that is said to be synced, a sentence each.

    Where the app or people made or deleted payments, nobody can say what of the others is to be applied.
    """
    match row.entity:
        case "customers":
            yield from _customer(row, thing)
        case "subscriptions":
            yield from _subscription(row, thing)
        case "invoices":
            yield from _invoice(row, thing)
        case _:
            yield from _payment(row, thing, evidence, owners, by_people)


def _customer(row: Row, thing: Thing) -> Iterator[str]:
    name = f"{row.values['first_name']} {row.values['last_name']}"
    if thing.field("cf_account_number") and thing.shown["display_name"] != name:
        yield f"{thing} is called otherwise"
    if thing.field("cf_account_number") and thing.shown["phone"] != row.values["phone"]:
        yield f"{thing} has another phone number"


def _subscription(row: Row, thing: Thing) -> Iterator[str]:
    changes_later = thing.shown["end_of_term"]  # the new price is shown from the next term on
    if thing.amount("amount") != row.values["monthly_price"] and not changes_later:
        yield f"{thing} charges {thing.shown['amount']} a month, not {row.values['monthly_price']}"
    if thing.shown["status"] not in ("live", "future"):
        yield f"{thing} is {thing.shown['status']}"


def _invoice(row: Row, thing: Thing) -> Iterator[str]:
    if thing.amount("total") != row.values["total_amount"]:
        yield f"{thing} comes to {thing.shown['total']}, not {row.values['total_amount']}"
    if thing.amount("tax_total") != row.values["tax_amount"]:
        yield f"{thing} has VAT {thing.shown['tax_total']}, not {row.values['tax_amount']}"
    if (thing.shown["status"] == "draft") != (row.values["status"] == "draft"):
        yield f"{thing} is {thing.shown['status']}, and the row {row.values['status']}"


def _payment(row: Row, thing: Thing, evidence: Evidence, owners: Owners, by_people: bool) -> Iterator[str]:
    if thing.amount("amount") != row.values["amount"]:
        yield f"{thing} is of {thing.shown['amount']}, not {row.values['amount']}"
    invoice = _invoice_of(row)
    applied = {part["invoice_id"]: Decimal(str(part["amount_applied"])) for part in thing.shown["invoices"]}
    debts = {debt.id for debt in owners["invoices"].get(invoice, [])}
    if strange := set(applied) - debts:
        yield f"{thing} is applied to {', '.join(sorted(strange))}, which it does not pay"
    if debts and not by_people:
        yield from _whole(row, invoice, evidence, owners)


def _whole(row: Row, invoice: str, evidence: Evidence, owners: Owners) -> Iterator[str]:
    """All payments of one invoice together are applied to it up to its total."""
    debt = owners["invoices"][invoice][0]
    naming = [other for other in evidence.rows["payments"].values() if _invoice_of(other) == invoice]
    paying = [thing for other in naming for thing in owners["payments"].get(other.id, [])]
    paid = sum((thing.amount("amount") for thing in paying), ZERO)
    applied = sum(
        (Decimal(str(part["amount_applied"])) for thing in paying for part in thing.shown["invoices"]
         if part["invoice_id"] == debt.id), ZERO,
    )  # fmt: skip
    if applied != min(paid, debt.amount("total")):
        yield f"{applied} of {paid} is applied to {debt}, whose total is {debt.shown['total']}"


def _invoice_of(payment: Row) -> str:
    return str(payment.values["customer_invoice_id"] or "")
