"""The operations page, the search, and taking on an incident."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from sqlalchemy import Connection
from starlette.responses import RedirectResponse, Response

from zoho_pipeline.actions import incidents as acting
from zoho_pipeline.alerts import ledger
from zoho_pipeline.causes import Cause
from zoho_pipeline.dashboard.operations.activity import OUTCOMES, SPANS, Filters, read_activity
from zoho_pipeline.dashboard.operations.figures import Figures, SharedFigures
from zoho_pipeline.dashboard.operations.labels import find, labels
from zoho_pipeline.dashboard.operations.standing import Calls, read_backlog, read_calls
from zoho_pipeline.dashboard.visits import Refused, Visit
from zoho_pipeline.entities import Entity
from zoho_pipeline.errors import Foreseen
from zoho_pipeline.health.settings import HealthSettings
from zoho_pipeline.people.person import Role
from zoho_pipeline.settings import SettingsError, SyncSettings, ZohoSettings

LONGEST_SEARCH = 200
Read = TypeVar("Read")


@dataclass(frozen=True)
class Unread:
    """A part of the page that could not be read, and why; the others are shown."""

    why: str


@dataclass
class Operations:
    """The pages of one server, with what they share."""

    _figures: SharedFigures = field(default_factory=SharedFigures)

    def overview(self, visit: Visit) -> Response:
        """How the sync stands, and what it did."""
        desk, filters = visit.desk, Filters.of(visit.request.query_params)
        open_incidents = desk.read("incidents", lambda connection: ledger.read(connection, ledger.is_open()))
        return visit.show(
            "operations.html",
            figures=_unless(lambda: desk.read("how the rows stand", lambda on: self._read_figures(visit, on))),
            calls=_unless(lambda: _calls(visit)),
            backlog=desk.read("the backlog", read_backlog),
            incidents=sorted(open_incidents, key=lambda each: (-each.level, each.id)),
            activity=_unless(lambda: desk.read("activity", lambda on: read_activity(on, filters))),
            filters=filters,
            kinds=list(Entity),
            outcomes=OUTCOMES,
            causes=list(Cause),
            spans=list(SPANS),
            may_acknowledge=visit.person.may(Role.OPERATOR, Role.ADMIN),
        )

    def search(self, visit: Visit) -> Response:
        """Straight to the row, where there is one alone. An email never stands in an address, where logs keep it."""
        sought = visit.form.get("sought", "")[:LONGEST_SEARCH].replace("\0", "")
        if not sought.strip():
            return RedirectResponse("/", 303)
        rows = visit.desk.read("what was sought", lambda on: find(on, sought))
        if len(rows) == 1:
            return RedirectResponse(f"/rows/{rows[0][0]}/{rows[0][1]}", 303)
        names = visit.desk.read("what was sought", lambda on: labels(on, rows))
        return visit.show("found.html", sought=sought, rows=[(*row, names[row]) for row in rows])

    def acknowledge(self, visit: Visit) -> Response:
        """Take an incident on."""
        number = visit.request.path_params["number"]
        visit.person.require("acknowledge an incident", Role.OPERATOR, Role.ADMIN)
        if number >= 2**63:
            raise Refused("There is no incident of that number.")
        acting.acknowledge(number, visit.person.name, visit.desk.environ, visit.desk.clock)
        visit.desk.note(f"acknowledge incident {number}", visit.person.name, "done")
        return RedirectResponse("/#incidents", 303)

    def _read_figures(self, visit: Visit, connection: Connection) -> Figures:
        desk = visit.desk
        sync, health = SyncSettings.load(desk.environ), HealthSettings.load(desk.environ)
        return self._figures.read(connection, desk.shape(), desk.clock, sync, health)


def _calls(visit: Visit) -> Calls:
    zoho = ZohoSettings.load(visit.desk.environ)
    return visit.desk.read("the API budget", lambda connection: read_calls(connection, zoho))


def _unless(reading: Callable[[], Read]) -> Read | Unread:
    try:
        return reading()
    except SettingsError:
        return Unread("Settings are missing or wrong: `zoho-pipeline verify-env` names them.")
    except Foreseen as error:
        return Unread(str(error))
