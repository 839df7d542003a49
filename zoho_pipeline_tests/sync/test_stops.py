"""What stops a run: ceilings, the pause, a spent quota, refused credentials. Rows that were not sent wait unharmed."""

from collections.abc import Callable

import pytest

from zoho_pipeline.entities import Entity
from zoho_pipeline.states import Outcome
from zoho_pipeline.zoho.errors import AuthenticationFailed, PermissionDenied, ZohoError
from zoho_pipeline_tests.practice.world import PracticeWorld

CUSTOMERS, SUBSCRIPTIONS, INVOICES, PAYMENTS = Entity


def statuses(world: PracticeWorld, entity: Entity = CUSTOMERS) -> dict[str, int]:
    """How many rows have which zoho_sync_status."""
    table = world.table(entity)
    rows = world.circletel.query(f"SELECT zoho_sync_status AS status, count(*) AS rows FROM {table} GROUP BY 1")
    return {row.status: row.rows for row in rows}


@pytest.fixture
def five(world: PracticeWorld) -> list[str]:
    """Five customers to be sent."""
    return [world.circletel.customer() for _ in range(5)]


# Ceilings


def test_the_ceiling_is_a_days(world: PracticeWorld, five: list[str]) -> None:
    ceiling = {"ZOHO_MAX_CREATES_PER_DAY": "3"}
    world.run(CUSTOMERS, env=ceiling)
    world.age_everything(25 * 3600)
    assert world.run(CUSTOMERS, env=ceiling).counts(CUSTOMERS)[Outcome.CREATED] == len(five) - 3


def test_the_ceiling_on_a_days_rand_counts_invoices_payments_and_monthly_charges(world: PracticeWorld) -> None:
    customer = world.circletel.customer()
    for _ in range(2):
        world.circletel.invoice(customer, "230.00")
    world.circletel.payment(customer, "230.00")
    done = world.run(CUSTOMERS, INVOICES, PAYMENTS, env={"ZOHO_MAX_RAND_PER_DAY": "689.99"})
    assert len(world.zoho.objects("invoices")) == 2
    assert world.zoho.objects("payments") == []
    assert "the ceiling of R 689.99 a day (ZOHO_MAX_RAND_PER_DAY)" in (done.interrupted or "")
    assert world.run(PAYMENTS, env={"ZOHO_MAX_RAND_PER_DAY": "690.00"}).counts(PAYMENTS) == {Outcome.CREATED: 1}
    world.circletel.service(customer)
    assert world.run(SUBSCRIPTIONS, env={"ZOHO_MAX_RAND_PER_DAY": "1488.99"}).interrupted
    assert world.zoho.objects("subscriptions") == []


def test_what_was_sent_and_refused_counts_too(world: PracticeWorld, five: list[str]) -> None:
    refusal = {"code": 2, "message": "Invalid value passed for phone"}
    world.zoho.befall("answer", method="POST", path="/customers$", times=2, status=400, body=refusal)
    done = world.run(CUSTOMERS, env={"ZOHO_MAX_CREATES_PER_DAY": "3"})
    assert done.counts(CUSTOMERS)[Outcome.REFUSED] == 2
    assert len(world.zoho.objects("customers")) == 1 < len(five)


def test_updates_and_adoptions_pass_the_ceilings(world: PracticeWorld) -> None:
    row = world.circletel.customer()
    world.run(CUSTOMERS)
    world.circletel.change("customers", row, first_name="Zanele")
    adopted = world.circletel.customer()
    world.zoho.customer(adopted)
    none = {"ZOHO_MAX_CREATES_PER_DAY": "0", "ZOHO_MAX_RAND_PER_DAY": "0"}
    assert world.run(CUSTOMERS, env=none).counts(CUSTOMERS) == {Outcome.UPDATED: 1, Outcome.ADOPTED: 1}


# The pause


# Zoho's limits


def test_a_quota_spent_in_mid_run_ends_it_without_failure_and_the_rows_wait(
    world: PracticeWorld, five: list[str]
) -> None:
    world.zoho.befall("rate_limit", method="POST", path="/customers$", times=None, match={"skip": 2}, code=45)
    done = world.run(env={"ZOHO_CALLS_IN_FLIGHT": "1"})
    assert done.counts(CUSTOMERS)[Outcome.CREATED] == 2
    assert done.total[Outcome.FAILED] == 0
    assert "calls of this day are spent" in (done.interrupted or "")
    assert statuses(world) == {"synced": 2, "pending": len(five) - 2}
    states = world.circletel.query("SELECT DISTINCT state FROM zoho_pipeline.sync_records ORDER BY 1")
    assert [row.state for row in states] == ["synced", "waiting"]


def test_a_quota_that_is_spent_already_ends_the_run_without_failure(world: PracticeWorld, five: list[str]) -> None:
    world.zoho.befall("rate_limit", method="GET", path="/customers$", times=None, code=45)
    before = world.circletel.snapshot()
    done = world.run()
    assert "calls of this day are spent" in (done.interrupted or "")
    assert world.circletel.snapshot() == before
    assert statuses(world) == {"pending": len(five)}


def test_our_own_share_of_the_day_ends_the_run_in_the_same_way(world: PracticeWorld) -> None:
    for _ in range(12):
        world.circletel.customer()
    done = world.run(CUSTOMERS, env={"ZOHO_CALLS_PER_DAY": "10"})
    assert len(world.zoho.calls()) <= 8
    assert done.total[Outcome.FAILED] == 0
    assert "our share of the organisation's calls of this day are spent" in (done.interrupted or "")
    assert set(statuses(world)) == {"synced", "pending"}


def test_a_block_by_zoho_ends_the_run_without_failure_and_the_rows_wait(world: PracticeWorld, five: list[str]) -> None:
    world.zoho.befall("rate_limit", method="POST", path="/customers$", times=None, code=43, retry_after=3600)
    done = world.run(CUSTOMERS, env={"ZOHO_CALLS_IN_FLIGHT": "1"})
    assert "blocked" in (done.interrupted or "")
    assert done.results[0].goes_on_by_itself
    assert statuses(world) == {"pending": len(five)}
    assert len(world.zoho.calls("POST", "/customers$")) == 1


# Credentials


def test_refused_credentials_end_the_run_with_a_clear_error_and_the_rows_wait(
    world: PracticeWorld, five: list[str]
) -> None:
    world.zoho.control.call("POST", "tokens/revoke", {"access": False, "refresh": True})
    before = world.circletel.snapshot()
    with pytest.raises(AuthenticationFailed, match="Check ZOHO_REGION first"):
        world.run()
    assert world.circletel.snapshot() == before
    assert statuses(world) == {"pending": len(five)}


@pytest.mark.parametrize(
    ("fault", "error"),
    [("unauthorised", PermissionDenied), ("wrong organisation", ZohoError)],
)
def test_a_refusal_in_mid_run_ends_it_with_a_clear_error_and_the_rows_wait(
    world: PracticeWorld, five: list[str], fault: str, error: type[ZohoError]
) -> None:
    befall: dict[str, Callable[[], None]] = {
        "unauthorised": lambda: world.zoho.befall(
            "unauthorised", method="POST", path="/customers$", times=None, match={"skip": 2}
        ),
        "wrong organisation": lambda: world.zoho.befall(
            "answer", method="POST", path="/customers$", times=None, match={"skip": 2},
            status=401, body={"code": 6041, "message": "This user is not associated with the CompanyID"},
        ),
    }  # fmt: skip
    befall[fault]()
    with pytest.raises(error):
        world.run(env={"ZOHO_CALLS_IN_FLIGHT": "1"})
    assert statuses(world) == {"synced": 2, "pending": len(five) - 2}
    world.zoho.mend()
    assert world.run().counts(CUSTOMERS)[Outcome.CREATED] == len(five) - 2
    assert statuses(world) == {"synced": len(five)}


def test_a_token_that_dies_in_mid_run_is_replaced_and_nobody_notices(world: PracticeWorld, five: list[str]) -> None:
    world.run(Entity.SUBSCRIPTIONS)
    world.zoho.befall("unauthorised", method="POST", path="/customers$", times=1, match={"skip": 2})
    assert world.run(CUSTOMERS).counts(CUSTOMERS) == {Outcome.CREATED: len(five)}


# Parents


def test_the_children_of_a_customer_deleted_in_zoho_are_blocked_with_advice(world: PracticeWorld) -> None:
    customer = world.circletel.customer()
    world.run()
    gone = world.standing(CUSTOMERS, customer).zoho_id
    world.zoho.people.delete(f"/customers/{gone}")
    world.circletel.service(customer)
    world.circletel.payment(customer, invoice=world.circletel.invoice(customer))
    world.zoho.forget_calls()
    done = world.run()
    assert done.total == {Outcome.UNCHANGED: 1, Outcome.BLOCKED: 3}
    assert f"its customer's object {gone} was deleted or merged in Zoho" in done.troubles[0].reason
    assert "link the row to the right object" in done.troubles[0].advice
    assert world.zoho.writes == []
    assert statuses(world, INVOICES) == {"pending": 1}


def test_the_children_of_a_refused_customer_are_blocked_and_follow_it_once_it_is_mended(world: PracticeWorld) -> None:
    customer = world.circletel.customer(email="")
    world.circletel.service(customer)
    world.circletel.payment(customer, invoice=world.circletel.invoice(customer))
    assert world.run().total == {Outcome.REFUSED: 1, Outcome.BLOCKED: 3}
    assert world.zoho.writes == []
    world.circletel.change("customers", customer, email="mended@example.co.za")
    assert world.run().total == {Outcome.CREATED: 4}


# What an unchanged second run costs


def test_a_second_run_over_unchanged_rows_makes_no_call(world: PracticeWorld) -> None:
    customer = world.circletel.customer()
    world.circletel.service(customer)
    world.circletel.payment(customer, invoice=world.circletel.invoice(customer))
    world.run()
    world.zoho.forget_calls()
    before = world.circletel.snapshot()
    done = world.run()
    assert done.total == {Outcome.UNCHANGED: 4}
    assert done.calls == len(world.zoho.calls()) == 0
    assert world.circletel.snapshot() == before
