"""What is written about an incident: the timeline for the incident report, and a text for a public status page. Pure.

The public text is made of nothing but the kind of the records and the times: no title, no cause, no figure.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime

from zoho_pipeline.alerts.incident import Event, Incident, Message
from zoho_pipeline.alerts.telling import facts
from zoho_pipeline.clock import JOHANNESBURG, shown
from zoho_pipeline.entities import Entity

_PUBLIC = {
    None: "Billing records",
    Entity.CUSTOMERS: "New and changed billing accounts",
    Entity.SUBSCRIPTIONS: "New and changed subscriptions",
    Entity.INVOICES: "New invoices",
    Entity.PAYMENTS: "Payments",
}


def report(incident: Incident, events: Sequence[Event], messages: Sequence[Message]) -> str:
    """The incident with its timeline, as markdown; times are Johannesburg's."""
    lines = [f"# Incident {incident.id}: {_safe(incident.title)}", ""]
    lines += [f"- **{name}:** {_safe(text)}" for name, text in facts(incident)]
    lines += [f"- **Advice:** {_safe(incident.advice)}", ""]
    lines += ["## Timeline", "", f"| time ({JOHANNESBURG.key}) | level | what happened |", "|---|---|---|"]
    lines += [f"| {shown(at)} | {level} | {_safe(said)} |" for at, level, said in _entries(events, messages)]
    waiting = [message for message in messages if message.sent_at is None]
    if waiting:
        lines += ["", "## Not told yet", ""]
        lines += [f"- {_safe(_untold(message))}" for message in waiting]
    return "\n".join(lines) + "\n"


def public_text(incident: Incident) -> str:
    """A text for the public status page; it names no customer and nothing of what is inside."""
    what = _PUBLIC[incident.entity]
    since = f"{shown(incident.opened_at)} SAST"
    if incident.cleared_at is not None:
        return (
            f"**Resolved: {what} were delayed**\n\nBetween {since} and {shown(incident.cleared_at)} SAST, "
            f"{_lowered(what)} reached our billing system late. This is over. Internet services were not part of it, "
            "and you need not do anything.\n"
        )
    stage = "Investigating" if incident.acknowledged_at is None else "Being worked on"
    doing = "We are looking into it" if incident.acknowledged_at is None else "Our team is working on it"
    return (
        f"**{stage}: {what} are delayed**\n\nSince {since}, {_lowered(what)} may reach our billing system late. "
        f"{doing}, and will say here when it is over. Internet services are not part of it, and you need not do "
        "anything.\n"
    )


def _entries(events: Iterable[Event], messages: Iterable[Message]) -> list[tuple[datetime, str, str]]:
    happened = [(event.at, str(event.level), f"{event.kind}: {event.said}") for event in events]
    sent = [
        (message.sent_at, "", f"told by {message.channel} that it was {message.event}{_after(message.tries)}")
        for message in messages
        if message.sent_at is not None
    ]
    return sorted([*happened, *sent], key=lambda entry: entry[0])


def _after(tries: int) -> str:
    return f", after {tries} tries" if tries > 1 else ""


def _untold(message: Message) -> str:
    if not message.tries:
        return f"{message.channel} is yet to tell that it was {message.event}"
    times = "once" if message.tries == 1 else f"{message.tries} times"
    return f"{message.channel} failed {times} to tell that it was {message.event}, at last because: {message.error}"


def _lowered(text: str) -> str:
    return text[0].lower() + text[1:]


def _safe(text: str) -> str:
    """On one line, and without anything that markdown or HTML would take for its own."""
    return re.sub(r"([\\`*_|<>\[\]])", r"\\\1", re.sub(r"\s+", " ", text).strip())
