"""Asking the budget's statement directly, and letting time pass in its row.

For a rig the database's clock stands still, so that no time passes but what the rig lets pass.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Engine, NullPool, Row, create_engine, text

from zoho_pipeline.budget.statement import Asking, parameters, take

STOP_THE_CLOCK = """
    CREATE SCHEMA IF NOT EXISTS stopped;
    CREATE OR REPLACE FUNCTION stopped.clock_timestamp() RETURNS timestamptz LANGUAGE sql AS
    $$ SELECT timestamptz '{now}' $$
"""
_STOPPED = {"options": "-csearch_path=stopped,pg_catalog,public"}
"""Where functions are looked for: first among those that stand in for PostgreSQL's own."""
LET_PASS = text("""
    UPDATE zoho_pipeline.api_budget SET
        minute_ends = ARRAY(SELECT t - make_interval(secs => :seconds) FROM unnest(minute_ends) AS t),
        lease_ends = ARRAY(SELECT t - make_interval(secs => :seconds) FROM unnest(lease_ends) AS t),
        waiting_until = ARRAY(SELECT t - make_interval(secs => :seconds) FROM unnest(waiting_until) AS t),
        bulk_at = bulk_at - make_interval(secs => :seconds),
        served_at = served_at - make_interval(secs => :seconds),
        failing_since = failing_since - make_interval(secs => :seconds),
        outage_since = outage_since - make_interval(secs => :seconds),
        trial_since = trial_since - make_interval(secs => :seconds),
        probed_at = probed_at - make_interval(secs => :seconds),
        cool_down_until = cool_down_until - make_interval(secs => :seconds),
        day_slot = day_slot - floor(:seconds / 600)::bigint
    WHERE organisation = :organisation
""")
OLDER = text("""
    UPDATE zoho_pipeline.outages SET
        began_at = began_at - make_interval(secs => :seconds), ended_at = ended_at - make_interval(secs => :seconds)
    WHERE organisation = :organisation
""")


@dataclass
class Rig:
    """One organisation's budget; limits are for every caller unless given with the call."""

    engine: Engine
    per_minute: int = 1000
    per_day: int = 100_000
    in_flight: int = 1000
    burst: int = 1_000_000
    space: float = 0.0
    organisation: str = "1"
    numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    def __post_init__(self) -> None:
        stopped = create_engine(self.engine.url, poolclass=NullPool, connect_args=_STOPPED)
        self.connection = stopped.connect().execution_options(isolation_level="AUTOCOMMIT")

    def ask(
        self, *, ticket: int | None = None, urgent: bool = False, ended: tuple[int, ...] = (), **more: Any
    ) -> Asked:
        """Ask for a permit, under a new ticket unless one is given."""
        ticket = ticket or next(self.numbers) * (-1 if urgent else 1)
        row = self.connection.exec_driver_sql(take(), self._values(ticket, ended, more)).one()
        return Asked(ticket, row)

    def ask_together(self, askings: Sequence[dict[str, Any]], ended: tuple[int, ...], **more: Any) -> list[Row[Any]]:
        """What several callers are told who ask by one statement; each asking may differ in what it is about."""
        values = [self._values(0, ended, more | asking) for asking in askings]
        about = [asking for each in values for asking in json.loads(str(each["asked"]))]
        return list(self.connection.exec_driver_sql(take(), values[0] | {"asked": json.dumps(about)}))

    def end(self, *tickets: int, **more: Any) -> str | None:
        """Say that calls have ended (Zoho served them, unless told otherwise); what that did to the circuit."""
        turned: str | None = (
            self.connection.exec_driver_sql(take(), self._values(0, tickets, more | {"wanted": False})).one().turned
        )
        return turned

    def let_pass(self, seconds: float) -> None:
        """Let time pass."""
        for statement in (LET_PASS, OLDER):
            self.connection.execute(statement, {"organisation": self.organisation, "seconds": seconds})

    def row(self) -> Row[Any]:
        """The budget's row."""
        statement = text("SELECT * FROM zoho_pipeline.api_budget WHERE organisation = :organisation")
        return self.connection.execute(statement, {"organisation": self.organisation}).one()

    def _values(self, ticket: int, ended: tuple[int, ...], more: dict[str, Any]) -> dict[str, Any]:
        about: dict[str, Any] = {
            "ticket": ticket, "wanted": True, "lease": 60.0, "writes": False, "probes": False,
            "per_minute": self.per_minute, "per_day": self.per_day, "in_flight": self.in_flight,
            "burst": self.burst, "space": self.space, "method": "GET", "endpoint": "GET /customers", "purpose": "bulk",
            "entity": "customers", "record_id": "c-1", "run_id": "run-1",
        }  # fmt: skip
        summary: dict[str, Any] = {
            "ended": list(ended), "lingering": [], "statuses": [200] * len(ended), "codes": [0] * len(ended),
            "ms": [1] * len(ended), "served": list(ended), "served_ago": 0.0, "failed": [], "wrote": [],
            "failure": None, "pause": 0.0, "pause_limit": None,
        }  # fmt: skip
        about |= {name: value for name, value in more.items() if name in about}
        summary |= {name: value for name, value in more.items() if name in summary}
        assert more.keys() <= about.keys() | summary.keys()
        return parameters(self.organisation, [Asking(about)], summary)


@dataclass(frozen=True)
class Asked:
    """A ticket and what was said to it."""

    ticket: int
    said: Row[Any]

    @property
    def granted(self) -> bool:
        return bool(self.said.granted)

    @property
    def reason(self) -> str | None:
        reason: str | None = self.said.reason
        return reason
