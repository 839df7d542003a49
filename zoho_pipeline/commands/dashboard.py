"""`zoho-pipeline dashboard`: the operations and finance pages."""

from typing import Annotated

import typer

Host = Annotated[str, typer.Option("--host", help="What to listen on; other than loopback needs --url.")]
Port = Annotated[int, typer.Option("--port", min=1, max=65_535, help="On which port.")]
Url = Annotated[
    str | None,
    typer.Option("--url", metavar="URL", help="The https address of the proxy that stands before the pages."),
]


Proxies = Annotated[
    list[str] | None,
    typer.Option("--proxy", metavar="ADDRESS", help="Where that proxy calls from (default: this machine)."),
]
Header = Annotated[
    str | None,
    typer.Option("--identity-header", metavar="NAME", help="By which that proxy says who has signed in there."),
]


def dashboard(
    host: Host = "127.0.0.1", port: Port = 8480, url: Url = None, proxy: Proxies = None, header: Header = None
) -> None:
    """Serve the pages until Ctrl-C. Who may sign in is entered with `zoho-pipeline people add`."""
    import logging

    import uvicorn

    from zoho_pipeline.dashboard.desk import Desk
    from zoho_pipeline.dashboard.serving import config
    from zoho_pipeline.dashboard.site import site

    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    desk = Desk(site(host, port, url, proxy or (), header))
    typer.echo(f"The pages are at {desk.site.shown} - Ctrl-C ends them.")
    uvicorn.Server(config(desk)).run()
