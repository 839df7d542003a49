"""What a person sees of incidents in the terminal."""

from collections.abc import Sequence

from rich.table import Table
from rich.text import Text

from zoho_pipeline.alerts.incident import Incident
from zoho_pipeline.alerts.telling import affected
from zoho_pipeline.clock import shown


def incidents_table(incidents: Sequence[Incident]) -> Table:
    """A line per incident."""
    table = Table(title="Incidents", title_justify="left", show_lines=True)
    table.add_column("ID", no_wrap=True)
    table.add_column("level", no_wrap=True)
    for heading in ("what, and why", "since", "how many", "standing"):
        table.add_column(heading, overflow="fold")
    for each in incidents:
        table.add_row(
            str(each.id),
            str(each.level),
            Text(f"{each.title}\n{each.cause}"),
            shown(each.opened_at),
            affected(each),
            _standing(each),
        )
    return table


def _standing(incident: Incident) -> Text:
    if incident.cleared_at is not None:
        return Text(f"over since {shown(incident.cleared_at)}", "green")
    if incident.acknowledged_by is not None:
        return Text(f"{incident.acknowledged_by} is on it", "yellow")
    return Text("nobody is on it", "red")
