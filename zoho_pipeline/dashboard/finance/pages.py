"""The months, one month, its items, its papers, and signing it.

A signature takes the password anew: a session is none, and neither is a proxy's word.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl

from sqlalchemy import Connection
from starlette.responses import RedirectResponse, Response
from upath import UPath

from zoho_pipeline.actions import sign_off
from zoho_pipeline.actions.backfill import open_months
from zoho_pipeline.actions.papers import publish_months
from zoho_pipeline.calendar import Month
from zoho_pipeline.clock import local_date
from zoho_pipeline.dashboard.finance.figures import MonthFigures, read_figures
from zoho_pipeline.dashboard.finance.filters import NEEDS, SINCE, ItemFilters
from zoho_pipeline.dashboard.finance.items import ItemPage, number_of, read_page
from zoho_pipeline.dashboard.finance.months import read_lines
from zoho_pipeline.dashboard.visits import Refused, Visit
from zoho_pipeline.entities import Entity
from zoho_pipeline.people.person import Role
from zoho_pipeline.people.signing_in import Credentials, NotSignedIn
from zoho_pipeline.reconciliation.closing.guards import NotSigned
from zoho_pipeline.reconciliation.controls import CURRENCY
from zoho_pipeline.reconciliation.report.view import PLOT_HEIGHT, PLOT_WIDTH
from zoho_pipeline.reconciliation.sums import Sum, read_sums
from zoho_pipeline.settings import SyncSettings
from zoho_pipeline.states import State

DEAREST = 10
"""Items on the month's own page; all of them have a page of their own."""
PAPERS = {
    "workbook": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "report": "text/html",
}
STEPS = {"prepare": Role.PREPARER, "approve": Role.APPROVER, "reopen": Role.APPROVER}
LONGEST_TEXT = 1_000
"""Of a reason, or a note."""


def months(visit: Visit) -> Response:
    """All months that are over, the latest first."""
    desk = visit.desk
    known = open_months(SyncSettings.load(desk.environ))
    today = local_date(desk.clock.now())
    lines = desk.read("the months", lambda connection: read_lines(connection, known))
    return visit.show("months.html", lines=[line for line in lines if line.month.last_day < today])


def month(visit: Visit) -> Response:
    """One month, as its latest comparison and the trail tell it."""
    return _shown(visit, _month(visit))


def items(visit: Visit) -> Response:
    """Its items, by filters."""
    wanted, filters = _month(visit), ItemFilters.of(visit.request.query_params)
    found = visit.desk.read(f"the items of {wanted}", lambda on: _read_items(visit, on, wanted, filters))
    return visit.show(
        "items.html",
        month=wanted,
        found=found.page,
        number=number_of(filters, found.sums),
        classes=sorted({each.what for each in found.sums if each.items}, key=lambda each: each.heading),
        filters=filters,
        kinds=list(Entity),
        needs=NEEDS,
        since=SINCE,
        causes=sorted(each.value for each in State),
        may_note=visit.person.may(*sign_off.NOTING),
    )


def note(visit: Visit) -> Response:
    """Say what is known of an item; then back to the items as they were chosen."""
    wanted, number = _month(visit), visit.request.path_params["number"]
    visit.person.require("note an item", *sign_off.NOTING)
    today = local_date(visit.desk.clock.now())
    known = number < 2**63 and visit.desk.read(
        f"the item {number}", lambda on: read_page(on, wanted, ItemFilters(), today, 1, only=number).lines
    )
    if not known:
        raise Refused(f"{wanted} has no open item of that number: see the list of its items.")
    back = ItemFilters.of(dict(parse_qsl(visit.form.get("back", ""), max_num_fields=20)))
    sign_off.note_as(number, visit.text("text", LONGEST_TEXT), visit.person, visit.desk.environ)
    visit.desk.note(f"note item {number} of {wanted}", visit.person.name, "done")
    return RedirectResponse(f"/months/{wanted}/items?{back.query(back.after)}#item-{number}", 303)


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
                why = visit.text("why", LONGEST_TEXT)
                sign_off.reopen(wanted, why, by, visit.desk.environ, visit.desk.clock)
    except (NotSigned, NotSignedIn) as refusal:
        visit.desk.note(f"{step} {wanted}", visit.person.name, f"refused ({type(refusal).__name__})")
        return _shown(visit, wanted, str(refusal).splitlines(), 409)
    visit.desk.note(f"{step} {wanted}", visit.person.name, "done")
    return RedirectResponse(f"/months/{wanted}#sign-off", 303)


@dataclass(frozen=True)
class _Found:
    page: ItemPage
    sums: Sequence[Sum]


def _read_items(visit: Visit, connection: Connection, wanted: Month, filters: ItemFilters) -> _Found:
    today = local_date(visit.desk.clock.now())
    return _Found(read_page(connection, wanted, filters, today), read_sums(connection, wanted))


def _month(visit: Visit) -> Month:
    """Of the address; raises NoSuchMonth where it names none that is open to the pipeline."""
    wanted = Month.parse(visit.request.path_params["month"])
    (known,) = open_months(SyncSettings.load(visit.desk.environ)).between(wanted, wanted)
    return known


def _shown(visit: Visit, wanted: Month, refused: list[str] | None = None, status: int = 200) -> Response:
    figures, dearest = visit.desk.read(f"the month {wanted}", lambda on: _read_month(visit, on, wanted))
    return visit.show(
        "month.html",
        status,
        month=wanted,
        of=figures,
        dearest=dearest,
        needs_somebody=ItemFilters(needs=NEEDS[0]),
        refused=refused or [],
        rand=CURRENCY,
        plot=(PLOT_WIDTH, PLOT_HEIGHT),
        may={step: visit.person.may(role) for step, role in STEPS.items()},
    )


def _read_month(visit: Visit, connection: Connection, wanted: Month) -> tuple[MonthFigures, ItemPage]:
    now = visit.desk.clock.now()
    dearest = read_page(connection, wanted, ItemFilters(needs=NEEDS[0]), local_date(now), DEAREST)
    return read_figures(connection, wanted, now), dearest
