"""The operations page: how the sync stands, and what it did."""

from dataclasses import dataclass, field

from sqlalchemy import Connection
from starlette.responses import Response

from zoho_pipeline.alerts import ledger
from zoho_pipeline.causes import Cause
from zoho_pipeline.dashboard.desk import Desk
from zoho_pipeline.dashboard.links import links
from zoho_pipeline.dashboard.operations.activity import read_activity
from zoho_pipeline.dashboard.operations.daemon import DagsterStanding, read_dagster
from zoho_pipeline.dashboard.operations.figures import Figures, read_figures
from zoho_pipeline.dashboard.operations.filters import OUTCOMES, SPANS, Filters
from zoho_pipeline.dashboard.operations.parts import Unread, unless
from zoho_pipeline.dashboard.operations.renewed import Renewed, alone
from zoho_pipeline.dashboard.operations.retries import Retries
from zoho_pipeline.dashboard.operations.standing import Calls, Lot, read_backlog, read_calls
from zoho_pipeline.dashboard.visits import Visit
from zoho_pipeline.entities import Entity
from zoho_pipeline.health.settings import HealthSettings
from zoho_pipeline.people.person import Role
from zoho_pipeline.settings import SyncSettings, ZohoSettings


@dataclass
class Operations:
    """The operations pages of one server, with what all who look share."""

    desk: Desk
    figures: Renewed[Figures | Unread] = field(init=False)
    backlog: Renewed[list[Lot] | Unread] = field(init=False)
    dagster: Renewed[DagsterStanding] = field(init=False)
    retries: Retries = field(init=False)

    def __post_init__(self) -> None:
        desk = self.desk
        self.figures = Renewed(lambda: unless(lambda: desk.read("how the rows stand", self._figures)), desk.clock)
        self.backlog = Renewed(lambda: unless(lambda: desk.read("the backlog", _backlog)), desk.clock)
        self.dagster = Renewed(lambda: read_dagster(desk.environ, desk.clock), desk.clock)
        self.retries = Retries(desk)

    def overview(self, visit: Visit) -> Response:
        """The page. Whatever is not cheap is shown as it was read last."""
        desk, filters = visit.desk, Filters.of(visit.request.query_params)
        open_incidents = desk.read("incidents", lambda connection: ledger.read(connection, ledger.is_open()))
        return visit.show(
            "operations.html",
            figures=self.figures.latest(),
            backlog=self.backlog.latest(),
            dagster=self.dagster.latest(),
            calls=unless(lambda: _calls(desk)),
            incidents=sorted(open_incidents, key=lambda each: (-each.level, each.id)),
            activity=unless(lambda: desk.read("activity", lambda on: read_activity(on, filters))),
            filters=filters,
            kinds=list(Entity),
            outcomes=OUTCOMES,
            causes=list(Cause),
            spans=list(SPANS),
            may_act=visit.person.may(Role.OPERATOR, Role.ADMIN),
            notices=self.retries.notices.of(visit.person.name),
            being_retried=self.retries.notices.rows_under_way(),
            links=links(desk.environ),
        )

    def _figures(self, connection: Connection) -> Figures:
        desk = self.desk
        sync, health = SyncSettings.load(desk.environ), HealthSettings.load(desk.environ)
        alone(connection)
        return read_figures(connection, desk.shape(), desk.clock.now(), sync, health)


def _backlog(connection: Connection) -> list[Lot]:
    alone(connection)
    return read_backlog(connection)


def _calls(desk: Desk) -> Calls:
    zoho = ZohoSettings.load(desk.environ)
    return desk.read("the API budget", lambda connection: read_calls(connection, zoho))
