"""Runs that failed: an incident until everything that the run owed has been brought by a later one."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from zoho_pipeline.alerts import ledger
from zoho_pipeline.alerts.incident import Incident
from zoho_pipeline.alerts.incidents import hold, open_in
from zoho_pipeline.alerts.settings import AlertSettings
from zoho_pipeline.alerts.symptoms import Sign, Symptom
from zoho_pipeline.alerts.tables import incidents

SCOPE = "runs"
CAUSE_LENGTH = 400


@dataclass(frozen=True)
class EndedRun:
    """A run that has ended, well or not; one that a person cancelled is none.

    Attributes:
        what: what it was for: `forget_old_records`, or `zoho/invoices 2025-01 to 2025-03`.
        reason: why it failed; empty where it did not.
        rows: how many rows it reports as refused, parked or failed.
        expected: whether it failed with a sentence of the pipeline's own, not with a traceback.
        planned: what it was to bring, an asset's partition each: `zoho/invoices 2025-03`. Empty where it has no assets.
        brought: what of that it has brought.
    """

    id: str
    job: str
    what: str
    ended_at: datetime
    succeeded: bool
    reason: str = ""
    expected: bool = True
    rows: int = 0
    planned: frozenset[str] = frozenset()
    brought: frozenset[str] = frozenset()

    @property
    def owes(self) -> frozenset[str]:
        """What has to come before its failure is over: what it did not bring, or a run of its job that succeeds."""
        return (self.planned - self.brought) or frozenset({self._whole})

    @property
    def pays(self) -> frozenset[str]:
        """What earlier runs may have owed, and has come."""
        return self.brought | ({self._whole} if self.succeeded else frozenset())

    @property
    def _whole(self) -> str:
        return f"job {self.job}"


def note(connection: Connection, settings: AlertSettings, run: EndedRun, now: datetime) -> None:
    """Enter what the run's end means; noting a run twice, or after a later one, does no harm."""
    hold(connection, SCOPE, now)
    standing = [each for each in open_in(connection, SCOPE) if not _paid(connection, settings, each, run, now)]
    if run.succeeded or _known(connection, run):
        return
    symptom = symptom_of(run).redacted()
    about: dict[str, Any] = {"runs": [run.id], "ended_at": run.ended_at.isoformat(), "left": sorted(run.owes)}
    same = next((each for each in standing if each.key == symptom.key), None)
    if same is None:
        ledger.open_incident(connection, settings, SCOPE, symptom, now, about)
    else:
        ledger.see_again(connection, settings, same, symptom, now)
        ledger.change(connection, same, about=about | {"runs": [*_about(same)["runs"], run.id]})


def symptom_of(run: EndedRun) -> Symptom:
    """A failed run as people are told of it."""
    return Symptom(
        key=f"{run.job}: {run.what}",
        title=f"The run of {run.what} failed",
        cause=run.reason[:CAUSE_LENGTH] or "unknown",
        advice=f"See run {run.id} in Dagster, mend what it says, and start it again: the incident clears when a later "
        "run has brought what this one was to bring.",
        rows=run.rows,
        signs=frozenset() if run.expected and run.reason else frozenset({Sign.UNKNOWN_ERROR}),
    )


def left_after(left: AbstractSet[str], failed_at: datetime, run: EndedRun) -> frozenset[str]:
    """What is still owed after the run; one that ended no later than the failure pays nothing."""
    return frozenset(left if run.ended_at <= failed_at else left - run.pays)


def _paid(connection: Connection, settings: AlertSettings, incident: Incident, run: EndedRun, now: datetime) -> bool:
    """Take off what the run has brought; whether nothing is left, and the incident is over."""
    about = _about(incident)
    before = frozenset(about["left"])
    after = left_after(before, datetime.fromisoformat(about["ended_at"]), run)
    if not after:
        ledger.clear(connection, settings, incident, f"run {run.id} brought what was left", now)
    elif after != before:
        ledger.change(connection, incident, about=about | {"left": sorted(after)})
    return not after


def _about(incident: Incident) -> dict[str, Any]:
    return dict(incident.about or {})


def _known(connection: Connection, run: EndedRun) -> bool:
    """Whether its failure has been entered before; that incident may be over by now."""
    named = incidents.c.about["runs"].contains([run.id])
    return bool(ledger.read(connection, incidents.c.scope == SCOPE, named))
