"""Incidents open, go on, rise and clear, and each of these is told once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest

from zoho_pipeline.alerts.incidents import NoSuchIncident, answer_due
from zoho_pipeline.alerts.symptoms import Sign
from zoho_pipeline.entities import Entity
from zoho_pipeline_tests.alerts.desk import FRIDAY, Desk, settings, symptom

# Looking


def test_what_is_new_opens_with_all_that_is_known(desk: Desk) -> None:
    seen = desk.see(symptom(rows=14, customers=6, entity=Entity.INVOICES, retries_used=3))
    (incident,) = desk.all()
    assert seen.opened == (incident.id,)
    assert (incident.title, incident.cause) == ("Rows are refused (bad-email)", "invalid_email")
    assert (incident.level, incident.because) == (2, "3 retries have failed")
    assert (incident.rows, incident.customers, incident.entity) == (14, 6, Entity.INVOICES)
    assert incident.opened_at == FRIDAY
    assert desk.kinds(incident.id) == ["opened"]


def test_what_goes_on_is_brought_up_to_date_and_not_told_again(desk: Desk) -> None:
    number = desk.open_one(rows=2, customers=1)
    for rows in (9, 4):
        desk.pass_time(minutes=1)
        assert desk.see(symptom(rows=rows, customers=rows), scope="bad-email").going_on == 1
    incident = desk.incident(number)
    assert (incident.rows, incident.most_rows, incident.customers, incident.most_customers) == (4, 9, 4, 9)
    assert (incident.opened_at, incident.seen_at) == (FRIDAY, FRIDAY + timedelta(minutes=2))
    assert desk.kinds(number) == ["opened"]


def test_another_cause_stands_in_the_timeline_and_is_not_told(desk: Desk) -> None:
    number = desk.open_one()
    desk.see(symptom(cause="missing_phone"), scope="bad-email")
    assert [(event.kind, event.said) for event in desk.events(number)][1:] == [
        ("changed", "its cause is now missing_phone")
    ]
    assert desk.kinds(number) == ["opened"]


def test_what_is_gone_clears_and_what_comes_back_is_a_new_incident(desk: Desk) -> None:
    first = desk.open_one()
    desk.pass_time(minutes=5)
    assert desk.see(scope="bad-email").cleared == (first,)
    assert desk.see(scope="bad-email").cleared == ()
    second = desk.open_one()
    assert desk.incident(first).cleared_at == FRIDAY + timedelta(minutes=5)
    assert desk.kinds(first) == ["opened", "cleared"]
    assert (second != first, desk.kinds(second)) == (True, ["opened"])


def test_an_observer_clears_nothing_outside_its_scope(desk: Desk) -> None:
    number = desk.open_one()
    desk.see(scope="another")
    assert desk.incident(number).cleared_at is None


def test_of_two_symptoms_with_one_key_the_worse_counts(desk: Desk) -> None:
    desk.see(symptom(rows=1), symptom(rows=5, signs=frozenset({Sign.CRITICAL})), symptom(rows=9))
    (incident,) = desk.all()
    assert (incident.level, incident.rows) == (2, 5)


def test_a_symptom_that_becomes_worse_rises_once_and_does_not_fall(desk: Desk) -> None:
    number = desk.open_one(customers=3)
    for customers in (11, 40, 2):
        desk.see(symptom(customers=customers), scope="bad-email")
    assert desk.incident(number).level == 2
    assert desk.kinds(number) == ["opened", "raised"]
    assert desk.events(number)[-1].said == "from level 1 to level 2: more than 10 customers are affected"


def test_an_older_look_that_comes_late_changes_nothing(desk: Desk) -> None:
    desk.pass_time(seconds=10)
    number = desk.open_one()
    desk.pass_time(seconds=-5)
    desk.see(scope="bad-email")
    assert desk.incident(number).cleared_at is None


def test_a_look_that_a_wrong_clock_has_dated_ahead_does_not_silence_later_ones(desk: Desk) -> None:
    desk.pass_time(days=400)
    number = desk.open_one()
    desk.pass_time(days=-400)
    desk.see(scope="bad-email")
    assert desk.incident(number).cleared_at is not None


def test_two_observers_at_once_open_one_incident_and_tell_once(desk: Desk) -> None:
    for round_ in range(5):
        together = Barrier(2)
        scope = f"round-{round_}"

        def look(together: Barrier = together, scope: str = scope) -> None:
            together.wait(120)
            desk.see(symptom(), symptom("stuck"), scope=scope)

        with ThreadPoolExecutor(2) as pool:
            for running in [pool.submit(look), pool.submit(look)]:
                running.result()
        opened = [each for each in desk.all() if each.scope == scope]
        assert sorted(each.key for each in opened) == ["bad-email", "stuck"]
        assert [desk.kinds(each.id) for each in opened] == [["opened"], ["opened"]]


def test_people_are_not_named_by_what_an_observer_writes(desk: Desk) -> None:
    desk.see(symptom(title="Mail sipho@example.co.za bounced", cause="1000.abcdefgh12.abcdefgh34 expired"))
    (incident,) = desk.all()
    assert (incident.title, incident.cause) == ("Mail [redacted] bounced", "[redacted] expired")


def test_every_channel_that_is_set_up_gets_each_message(desk: Desk) -> None:
    desk.settings = settings(
        ALERT_SMTP_URL="smtp://127.0.0.1", ALERT_MAIL_FROM="a@b.example", ALERT_WEBHOOK_URL="https://hooks.example/x"
    )
    number = desk.open_one()
    desk.see(scope="bad-email")
    assert desk.queued() == [
        (number, kind, channel) for kind in ("opened", "cleared") for channel in ("log", "mail", "webhook")
    ]


# Answering


def test_without_an_answer_in_business_hours_it_rises_level_by_level(desk: Desk) -> None:
    number = desk.open_one()  # on Friday at 9:00
    desk.pass_time(hours=1, minutes=59)
    assert desk.rise() == []
    desk.pass_time(minutes=1)
    assert (desk.rise(), desk.rise()) == ([number], [])
    assert desk.incident(number).level == 2
    desk.pass_time(hours=4)
    assert desk.rise() == [number]
    desk.pass_time(days=30)
    assert desk.rise() == []
    assert desk.incident(number).level == 3
    assert desk.kinds(number) == ["opened", "raised", "raised"]
    assert desk.events(number)[1].said == "from level 1 to level 2: nobody acknowledged it within 2 business hours"


def test_nights_weekends_and_public_holidays_do_not_count(desk: Desk) -> None:
    desk.clock.moment = FRIDAY.replace(month=12, day=12, hour=16)  # Tuesday the 16th is the Day of Reconciliation
    weekend = desk.open_one("weekend")
    desk.clock.moment = FRIDAY.replace(month=12, day=15, hour=16, minute=30)
    holiday = desk.open_one("holiday")
    due = {each: answer_due(desk.incident(each), desk.settings) for each in (weekend, holiday)}
    assert due[weekend] == FRIDAY.replace(month=12, day=15, hour=9)
    assert due[holiday] == FRIDAY.replace(month=12, day=17, hour=9, minute=30)


def test_what_somebody_is_on_does_not_rise(desk: Desk) -> None:
    number = desk.open_one()
    desk.acknowledge(number, " Zanele ")
    desk.pass_time(days=3)
    assert desk.rise() == []
    incident = desk.incident(number)
    assert (incident.acknowledged_by, incident.acknowledged_at) == ("Zanele", FRIDAY)
    assert [(event.kind, event.said) for event in desk.events(number)][1:] == [("acknowledged", "by Zanele")]
    assert desk.kinds(number) == ["opened"]


def test_what_is_over_does_not_rise(desk: Desk) -> None:
    desk.open_one()
    desk.see(scope="bad-email")
    desk.pass_time(days=3)
    assert desk.rise() == []


def test_two_who_raise_at_once_raise_once(desk: Desk) -> None:
    number = desk.open_one()
    desk.pass_time(days=3)
    together = Barrier(2)

    def rise() -> list[int]:
        together.wait(120)
        return desk.rise()

    with ThreadPoolExecutor(2) as pool:
        risen = [running.result() for running in [pool.submit(rise), pool.submit(rise)]]
    assert sorted(risen) == [[], [number]]
    assert desk.kinds(number) == ["opened", "raised"]


def test_closing_by_hand_clears_with_a_name_and_a_reason(desk: Desk) -> None:
    number = desk.open_one()
    desk.close(number)
    assert desk.events(number)[-1].said == "closed by Zanele: a planned stop"
    assert desk.kinds(number) == ["opened", "cleared"]
    assert desk.see(symptom(), scope="bad-email").opened != ()


def test_what_cannot_be_answered_is_refused_in_a_sentence(desk: Desk) -> None:
    number = desk.open_one()
    with pytest.raises(NoSuchIncident, match="needs a name"):
        desk.acknowledge(number, " ")
    with pytest.raises(NoSuchIncident, match="needs a reason"):
        desk.close(number, because=" ")
    with pytest.raises(NoSuchIncident, match="There is no incident 4711"):
        desk.acknowledge(4711)
    desk.acknowledge(number)
    with pytest.raises(NoSuchIncident, match=f"Incident {number} was acknowledged by Zanele already"):
        desk.acknowledge(number, "Thabo")
    desk.close(number)
    with pytest.raises(NoSuchIncident, match=f"Incident {number} is over since 2025-11-14 09:00"):
        desk.close(number)
