"""What is planted among customers and services."""

from datetime import UTC, datetime
from decimal import Decimal

from benchmarks.planted.rows import Pair, Party, Row, World, service_pair
from benchmarks.planted.truth import Expected, apart, both, following, only_c, only_z, plant

KEYED = "it carries the key of a row that has another object"
ALIKE = "it is like another one that a row is linked to, and carries no key"
NOT_FOR_ZOHO = "the row that it belongs to is not for Zoho"
ELSEWHERE = "5214837000000000001"
CREATED = datetime(2025, 6, 3, 9, tzinfo=UTC)


def _customer(world: World, **changes: object) -> Pair:
    """One more customer, with nothing that hangs on it."""
    row_id, zoho_id, number = world.new_id(), world.new_zoho_id(), world.new_number("X")
    c = {
        "id": row_id, "first_name": "Sipho", "last_name": number, "email": f"{number}@example.co.za",
        "phone": "0825550100", "account_number": number, "account_type": "personal", "created_at": CREATED,
        "updated_at": CREATED, "zoho_billing_customer_id": zoho_id, "zoho_sync_status": "synced",
    }  # fmt: skip
    z = {
        "zoho_id": zoho_id, "display_name": f"Sipho {number}", "email": c["email"], "status": "active",
        "currency_code": "ZAR", "circletel_id": row_id, "account_number": number, "outstanding": 0,
        "unused_credits": 0, "created_on": CREATED.date(),
    }  # fmt: skip
    return Pair(
        {**c, **{k: v for k, v in changes.items() if k in c}}, {**z, **{k: v for k, v in changes.items() if k in z}}
    )


def attempted(world: World, entity: str, row_id: str, state: str) -> None:
    """The pipeline has looked at the row."""
    world.add("zoho_pipeline.sync_records", {"entity": entity, "row_id": row_id, "state": state})


@plant("customer", at={0: (), 1: (), 2: ()})
def customer_missing(world: World, party: Party, at: int) -> list[Expected]:
    c = world.add("customers", _customer(world, zoho_billing_customer_id=None, zoho_sync_status="failed").c)
    if at:
        attempted(world, "customers", c["id"], ("refused", "synced")[at - 1])
    return [only_c("customers", "missing_in_zoho", c, ("failed", "refused", "failed")[at])]


@plant("customer")
def customer_only_in_zoho(world: World, party: Party, at: int) -> list[Expected]:
    z = world.add("zoho_pipeline.mirror_customers", _customer(world, circletel_id=None, account_number=None).z)
    return [only_z("customers", "missing_in_circletel", z)]


@plant("customer")
def customer_deleted(world: World, party: Party, at: int) -> list[Expected]:
    party.customer.z["gone_at"] = CREATED
    return [only_c("customers", "deleted_in_zoho", party.customer.c, "no longer listed", told=False)]


@plant("customer", at={0: (), 1: (), 2: ()})
def customer_twice(world: World, party: Party, at: int) -> list[Expected]:
    own = party.customer.z
    keys: Row = [{"circletel_id": own["circletel_id"]}, {"account_number": own["account_number"]}, {}][at]
    z = {**own, "zoho_id": world.new_zoho_id(), "circletel_id": None, "account_number": None, **keys}
    world.add("zoho_pipeline.mirror_customers", z)
    return [only_z("customers", "duplicate_in_zoho", z, ALIKE if at == 2 else KEYED)]


@plant("customer")
def customer_shared(world: World, party: Party, at: int) -> list[Expected]:
    c = world.add("customers", _customer(world, zoho_billing_customer_id=party.customer.zoho_id).c)
    item = only_c("customers", "two_rows_one_object", c, "linked to the same object", told=False)
    return [Expected(**{**vars(item), "zoho_id": party.customer.zoho_id})]


@plant("customer", at={0: (), 1: (), 2: ()})
def customer_not_linked(world: World, party: Party, at: int) -> list[Expected]:
    party.customer.c["zoho_billing_customer_id"] = "" if at == 1 else None
    if at > 0:
        party.customer.z["circletel_id"] = None
    if at > 1:
        party.customer.z["account_number"] = None
    return [both("customers", "not_linked", party.customer, None, ("key", "account number", "e-mail and name")[at])]


@plant("customer")
def customer_named_otherwise(world: World, party: Party, at: int) -> list[Expected]:
    party.customer.z["display_name"] += " (old)"
    return [both("customers", "name", party.customer)]


@plant("customer")
def customer_mailed_otherwise(world: World, party: Party, at: int) -> list[Expected]:
    party.customer.z["email"] = None
    return [both("customers", "email", party.customer)]


@plant("customer")
def customer_in_dollars(world: World, party: Party, at: int) -> list[Expected]:
    party.customer.z["currency_code"] = "USD"
    return apart("customers", "currency", party.customer)


@plant("customer")
def customer_undated(world: World, party: Party, at: int) -> list[Expected]:
    party.customer.c |= {"created_at": None, "updated_at": None}
    return [both("customers", "undated", party.customer)]


@plant("customer", "service", *(f"{part}{place}" for part in ("recurring", "other", "payment") for place in range(3)))
def customer_of_tests(world: World, party: Party, at: int) -> list[Expected]:
    """With it goes all that hangs on it."""
    party.customer.c["account_type"] = "internal_test"
    return [
        only_z("customers", "not_eligible", party.customer.z, NOT_FOR_ZOHO),
        following(only_z("subscriptions", "not_eligible", party.service.z, NOT_FOR_ZOHO)),
        *(following(only_z("invoices", "not_eligible", each.z, NOT_FOR_ZOHO)) for each in party.others),
        *(following(only_z("payments", "not_eligible", each.z, NOT_FOR_ZOHO)) for each in party.payments),
        *(following(only_z("invoices", "raised_by_zoho_alone", each.z)) for each in party.recurring),
    ]


def _service(world: World, party: Party, **changes: object) -> Pair:
    made = service_pair(world, party.customer, "lte-20")
    for side in (made.c, made.z):
        side |= {name: value for name, value in changes.items() if name in side}
    return made


@plant("customer")
def service_missing(world: World, party: Party, at: int) -> list[Expected]:
    made = _service(world, party, zoho_subscription_id=None, zoho_sync_status="syncing", package_id="fibre-25")
    world.add("customer_services", made.c)
    return [only_c("subscriptions", "missing_in_zoho", made.c, "syncing")]


@plant("service")
def service_only_in_zoho(world: World, party: Party, at: int) -> list[Expected]:
    z = world.add("zoho_pipeline.mirror_subscriptions", _service(world, party, reference_id=None, plan_code="old").z)
    return [only_z("subscriptions", "missing_in_circletel", z)]


@plant("service")
def service_deleted(world: World, party: Party, at: int) -> list[Expected]:
    party.service.z["gone_at"] = CREATED
    return [only_c("subscriptions", "deleted_in_zoho", party.service.c, "no longer listed", told=False)]


@plant("service", at={0: (), 1: ()})
def service_twice(world: World, party: Party, at: int) -> list[Expected]:
    z = {**party.service.z, "zoho_id": world.new_zoho_id()}
    if at:
        z["reference_id"] = None
    world.add("zoho_pipeline.mirror_subscriptions", z)
    return [only_z("subscriptions", "duplicate_in_zoho", z, ALIKE if at else KEYED)]


@plant("service")
def service_shared(world: World, party: Party, at: int) -> list[Expected]:
    c = _service(world, party, zoho_subscription_id=party.service.zoho_id).c
    world.add("customer_services", c)
    item = only_c("subscriptions", "two_rows_one_object", c, "linked to the same object", told=False)
    return [Expected(**{**vars(item), "zoho_id": party.service.zoho_id})]


@plant("service", "customer", at={0: (), 1: (), 2: ()})
def service_not_linked(world: World, party: Party, at: int) -> list[Expected]:
    """Its recurring invoices are found all the same."""
    party.service.c["zoho_subscription_id"] = None
    if at:
        party.service.z["reference_id"] = None
    if at == 1:
        party.service.z["circletel_id"] = party.service.row_id
    how = ("key", "the app's key", "customer, plan and amount")[at]
    return [both("subscriptions", "not_linked", party.service, None, how)]


@plant("service")
def service_pending(world: World, party: Party, at: int) -> list[Expected]:
    made = _service(world, party, status="pending")
    made.z["status"] = "live"
    world.add("customer_services", made.c)
    world.add("zoho_pipeline.mirror_subscriptions", made.z)
    amount = made.z["amount"]
    return [both("subscriptions", "not_eligible", made, amount, count=1, amount=amount)]


@plant("service", "customer")
def service_of_another(world: World, party: Party, at: int) -> list[Expected]:
    party.service.z["customer_zoho_id"] = ELSEWHERE
    return [both("subscriptions", "wrong_parent", party.service)]


@plant("service")
def service_dearer(world: World, party: Party, at: int) -> list[Expected]:
    party.service.z["amount"] += Decimal("0.01")
    return [both("subscriptions", "price", party.service, Decimal("0.01"), amount=Decimal("0.01"))]


@plant("service")
def service_on_another_plan(world: World, party: Party, at: int) -> list[Expected]:
    party.service.z["plan_code"] = "old"
    return [both("subscriptions", "plan", party.service)]


@plant("service")
def service_still_billed(world: World, party: Party, at: int) -> list[Expected]:
    party.service.c["status"] = "cancelled"
    amount = party.service.z["amount"]
    return [both("subscriptions", "still_billed", party.service, amount, count=1, amount=amount)]


@plant("service", at={0: (), 1: ()})
def service_not_billed(world: World, party: Party, at: int) -> list[Expected]:
    party.service.z |= {"status": ("cancelled", "non_renewing")[at], "next_billing_on": None}
    amount = party.service.c["monthly_price"]
    return [both("subscriptions", "not_billed", party.service, -amount, count=-1, amount=-amount)]


@plant("service")
def service_paused(world: World, party: Party, at: int) -> list[Expected]:
    party.service.z["status"] = "paused"
    return [both("subscriptions", "not_billed", party.service, -party.service.z["amount"])]


@plant("service")
def service_suspended(world: World, party: Party, at: int) -> list[Expected]:
    party.service.c["status"] = "suspended"
    return [both("subscriptions", "suspended", party.service, count=1, amount=party.service.z["amount"])]


@plant("service")
def service_undated(world: World, party: Party, at: int) -> list[Expected]:
    """It stands where it was activated, Zoho's with it."""
    party.service.c["created_at"] = None
    item = both("subscriptions", "undated", party.service)
    return [Expected(**{**vars(item), "month": "2025-07"})]


@plant("service")
def service_in_dollars(world: World, party: Party, at: int) -> list[Expected]:
    party.service.z["currency_code"] = "USD"
    return apart("subscriptions", "currency", party.service)
