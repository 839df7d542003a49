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
    Entity.PAYMENTS: (
        "greatest(c.zoho_last_synced_at, i.zoho_last_synced_at, service.zoho_last_synced_at, settled.at)"
    ),
}
"""When the latest of the row's parents came into Zoho, or another payment of the customer was settled."""
_LINKED = {
    Entity.CUSTOMERS: "true",
    Entity.SUBSCRIPTIONS: "nullif(c.zoho_billing_customer_id, '') IS NOT NULL",
    Entity.INVOICES: "nullif(c.zoho_billing_customer_id, '') IS NOT NULL",
    Entity.PAYMENTS: "nullif(c.zoho_billing_customer_id, '') IS NOT NULL",
}
"""What without which it need not be looked at."""
_SETTLED = """LEFT JOIN (
    SELECT o.customer_id, max(s.changed_at) AS at FROM zoho_pipeline.sync_records s
    JOIN public.payment_transactions o ON o.id = s.row_id
    WHERE s.entity = 'payments' AND s.state IN ('synced', 'failed', 'refused', 'parked')
      AND s.changed_at > now() - interval '1 day' GROUP BY o.customer_id
) settled ON settled.customer_id = c.id"""
_LOOKED_AT = "r.changed_at - interval '10 minutes'"
"""A parent that came while the row was being looked at counts: what was read then is a little older."""
_LONG_AGO = "now() - interval '20 hours'"
"""What is blocked for another reason, and was looked at before this, is looked at again: once a day."""
_CHOSEN = """SELECT t.id::text AS id, concat_ws(' ', r.state, r.tries, r.doubt_looks, r.source_hash) AS progress"""
_CAN_GO = {
    Entity.SUBSCRIPTIONS: """r.state = 'not_eligible' AND p.sku IS NOT NULL AND g.zoho_billing_plan_id <> ''
        AND coalesce(g.zoho_billing_sync_status, 'ok') = 'ok'""",
    Entity.PAYMENTS: """r.state = 'awaited' AND r.changed_at < now() - interval '1 hour' AND NOT EXISTS (
        SELECT 1 FROM zoho_pipeline.mirror_subscriptions m
        WHERE m.zoho_id = service.zoho_subscription_id AND m.gone_at IS NULL
          AND m.next_billing_on > (now() AT TIME ZONE 'Africa/Johannesburg')::date
          AND m.next_billing_on <= coalesce(i.period_end, (i.invoice_date + interval '1 month - 1 day')::date))""",
}
"""A plan that was published since; an invoice that Zoho should have raised by now, or has billed past (hourly)."""
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
        "unblocked": f"{known} {_SETTLED if entity is Entity.PAYMENTS else ''} "
        f"WHERE r.entity = :entity AND r.state = 'blocked' AND ({of.eligible}) AND {_LINKED[entity]} "
        f"AND ({_ARRIVED[entity]} > {_LOOKED_AT} OR r.changed_at < {_LONG_AGO}) ORDER BY r.changed_at",
        "awaited": f"{known} WHERE r.entity = :entity AND ({of.eligible}) AND ({_CAN_GO.get(entity, 'false')}) "
        "ORDER BY r.changed_at",
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


def served_since() -> TextClause:
    """When the latest outages and pauses of Zoho's were over, as one text."""
    return text("""
        SELECT concat(
            (SELECT max(ended_at) FROM zoho_pipeline.outages), '/', max(trial_since), '/', max(cool_down_until))
        FROM zoho_pipeline.api_budget
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
