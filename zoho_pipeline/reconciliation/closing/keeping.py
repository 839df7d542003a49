"""Snapshots, kept and read back by their hash, in the caller's transaction."""

import json

from sqlalchemy import Connection, select
from sqlalchemy.dialects.postgresql import insert

from zoho_pipeline.errors import Foreseen
from zoho_pipeline.reconciliation.closing import tables
from zoho_pipeline.reconciliation.closing.canonical import canonical, sha256
from zoho_pipeline.reconciliation.closing.snapshot import Snapshot


class SnapshotAltered(Foreseen):
    """A kept snapshot is gone, or not as it was signed."""


def keep(connection: Connection, snapshot: Snapshot) -> str:
    """Keep it; its hash, by which the trail names it."""
    content = canonical(snapshot)
    row = {"sha256": sha256(content), "content": content}
    connection.execute(insert(tables.snapshots).values(row).on_conflict_do_nothing())
    return row["sha256"]


def read(connection: Connection, named: str) -> Snapshot:
    """The snapshot of that hash.

    Raises:
        SnapshotAltered: when it is missing, or its content has another hash.
    """
    content = connection.scalar(select(tables.snapshots.c.content).where(tables.snapshots.c.sha256 == named))
    if content is None or sha256(content) != named:
        raise SnapshotAltered(
            f"The snapshot {named[:16]} that was signed {'is gone' if content is None else 'was altered'}: see "
            "`zoho-pipeline reconcile verify`; a backup of the database has it as it was."
        )
    found: Snapshot = json.loads(content)
    return found
