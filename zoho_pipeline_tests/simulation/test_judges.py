"""The judges find what is wrong, and nothing else."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from simulation.evidence import Evidence, Row, Thing
from simulation.judge import Known, judge
from simulation.kinds import KINDS
from simulation.plan import Fault, unbroken
from simulation.telling import Incident, calm_days, judge_messages, on_calm_days

NOON = datetime(2051, 2, 6, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
UIDS = [f"00000000-0000-4000-8000-{number:012d}" for number in range(10)]


def row(**values: Any) -> Row:
    given = {"phone": "0821", "zoho_sync_status": "synced", "zoho_billing_customer_id": "77"} | values
    return Row("customers", "c1", given, eligible=True, state="synced", reason=None)


def thing(zoho_id: str = "77", key: str = "c1", **shown: Any) -> Thing:
    fields = [{"api_name": "cf_circletel_customer_id", "value": key}]
    return Thing("customers", zoho_id, {"deleted": False, "custom_fields": fields, "phone": "0821"} | shown)


def found(
    rows: Sequence[Row] = (), things: Sequence[Thing] = (), *, mails: int = 0, attempts: int = 0, **known: Any
) -> list[str]:
    """The kinds of what is wrong with customers."""
    kinds = ("customers", "subscriptions", "invoices", "payments")
    of_rows = {kind: {one.id: one for one in rows if one.kind == kind} for kind in kinds}
    of_things = {kind: {one.id: one for one in things if one.kind == kind} for kind in kinds}
    evidence = Evidence(of_rows, of_things, [{"to": "somebody"}] * mails, attempts)
    given = {"made": {("customers", "c1"): "a new customer"}, "rests": {}, "gone": set()} | known
    return sorted({finding.kind for finding in judge(evidence, Known(**given)).findings})


def test_a_row_that_is_in_zoho_once_is_as_it_should_be() -> None:
    assert found([row()], [thing()]) == []


@pytest.mark.parametrize("state", ["waiting", "sending", "in_doubt", "failed", None])
def test_a_row_on_its_way_is_not_at_rest(state: str | None) -> None:
    on_its_way = replace(row(zoho_billing_customer_id=None, zoho_sync_status="pending"), state=state, reason="soon")
    assert found([on_its_way]) == ["lost", "rest"]


def test_a_row_of_which_nobody_says_why_it_did_not_go_is_found() -> None:
    silent = replace(row(zoho_billing_customer_id=None, zoho_sync_status="failed"), state="refused")
    assert found([silent], rests={("customers", "c1"): frozenset({"refused"})}) == ["reason"]


def test_a_row_that_stays_wrong_may_rest_and_a_good_one_may_not() -> None:
    refused = replace(
        row(zoho_billing_customer_id=None, zoho_sync_status="failed"), state="refused", reason="no address"
    )
    assert found([refused], rests={("customers", "c1"): frozenset({"refused"})}) == []
    assert found([refused]) == ["lost"]


def test_a_synced_row_without_an_object_is_found_unless_people_took_it_away() -> None:
    assert found([row()]) == ["link"]
    assert found([row()], gone={"77"}) == []


def test_a_second_object_is_found() -> None:
    assert found([row()], [thing(), thing("78")]) == ["duplicate", "link"]


def test_what_is_over_in_zoho_is_no_second_object() -> None:
    assert found([row()], [thing(), thing("78", deleted=True)]) == []


def test_an_object_of_no_row_is_found() -> None:
    assert found([row()], [thing(), thing("78", "nobody")]) == ["stray"]


def test_a_mail_to_a_customer_an_open_attempt_and_another_content_are_found() -> None:
    assert found([row()], [thing()], mails=1) == ["mail"]
    assert found([row()], [thing()], attempts=1) == ["open"]
    assert found([row(phone="0833")], [thing()]) == ["content"]
    assert found([row(phone="0833")], [thing()], taken_as_it_is={"c1"}) == []  # as the app had made it


def incident(number: int = 1, scope: str = "rows", key: str = "bad", **values: Any) -> Incident:
    given: dict[str, Any] = {
        "opened": NOON, "cleared": NOON + HOUR, "opened_on": 1, "level": 1, "events": ("opened", "cleared"),
    }  # fmt: skip
    return Incident(number, scope, key, **{**given, **values})


def texts(*said: str) -> list[tuple[str, str]]:
    return [(f"Incident {text}", uid) for text, uid in zip(said, UIDS, strict=False)]


def told(incidents: Sequence[Incident], heard: Sequence[tuple[str, str]], faults: Sequence[Fault] = ()) -> list[str]:
    """The kinds of what is wrong with the messages of one channel."""
    return [finding.kind for finding in judge_messages(incidents, {"mail": heard}, faults).findings]


def test_two_messages_of_an_incident_and_one_of_each_rise_are_right() -> None:
    assert told([incident()], texts("1 has opened on level 1: x", "1 has cleared: x")) == []
    risen = incident(level=2, events=("opened", "raised", "cleared"))
    assert told([risen], texts("1 has opened on", "1 has risen to level 2: x", "1 has cleared: x")) == []


def test_an_incident_that_is_open_has_no_last_message_yet() -> None:
    still = incident(cleared=None, events=("opened",))
    assert told([still], texts("1 has opened on level 1: x")) == []
    assert told([still], texts("1 has opened on level 1: x", "1 has cleared: x")) == ["message"]


def test_a_message_too_many_or_too_few_is_found() -> None:
    assert told([incident()], texts("1 has opened on level 1: x")) == ["message"]
    assert told([incident()], texts("1 has opened on", "1 has opened on", "1 has cleared")) == ["message"]
    assert told([incident()], texts("1 has opened on", "2 has opened on", "1 has cleared")) == ["message"]


def test_a_message_that_came_twice_is_known_by_its_id() -> None:
    twice = [*texts("1 has opened on", "1 has cleared"), ("Incident 1 has cleared", UIDS[1])]
    assert told([incident()], twice) == ["message", "message"]


def test_a_rise_of_which_the_timeline_says_nothing_is_found() -> None:
    assert told([incident(level=2)], texts("1 has opened on", "1 has cleared")) == ["timeline"]


@pytest.mark.parametrize("opened", [NOON, NOON + HOUR])
def test_an_incident_that_opens_anew_while_or_when_the_same_is_open_is_found(opened: datetime) -> None:
    again = incident(2, opened=opened, cleared=NOON + 2 * HOUR)
    heard = texts("1 has opened on", "1 has cleared", "2 has opened on", "2 has cleared")
    assert told([incident(), again], heard) == ["twice"]


def fault(name: str, begins: datetime, hours: int) -> Fault:
    return Fault(next(kind for kind in KINDS if kind.name == name), begins, begins + hours * HOUR)


def test_one_outage_told_twice_is_found() -> None:
    first = incident(1, "zoho", "outage")
    second = incident(2, "zoho", "outage", opened=NOON + 2 * HOUR, cleared=NOON + 3 * HOUR)
    heard = texts("1 has opened on", "1 has cleared", "2 has opened on", "2 has cleared")
    assert told([first, second], heard, [fault("Zoho answers 500", NOON, 4)]) == ["twice"]
    assert told([first, second], heard, [fault("Zoho answers 500", NOON, 1)]) == []


def test_a_daemon_that_stands_still_must_be_told() -> None:
    stands_still = fault("Dagster stands still", NOON, 1)
    assert told([], [], [stands_still]) == ["untold"]
    assert told([incident(1, "dagster", "daemon")], texts("1 has opened on", "1 has cleared"), [stands_still]) == []


def test_faults_that_touch_are_one_span() -> None:
    first, second = fault("Zoho answers 500", NOON, 2), fault("Zoho out of reach", NOON + HOUR, 3)
    third = fault("Zoho shows a page", NOON + 10 * HOUR, 1)
    assert unbroken([third, first, second]) == [(NOON, NOON + 4 * HOUR), (NOON + 10 * HOUR, NOON + 11 * HOUR)]


def test_an_incident_on_a_day_without_faults_is_found() -> None:
    days = calm_days(NOON, 6, [fault("tokens end", NOON, 1)], [])
    assert days == [NOON + timedelta(days=number) for number in (2, 3, 4, 5)]
    assert [finding.kind for finding in on_calm_days([incident(opened=NOON + timedelta(days=2.5))], days)] == ["calm"]
    assert on_calm_days([incident(opened=NOON + timedelta(days=1))], days) == []
