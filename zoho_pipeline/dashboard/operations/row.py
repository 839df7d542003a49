"""The page of one row."""

from dataclasses import dataclass

from starlette.responses import Response

from zoho_pipeline.actions.opening import checked_id
from zoho_pipeline.dashboard.links import links
from zoho_pipeline.dashboard.operations.history import read_history
from zoho_pipeline.dashboard.operations.relatives import Children, read_parents
from zoho_pipeline.dashboard.operations.retries import Retries
from zoho_pipeline.dashboard.visits import Visit
from zoho_pipeline.entities import entity as entity_named
from zoho_pipeline.people.person import Role
from zoho_pipeline.states import State

OUT_OF_REACH = (State.SYNCED, State.SENDING, State.BEFORE_ZOHO, State.NOT_ELIGIBLE)
"""Rows that a retry could bring nowhere."""


@dataclass(frozen=True)
class RowPage:
    """Over the retries of one server, and what it has found of rows' relations."""

    retries: Retries
    children: Children

    def show(self, visit: Visit) -> Response:
        """The row's whole history."""
        entity = entity_named(visit.request.path_params["entity"])
        row_id = checked_id(entity, visit.request.path_params["row_id"])
        shape = visit.desk.shape()
        whole = f"the {entity.singular}"
        found = visit.desk.read(whole, lambda on: read_history(on, entity, row_id))
        parents = visit.desk.read(whole, lambda on: read_parents(on, entity, row_id, shape))
        return visit.show(
            "row.html",
            row=found,
            parents=parents,
            children=self.children.of(entity, row_id),
            may_retry=visit.person.may(Role.OPERATOR, Role.ADMIN) and found.state not in OUT_OF_REACH,
            being_retried=(entity, row_id) in self.retries.notices.rows_under_way(),
            notices=self.retries.notices.of(visit.person.name, row_id),
            links=links(visit.desk.environ),
        )
