"""Retrying by hand: exactly the rows that were meant, at once, with a line in the audit; nothing in doubt is sent."""

from datetime import timedelta
from typing import Any

import pytest

from zoho_pipeline.actions.backfill import Paused
from zoho_pipeline.actions.opening import NobodyNamed, NoSuchRow
from zoho_pipeline.actions.retry import Choice, NotToBeRetried, Retried, retry
from zoho_pipeline.calendar import Month
from zoho_pipeline.causes import Cause
from zoho_pipeline.entities import PARENTS_FIRST, Entity
from zoho_pipeline.states import Outcome, State
from zoho_pipeline_tests.practice.world import PracticeWorld

CUSTOMERS = Entity.CUSTOMERS
HOURLY = {"ZOHO_RETRY_SECONDS": "3600"}
UNKNOWN_ID = "6f2b1c6e-0000-4000-8000-000000000000"


def again(world: PracticeWorld, *, env: dict[str, str] | None = None, dry_run: bool = False, **choice: Any) -> Retried:
    told: list[str] = []
    return retry(Choice(**choice), "Zanele", world.environ | HOURLY | (env or {}), told.append, dry_run=dry_run)


def fails(world: PracticeWorld, times: int = 1) -> None:
    world.zoho.befall("answer", method="POST", path="/customers$", times=times, status=404, body={"code": 1002})


@pytest.fixture
def failed(world: PracticeWorld) -> str:
    """A customer whose first send failed, and whose retry is an hour away."""
    row = world.circletel.customer()
    fails(world)
    world.run(CUSTOMERS, env=HOURLY)
    assert world.state(CUSTOMERS, row) == "failed"
    return row


def audit(world: PracticeWorld) -> list[Any]:
    return world.circletel.query('SELECT "by", action, entity, row_id::text, details FROM zoho_pipeline.actions')


def test_a_failed_row_goes_at_once_and_the_audit_says_who_did_it(world: PracticeWorld, failed: str) -> None:
    done = again(world)
    assert (world.state(CUSTOMERS, failed), world.status(CUSTOMERS, failed)) == ("synced", "synced")
    assert [(row.row_id, row.state) for row in done.rows] == [(failed, State.FAILED)]
    assert done.after[CUSTOMERS, failed].state is State.SYNCED
    (line,) = audit(world)
    assert tuple(line)[:4] == ("Zanele", "retry", "customers", failed)
    assert line.details == {"state": "failed", "cause": "not_found_in_zoho", "tries": 1}


def test_its_retries_are_counted_anew(world: PracticeWorld, failed: str) -> None:
    fails(world, times=4)
    for _ in range(4):
        again(world)
    (record,) = world.circletel.query("SELECT state, tries FROM zoho_pipeline.sync_records")
    assert (record.state, record.tries) == ("failed", 1)


def test_parked_and_refused_rows_are_tried_though_nothing_has_changed_in_circletel(world: PracticeWorld) -> None:
    row = world.circletel.customer()
    refusal = {"code": 15, "message": "Please ensure that the phone is right"}
    world.zoho.befall("answer", method="POST", path="/customers$", status=400, body=refusal)
    world.run(CUSTOMERS)
    world.run(CUSTOMERS)
    assert world.state(CUSTOMERS, row) == "refused"
    again(world)
    assert world.state(CUSTOMERS, row) == "synced"


def test_only_what_was_named_is_looked_at(world: PracticeWorld, failed: str) -> None:
    other = world.circletel.customer()
    again(world, entities=(CUSTOMERS,), ids=(failed,))
    assert (world.state(CUSTOMERS, failed), world.state(CUSTOMERS, other)) == ("synced", None)
    assert len(world.zoho.objects("customers")) == 1


@pytest.mark.parametrize(
    ("choice", "chosen"),
    [
        ({"cause": Cause.NOT_FOUND_IN_ZOHO}, 1),
        ({"cause": Cause.ZOHO_ERROR}, 0),
        ({"older_than": timedelta(days=7)}, 0),
        ({"older_than": timedelta(0)}, 1),
        ({"entities": (Entity.INVOICES,)}, 0),
    ],
)
def test_rows_are_chosen_by_kind_cause_and_age(
    world: PracticeWorld, failed: str, choice: dict[str, Any], chosen: int
) -> None:
    assert len(again(world, **choice).rows) == chosen
    assert world.state(CUSTOMERS, failed) == ("synced" if chosen else "failed")


def test_what_circletels_app_failed_to_push_is_among_them(world: PracticeWorld) -> None:
    row = world.circletel.customer(zoho_sync_status="failed")
    again(world)
    assert world.status(CUSTOMERS, row) == "synced"


@pytest.mark.parametrize("env", [{}, {"ZOHO_WRITES": "off"}])
def test_a_dry_run_shows_the_rows_and_changes_nothing(world: PracticeWorld, failed: str, env: dict[str, str]) -> None:
    before = world.circletel.snapshot("customers", "zoho_pipeline.sync_records")
    world.zoho.forget_calls()
    done = again(world, env=env, dry_run=not env)
    assert (done.dry_run, [row.row_id for row in done.rows], done.results) == (True, [failed], ())
    assert world.circletel.snapshot("customers", "zoho_pipeline.sync_records") == before
    assert (world.zoho.calls(), audit(world)) == ([], [])


def test_while_the_pipeline_is_paused_nothing_is_reset(world: PracticeWorld, failed: str) -> None:
    with pytest.raises(Paused, match="nothing was retried"):
        again(world, env={"ZOHO_PAUSED": "on"})
    assert world.state(CUSTOMERS, failed) == "failed"


def test_a_row_in_doubt_is_looked_for_and_not_sent_twice(world: PracticeWorld) -> None:
    row = world.circletel.customer()
    world.zoho.befall("reset_after_commit", method="POST", path="/customers$")
    world.run(CUSTOMERS, env={"ZOHO_SETTLING_SECONDS": "3600"})
    assert world.state(CUSTOMERS, row) == "in_doubt"
    world.zoho.forget_calls()
    again(world, entities=(CUSTOMERS,), ids=(row,))
    assert world.state(CUSTOMERS, row) == "synced"
    assert (world.zoho.writes, len(world.zoho.objects("customers"))) == ([], 1)


def test_rows_in_doubt_are_never_chosen_among_failed_ones(world: PracticeWorld) -> None:
    world.circletel.customer()
    world.zoho.befall("reset_after_commit", method="POST", path="/customers$")
    world.run(CUSTOMERS, env={"ZOHO_SETTLING_SECONDS": "3600"})
    assert again(world).rows == []


def test_parents_that_are_missing_are_brought_along(world: PracticeWorld) -> None:
    invoice = world.circletel.invoice(world.circletel.customer())
    again(world, entities=(Entity.INVOICES,), ids=(invoice,))
    assert world.status(Entity.INVOICES, invoice) == "synced"
    assert len(world.zoho.objects("customers")) == 1


def test_a_retry_says_nothing_of_whole_months_and_sends_no_approved_cancellation(
    world: PracticeWorld, failed: str
) -> None:
    before = world.circletel.query("SELECT count(*) FROM zoho_pipeline.sync_results")
    done = again(world)
    assert [(result.month, dict(result.counts)) for result in done.results] == [(Month(2099, 1), {Outcome.CREATED: 1})]
    assert world.circletel.query("SELECT count(*) FROM zoho_pipeline.sync_results") == before


@pytest.mark.parametrize("row_id", [UNKNOWN_ID, "INV-2025-00001", "'; DROP TABLE customers; --"])
def test_an_id_that_no_row_has_is_told_in_a_sentence(world: PracticeWorld, row_id: str) -> None:
    with pytest.raises(NoSuchRow, match="CircleTel has no customer"):
        again(world, entities=(CUSTOMERS,), ids=(row_id,))


def test_a_row_that_does_not_belong_into_zoho_is_not_retried(world: PracticeWorld) -> None:
    row = world.circletel.customer(account_type="internal_test")
    with pytest.raises(NotToBeRetried, match="does not belong into Zoho"):
        again(world, entities=(CUSTOMERS,), ids=(row,))


def test_nobody_is_not_a_name(world: PracticeWorld) -> None:
    with pytest.raises(NobodyNamed):
        retry(Choice(PARENTS_FIRST), "  ", world.environ, print)
