"""The page of one row."""

from starlette.responses import Response

from zoho_pipeline.actions.opening import checked_id
from zoho_pipeline.dashboard.operations.history import read_history
from zoho_pipeline.dashboard.visits import Visit
from zoho_pipeline.entities import entity as entity_named


def row(visit: Visit) -> Response:
    """The row's whole history."""
    entity = entity_named(visit.request.path_params["entity"])
    row_id = checked_id(entity, visit.request.path_params["row_id"])
    shape = visit.desk.shape()
    found = visit.desk.read(f"the {entity.singular}", lambda on: read_history(on, entity, row_id, shape))
    return visit.show("row.html", row=found)
