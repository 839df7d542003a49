"""The addresses of a retry: beginning one, and being told how those go that one has begun."""

from dataclasses import dataclass

from starlette.responses import RedirectResponse, Response

from zoho_pipeline.actions.opening import checked_id
from zoho_pipeline.dashboard.links import links
from zoho_pipeline.dashboard.operations.overview import Operations
from zoho_pipeline.dashboard.rendering import page
from zoho_pipeline.dashboard.visits import Visit
from zoho_pipeline.entities import entity as entity_named
from zoho_pipeline.people.person import Role

NOTICES = "x-notices"
"""A page that shows notices by itself needs no page in answer; a plain form is led back to the row's."""
MAY_RETRY = (Role.OPERATOR, Role.ADMIN)


@dataclass(frozen=True)
class Retrying:
    """Over the operations pages of one server."""

    operations: Operations

    def begin(self, visit: Visit) -> Response:
        """Retry one row."""
        visit.person.require("retry a row", *MAY_RETRY)
        entity = entity_named(visit.request.path_params["entity"])
        row_id = checked_id(entity, visit.request.path_params["row_id"])
        dagster = self.operations.dagster.latest()
        self.operations.retries.begin(entity, row_id, visit.person.name, dagster.value if dagster else None)
        visit.desk.note(f"retry {entity.singular} {row_id}", visit.person.name, "begun")
        if NOTICES in visit.request.headers:
            return Response(status_code=204)
        return RedirectResponse(f"/rows/{entity}/{row_id}#notices", 303)

    def notices(self, visit: Visit) -> Response:
        """How those go that the person has begun; of one row, where the address names it."""
        notices = self.operations.retries.notices.of(visit.person.name, visit.request.query_params.get("row"))
        return page("notices.html", notices=notices, links=links(visit.desk.environ))
