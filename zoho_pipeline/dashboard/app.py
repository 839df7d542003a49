"""The server: which address leads to which page."""

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from zoho_pipeline.dashboard import signing_in
from zoho_pipeline.dashboard.desk import Desk
from zoho_pipeline.dashboard.finance.pages import month, months, papers, sign
from zoho_pipeline.dashboard.headers import Guarded
from zoho_pipeline.dashboard.operations.pages import Operations
from zoho_pipeline.dashboard.operations.row import row
from zoho_pipeline.dashboard.rendering import assets
from zoho_pipeline.dashboard.visits import endpoint


def create_app(desk: Desk) -> Guarded:
    """The pages over that desk."""
    operations = Operations()
    app = Starlette(
        routes=[
            Route("/assets/{name}", _asset),
            Route("/sign-in", endpoint(signing_in.ask, signed_in=False)),
            Route("/sign-in", endpoint(signing_in.let_in, signed_in=False), methods=["POST"]),
            Route("/sign-out", endpoint(signing_in.let_out), methods=["POST"]),
            Route("/", endpoint(operations.overview)),
            Route("/search", endpoint(operations.search), methods=["POST"]),
            Route("/incidents/{number:int}/acknowledge", endpoint(operations.acknowledge), methods=["POST"]),
            Route("/rows/{entity}/{row_id}", endpoint(row)),
            Route("/months", endpoint(months)),
            Route("/months/{month}", endpoint(month)),
            Route("/months/{month}/papers", endpoint(papers), methods=["POST"]),
            Route("/months/{month}/{step}", endpoint(sign), methods=["POST"]),
        ]
    )
    app.state.desk = desk
    return Guarded(app, desk.site)


def _asset(request: Request) -> Response:
    found = assets().get(request.path_params["name"])
    if found is None:
        return PlainTextResponse("There is no such file.", 404)
    headers = {"Cache-Control": "public, max-age=31536000, immutable"}
    return Response(found.content, media_type=found.media_type, headers=headers)
