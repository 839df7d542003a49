"""The server: which address leads to which page."""

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from zoho_pipeline.dashboard import signing_in
from zoho_pipeline.dashboard.desk import Desk
from zoho_pipeline.dashboard.finance.pages import items, month, months, note, papers, sign
from zoho_pipeline.dashboard.headers import Guarded
from zoho_pipeline.dashboard.operations.overview import Operations
from zoho_pipeline.dashboard.operations.pages import acknowledge, search
from zoho_pipeline.dashboard.operations.relatives import Children
from zoho_pipeline.dashboard.operations.retrying import Retrying
from zoho_pipeline.dashboard.operations.row import RowPage
from zoho_pipeline.dashboard.rendering import assets
from zoho_pipeline.dashboard.visits import endpoint, nowhere


def create_app(desk: Desk) -> Guarded:
    """The pages over that desk."""
    app = Starlette(routes=routes(desk), exception_handlers={HTTPException: nowhere})
    app.state.desk = desk
    return Guarded(app, desk.site)


def routes(desk: Desk) -> list[Route]:
    """Every address of the pages."""
    operations = Operations(desk)
    retrying = Retrying(operations)
    return [
        Route("/assets/{name}", _asset),
        Route("/sign-in", endpoint(signing_in.ask, signed_in=False)),
        Route("/sign-in", endpoint(signing_in.let_in, signed_in=False), methods=["POST"]),
        Route("/sign-out", endpoint(signing_in.let_out), methods=["POST"]),
        Route("/", endpoint(operations.overview)),
        Route("/search", endpoint(search), methods=["POST"]),
        Route("/incidents/{number:int}/acknowledge", endpoint(acknowledge), methods=["POST"]),
        Route("/rows/{entity}/{row_id}", endpoint(RowPage(operations.retries, Children(desk)).show)),
        Route("/rows/{entity}/{row_id}/retry", endpoint(retrying.begin), methods=["POST"]),
        Route("/retries", endpoint(retrying.notices)),
        Route("/months", endpoint(months)),
        Route("/months/{month}", endpoint(month)),
        Route("/months/{month}/items", endpoint(items)),
        Route("/months/{month}/items/{number:int}/notes", endpoint(note), methods=["POST"]),
        Route("/months/{month}/papers", endpoint(papers), methods=["POST"]),
        Route("/months/{month}/{step}", endpoint(sign), methods=["POST"]),
    ]


def _asset(request: Request) -> Response:
    found = assets().get(request.path_params["name"])
    if found is None:
        raise HTTPException(404)
    headers = {"Cache-Control": "public, max-age=31536000, immutable"}
    return Response(found.content, media_type=found.media_type, headers=headers)
