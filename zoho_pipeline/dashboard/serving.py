"""The pages as a server runs them."""

import uvicorn

from zoho_pipeline.dashboard.app import create_app
from zoho_pipeline.dashboard.desk import Desk


def config(desk: Desk) -> uvicorn.Config:
    """How uvicorn serves that desk's pages; where a request came from is for the app to find out, not for uvicorn."""
    return uvicorn.Config(
        create_app(desk),
        host=desk.site.host,
        port=desk.site.port,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        lifespan="off",
        log_level="warning",
        log_config=None,
    )
