"""Whether Dagster's daemon lives, seen from outside: by the tables of its storage, without importing Dagster.

The moments are taken from the bodies that Dagster writes (seconds since 1970, by the daemon's clock): its timestamp
columns have no time zone, and depend on that of the session. Checked against dagster 1.13.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from zoho_pipeline.alerts.symptoms import Sign, Symptom
from zoho_pipeline.clock import shown
from zoho_pipeline.errors import Foreseen
from zoho_pipeline.store.database import place, reason_of

SCOPE = "dagster"
_HEARTBEATS = text("SELECT daemon_type, body FROM daemon_heartbeats")
_LAST_TICK = text("SELECT tick_body FROM job_ticks WHERE type = 'SENSOR' ORDER BY id DESC LIMIT 1")
RESTART = "Look at the daemon's log, and start it again: dagster-daemon run -w workspace.yaml (docs/deployment.md)."


@dataclass(frozen=True)
class Life:
    """The last signs of life (UTC): of each of the daemon's parts, and of any sensor."""

    heartbeats: Mapping[str, datetime]
    sensor: datetime | None

    @property
    def latest(self) -> datetime | None:
        """The last heartbeat of all."""
        return max(self.heartbeats.values(), default=None)


def read_life(engine: Engine) -> Life:
    """Read them from Dagster's storage.

    Raises:
        Foreseen: when it cannot be read, or does not hold what this version of Dagster writes.
    """
    try:
        with engine.connect() as connection:
            beats = {row.daemon_type: _moment(json.loads(row.body)) for row in connection.execute(_HEARTBEATS)}
            tick = connection.execute(_LAST_TICK).scalar()
            return Life(beats, _moment(json.loads(tick)) if tick else None)
    except DBAPIError as error:
        raise Foreseen(
            f"Dagster's storage at {place(engine)} could not be read: {reason_of(error)}. "
            "Check DAGSTER_POSTGRES_URL, and that it is up"
        ) from error
    except (KeyError, TypeError, ValueError) as error:
        raise Foreseen(
            f"Dagster's storage at {place(engine)} does not hold signs of life as Dagster 1.13 writes them"
        ) from error


def symptoms(life: Life, now: datetime, silence: timedelta) -> list[Symptom]:
    """What is amiss, if for longer than that nothing was heard of the daemon, or of its sensors."""
    latest = life.latest
    if latest is None or now - latest > silence:
        heard = f"its last sign of life was at {shown(latest)}" if latest else "it has never run on this storage"
        return [_symptom("daemon", "Dagster's daemon has stopped: nothing is synced by itself", heard)]
    if life.sensor is None or now - life.sensor > silence:
        heard = f"the last one ran at {shown(life.sensor)}" if life.sensor else "none has ever run on this storage"
        cause = f"{heard}, although the daemon lives: the code location may not load, or the sensors are switched off"
        return [_symptom("sensors", "Dagster's sensors stand still: nothing is retried or told by itself", cause)]
    return []


def blind(reason: str) -> Symptom:
    """Nobody could look: that is no sign of life."""
    return Symptom(
        key="blind",
        title="Nobody can tell whether Dagster's daemon lives",
        cause=reason.strip().rstrip("."),
        advice="See that Dagster's storage is up and DAGSTER_POSTGRES_URL leads to it: without it the daemon stands "
        "still as well.",
        signs=frozenset({Sign.CRITICAL}),
    )


def _symptom(key: str, title: str, cause: str) -> Symptom:
    return Symptom(key, title, cause, RESTART, signs=frozenset({Sign.CRITICAL}))


def _moment(body: Mapping[str, float]) -> datetime:
    return datetime.fromtimestamp(body["timestamp"], UTC)
