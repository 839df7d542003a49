"""The runbook's checklists, ticked: one implementation behind jobs and command. What is down is told within them."""

import tempfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path
from typing import TypeVar

from zoho_pipeline.actions.health import health_found_by, read_health
from zoho_pipeline.actions.incidents import listed
from zoho_pipeline.actions.opening import Environ
from zoho_pipeline.actions.reviews import api_cost, performance, reading, security, weekly_sync
from zoho_pipeline.calendar import Month
from zoho_pipeline.clock import Clock, SystemClock, local_date
from zoho_pipeline.entities import Entity
from zoho_pipeline.errors import Foreseen
from zoho_pipeline.health.check import HealthReport
from zoho_pipeline.reconciliation.closing.states import Standing
from zoho_pipeline.reconciliation.closing.trail import read_trail
from zoho_pipeline.reconciliation.publishing import ReportSettings, put
from zoho_pipeline.reconciliation.reading import read_month
from zoho_pipeline.reviews.checklist import Checklist, Closing, Evidence, Line, Look, Ticked, tick
from zoho_pipeline.reviews.checklist_paper import checklist_markdown, file_name
from zoho_pipeline.reviews.checklists import DAILY, MONTHLY, QUARTERLY, WEEKLY
from zoho_pipeline.reviews.span import Span
from zoho_pipeline.reviews.stale import failed_since
from zoho_pipeline.workdays import is_workday, public_holiday

FOLDER = "checklists"
DAY = timedelta(days=1)
Log = Callable[[str], None]
T = TypeVar("T")


def daily_checklist(environ: Environ, run_id: str | None, log: Log, clock: Clock | None = None) -> Checklist:
    """The day's list, whatever is down.

    Raises:
        SettingsError: when a variable is wrong.
    """
    now = (clock or SystemClock()).now()
    day = local_date(now)
    evidence = Evidence(
        health=_look(lambda: _daily_health(environ, run_id, log, clock)),
        failed_today=_look(lambda: _failed_since_yesterday(environ, clock)),
        incidents=_look(lambda: listed(environ)),
    )
    return _list(f"daily-{day}", "Daily operations", f"{day}, Africa/Johannesburg.", day, tick(DAILY, evidence))


def weekly_checklist(
    span: Span, environ: Environ, run_id: str | None, log: Log, clock: Clock | None = None
) -> Checklist:
    """The list of a week that is over, whatever is down."""
    day = local_date((clock or SystemClock()).now())
    evidence = Evidence(
        health=_look(lambda: read_health(environ, detailed=True, run_id=run_id, log=log, clock=clock)),
        weekly_sync=_look(lambda: weekly_sync(span, environ, clock)),
    )
    return _list(f"weekly-{span.key}", "Weekly review", f"Week of {span}.", day, tick(WEEKLY, evidence))


def monthly_checklist(span: Span, environ: Environ, clock: Clock | None = None) -> Checklist:
    """The list of a month that is over, whatever is down."""
    day = local_date((clock or SystemClock()).now())
    evidence = Evidence(
        closing=_look(lambda: _closing(span, environ)),
        performance=_look(lambda: performance(span, environ)),
        api_cost=_look(lambda: api_cost(span, environ)),
        security=_look(lambda: security(span, environ, clock)),
    )
    return _list(f"monthly-{span.key}", "Monthly audit", f"Month {span.key}.", day, tick(MONTHLY, evidence))


def documentation_checklist(clock: Clock | None = None) -> Checklist:
    """The quarter's reminder: all of it is a person's (R44)."""
    day = local_date((clock or SystemClock()).now())
    lines = tick(QUARTERLY, Evidence())
    return _list(f"documentation-{day}", "Quarterly review of the documentation", f"Due since {day}.", day, lines)


def publish_checklist(checklist: Checklist, environ: Environ) -> str:
    """Put it where the reconciliation's papers are, as markdown, and tell where it is.

    Raises:
        NotPublished: the place could not be written to.
    """
    place = ReportSettings.load(environ).reports_url
    with tempfile.TemporaryDirectory() as directory:
        file = Path(directory, file_name(checklist))
        file.write_text(checklist_markdown(checklist), encoding="utf-8")
        return put(place, FOLDER, (file,), f"The checklist {checklist.name}")[0]


def next_workday(day: date) -> date:
    """The first business day after it."""
    following = day + DAY
    return following if is_workday(following) else next_workday(following)


def _list(name: str, title: str, about: str, day: date, lines: Sequence[tuple[Line, Ticked]]) -> Checklist:
    holiday = public_holiday(day)
    note = f"{day} is a public holiday ({holiday}): the list waits for {next_workday(day)}." if holiday else ""
    return Checklist(name, title, about, day, lines, note)


def _look(read: Callable[[], T]) -> Look[T]:
    try:
        return Look(read())
    except Foreseen as error:
        return Look(why_not=str(error))


def _daily_health(environ: Environ, run_id: str | None, log: Log, clock: Clock | None) -> HealthReport:
    """What this run's health checks have found; a run without them looks now."""
    with suppress(Foreseen):
        if found := health_found_by(run_id, environ):
            return found
    return read_health(environ, run_id=run_id, log=log, clock=clock)


def _failed_since_yesterday(environ: Environ, clock: Clock | None) -> dict[Entity, int]:
    now = (clock or SystemClock()).now()
    with reading("count failures", environ) as (at, connection):
        return failed_since(connection, at.shape, now - DAY)


def _closing(span: Span, environ: Environ) -> Closing:
    month = Month.parse(span.key)
    with reading("read the month's reconciliation", environ) as (_, connection):
        books = read_month(connection, month)
        standing = read_trail(connection).months.get(month, Standing(month))
    compared = books.complete and min(books.compared_at.values()) >= span.ends_at
    to_mend = sum(not item.what.meaning.expected for item in books.items)
    return Closing(compared, books.ties, to_mend, standing.signed)
