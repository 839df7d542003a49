"""Runs that failed: an incident until everything that the run owed has been brought by a later one."""

from collections.abc import Collection, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from zoho_pipeline.alerts import ledger
from zoho_pipeline.alerts.incident import Incident
from zoho_pipeline.alerts.incidents import hold, open_in
from zoho_pipeline.alerts.settings import AlertSettings
from zoho_pipeline.alerts.symptoms import Sign, Symptom
from zoho_pipeline.alerts.tables import incidents
from zoho_pipeline.causes import Cause

SCOPE = "runs"
URGENT = "sync_urgently"
"""The job of rows by name: whatever kept it from Zoho is over once any run has brought a month."""
CAUSE_LENGTH = 400


@dataclass(frozen=True)
class EndedRun:
    """A run that has ended, well or not; one that a person cancelled is none.

    Attributes:
        what: what it was for: `forget_old_records`, or `zoho/invoices 2025-01 to 2025-03`.
        reason: why it failed; empty where it did not.
        rows: how many rows did not go.
        customers: how many customers they belong to.
        cause: why it failed, where that is one of the closed list.
        rows_alone: whether single rows are all that went wrong: they have incidents of their own, which name the run.
        asked: the rows that it was launched for by name, by kind; empty where it was for whole months.
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
    customers: int = 0
    cause: Cause | None = None
    rows_alone: bool = False
    asked: Mapping[str, Collection[str]] = field(default_factory=dict)
    planned: frozenset[str] = frozenset()
    brought: frozenset[str] = frozenset()

    @property
    def owes(self) -> frozenset[str]:
        """What has to come before its failure is over: what it did not bring, or a run of its job that succeeds."""
        return (self.planned - self.brought) or frozenset({self._whole})

    @property
    def pays(self) -> frozenset[str]:
        """What earlier runs may have owed, and has come."""
        done = self.planned if self.rows_alone else self.brought
        works = frozenset({f"job {URGENT}"} if done else ())
        return done | works | ({self._whole} if self.succeeded else frozenset())

    @property
    def _whole(self) -> str:
        return f"job {self.job}"


def note(connection: Connection, settings: AlertSettings, run: EndedRun, now: datetime) -> None:
    """Enter what the run's end means; noting a run twice, or after a later one, does no harm."""
    hold(connection, SCOPE, now)
    standing = [each for each in open_in(connection, SCOPE) if not _paid(connection, settings, each, run, now)]
    if run.succeeded or run.rows_alone or _known(connection, run):
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
    said = f"{run.cause.advice} The run said: {run.reason[:CAUSE_LENGTH]} " if run.cause else ""
    return Symptom(
        key=f"{run.job}: {run.what}",
        title=f"The run of {run.what} failed",
        cause=run.cause.value if run.cause else run.reason[:CAUSE_LENGTH] or "unknown",
        advice=f"{said}See run {run.id} in Dagster, mend what it says, and start it again: the incident clears when a "
        "later run has brought what this one was to bring.",
        rows=run.rows,
        customers=run.customers,
        signs=frozenset(_signs(run)),
    )


def _signs(run: EndedRun) -> Iterator[Sign]:
    if not (run.expected and run.reason):
        yield Sign.UNKNOWN_ERROR
    if run.cause is Cause.AUTHENTICATION:
        yield Sign.ACCOUNT_ACCESS


def note_mended(connection: Connection, settings: AlertSettings, cells: AbstractSet[str], now: datetime) -> None:
    """Enter months whose rows have gone since, by whatever ways: `zoho/invoices 2025-03`."""
    hold(connection, SCOPE, now)
    for incident in open_in(connection, SCOPE):
        _pay(connection, settings, incident, cells, "the rows that were left have gone", now)


def _paid(connection: Connection, settings: AlertSettings, incident: Incident, run: EndedRun, now: datetime) -> bool:
    """Take off what the run has brought, unless it ended no later than the failure; whether nothing is left."""
    late = run.ended_at > datetime.fromisoformat(_about(incident)["ended_at"])
    pays = run.pays if late else frozenset[str]()
    return _pay(connection, settings, incident, pays, f"run {run.id} brought what was left", now)


def _pay(
    connection: Connection,
    settings: AlertSettings,
    incident: Incident,
    pays: AbstractSet[str],
    said: str,
    now: datetime,
) -> bool:
    """Take that off what is owed; whether nothing is left, and the incident is over."""
    about = _about(incident)
    before = frozenset(about["left"])
    after = before - pays
    if not after:
        ledger.clear(connection, settings, incident, said, now)
    elif after != before:
        ledger.change(connection, incident, about=about | {"left": sorted(after)})
    return not after


def _about(incident: Incident) -> dict[str, Any]:
    return dict(incident.about or {})


def _known(connection: Connection, run: EndedRun) -> bool:
    """Whether its failure has been entered before; that incident may be over by now."""
    named = incidents.c.about["runs"].contains([run.id])
    return bool(ledger.read(connection, incidents.c.scope == SCOPE, named))
