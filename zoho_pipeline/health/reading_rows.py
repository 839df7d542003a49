"""How the eligible rows of each kind stand: one statement for each kind, a single pass over CircleTel's table."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, TextClause, text

from zoho_pipeline.circletel.shape import Shape
from zoho_pipeline.circletel.sources import source, source_without_joins
from zoho_pipeline.entities import Entity
from zoho_pipeline.health.settings import HealthSettings
from zoho_pipeline.health.standing import Attempts, Class, Recent, Rows, Standing
from zoho_pipeline.states import State

_LABEL = {
    Entity.CUSTOMERS: "coalesce(t.account_number, t.id::text)",
    Entity.SUBSCRIPTIONS: "t.id::text",
    Entity.INVOICES: "t.invoice_number",
    Entity.PAYMENTS: "t.transaction_id",
}
_NOT_SYNCED = ", ".join(f"'{state.value}'" for state in State if state is not State.SYNCED)
_BAD = "outcome IN ('failed', 'refused', 'parked')"
_GOOD = "outcome IN ('created', 'updated', 'adopted')"
_PLAIN = "plainly synced"
_UNDATED = (Entity.SUBSCRIPTIONS, Entity.INVOICES)
"""Kinds whose updated_at a change of status does not move: since when they are in the app's hands, our record says."""


def read_standing(
    connection: Connection, entity: Entity, shape: Shape, settings: HealthSettings, months_end: datetime
) -> Standing:
    """The rows of that kind, by class. `months_end` is when the last open month ends."""
    values = {
        "entity": entity.value,
        "months_end": months_end,
        **{name: getattr(settings, name) for name in _THRESHOLDS},
    }
    found = {row.class_: row for row in connection.execute(_statement(entity, shape), values)}
    whole, odd = found.pop(_PLAIN), found.values()
    rows = {Class(row.class_): Rows(row.number, row.oldest, _named(entity, row.first, row.last)) for row in odd}
    synced = rows.get(Class.SYNCED, Rows()).count + whole.number
    return Standing(
        rows=rows | {Class.SYNCED: Rows(synced)},
        outside_months=Rows(whole.undated, None, _named(entity, whole.undated_label)),
        orphans=Rows(whole.orphans, None, _named(entity, whole.orphan_label)),
        idle=sum(row.idle for row in odd),
    )


_THRESHOLDS = (
    "pending_minutes",
    "unsynced_hours",
    "blocked_hours",
    "idle_minutes",
    "stuck_minutes",
    "stale_minutes",
    "doubt_minutes",
    "failed_days",
)


def _named(entity: Entity, *labels: str | None) -> tuple[str, ...]:
    return tuple(f"{entity.singular} {label}" for label in dict.fromkeys(labels) if label)


def _statement(entity: Entity, shape: Shape) -> TextClause:
    """All eligible rows are counted in a plain pass, and only those that are not plainly synced are looked at closely:
    those without an object, with another status, or with a state of ours. The rest is synced.
    """
    of, plain = source(entity, shape), source_without_joins(entity, shape)
    orphan = "false"
    customer_link = "NULL::text"
    if entity is Entity.SUBSCRIPTIONS:
        customer_link = "nullif(c.zoho_billing_customer_id, '')"
        orphan = f"t.{of.zoho_id} <> '' AND {customer_link} IS NULL"
    moment = of.moment.replace("r.dated_at", "NULL")
    undated = f"({moment} < CAST(:months_end AS timestamptz)) IS NOT TRUE"
    counted = f"FROM public.{of.table} t {plain.joins} WHERE ({plain.eligible})"
    return text(f"""
        WITH whole AS MATERIALIZED (
            SELECT count(*) AS number, count(*) FILTER (WHERE {undated}) AS undated,
                   count(*) FILTER (WHERE {orphan}) AS orphans, min({_LABEL[entity]}) FILTER (WHERE {orphan}) AS orphan
            {counted}
        ), chosen AS MATERIALIZED (
            SELECT id FROM public.{of.table}
            WHERE coalesce({of.zoho_id}, '') = '' OR zoho_sync_status IS DISTINCT FROM 'synced'
            UNION
            SELECT row_id FROM zoho_pipeline.sync_records WHERE entity = :entity AND state IN ({_NOT_SYNCED})
        ), odd AS MATERIALIZED (
            SELECT t.id, {_LABEL[entity]} AS label, nullif(t.{of.zoho_id}, '') IS NOT NULL AS linked,
                   t.zoho_sync_status AS status, nullif(r.state, 'synced') AS state, r.changed_at, r.first_seen_at,
                   r.doubt_since, r.app_syncing_since, {of.touched} AS touched
            FROM chosen JOIN public.{of.table} t ON t.id = chosen.id {of.joins}
            LEFT JOIN zoho_pipeline.sync_records r ON r.entity = :entity AND r.row_id = t.id
            WHERE {of.eligible}
        ), dated AS MATERIALIZED (
            SELECT o.*, CASE
                WHEN state IN ('blocked', 'awaited') THEN first_seen_at
                WHEN state IN ('failed', 'refused', 'parked', 'sending') THEN changed_at
                WHEN state = 'in_doubt' THEN coalesce(doubt_since, changed_at)
                WHEN status IN ('syncing', 'retrying') THEN {_in_hands(entity)}
                ELSE coalesce(first_seen_at, touched, now()) END AS since
            FROM odd o
        ), classed AS MATERIALIZED (
            SELECT d.*, {_CLASS} AS class_ FROM dated d
        ), quiet AS MATERIALIZED (
            SELECT NOT EXISTS (SELECT FROM zoho_pipeline.attempts
                WHERE started_at > now() - make_interval(secs => :idle_minutes * 60) AND {_GOOD}) AS idle
        )
        SELECT class_, count(*) AS number, min(since) AS oldest, min(label) AS first, max(label) AS last,
               count(*) FILTER (WHERE class_ IN ('waiting', 'waiting_long', 'unsynced')
                   AND since < now() - make_interval(secs => :idle_minutes * 60) AND (SELECT idle FROM quiet)) AS idle,
               0 AS undated, NULL AS undated_label, 0 AS orphans, NULL AS orphan_label
        FROM classed GROUP BY class_
        UNION ALL
        SELECT '{_PLAIN}', number - (SELECT count(*) FROM classed), NULL, NULL, NULL, 0, undated,
               CASE WHEN undated > 0 THEN (SELECT min({_LABEL[entity]}) {counted} AND {undated}) END, orphans, orphan
        FROM whole
    """)  # noqa: S608 - constants only


_CLASS = """CASE
    WHEN state IN ('before_zoho', 'not_eligible', 'resolved') THEN 'outside'
    WHEN state = 'parked' THEN 'parked'
    WHEN state IN ('failed', 'refused') THEN CASE
        WHEN since > now() - interval '1 day' THEN 'failed_today'
        WHEN since > now() - make_interval(secs => :failed_days * 86400) THEN 'failed' ELSE 'failed_long' END
    WHEN state = 'in_doubt' THEN
        CASE WHEN since > now() - make_interval(secs => :doubt_minutes * 60) THEN 'doubt' ELSE 'doubt_long' END
    WHEN state = 'sending' OR status = 'syncing' THEN CASE
        WHEN since > now() - make_interval(secs => :stuck_minutes * 60) THEN 'syncing'
        WHEN since > now() - make_interval(secs => :stale_minutes * 60) THEN 'stuck' ELSE 'stale' END
    WHEN status = 'retrying' THEN
        CASE WHEN since > now() - make_interval(secs => :stale_minutes * 60) THEN 'retrying' ELSE 'retrying_stale' END
    WHEN linked THEN 'synced'
    WHEN state = 'awaited' AND since > now() - interval '35 days' THEN 'awaited'    -- within a month, and some days
    WHEN state IN ('blocked', 'awaited') THEN
        CASE WHEN since > now() - make_interval(secs => :blocked_hours * 3600) THEN 'blocked' ELSE 'blocked_long' END
    WHEN status = 'synced' THEN 'unlinked'
    WHEN status = 'failed' AND state IS NULL THEN 'failed'
    WHEN since > now() - make_interval(secs => :pending_minutes * 60) THEN 'waiting'
    WHEN since > now() - make_interval(secs => :unsynced_hours * 3600) THEN 'waiting_long'
    ELSE 'unsynced' END"""


def _in_hands(entity: Entity) -> str:
    """Since when it is in the app's hands; where nobody knows, it is stuck, for it may be so for long."""
    touched = "NULL" if entity in _UNDATED else "touched"
    return f"coalesce({touched}, app_syncing_since, now() - make_interval(secs => :stuck_minutes * 60 + 1))"


_DAY = "ended_at > now() - interval '1 day'"
_ATTEMPTS = text(f"""
    SELECT entity, count(*) FILTER (WHERE {_GOOD} AND {_DAY}) AS day_good,
           count(*) FILTER (WHERE {_BAD} AND {_DAY}) AS day_bad,
           count(*) FILTER (WHERE {_GOOD}) AS week_good, count(*) FILTER (WHERE {_BAD}) AS week_bad,
           count(DISTINCT row_id) FILTER (WHERE {_BAD}) AS rows_bad,
           avg(duration_ms) FILTER (WHERE {_GOOD}) / 1000.0 AS average_seconds,
           max(ended_at) FILTER (WHERE {_GOOD}) AS ended_at
    FROM zoho_pipeline.attempts WHERE started_at > now() - interval '7 days' GROUP BY entity
""")  # noqa: S608 - constants only
_CAUSES = text(f"""
    SELECT coalesce(cause, 'unknown') AS cause, count(*) AS number FROM zoho_pipeline.attempts
    WHERE started_at > now() - interval '1 day' AND {_BAD} GROUP BY 1
""")  # noqa: S608 - constants only


def read_recent(connection: Connection) -> Recent:
    """What was sent within seven days."""
    of: Mapping[Entity, Attempts] = {
        Entity(row.entity): Attempts(
            row.day_good,
            row.day_bad,
            row.week_good,
            row.week_bad,
            row.rows_bad,
            None if row.average_seconds is None else float(row.average_seconds),
            row.ended_at,
        )
        for row in connection.execute(_ATTEMPTS)
    }
    return Recent(of, {row.cause: row.number for row in connection.execute(_CAUSES)})
