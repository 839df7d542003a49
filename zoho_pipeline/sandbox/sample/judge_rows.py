"""Judges single rows: in which way did each end, was that allowed, and does its object say what CircleTel says?

What belongs here: one row and its objects. What concerns Zoho as a whole is in `judge_whole.py`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

from zoho_pipeline.sandbox.sample.evidence import Evidence
from zoho_pipeline.sandbox.sample.snapshot import HeldCustomer, HeldInvoice, HeldPayment, HeldSubscription
from zoho_pipeline.sandbox.sample.table_state import StandingRow
from zoho_pipeline.sandbox.sample.truth import IN_ZOHO, Expectation, Kind, Outcome
from zoho_pipeline.sandbox.sample.verdict import Fault

WAITING = ("pending", None)
DRAFT = "draft"


def judge_rows(evidence: Evidence) -> tuple[list[Fault], dict[str, Counter[str]]]:
    """The faults of all rows, and how many ended in which way without any."""
    faults: list[Fault] = []
    ended: dict[str, Counter[str]] = defaultdict(Counter)
    for expected in evidence.truth.expectations.values():
        row = evidence.rows[expected.kind].get(expected.row_id)
        if row is None:
            faults.append(Fault(expected.kind.value, expected.row_id, "the row is no longer in CircleTel"))
            continue
        found, outcome = _judge(evidence, expected, row)
        faults += found
        if outcome is not None and not found:
            ended[expected.kind.value][outcome.value] += 1
    return [*faults, *_doubled_newcomers(evidence)], ended


def _doubled_newcomers(evidence: Evidence) -> Iterator[Fault]:
    """Rows that came after the truth was told: nothing is known of them, but that they must not be there twice."""
    for kind, rows in evidence.rows.items():
        for row_id in rows.keys() - evidence.truth.expectations.keys():
            objects = evidence.objects_of.get(row_id, frozenset())
            if len(objects) > 1:
                yield Fault(kind.value, row_id, f"{len(objects)} in Zoho: {', '.join(sorted(objects))}")


def _judge(evidence: Evidence, expected: Expectation, row: StandingRow) -> tuple[list[Fault], Outcome | None]:
    complaints = {outcome: list(_complaints(evidence, expected, row, outcome)) for outcome in Outcome}
    for outcome in sorted(expected.allowed, key=lambda one: one.value):
        if not complaints[outcome]:
            return [], outcome
    wanted = " or ".join(sorted(outcome.value for outcome in expected.allowed))
    nearest = min((complaints[outcome] for outcome in expected.allowed), key=len)
    told = f"should be {wanted} ({expected.reason}): "
    return [Fault(row.kind.value, row.id, told + complaint) for complaint in nearest], None


def _complaints(evidence: Evidence, expected: Expectation, row: StandingRow, outcome: Outcome) -> Iterator[str]:
    """What speaks against the row having ended in this way."""
    objects = evidence.objects_of.get(row.id, frozenset())
    fresh = objects - evidence.seeded(row.kind)
    if outcome in IN_ZOHO:
        yield from _complaints_of_sent(evidence, expected, row, outcome, objects)
        return
    if fresh:
        yield f"{len(fresh)} new in Zoho: {', '.join(sorted(fresh))}"
    if row.link not in (None, expected.link_was):
        yield f"it is linked to {row.link}"
    if outcome in (Outcome.REFUSED, Outcome.PARKED) and row.status != "failed":
        yield f"zoho_sync_status is {row.status}, not failed"
    if outcome is Outcome.BLOCKED and row.status not in WAITING:
        yield f"zoho_sync_status is {row.status}, not pending"
    if outcome is Outcome.EXCLUDED and expected.status_was != "syncing" and row.status != expected.status_was:
        yield f"zoho_sync_status was {expected.status_was} and is {row.status}"


def _complaints_of_sent(
    evidence: Evidence, expected: Expectation, row: StandingRow, outcome: Outcome, objects: frozenset[str]
) -> Iterator[str]:
    if not objects:
        yield "nothing in Zoho"
    if len(objects) > 1:
        yield f"{len(objects)} in Zoho: {', '.join(sorted(objects))}"
    if row.status != "synced":
        yield f"zoho_sync_status is {row.status}, not synced"
    if row.link not in objects:
        yield f"linked to {row.link}, which is not its object"
    if outcome is Outcome.ALREADY and objects != {expected.object_id}:
        yield f"its object was {expected.object_id}"
    if outcome is Outcome.SYNCED and objects & evidence.seeded(row.kind):
        yield "its object was in Zoho before, as somebody else's"
    for object_id in objects:
        yield from _differences(evidence, expected, row, evidence.objects(row.kind)[object_id], outcome)


def _differences(
    evidence: Evidence, expected: Expectation, row: StandingRow, held: Any, outcome: Outcome
) -> Iterator[str]:
    """Where the object in Zoho says something else than CircleTel."""
    match held:
        case HeldCustomer():
            if held.email.strip().casefold() != row.text("email").strip().casefold():
                yield "another e-mail address"
            if held.key not in ("", row.id):
                yield f"it carries the key of {held.key}"
        case HeldSubscription() if outcome is Outcome.SYNCED:
            yield from _subscription_differences(expected, row, held)
        case HeldInvoice():
            yield from _invoice_differences(row, held, outcome)
        case HeldPayment():
            if held.amount != row.money("amount"):
                yield f"amount {held.amount}, not {row.money('amount')}"
    if not isinstance(held, HeldCustomer) and row.columns["customer_id"] is not None:
        yield from _owner_differences(evidence, row, held.customer_id)


def _subscription_differences(expected: Expectation, row: StandingRow, held: HeldSubscription) -> Iterator[str]:
    if held.monthly != expected.monthly:
        yield f"charges {held.monthly} a month, not {expected.monthly}"
    if held.starts_at != expected.starts_at:
        yield f"starts on {held.starts_at}, not {expected.starts_at}"
    if held.plan_code != row.text("sku"):
        yield f"plan {held.plan_code}, not {row.text('sku')}"
    if held.auto_collect:
        yield "it collects by card"


def _invoice_differences(row: StandingRow, held: HeldInvoice, outcome: Outcome) -> Iterator[str]:
    if held.number != row.text("invoice_number"):
        yield f"number {held.number}, not {row.text('invoice_number')}"
    if held.day != row.columns["invoice_date"]:
        yield f"dated {held.day}, not {row.columns['invoice_date']}"
    if held.total != row.money("total_amount"):
        yield f"total {held.total}, not {row.money('total_amount')}"
    if held.tax != row.money("tax_amount"):
        yield f"VAT {held.tax}, not {row.money('tax_amount')}"
    is_draft = row.text("state") == DRAFT
    if outcome is Outcome.SYNCED and (held.status == DRAFT) != is_draft:
        yield f"{held.status} in Zoho, {row.text('state')} in CircleTel"


def _owner_differences(evidence: Evidence, row: StandingRow, held_owner: str) -> Iterator[str]:
    """The object must hang on the object of the row's customer, where CircleTel knows that one."""
    owner = evidence.rows[Kind.CUSTOMER].get(row.text("customer_id"))
    if owner is not None and held_owner not in evidence.objects_of.get(owner.id, frozenset()):
        yield f"it hangs on {held_owner}, which is not its customer's object"
