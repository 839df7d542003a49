"""What a person sees of the practice world in the terminal."""

from rich.table import Table

from zoho_pipeline.sandbox.postgres import EmbeddedPostgres
from zoho_pipeline.sandbox.world import Sandbox


def status_table(sandbox: Sandbox) -> Table:
    """A line per process that was started and not stopped."""
    table = Table(title=f"Practice world in {sandbox.directory}")
    for heading in ("", "state", "process", "log"):
        table.add_column(heading, overflow="fold")
    server = EmbeddedPostgres.find(sandbox.directory)
    table.add_row("PostgreSQL", *(("runs", str(server.pid), str(server.home / "log")) if server else ("down", "", "")))
    for process in sandbox.processes.all():
        state = "runs" if process.runs() else "has ended by itself"
        table.add_row(process.name, state, str(process.pid), str(sandbox.processes.log(process.name)))
    return table
