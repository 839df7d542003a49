"""Reading the other parts of the facts: the database, the mirror, the API budget, incidents. Few, small statements."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, text

from zoho_pipeline.budget.circuit import circuit_state
from zoho_pipeline.budget.sealing import Seal
from zoho_pipeline.budget.shares import shares
from zoho_pipeline.circletel.shape import Shape
from zoho_pipeline.entities import PARENTS_FIRST, Entity
from zoho_pipeline.health.facts import Api, Incidents, Log, Mirror, OpenIncident
from zoho_pipeline.recovery.duplicates import listed_at
from zoho_pipeline.settings import ZohoSettings

_CONNECTIONS = text("""
    SELECT (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend') AS used,
           current_setting('max_connections')::int
           - coalesce(current_setting('superuser_reserved_connections', true)::int, 0) AS most,
           (SELECT count(*) FROM pg_stat_activity WHERE usename = current_user) AS own,
           (SELECT rolconnlimit FROM pg_roles WHERE rolname = current_user) AS own_most
""")
_LOG = text("""
    SELECT (SELECT count(*) FROM zoho_pipeline.attempts
            WHERE started_at > now() - interval '1 day' AND ended_at IS NOT NULL AND entity = ANY(:logged)
              AND outcome IN ('created', 'updated', 'adopted', 'failed', 'refused', 'parked')) AS sent,
           (SELECT count(*) FROM public.zoho_sync_logs WHERE created_at > now() - interval '1 day') AS logged
""")
_LIMITED = "(status = 429 OR code IN (43, 44, 45, 1070))"
_CALLS = text(f"""
    SELECT count(*) AS calls, count(*) FILTER (WHERE {_LIMITED}) AS limited, now() AS now
    FROM zoho_pipeline.api_calls WHERE at > now() - interval '1 day' AND organisation = :organisation
""")  # noqa: S608 - constants only
_DAYS = text(f"""
    SELECT (at AT TIME ZONE 'Africa/Johannesburg')::date::text AS day, count(*) AS calls,
           count(*) FILTER (WHERE ms IS NOT NULL AND (status IS NULL OR status >= 500)) AS failed,
           count(*) FILTER (WHERE {_LIMITED}) AS limited
    FROM zoho_pipeline.api_calls WHERE at > now() - interval '7 days' AND organisation = :organisation
    GROUP BY 1 ORDER BY 1
""")  # noqa: S608 - constants only
_TOKEN = text("""
    SELECT refreshed_at, coalesce(extract(epoch FROM expires_at - clock_timestamp()), 0)::float8 AS lives,
           CASE WHEN refused_until > clock_timestamp() THEN coalesce(refusal, reason, 'refused') ELSE '' END AS refusal
    FROM zoho_pipeline.access_tokens WHERE organisation = :organisation AND credentials = :credentials
""")
_OPEN = text("""
    SELECT id, level, title, acknowledged_by, opened_at FROM zoho_pipeline.incidents
    WHERE cleared_at IS NULL AND NOT (scope = 'checks' AND key LIKE '%: no_incident_is_open') ORDER BY level DESC, id
""")
_UNSENT = text("""
    SELECT count(*) AS number, min(e.at) AS since, max(m.error) AS error, now() AS now
    FROM zoho_pipeline.messages m JOIN zoho_pipeline.incident_events e ON e.id = m.event_id WHERE m.sent_at IS NULL
""")


def read_connections(connection: Connection) -> tuple[int, int]:
    """How many connections are used, and how many there may be: of the server or of the role, whichever is nearer."""
    row = connection.execute(_CONNECTIONS).one()
    pairs = [(row.used, row.most)] + ([(row.own, row.own_most)] if row.own_most and row.own_most > 0 else [])
    return max(pairs, key=lambda pair: pair[0] / pair[1])


def read_log(connection: Connection, shape: Shape) -> Log:
    """What zoho_sync_logs takes, and whether it has recorded what was sent."""
    refused = tuple(entity for entity in PARENTS_FIRST if entity not in shape.logged)
    row = connection.execute(_LOG, {"logged": [entity.value for entity in shape.logged]}).one()
    return Log(refused, shape.log_details, row.sent, row.logged)


def read_mirror(connection: Connection) -> Mirror:
    """How old Zoho's lists are."""
    listed = {Entity(kind): at for kind, at in listed_at(connection).items() if kind in PARENTS_FIRST}
    now: datetime = connection.execute(text("SELECT now()")).scalar_one()
    return Mirror(listed, now)


def read_api(connection: Connection, zoho: ZohoSettings, *, detailed: bool) -> Api:
    """The calls, the circuit and the shared token of the organisation in the settings."""
    of = {"organisation": zoho.organisation_id}
    calls = connection.execute(_CALLS, of).one()
    token = connection.execute(_TOKEN, of | {"credentials": Seal(zoho).credentials}).one_or_none()
    days = connection.execute(_DAYS, of).all() if detailed else []
    return Api(
        calls=calls.calls,
        limit=shares(zoho).urgent.day,
        limited=calls.limited,
        circuit=circuit_state(connection, zoho.organisation_id),
        token_at=token.refreshed_at if token else None,
        token_lives_seconds=token.lives if token else 0.0,
        refusal=token.refusal if token else "",
        now=calls.now,
        days=tuple((row.day, row.calls, row.failed, row.limited) for row in days),
    )


def read_incidents(connection: Connection) -> Incidents:
    """Those that are open; the health check's own is none of them, or it would keep itself open."""
    found = tuple(
        OpenIncident(row.id, row.level, row.title, row.acknowledged_by, row.opened_at)
        for row in connection.execute(_OPEN)
    )
    unsent = connection.execute(_UNSENT).one()
    return Incidents(found, unsent.number, unsent.since, unsent.error, unsent.now)


STATEMENT_SECONDS = 30


def calmly(connection: Connection) -> None:
    """Read only, and give up rather than load a database that is slow; holds for the transaction."""
    connection.execute(text(f"SET TRANSACTION READ ONLY; SET LOCAL statement_timeout = '{STATEMENT_SECONDS}s'"))


def span(duration: timedelta) -> str:
    """How long that is, as people say it."""
    minutes = max(0, round(duration.total_seconds() / 60))
    if minutes < 120:
        return f"{minutes} minutes"
    return f"{minutes // 60} hours" if minutes < 2 * 1_440 else f"{minutes // 1_440} days"
