"""`zoho-pipeline dashboard`: the operations and finance pages."""

from typing import Annotated

import typer

Host = Annotated[str, typer.Option("--host", help="What to listen on; other than loopback needs --url.")]
Port = Annotated[int, typer.Option("--port", min=1, max=65_535, help="On which port.")]
Url = Annotated[
    str | None,
    typer.Option("--url", metavar="URL", help="The https address of the proxy that stands before the pages."),
]


def dashboard(host: Host = "127.0.0.1", port: Port = 8480, url: Url = None) -> None:
    """Serve the pages until Ctrl-C. Who may sign in is entered with `zoho-pipeline people add`."""
    import logging

    import uvicorn

    from zoho_pipeline.dashboard.app import create_app
    from zoho_pipeline.dashboard.desk import Desk
    from zoho_pipeline.dashboard.site import site

    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    desk = Desk(site(host, port, url))
    typer.echo(f"The pages are at {desk.site.shown} - Ctrl-C ends them.")
    uvicorn.run(
        create_app(desk),
        host=host,
        port=port,
        access_log=False,
        server_header=False,
        log_level="warning",
        log_config=None,
    )
