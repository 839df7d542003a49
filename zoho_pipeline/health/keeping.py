"""Keeping reports, and telling what has changed since the one before."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update

from zoho_pipeline.entities import Entity
from zoho_pipeline.health.check import Change, Component, Finding, HealthReport, Level
from zoho_pipeline.health.tables import reports


@dataclass(frozen=True)
class Kept:
    """A report that was made earlier: when (UTC), and the level of each check by its key."""

    at: datetime
    levels: Mapping[str, Level]


def last_kept(connection: Connection, *, mailed: bool = False) -> Kept | None:
    """The latest one, or the latest that was mailed."""
    query = select(reports.c.at, reports.c.levels).order_by(reports.c.id.desc()).limit(1)
    row = connection.execute(query.where(reports.c.mailed) if mailed else query).one_or_none()
    return Kept(row.at, {key: Level(level) for key, level in row.levels.items()}) if row else None


def keep(connection: Connection, report: HealthReport, run_id: str | None, kept_days: int) -> None:
    """Keep this one, and forget what is older than so many days. Figures of its details are not kept."""
    values = {
        "at": report.looked_at,
        "run_id": run_id,
        "level": report.level.value,
        "levels": {finding.key: finding.level.value for finding in report.findings},
        "report": {"findings": [asdict(finding) for finding in report.findings], "missing": dict(report.missing)},
    }
    connection.execute(insert(reports).values(values))
    connection.execute(delete(reports).where(reports.c.at < func.now() - timedelta(days=kept_days)))


def kept_by(connection: Connection, run_id: str) -> HealthReport | None:
    """What the run has found, if it has looked."""
    query = select(reports).where(reports.c.run_id == run_id, reports.c.report.is_not(None))
    row = connection.execute(query.order_by(reports.c.id.desc()).limit(1)).one_or_none()
    if row is None:
        return None
    return HealthReport(tuple(map(_finding, row.report["findings"])), row.at, row.report["missing"])


def _finding(kept: Mapping[str, Any]) -> Finding:
    typed = {
        "component": Component(kept["component"]),
        "entity": Entity(kept["entity"]) if kept["entity"] else None,
        "level": Level(kept["level"]),
        "examples": tuple(kept["examples"]),
    }
    return Finding(**{**kept, **typed})


def note_mailed(connection: Connection) -> None:
    """Note that the latest one was mailed."""
    latest = select(func.max(reports.c.id)).scalar_subquery()
    connection.execute(update(reports).where(reports.c.id == latest).values(mailed=True))


def changed(before: Kept | None, findings: tuple[Finding, ...]) -> tuple[Change, ...]:
    """The checks whose level is another one, what has become worse first.

    A check that only one of the two has (Zoho was not asked) has not changed.
    """
    if before is None:
        return ()
    changes = [
        Change(finding.key, before.levels[finding.key], finding.level, finding.found)
        for finding in findings
        if finding.key in before.levels and before.levels[finding.key] is not finding.level
    ]
    return tuple(sorted(changes, key=lambda change: (not change.worse, -change.after.rank)))
