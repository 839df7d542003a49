"""What is planted among recurring invoices. All of it needs the service to be as it is."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from benchmarks.planted.invoices import unique_amount
from benchmarks.planted.rows import CENT, MONTHS, Pair, Party, World, invoice_pair, recurring_pair
from benchmarks.planted.truth import Expected, apart, both, only_c, only_z, plant

UNPAID = {place: (f"recurring{place}",) for place in (1, 2)}
ANY = {0: ("recurring0", "payment0"), **UNPAID}
TWICE = "the service and period are billed twice in CircleTel"
SEVERAL = "Zoho has it on several invoices"


def _of_month(world: World, party: Party, month: int) -> Pair:
    made = recurring_pair(world, party.customer, party.service, month)
    made.c["invoice_number"] = world.new_number()
    return made


@plant("service", "before")
def before_zoho(world: World, party: Party, at: int) -> list[Expected]:
    c = world.add("customer_invoices", _of_month(world, party, 6).c)
    return [only_c("invoices", "before_zoho", c, "Zoho bills the service from 2025-07-01")]


@plant("service", "next")
def awaited(world: World, party: Party, at: int) -> list[Expected]:
    c = world.add("customer_invoices", _of_month(world, party, 10).c)
    return [only_c("invoices", "awaited", c, "Zoho raises it on 2025-10-01")]


@plant("service", at=UNPAID)
def missed(world: World, party: Party, at: int) -> list[Expected]:
    party.recurring[at].z_there = False
    return [only_c("invoices", "missed", party.recurring[at].c, None)]


@plant("service", at=UNPAID)
def void_in_zoho(world: World, party: Party, at: int) -> list[Expected]:
    party.recurring[at].z |= {"status": "void", "balance": Decimal(0)}
    return [only_c("invoices", "missed", party.recurring[at].c, None)]


@plant("service", "customer", at=UNPAID)
def raised_by_zoho_alone(world: World, party: Party, at: int) -> list[Expected]:
    party.recurring[at].c_there = False
    return [only_z("invoices", "raised_by_zoho_alone", party.recurring[at].z)]


@plant("service", at=UNPAID)
def draft(world: World, party: Party, at: int) -> list[Expected]:
    party.recurring[at].z["status"] = "draft"
    return [both("invoices", "status", party.recurring[at])]


@plant("service", at=ANY)
def billed_twice_in_circletel(world: World, party: Party, at: int) -> list[Expected]:
    c = world.add("customer_invoices", _of_month(world, party, MONTHS[at]).c)
    return [only_c("invoices", "two_rows_one_object", c, TWICE)]


def _again(world: World, own: Pair) -> dict[str, object]:
    z = {
        **own.z,
        "zoho_id": world.new_zoho_id(),
        "number": world.new_number("ZB-"),
        "date": own.z["date"] + timedelta(days=9),
    }
    z["balance"] = z["total"]
    return world.add("zoho_pipeline.mirror_invoices", z)


def _papers(own: Pair, what: str, papers: list[dict[str, object]]) -> list[Expected]:
    """CircleTel's goes, Zoho's come, each where it stands."""
    total = sum((Decimal(str(z["total"])) for z in papers), Decimal(0))
    circletels = only_c("invoices", what, own.c, SEVERAL)
    return [
        replace(circletels, difference=total - own.c["total_amount"]),
        *(replace(only_z("invoices", what, z), difference=None) for z in papers),
    ]


@plant("service", at=UNPAID)
def raised_twice(world: World, party: Party, at: int) -> list[Expected]:
    own = party.recurring[at]
    return _papers(own, "amount", [own.z, _again(world, own)])


@plant("service", "customer", at=UNPAID)
def split(world: World, party: Party, at: int) -> list[Expected]:
    own = party.recurring[at]
    again = _again(world, own)
    own.c |= {"service_id": None, "total_amount": own.c["total_amount"] * 2, "amount_due": own.c["amount_due"] * 2}
    return _papers(own, "split", [own.z, again])


@plant("service", "customer", at=UNPAID)
def split_unevenly(world: World, party: Party, at: int) -> list[Expected]:
    own = party.recurring[at]
    again = _again(world, own)
    own.c |= {"service_id": None, "total_amount": own.c["total_amount"] + 1, "amount_due": own.c["amount_due"] + 1}
    return _papers(own, "amount", [own.z, again])


def _dearer(own: Pair, by: Decimal) -> Expected:
    own.c["total_amount"] += by
    own.c["amount_due"] += by
    return both("invoices", "", own, -by, amount=-by)


@plant("service", at=ANY)
def another_amount(world: World, party: Party, at: int) -> list[Expected]:
    return [replace(_dearer(party.recurring[at], Decimal("3.00")), what="amount")]


@plant("service", at=ANY)
def other_lines(world: World, party: Party, at: int) -> list[Expected]:
    own = party.recurring[at]
    own.c["line_items"] = [*own.c["line_items"], {"name": "Router", "unit_price": "n/a", "amount": "100.00"}]
    return [replace(_dearer(own, Decimal("100.00")), what="other_lines")]


@plant("service", at=UNPAID)
def pro_rated(world: World, party: Party, at: int) -> list[Expected]:
    own = party.recurring[at]
    own.c["period_end"] -= timedelta(days=12)
    return [replace(_dearer(own, Decimal("-100.00")), what="other_lines")]


@plant("service", at=ANY)
def dated_in_another_month(world: World, party: Party, at: int) -> list[Expected]:
    party.recurring[at].c["invoice_date"] -= timedelta(days=6)
    return apart("invoices", "timing", party.recurring[at])


@plant("service", at=ANY)
def another_tax(world: World, party: Party, at: int) -> list[Expected]:
    party.recurring[at].z["tax_total"] -= CENT
    return [both("invoices", "tax", party.recurring[at], -CENT)]


@plant("service", at=UNPAID)
def paid_in_zoho(world: World, party: Party, at: int) -> list[Expected]:
    """By money whose trace Zoho does not show."""
    own = party.recurring[at]
    own.z["balance"] -= Decimal("17.00")
    return [both("invoices", "balance", own, Decimal("-17.00"), "completed payments of 0")]


@plant("service", "customer")
def of_no_service(world: World, party: Party, at: int) -> list[Expected]:
    """Of a month in which Zoho raised nothing."""
    c = invoice_pair(world, party.customer, unique_amount(world), date(2025, 5, 3), "recurring").c
    world.add("customer_invoices", c | {"zoho_billing_invoice_id": None})
    return [only_c("invoices", "before_zoho", c, None)]
