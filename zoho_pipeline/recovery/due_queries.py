"""The SQL behind `due`: one statement for each reason and kind. `t` is CircleTel's row, `r` our record of it.

Each agrees with what `sync.deciding` leaves alone: a row that is due here and left alone there is looked at in vain.
"""

from functools import cache

from sqlalchemy import TextClause, text

from zoho_pipeline.circletel.shape import Shape
from zoho_pipeline.circletel.sources import Source, source
from zoho_pipeline.entities import Entity

_UNDATED = (Entity.SUBSCRIPTIONS, Entity.INVOICES)
"""Kinds whose updated_at a change of status does not move: since when they are in the app's hands, our record says."""
_ARRIVED = {
    Entity.CUSTOMERS: "NULL",
    Entity.SUBSCRIPTIONS: "c.zoho_last_synced_at",
    Entity.INVOICES: "c.zoho_last_synced_at",
    Entity.PAYMENTS: "greatest(c.zoho_last_synced_at, i.zoho_last_synced_at, service.zoho_last_synced_at)",
}
"""When the latest of the row's parents came into Zoho."""
_CHOSEN = """SELECT t.id::text AS id, concat_ws(' ', r.state, r.tries, r.doubt_looks, r.source_hash) AS progress"""
_KEPT = "{moment} >= CAST(:kept_from AS timestamptz)"
_OLD_ENOUGH = "now() - make_interval(secs => :grace)"


@cache
def statement(why: str, entity: Entity, shape: Shape) -> TextClause:
    """The rows of a kind that are due for that reason."""
    of = source(entity, shape)
    known = f"FROM zoho_pipeline.sync_records r JOIN public.{of.table} t ON t.id = r.row_id {of.joins}"
    beside = f"""FROM public.{of.table} t {of.joins}
        LEFT JOIN zoho_pipeline.sync_records r ON r.entity = :entity AND r.row_id = t.id"""
    unlinked = f"nullif(t.{of.zoho_id}, '') IS NULL"
    chosen = {
        "failed": f"{known} WHERE r.entity = :entity AND r.state = 'failed' AND ({of.eligible}) "
        "AND (r.retry_at IS NULL OR r.retry_at <= now()) ORDER BY r.retry_at",
        "new": f"{known} WHERE r.entity = :entity AND r.state = 'waiting' AND {_free(of)} "
        f"AND (r.attempts > 0 OR {unlinked}) "  # what is in Zoho waits with a change
        f"UNION ALL {_CHOSEN} {beside} WHERE r.row_id IS NULL AND {unlinked} AND {_free(of)}",
        "stuck": f"{beside} LEFT JOIN zoho_pipeline.attempts a ON a.entity = :entity AND a.row_id = t.id "
        f"AND a.ended_at IS NULL WHERE {_stuck(of, entity)}",
        "unblocked": f"{known} WHERE r.entity = :entity AND r.state = 'blocked' AND ({of.eligible}) "
        f"AND {_ARRIVED[entity]} > r.changed_at ORDER BY r.changed_at",
        "corrected": f"{known} WHERE r.entity = :entity AND r.state IN ('refused', 'parked', 'resolved') "
        f"AND ({of.eligible}) AND r.source_hash <> {of.source_hash} AND {_left_by_the_app(of)} ORDER BY r.changed_at",
    }[why]
    return text(f"{_CHOSEN} {chosen} LIMIT :most")


def failed_later() -> TextClause:
    """The database's time, when the next failed row comes due, and how many wait for that."""
    return text("""
        SELECT now(), min(retry_at), count(*) FROM zoho_pipeline.sync_records
        WHERE state = 'failed' AND retry_at > now()
    """)


def _free(of: Source) -> str:
    """Eligible, in nobody's hands, and within what is kept in step, unless we have sent it before."""
    return f"""({of.eligible}) AND t.zoho_sync_status IS DISTINCT FROM 'syncing' AND {_left_by_the_app(of)}
        AND (r.attempts > 0 OR {_KEPT.format(moment=of.moment)})"""


def _left_by_the_app(of: Source) -> str:
    """A row that was never sent counts as the app's for a while after it was touched."""
    return f"(r.attempts > 0 OR coalesce({of.touched}, r.first_seen_at, '-infinity') <= {_OLD_ENOUGH})"


def _stuck(of: Source, entity: Entity) -> str:
    """In `syncing` for longer than a send lasts: ours by lease or doubt, the app's by what is known of since when.

    Where nothing is known of that yet, the row is due too: the run that looks at it notes it, and lets it be a while.
    Rows that are left as they are whatever the app says (outside of Zoho, or waiting for their retry) are not.
    """
    since = "r.app_syncing_since" if entity in _UNDATED else f"coalesce({of.touched}, r.app_syncing_since)"
    return f"""t.zoho_sync_status = 'syncing' AND (({of.eligible}) OR r.state IN ('sending', 'in_doubt'))
        AND (r.row_id IS NOT NULL OR {_KEPT.format(moment=of.moment)})
        AND coalesce(r.state, '') NOT IN ('before_zoho', 'not_eligible')
        AND (r.state = 'failed' AND r.retry_at > now()) IS NOT TRUE
        AND CASE r.state
            WHEN 'sending' THEN coalesce(a.lease_until < clock_timestamp(), true)
            WHEN 'in_doubt' THEN coalesce(r.doubt_looked_at, r.doubt_since) + make_interval(secs => :settling) <= now()
            ELSE a.id IS NULL AND coalesce({since}, '-infinity') <= {_OLD_ENOUGH} END"""
