"""The months, one month, its papers, and signing it. A signature takes the password anew: a session is none."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, text
from starlette.responses import RedirectResponse, Response
from upath import UPath

from zoho_pipeline.actions import sign_off
from zoho_pipeline.actions.backfill import open_months
from zoho_pipeline.actions.papers import publish_months
from zoho_pipeline.calendar import Month, OpenMonths
from zoho_pipeline.clock import local_date
from zoho_pipeline.dashboard.visits import Refused, Visit
from zoho_pipeline.people.person import Role
from zoho_pipeline.people.signing_in import Credentials, NotSignedIn
from zoho_pipeline.reconciliation.closing.guards import NotSigned
from zoho_pipeline.reconciliation.closing.notes import notes_on
from zoho_pipeline.reconciliation.closing.states import Standing
from zoho_pipeline.reconciliation.closing.trail import read_trail
from zoho_pipeline.reconciliation.controls import CURRENCY
from zoho_pipeline.reconciliation.reading import read_month
from zoho_pipeline.reconciliation.report.view import PLOT_HEIGHT, PLOT_WIDTH, view
from zoho_pipeline.reconciliation.statement import Cover, Statement
from zoho_pipeline.reconciliation.trend import read_trend
from zoho_pipeline.settings import SyncSettings

ITEMS = 50
"""Shown at most, the dearest first; the workbook has all."""
PAPERS = {
    "workbook": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "report": "text/html",
}
STEPS = {"prepare": Role.PREPARER, "approve": Role.APPROVER, "reopen": Role.APPROVER}
LONGEST_REASON = 1_000


@dataclass(frozen=True)
class MonthLine:
    """A month in the list; `items` are the open ones, `compared_at` is None of one that never was (UTC)."""

    month: Month
    standing: Standing
    items: int
    compared_at: datetime | None


def months(visit: Visit) -> Response:
    """All months that are over, the latest first."""
    desk = visit.desk
    known = open_months(SyncSettings.load(desk.environ))
    today = local_date(desk.clock.now())
    lines = desk.read("the months", lambda connection: _lines(connection, known))
    return visit.show("months.html", lines=[line for line in lines if line.month.last_day < today])


def month(visit: Visit) -> Response:
    """One month, as its latest comparison and the trail tell it."""
    return _shown(visit, _month(visit))


def papers(visit: Visit) -> Response:
    """The workbook or the report, made anew of the latest comparison."""
    wanted, which = _month(visit), visit.form.get("which", "")
    if which not in PAPERS:
        raise Refused("There is no such paper: choose the workbook or the report.")
    ((_, published),) = publish_months([wanted], visit.desk.environ)
    place = UPath(published.workbook if which == "workbook" else published.report)
    visit.desk.note(f"download the {which} of {wanted}", visit.person.name, "done")
    headers = {"Content-Disposition": f'attachment; filename="{place.name}"'}
    return Response(place.read_bytes(), media_type=PAPERS[which], headers=headers)


def sign(visit: Visit) -> Response:
    """Prepare, approve or reopen it: what stands against it is told on the month's own page."""
    wanted, step = _month(visit), visit.request.path_params["step"]
    if step not in STEPS:
        raise Refused("A month is prepared, approved or reopened.")
    visit.person.require(f"{step} a month", STEPS[step])
    by = Credentials(visit.person.name, visit.form.get("password", "").replace("\0", ""))
    try:
        match step:
            case "prepare":
                sign_off.prepare(wanted, by, visit.desk.environ, visit.desk.clock)
            case "approve":
                sign_off.approve(wanted, by, visit.desk.environ, visit.desk.clock)
            case _:
                why = visit.form.get("why", "")[:LONGEST_REASON].replace("\0", "")
                sign_off.reopen(wanted, why, by, visit.desk.environ, visit.desk.clock)
    except (NotSigned, NotSignedIn) as refusal:
        visit.desk.note(f"{step} {wanted}", visit.person.name, f"refused ({type(refusal).__name__})")
        return _shown(visit, wanted, str(refusal).splitlines(), 409)
    visit.desk.note(f"{step} {wanted}", visit.person.name, "done")
    return RedirectResponse(f"/months/{wanted}", 303)


def _month(visit: Visit) -> Month:
    """Of the address; raises NoSuchMonth where it names none that is open to the pipeline."""
    wanted = Month.parse(visit.request.path_params["month"])
    (known,) = open_months(SyncSettings.load(visit.desk.environ)).between(wanted, wanted)
    return known


def _shown(visit: Visit, wanted: Month, refused: list[str] | None = None, status: int = 200) -> Response:
    desk = visit.desk
    statement, standing, notes = desk.read(f"the month {wanted}", lambda on: _read(on, wanted, desk.clock.now()))
    return visit.show(
        "month.html",
        status,
        month=wanted,
        statement=statement,
        books=statement.books,
        view=view(statement),
        standing=standing,
        notes=notes,
        most=ITEMS,
        refused=refused or [],
        rand=CURRENCY,
        plot=(PLOT_WIDTH, PLOT_HEIGHT),
        may={step: visit.person.may(role) for step, role in STEPS.items()},
    )


def _read(connection: Connection, wanted: Month, now: datetime) -> tuple[Statement, Standing, Mapping[int, str]]:
    books, trail = read_month(connection, wanted), read_trail(connection)
    standing = trail.months.get(wanted, Standing(wanted))
    statement = Statement(books, now, Cover.of(standing, trail.head.printed), read_trend(connection, wanted))
    notes = {note.item_id: f"{note.by}: {note.text}" for note in notes_on(connection, books.items)}
    return statement, standing, notes


def _lines(connection: Connection, known: OpenMonths) -> list[MonthLine]:
    signed = read_trail(connection).months
    found = {row.month: row for row in connection.execute(_MONTHS)}
    every = sorted({*known.between(known.first, known.last), *signed}, reverse=True)
    return [
        MonthLine(
            each,
            signed.get(each, Standing(each)),
            found[each.key].items if each.key in found else 0,
            found[each.key].compared_at if each.key in found else None,
        )
        for each in every
    ]


_MONTHS = text("""
    SELECT c.month, c.compared_at, coalesce(i.number, 0) AS items
    FROM (SELECT month, max(compared_at) AS compared_at FROM zoho_pipeline.reconciliation_comparisons GROUP BY month) c
    LEFT JOIN (SELECT month, count(*) AS number FROM zoho_pipeline.reconciliation_items
               WHERE cleared_at IS NULL GROUP BY month) i ON i.month = c.month
""")
