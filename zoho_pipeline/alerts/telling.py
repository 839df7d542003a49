"""What people are told when an incident opens, rises or clears: subject, text and HTML. Pure."""

import re
from dataclasses import dataclass
from datetime import timedelta
from html import escape

from zoho_pipeline.alerts.incident import Event, EventKind, Incident
from zoho_pipeline.alerts.levels import Level
from zoho_pipeline.alerts.settings import AlertSettings
from zoho_pipeline.clock import JOHANNESBURG, shown
from zoho_pipeline.workdays import after_working

Line = tuple[str, str]


@dataclass(frozen=True)
class Told:
    """One message, as plain text and as HTML."""

    subject: str
    body: str
    html: str


def told(incident: Incident, event: Event, settings: AlertSettings) -> Told:
    """The message of an event of the incident."""
    happened = _happened(incident, event)
    lines = (
        facts(incident) if event.kind is EventKind.CLEARED else [*facts(incident), *_to_do(incident, event, settings)]
    )
    width = max(len(name) for name, _ in lines) + 2
    body = "\n".join(f"{name:<{width}}{text}" for name, text in lines)
    rows = "".join(
        f"<tr><th align='left' valign='top'>{escape(name)}</th><td>{escape(text)}</td></tr>" for name, text in lines
    )
    return Told(
        subject=_one_line(f"Incident {incident.id} {happened}: {incident.title}"),
        body=f"Incident {incident.id} {happened}.\n\n{body}\n",
        html=f"<p><b>Incident {incident.id} {escape(happened)}.</b></p><table cellpadding='4'>{rows}</table>",
    )


def facts(incident: Incident) -> list[Line]:
    """What it is, since when, how much it touches, and why it is on its level."""
    lines = [("What", incident.title), ("Since", f"{shown(incident.opened_at)} ({JOHANNESBURG.key})")]
    if incident.cleared_at is not None:
        lasted = incident.cleared_at - incident.opened_at
        lines.append(("Until", f"{shown(incident.cleared_at)}, after {span(lasted)}"))
    lines += [
        ("How many", affected(incident)),
        ("Cause", incident.cause),
        ("Level", f"{incident.level}, {incident.level.team}: {incident.because}"),
    ]
    if incident.acknowledged_by and incident.acknowledged_at:
        lines.append(("On it", f"{incident.acknowledged_by}, since {shown(incident.acknowledged_at)}"))
    return lines


def affected(incident: Incident) -> str:
    """How many rows and customers, at the worst: `14 invoices of 6 customers`."""
    rows, customers = incident.most_rows, incident.most_customers
    if not rows and not customers:
        return "not a matter of single rows"
    kind = incident.entity.value if incident.entity else "rows"
    counted = f"{rows:,} {kind.removesuffix('s') if rows == 1 else kind}"
    return f"{counted} of {customers:,} {'customer' if customers == 1 else 'customers'}" if customers else counted


def span(duration: timedelta) -> str:
    """How long that is, as people say it: `2 h 5 min`."""
    minutes = round(duration.total_seconds() / 60)
    days, hours, minutes = minutes // 1_440, minutes % 1_440 // 60, minutes % 60
    parts = [f"{days} d" if days else "", f"{hours} h" if hours else "", f"{minutes} min" if minutes else ""]
    return " ".join(part for part in parts if part) or "less than a minute"


def _happened(incident: Incident, event: Event) -> str:
    if event.kind is EventKind.CLEARED:
        return "has cleared"
    verb = "has risen to" if event.kind is EventKind.RAISED else "has opened on"
    return f"{verb} level {incident.level}"


def _to_do(incident: Incident, event: Event, settings: AlertSettings) -> list[Line]:
    lines = [("What to do", incident.advice), ("Contact", settings.contact(incident.level))]
    hours = settings.response_hours(incident.level)
    if incident.level is Level.ZOHO_SUPPORT:
        lines.append(("Answer", f"expect one within {hours:g} hours; open a ticket there, and quote this incident"))
    else:
        due = after_working(event.at, settings.response_time(incident.level), settings.business_hours)
        rises = "" if incident.acknowledged_by else "; after that it rises"
        lines.append(("Answer", f"within {hours:g} business hours, by {shown(due)}{rises}"))
    if incident.acknowledged_by is None:
        lines.append(("Take it on", f'zoho-pipeline incidents ack {incident.id} --by "your name"'))
    return [*lines, ("Timeline", f"zoho-pipeline incidents report {incident.id}")]


def _one_line(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()
