"""A ledger in a database of its own, at a time that the test sets."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Engine, text

from zoho_pipeline.alerts import incidents, ledger
from zoho_pipeline.alerts.channel import Channel
from zoho_pipeline.alerts.connect import channels
from zoho_pipeline.alerts.incident import Event, Incident
from zoho_pipeline.alerts.incidents import Observed
from zoho_pipeline.alerts.outbox import Delivered, deliver
from zoho_pipeline.alerts.settings import AlertSettings
from zoho_pipeline.alerts.symptoms import Symptom
from zoho_pipeline.clock import JOHANNESBURG, SimulatedClock

FRIDAY = datetime(2025, 11, 14, 9, 0, tzinfo=JOHANNESBURG)
SCOPE = "practice"


def symptom(key: str = "bad-email", **values: Any) -> Symptom:
    """One with all that it needs."""
    given = {"title": f"Rows are refused ({key})", "cause": "invalid_email", "advice": "Correct them in CircleTel."}
    return Symptom(**{"key": key} | given | values)


def settings(**variables: str) -> AlertSettings:
    """The defaults, but for these variables: `settings(ALERT_BUSINESS_HOURS="09:00-12:00")`."""
    return AlertSettings.load({"ZOHO_PIPELINE_SANDBOX": "x", **variables})


@dataclass
class Desk:
    """Observers, people and deliverers at one ledger."""

    engine: Engine
    settings: AlertSettings = field(default_factory=settings)
    clock: SimulatedClock = field(default_factory=lambda: SimulatedClock(FRIDAY))

    def see(self, *symptoms: Symptom, scope: str = SCOPE) -> Observed:
        with self.engine.begin() as connection:
            return incidents.observe(connection, self.settings, scope, symptoms, self.clock.now())

    def open_one(self, key: str = "bad-email", **values: Any) -> int:
        """Open one beside those that are open; its number."""
        (opened,) = self.see(symptom(key, **values), scope=key).opened
        return opened

    def rise(self) -> list[int]:
        with self.engine.begin() as connection:
            return incidents.rise(connection, self.settings, self.clock.now())

    def acknowledge(self, number: int, by: str = "Zanele") -> None:
        with self.engine.begin() as connection:
            incidents.acknowledge(connection, self.settings, number, by, self.clock.now())

    def close(self, number: int, by: str = "Zanele", because: str = "a planned stop") -> None:
        with self.engine.begin() as connection:
            incidents.close(connection, self.settings, number, by, because, self.clock.now())

    def deliver(self, *through: Channel) -> Delivered:
        return deliver(self.engine, through or channels(self.settings, self.clock), self.clock)

    def pass_time(self, **span: float) -> None:
        self.clock.moment += timedelta(**span)

    def incident(self, number: int) -> Incident:
        (found,) = [each for each in self.all() if each.id == number]
        return found

    def all(self) -> list[Incident]:
        with self.engine.connect() as connection:
            return ledger.read(connection)

    def events(self, number: int) -> list[Event]:
        with self.engine.connect() as connection:
            return ledger.timeline(connection, number)

    def queued(self) -> list[tuple[int, str, str]]:
        """Every message as its incident, what happened, and its channel."""
        query = text("""
            SELECT m.incident_id, e.kind, m.channel FROM zoho_pipeline.messages m
            JOIN zoho_pipeline.incident_events e ON e.id = m.event_id ORDER BY m.id
        """)
        with self.engine.connect() as connection:
            return [tuple(row) for row in connection.execute(query)]

    def kinds(self, number: int) -> Sequence[str]:
        """What messages there are of an incident, on the log."""
        return [kind for incident, kind, channel in self.queued() if incident == number and channel == "log"]

    def forget(self) -> None:
        """As on a new database."""
        with self.engine.begin() as connection:
            connection.execute(text("TRUNCATE zoho_pipeline.incidents, zoho_pipeline.incident_looks CASCADE"))
