"""Keeping reports, and telling what has changed since the one before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, func, insert, select, update

from zoho_pipeline.health.check import Change, Finding, Level
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


def keep(connection: Connection, findings: Sequence[Finding], level: Level, run_id: str | None, kept_days: int) -> None:
    """Keep this one, and forget what is older than so many days."""
    levels = {finding.key: finding.level.value for finding in findings}
    connection.execute(insert(reports).values(run_id=run_id, level=level.value, levels=levels))
    connection.execute(delete(reports).where(reports.c.at < func.now() - timedelta(days=kept_days)))


def note_mailed(connection: Connection) -> None:
    """Note that the latest one was mailed."""
    latest = select(func.max(reports.c.id)).scalar_subquery()
    connection.execute(update(reports).where(reports.c.id == latest).values(mailed=True))


def changed(before: Kept | None, findings: Sequence[Finding]) -> tuple[Change, ...]:
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
