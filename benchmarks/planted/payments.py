"""What is planted among payments, and what follows from it for the invoices that they pay."""

from datetime import timedelta
from decimal import Decimal

from benchmarks.planted.invoices import unique_amount
from benchmarks.planted.parents import ALIKE, ELSEWHERE, KEYED, NOT_FOR_ZOHO, attempted
from benchmarks.planted.rows import Pair, Party, Row, World, application, payment_pair, recurring_pair
from benchmarks.planted.truth import Expected, apart, balance, both, following, only_c, only_z, plant

ANY = {0: ("payment0", "recurring0", "service"), 1: ("payment1", "other0"), 2: ("payment2", "other1")}
OTHERS = {1: ANY[1], 2: ANY[2]}


def _loose(world: World, party: Party) -> Pair:
    """One more payment, of no invoice, on neither side yet."""
    amount = unique_amount(world)
    kept = list(party.applications)
    made = payment_pair(world, party, Pair(dict(party.others[2].c), dict(party.others[2].z)), amount)
    party.applications = kept
    made.c["customer_invoice_id"] = None
    made.z["unapplied"] = amount
    return made


def _off(party: Party, at: int) -> Decimal:
    """Zoho has it on no invoice any more."""
    payment, invoice = party.payments[at], party.paid[at]
    party.applications = [row for row in party.applications if row["source_zoho_id"] != payment.zoho_id]
    amount: Decimal = payment.z["amount"]
    invoice.z["balance"] += amount
    return amount


@plant("customer", at={0: (), 1: (), 2: ()})
def missing(world: World, party: Party, at: int) -> list[Expected]:
    c = _loose(world, party).c | {"zoho_payment_id": None, "zoho_sync_status": "retrying"}
    world.add("payment_transactions", c)
    if at:
        attempted(world, "payments", c["id"], ("in_doubt", "resolved")[at - 1])
    return [only_c("payments", "missing_in_zoho", c, ("pending", "in_doubt", "resolved")[at])]


@plant("customer", at=ANY)
def missing_for_an_invoice(world: World, party: Party, at: int) -> list[Expected]:
    amount = _off(party, at)
    own = party.payments[at]
    own.z_there = False
    own.c |= {"zoho_payment_id": None, "zoho_sync_status": None}
    return [
        only_c("payments", "missing_in_zoho", own.c, "pending"),
        following(balance(party.paid[at], amount, amount)),
    ]


@plant(at=ANY)
def deleted(world: World, party: Party, at: int) -> list[Expected]:
    amount = _off(party, at)
    party.payments[at].z["gone_at"] = party.payments[at].c["created_at"]
    return [
        only_c("payments", "deleted_in_zoho", party.payments[at].c, "no longer listed", told=False),
        following(balance(party.paid[at], amount, amount)),
    ]


@plant("customer", at={0: (), 1: ("other2",)})
def only_in_zoho(world: World, party: Party, at: int) -> list[Expected]:
    """By itself, or on an invoice, whose balance it lowers."""
    z = world.add("zoho_pipeline.mirror_payments", _loose(world, party).z | {"reference_number": "EFT 17"})
    found = [only_z("payments", "missing_in_circletel", z)]
    if at:
        own, amount = party.others[2], Decimal("5.00")
        z |= {"amount": amount, "unapplied": Decimal(0), "date": z["date"].replace(day=28)}
        own.z["balance"] -= amount
        party.applications.append(application(own.zoho_id, z["zoho_id"], amount))
        found = [only_z("payments", "missing_in_circletel", z), following(balance(own, -amount, Decimal(0)))]
    return found


@plant("customer", at=ANY)
def twice_by_key(world: World, party: Party, at: int) -> list[Expected]:
    z = world.add("zoho_pipeline.mirror_payments", _copy(world, party.payments[at]))
    return [only_z("payments", "duplicate_in_zoho", z, KEYED)]


@plant("customer", at=ANY)
def twice_alike(world: World, party: Party, at: int) -> list[Expected]:
    z = world.add("zoho_pipeline.mirror_payments", _copy(world, party.payments[at]) | {"reference_number": None})
    return [only_z("payments", "duplicate_in_zoho", z, ALIKE)]


@plant("customer", at=ANY)
def two_objects_of_a_row_that_is_not_linked(world: World, party: Party, at: int) -> list[Expected]:
    own = party.payments[at]
    own.c["zoho_payment_id"] = None
    z = world.add("zoho_pipeline.mirror_payments", _copy(world, own))
    return [both("payments", "not_linked", own, None, "key"), only_z("payments", "duplicate_in_zoho", z, KEYED)]


def _copy(world: World, payment: Pair) -> Row:
    return {**payment.z, "zoho_id": world.new_zoho_id(), "unapplied": payment.z["amount"]}


@plant(at=ANY)
def shared(world: World, party: Party, at: int) -> list[Expected]:
    c = _loose(world, party).c | {"zoho_payment_id": party.payments[at].zoho_id}
    world.add("payment_transactions", c)
    item = only_c("payments", "two_rows_one_object", c, "linked to the same object", told=False)
    return [Expected(**{**vars(item), "zoho_id": party.payments[at].zoho_id})]


@plant("customer", at=dict.fromkeys(range(4), ()))
def not_linked(world: World, party: Party, at: int) -> list[Expected]:
    made = _loose(world, party)
    made.c["zoho_payment_id"] = None
    row_id = made.row_id
    made.z |= (
        {}, {"reference_number": None, "circletel_id": row_id}, {"reference_number": row_id[:8]},
        {"reference_number": "EFT", "date": made.z["date"] - timedelta(days=1)},
    )[at]  # fmt: skip
    world.add("payment_transactions", made.c)
    world.add("zoho_pipeline.mirror_payments", made.z)
    how = ("key", "the app's key", "the app's reference", "customer, amount and day")[at]
    found = [both("payments", "not_linked", made, None, how)]
    return found if at < 3 else [*found, following(both("payments", "date", made))]


@plant(at=ANY)
def failed_in_circletel(world: World, party: Party, at: int) -> list[Expected]:
    own, invoice = party.payments[at], party.paid[at]
    own.c["status"] = "failed"
    amount = own.c["amount"]
    invoice.c["amount_due"] += amount
    return [
        only_z("payments", "not_eligible", own.z, NOT_FOR_ZOHO),
        following(balance(invoice, -amount, Decimal(0))),
    ]


@plant("customer", at=ANY)
def of_another_customer(world: World, party: Party, at: int) -> list[Expected]:
    party.payments[at].z["customer_zoho_id"] = ELSEWHERE
    return [both("payments", "wrong_parent", party.payments[at])]


@plant(at=ANY)
def more_in_zoho(world: World, party: Party, at: int) -> list[Expected]:
    party.payments[at].z["amount"] += 10
    party.payments[at].z["unapplied"] += 10
    return [both("payments", "amount", party.payments[at], Decimal(10), amount=Decimal(10))]


@plant(at=ANY)
def less_in_zoho(world: World, party: Party, at: int) -> list[Expected]:
    own = party.payments[at]
    own.z["amount"] -= 10
    next(row for row in party.applications if row["source_zoho_id"] == own.zoho_id)["amount"] -= 10
    party.paid[at].z["balance"] += 10
    return [
        both("payments", "amount", own, Decimal(-10), amount=Decimal(-10)),
        following(balance(party.paid[at], Decimal(10), own.c["amount"])),
    ]


@plant(at=ANY)
def in_dollars(world: World, party: Party, at: int) -> list[Expected]:
    party.payments[at].c["currency"] = "USD"
    return apart("payments", "currency", party.payments[at], "USD")


@plant(at=ANY)
def in_another_month(world: World, party: Party, at: int) -> list[Expected]:
    party.payments[at].z["date"] += timedelta(days=31)
    return apart("payments", "timing", party.payments[at])


@plant(at=ANY)
def on_another_day(world: World, party: Party, at: int) -> list[Expected]:
    party.payments[at].z["date"] -= timedelta(days=1)
    return [both("payments", "date", party.payments[at])]


@plant(at={2: ("payment2", "other1", "other2")})
def on_the_wrong_invoice(world: World, party: Party, at: int) -> list[Expected]:
    own, right, wrong = party.payments[at], party.paid[at], party.others[2]
    amount = Decimal("9.00")
    row = next(row for row in party.applications if row["source_zoho_id"] == own.zoho_id)
    row["amount"] -= amount
    party.applications.append(application(wrong.zoho_id, own.zoho_id, amount))
    right.z["balance"] += amount
    wrong.z["balance"] -= amount
    return [
        both("payments", "wrong_invoice", own, amount),
        following(balance(right, amount, own.c["amount"])),
        following(balance(wrong, -amount, Decimal(0))),
    ]


@plant(at=ANY)
def on_no_invoice(world: World, party: Party, at: int) -> list[Expected]:
    amount = _off(party, at)
    party.payments[at].z["unapplied"] = amount
    return [
        both("payments", "unapplied", party.payments[at], -amount),
        following(balance(party.paid[at], amount, amount)),
    ]


@plant("customer", at={0: (), 1: (), 2: ()})
def refunded_on_one_side(world: World, party: Party, at: int) -> list[Expected]:
    """In CircleTel; in Zoho, where its list says it; in Zoho, where only its refunds do."""
    made = _loose(world, party)
    world.add("payment_transactions", made.c)
    world.add("zoho_pipeline.mirror_payments", made.z)
    amount = made.c["amount"]
    if at == 0:
        made.c["status"] = "refunded"
    elif at == 1:
        made.z["refunded"] = amount
    else:
        _refund(world, party, amount)
    return [both("payments", "refunded", made, amount if at == 0 else -amount)]


@plant("customer")
def refunded_on_both_sides(world: World, party: Party, at: int) -> list[Expected]:
    """And so alike."""
    made = _loose(world, party)
    made.c["status"] = "refunded"
    world.add("payment_transactions", made.c)
    world.add("zoho_pipeline.mirror_payments", made.z)
    _refund(world, party, made.c["amount"])
    return []


def _refund(world: World, party: Party, amount: Decimal) -> None:
    row = {"zoho_id": world.new_zoho_id(), "customer_zoho_id": party.customer.zoho_id, "amount": amount}
    world.add("zoho_pipeline.mirror_refunds", row | {"date": party.payments[0].z["date"]})


@plant("service", "before")
def of_a_debt_before_zoho(world: World, party: Party, at: int) -> list[Expected]:
    debt = recurring_pair(world, party.customer, party.service, 6)
    kept = list(party.applications)
    made = payment_pair(world, party, debt, debt.c["total_amount"])
    party.applications = kept
    made.c |= {"zoho_payment_id": None, "zoho_sync_status": "pending"}
    world.add("customer_invoices", debt.c)
    world.add("payment_transactions", made.c)
    attempted(world, "payments", made.row_id, "before_zoho")
    return [
        only_c("payments", "before_zoho", made.c, "of a debt before Zoho"),
        following(only_c("invoices", "before_zoho", debt.c, "Zoho bills the service from 2025-07-01")),
    ]
