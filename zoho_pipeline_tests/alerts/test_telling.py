"""What people read: the message, the report, and the public text."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from zoho_pipeline.alerts import ledger
from zoho_pipeline.alerts.incident import EventKind, Incident
from zoho_pipeline.alerts.levels import Level
from zoho_pipeline.alerts.report import public_text
from zoho_pipeline.alerts.report import report as written
from zoho_pipeline.alerts.symptoms import Sign
from zoho_pipeline.alerts.telling import span, told
from zoho_pipeline.entities import PARENTS_FIRST, Entity
from zoho_pipeline_tests.alerts.desk import FRIDAY, Desk, symptom

GIVEN = symptom(
    title="14 invoices are refused <b>",
    rows=14,
    customers=6,
    entity=Entity.INVOICES,
    retries_used=3,
    advice="Correct the address in CircleTel.",
)


def told_of(desk: Desk, number: int, which: int = -1) -> str:
    text = told(desk.incident(number), desk.events(number)[which], desk.settings)
    return text.body


def opened(desk: Desk) -> int:
    (number,) = desk.see(GIVEN).opened
    return number


def test_a_message_says_what_since_when_how_many_why_and_what_to_do(desk: Desk) -> None:
    number = opened(desk)
    assert told_of(desk, number) == (
        f"Incident {number} has opened on level 2.\n\n"
        "What        14 invoices are refused <b>\n"
        "Since       2025-11-14 09:00 (Africa/Johannesburg)\n"
        "How many    14 invoices of 6 customers\n"
        "Cause       invalid_email\n"
        "Level       2, the development team: 3 retries have failed\n"
        "What to do  Correct the address in CircleTel.\n"
        "Contact     dev@circletel.co.za\n"
        "Answer      within 4 business hours, by 2025-11-14 13:00; after that it rises\n"
        f'Take it on  zoho-pipeline incidents ack {number} --by "your name"\n'
        f"Timeline    zoho-pipeline incidents report {number}\n"
    )


def test_its_html_shows_marks_as_they_were_written(desk: Desk) -> None:
    number = opened(desk)
    html = told(desk.incident(number), desk.events(number)[0], desk.settings).html
    assert "14 invoices are refused &lt;b&gt;" in html
    assert "<b>Incident" in html


def test_its_subject_is_one_line(desk: Desk) -> None:
    (number,) = desk.see(symptom(title="refused\r\nBcc: everybody@example.com")).opened
    assert told(desk.incident(number), desk.events(number)[0], desk.settings).subject == (
        f"Incident {number} has opened on level 1: refused Bcc: [redacted]"
    )


def test_the_highest_level_is_told_where_zohos_support_is(desk: Desk) -> None:
    number = desk.open_one(signs=frozenset({Sign.ZOHO_FAILING}))
    body = told_of(desk, number)
    assert "Contact     https://www.zoho.com/billing/support.html\n" in body
    assert "Answer      expect one within 24 hours; open a ticket there, and quote this incident\n" in body


def test_the_end_is_told_with_how_long_it_lasted_and_nothing_to_do(desk: Desk) -> None:
    number = opened(desk)
    desk.acknowledge(number)
    desk.pass_time(hours=26, minutes=5)
    desk.see()
    body = told_of(desk, number)
    assert "Until     2025-11-15 11:05, after 1 d 2 h 5 min\n" in body
    assert "On it     Zanele, since 2025-11-14 09:00\n" in body
    assert "What to do" not in body


def test_spans_are_told_as_people_say_them() -> None:
    minutes = {0.2: "less than a minute", 1: "1 min", 60: "1 h", 125: "2 h 5 min", 1_440: "1 d"}
    assert {given: span(timedelta(minutes=given)) for given in minutes} == minutes


def test_every_event_that_is_told_has_a_text(desk: Desk) -> None:
    number = opened(desk)
    desk.pass_time(days=4)
    desk.rise()
    desk.see()
    kinds = [event.kind for event in desk.events(number)]
    assert kinds == [EventKind.OPENED, EventKind.RAISED, EventKind.CLEARED]
    assert told_of(desk, number, 1).startswith(f"Incident {number} has risen to level 3.")


# Reports


def report(desk: Desk, number: int) -> str:
    with desk.engine.connect() as connection:
        return written(
            desk.incident(number), ledger.timeline(connection, number), ledger.messages_of(connection, number)
        )


def test_the_report_is_the_timeline_in_markdown(desk: Desk) -> None:
    number = opened(desk)
    desk.deliver()
    desk.pass_time(minutes=10)
    desk.acknowledge(number)
    desk.pass_time(minutes=20)
    desk.see()
    text = report(desk, number)
    assert text.startswith(f"# Incident {number}: 14 invoices are refused \\<b\\>\n\n- **What:** ")
    assert "- **How many:** 14 invoices of 6 customers\n" in text
    assert text.endswith(
        "## Timeline\n\n"
        "| time (Africa/Johannesburg) | level | what happened |\n"
        "|---|---|---|\n"
        "| 2025-11-14 09:00 | 2 | opened: level 2: 3 retries have failed |\n"
        "| 2025-11-14 09:00 |  | told by log that it was opened |\n"
        "| 2025-11-14 09:10 | 2 | acknowledged: by Zanele |\n"
        "| 2025-11-14 09:30 | 2 | cleared: it is no longer seen |\n\n"
        "## Not told yet\n\n"
        "- log is yet to tell that it was cleared\n"
    )


def test_what_came_in_from_outside_cannot_break_the_reports_table(desk: Desk) -> None:
    (number,) = desk.see(symptom()).opened
    desk.see(symptom(cause="a | b\n| c <script>"))
    rows = [line for line in report(desk, number).splitlines() if line.startswith("| 2025")]
    assert [row.replace("\\|", "").count("|") for row in rows] == [4] * len(rows)
    assert "<script>" not in report(desk, number).replace("\\<", "")


WORDS = st.text("abcdefghijklmnopqrstuvwxyz", min_size=10, max_size=18).map("qz".__add__)
"""Such as no text of ours holds by itself."""


@given(WORDS, WORDS, WORDS, st.sampled_from([None, *PARENTS_FIRST]), st.integers(10_000, 90_000))
def test_the_public_text_is_made_of_kind_and_times_alone(
    title: str, cause: str, advice: str, entity: Entity | None, figure: int
) -> None:
    incident = made(title, cause, advice, entity, figure)
    for text in (public_text(incident), public_text(replace(incident, cleared_at=FRIDAY + timedelta(hours=1)))):
        assert not any(inside in text for inside in (title, cause, advice, str(figure), "Zanele", "Zoho", "4711"))
        assert "2025-11-14 09:00 SAST" in text


def made(title: str, cause: str, advice: str, entity: Entity | None, figure: int) -> Incident:
    """An incident with these texts, of Friday at nine, which somebody is on."""
    return Incident(
        id=4711, scope="x", key=title, title=title, cause=cause, advice=advice, entity=entity,
        level=Level.DEVELOPMENT, because=cause, rows=figure, customers=figure, most_rows=figure, most_customers=figure,
        opened_at=FRIDAY, seen_at=FRIDAY, raised_at=None, acknowledged_by="Zanele", acknowledged_at=FRIDAY,
        cleared_at=None, about=None,
    )  # fmt: skip


def test_the_public_text_says_how_far_it_is(desk: Desk) -> None:
    (number,) = desk.see(GIVEN).opened
    assert public_text(desk.incident(number)) == (
        "**Investigating: New invoices are delayed**\n\nSince 2025-11-14 09:00 SAST, new invoices may reach our "
        "billing system late. We are looking into it, and will say here when it is over. Internet services are not "
        "part of it, and you need not do anything.\n"
    )
    desk.acknowledge(number)
    assert public_text(desk.incident(number)).startswith("**Being worked on: New invoices are delayed**")
    desk.pass_time(hours=3)
    desk.see()
    assert public_text(desk.incident(number)) == (
        "**Resolved: New invoices were delayed**\n\nBetween 2025-11-14 09:00 SAST and 2025-11-14 12:00 SAST, new "
        "invoices reached our billing system late. This is over. Internet services were not part of it, and you need "
        "not do anything.\n"
    )
