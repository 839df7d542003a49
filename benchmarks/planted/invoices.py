"""What is planted among invoices that CircleTel sends."""

from datetime import date, timedelta
from decimal import Decimal

from benchmarks.planted.parents import ALIKE, ELSEWHERE, KEYED, attempted
from benchmarks.planted.rows import CENT, UNPAID, Pair, Party, Row, World, application, invoice_pair, tax
from benchmarks.planted.truth import Expected, apart, balance, both, only_c, only_z, plant, z_month

ANY = {0: ("other0", "payment1"), 1: ("other1", "payment2"), UNPAID: ("other2",)}
PAID = {0: ("other0", "payment1"), 1: ("other1", "payment2")}
OPEN = {UNPAID: ("other2",)}
CAUSES = ("refused", "parked", "blocked", "failed")


def unique_amount(world: World) -> Decimal:
    """An amount that nothing else has."""
    world.made += 1
    return Decimal(10_000_000 + world.made) / 100


def extra(world: World, party: Party, kind: str = "installation", day: date = date(2025, 8, 12)) -> Pair:
    """One more invoice, on neither side yet."""
    return invoice_pair(world, party.customer, unique_amount(world), day, kind)


def take_off(party: Party, invoice: Pair) -> None:
    """Zoho has taken the payments off the invoice: they are the customer's credit."""
    for row in [row for row in party.applications if row["invoice_zoho_id"] == invoice.zoho_id]:
        party.applications.remove(row)
        payment = next(each for each in party.payments if each.zoho_id == row["source_zoho_id"])
        payment.z["unapplied"] += row["amount"]


@plant("customer", at=dict.fromkeys(range(5), ()))
def missing(world: World, party: Party, at: int) -> list[Expected]:
    made = extra(world, party, "deposit" if at == 4 else "equipment")
    made.c |= {"zoho_billing_invoice_id": None, "zoho_sync_status": "failed"}
    world.add("customer_invoices", made.c)
    if at < 4:
        attempted(world, "invoices", made.row_id, CAUSES[at])
    return [only_c("invoices", "missing_in_zoho", made.c, (*CAUSES, "excluded")[at])]


@plant("customer")
def only_in_zoho(world: World, party: Party, at: int) -> list[Expected]:
    made = extra(world, party)
    made.z |= {"circletel_id": None, "number": world.new_number("HAND-")}
    world.add("zoho_pipeline.mirror_invoices", made.z)
    return [only_z("invoices", "missing_in_circletel", made.z)]


@plant(at=ANY)
def deleted(world: World, party: Party, at: int) -> list[Expected]:
    party.others[at].z["gone_at"] = party.others[at].c["created_at"]
    return [only_c("invoices", "deleted_in_zoho", party.others[at].c, "no longer listed", told=False)]


@plant("customer", at=ANY)
def twice_by_key(world: World, party: Party, at: int) -> list[Expected]:
    z = {
        **party.others[at].z,
        "zoho_id": world.new_zoho_id(),
        "number": world.new_number("HAND-"),
        "date": date(2025, 9, 30),
    }
    world.add("zoho_pipeline.mirror_invoices", z)
    return [only_z("invoices", "duplicate_in_zoho", z, KEYED)]


@plant("customer", at=ANY)
def twice_alike(world: World, party: Party, at: int) -> list[Expected]:
    z = {
        **party.others[at].z,
        "zoho_id": world.new_zoho_id(),
        "number": world.new_number("HAND-"),
        "circletel_id": None,
    }
    world.add("zoho_pipeline.mirror_invoices", z)
    return [only_z("invoices", "duplicate_in_zoho", z, ALIKE)]


@plant("customer", at=ANY)
def two_objects_of_a_row_that_is_not_linked(world: World, party: Party, at: int) -> list[Expected]:
    own = party.others[at]
    own.c["zoho_billing_invoice_id"] = None
    z = {**own.z, "zoho_id": world.new_zoho_id(), "number": world.new_number("HAND-")}
    world.add("zoho_pipeline.mirror_invoices", z)
    return [both("invoices", "not_linked", own, None, "key"), only_z("invoices", "duplicate_in_zoho", z, KEYED)]


@plant(at=ANY)
def shared(world: World, party: Party, at: int) -> list[Expected]:
    made = extra(world, party, "adjustment")
    made.c["zoho_billing_invoice_id"] = party.others[at].zoho_id
    world.add("customer_invoices", made.c)
    item = only_c("invoices", "two_rows_one_object", made.c, "linked to the same object", told=False)
    return [Expected(**{**vars(item), "zoho_id": party.others[at].zoho_id})]


@plant("customer", at=ANY)
def not_linked(world: World, party: Party, at: int) -> list[Expected]:
    own = party.others[at]
    own.c["zoho_billing_invoice_id"] = ""
    return [both("invoices", "not_linked", own, None, "key")]


@plant("customer", at=ANY)
def not_linked_without_a_key(world: World, party: Party, at: int) -> list[Expected]:
    own = party.others[at]
    own.c["zoho_billing_invoice_id"] = None
    own.z["circletel_id"] = None
    return [both("invoices", "not_linked", own, None, "number")]


@plant("customer", at=OPEN)
def not_linked_by_content(world: World, party: Party, at: int) -> list[Expected]:
    own = party.others[at]
    own.c["zoho_billing_invoice_id"] = None
    own.z |= {"circletel_id": None, "number": world.new_number("HAND-")}
    return [both("invoices", "not_linked", own, None, "customer, day and amount")]


@plant("customer", at=ANY)
def of_another_customer(world: World, party: Party, at: int) -> list[Expected]:
    party.others[at].z["customer_zoho_id"] = ELSEWHERE
    return [both("invoices", "wrong_parent", party.others[at])]


def _dearer(pair: Pair, by: Decimal) -> None:
    pair.z["total"] += by
    pair.z["balance"] += by
    pair.z["tax_total"] = tax(pair.z["total"])


@plant(at=ANY)
def another_amount(world: World, party: Party, at: int) -> list[Expected]:
    _dearer(party.others[at], CENT)
    return [both("invoices", "amount", party.others[at], CENT, amount=CENT)]


@plant(at=ANY)
def another_tax(world: World, party: Party, at: int) -> list[Expected]:
    party.others[at].z["tax_total"] += CENT
    return [both("invoices", "tax", party.others[at], CENT)]


@plant(at=OPEN)
def no_tax_in_circletel(world: World, party: Party, at: int) -> list[Expected]:
    party.others[at].c["tax_amount"] = None
    return [both("invoices", "tax", party.others[at], party.others[at].z["tax_total"])]


@plant(at=ANY)
def in_another_month(world: World, party: Party, at: int) -> list[Expected]:
    party.others[at].z["date"] += timedelta(days=31)
    return apart("invoices", "timing", party.others[at])


@plant(at=ANY)
def in_another_month_and_dearer(world: World, party: Party, at: int) -> list[Expected]:
    party.others[at].z["date"] += timedelta(days=31)
    _dearer(party.others[at], Decimal("7.00"))
    return [
        *apart("invoices", "timing", party.others[at]),
        both("invoices", "amount", party.others[at], Decimal("7.00")),
    ]


@plant(at=ANY)
def on_another_day(world: World, party: Party, at: int) -> list[Expected]:
    party.others[at].z["date"] += timedelta(days=1)
    return [both("invoices", "date", party.others[at])]


@plant(at=ANY)
def void_in_zoho(world: World, party: Party, at: int) -> list[Expected]:
    own = party.others[at]
    take_off(party, own)
    own.z |= {"status": "void", "balance": Decimal(0)}
    amount = -own.c["total_amount"]
    return [both("invoices", "status", own, amount, count=-1, amount=amount)]


@plant(at=ANY)
def void_in_circletel(world: World, party: Party, at: int) -> list[Expected]:
    own = party.others[at]
    own.c["status"] = "voided"
    own.z["date"] += timedelta(days=31)
    amount = own.z["total"]
    item = both("invoices", "status", own, amount, count=1, amount=amount)
    return [Expected(**{**vars(item), "month": z_month("invoices", own.z)})]


@plant(at=OPEN)
def draft(world: World, party: Party, at: int) -> list[Expected]:
    party.others[at].z["status"] = "draft"
    return [both("invoices", "status", party.others[at])]


@plant(at=ANY)
def in_dollars(world: World, party: Party, at: int) -> list[Expected]:
    party.others[at].z["currency_code"] = "USD"
    return apart("invoices", "currency", party.others[at])


@plant(at={1: ("other1", "payment2"), UNPAID: ("other2",)})
def written_off(world: World, party: Party, at: int) -> list[Expected]:
    own = party.others[at]
    rest = own.z["balance"]
    own.z |= {"write_off": rest, "balance": Decimal(0)}
    return [both("invoices", "write_off", own, -rest)]


def _note(world: World, party: Party, invoice: Pair, amount: Decimal) -> None:
    note: Row = {
        "zoho_id": world.new_zoho_id(), "number": world.new_number("CN-"), "customer_zoho_id": party.customer.zoho_id,
        "date": invoice.z["date"], "status": "closed", "total": amount, "balance": Decimal(0), "currency_code": "ZAR",
        "version": "1", "detailed_version": "1", "tax_total": tax(amount),
    }  # fmt: skip
    world.add("zoho_pipeline.mirror_credit_notes", note)
    party.applications.append(application(invoice.zoho_id, note["zoho_id"], amount, "credit_note"))
    invoice.z["credits_applied"] += amount
    invoice.z["balance"] -= amount


@plant(at=dict.fromkeys(range(3), ("other2",)))
def credited_differently(world: World, party: Party, at: int) -> list[Expected]:
    own = party.others[UNPAID]
    here, there = ((Decimal(0), Decimal(20)), (Decimal(20), Decimal(0)), (Decimal(20), Decimal(25)))[at]
    if there:
        _note(world, party, own, there)
    if here:
        row: Row = {"id": world.new_id(), "original_invoice_id": own.row_id, "customer_id": party.customer.row_id}
        row |= {
            "credit_note_date": own.c["invoice_date"],
            "total_amount": here,
            "vat_amount": tax(here),
            "status": "applied",
        }
        world.add("credit_notes", row)
        own.c["amount_due"] -= here
    cause = ("in Zoho only", "in CircleTel only", "of different amounts")[at]
    return [both("invoices", "credit_note", own, here - there, cause)]


@plant(at=ANY)
def paid_without_a_payment(world: World, party: Party, at: int) -> list[Expected]:
    own = party.others[at]
    own.c["amount_due"] -= Decimal("11.00")
    return [both("invoices", "paid_without_payment", own, Decimal("11.00"), "no completed payment row says so")]


@plant(at=PAID)
def paid_more_in_zoho(world: World, party: Party, at: int) -> list[Expected]:
    """By money whose trace Zoho does not show."""
    party.others[at].z["balance"] -= Decimal("13.00")
    return [balance(party.others[at], Decimal("-13.00"), party.payments[at + 1].c["amount"])]
