"""What a simulation is played on, as faults, people and judges lay hands on it."""

import json
import logging
import time
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg2
from sqlalchemy import Engine

from simulation.clock import WorldClock
from zoho_pipeline.sandbox.postgres import EmbeddedPostgres
from zoho_pipeline_tests.alerts.receivers import Hook, MailServer
from zoho_pipeline_tests.practice.rows import CircleTel
from zoho_pipeline_tests.practice.zoho import PracticeZoho

PATIENCE_SECONDS = 20


class Spoken(logging.Handler):
    """The channel `log`, as it arrives."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())


@dataclass
class Stage:
    """All of it, and the environment of the product."""

    directory: Path
    server: EmbeddedPostgres
    engine: Engine
    clock: WorldClock
    zoho: PracticeZoho
    environ: dict[str, str]
    mail: MailServer
    hook: Hook
    spoken: Spoken
    database_is_up: bool = True
    _rules: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    _dagster: str = ""
    _laid: int = 0

    @property
    def circletel(self) -> CircleTel:
        """The app's tables."""
        return CircleTel(self.engine)

    def at(self, moment: datetime) -> None:
        """Make it that moment everywhere."""
        self._wait_for_reports()
        self.clock.go_to(moment)
        self.zoho.control.call("POST", "clock", {"set": self.clock.now().isoformat()})

    def query(self, statement: str, **values: Any) -> list[Any]:
        """Rows of any query."""
        return self.circletel.query(statement, **values)

    def lay(self, name: str, rules: list[dict[str, Any]]) -> None:
        """Put rules in force in the practice Zoho."""
        self._laid += 1
        self._rules[name] = [rule | {"match": {"seed": self._laid} | rule["match"]} for rule in rules]
        self._post_rules()

    def lift(self, name: str) -> None:
        """Take them back."""
        self._rules.pop(name, None)
        self._post_rules()

    def heartbeat(self) -> None:
        """Dagster's daemon and its sensors live."""
        body = json.dumps({"timestamp": self.clock.now().timestamp()})
        with psycopg2.connect(self._dagster) as connection, connection.cursor() as cursor:
            cursor.execute("UPDATE daemon_heartbeats SET body = %s", (body,))
            cursor.execute("UPDATE job_ticks SET tick_body = %s", (body,))
        connection.close()

    def stop_database(self) -> None:
        """PostgreSQL goes down."""
        self.database_is_up = False
        self.clock.close()
        self.server.stop()

    def start_database(self) -> None:
        """It comes back."""
        EmbeddedPostgres.start(self.directory)
        self.database_is_up = True

    def _wait_for_reports(self) -> None:
        """Every call's end has been reported to the budget, as it is within a second: no hours must pass before."""
        running = "SELECT count(*) FROM zoho_pipeline.api_calls WHERE ms IS NULL"
        end = time.monotonic() + PATIENCE_SECONDS
        while self.database_is_up and self.query(running)[0].count:
            if time.monotonic() > end:
                raise TimeoutError("the ends of calls were not reported")
            time.sleep(0.02)

    def _post_rules(self) -> None:
        self.zoho.control.call("DELETE", "faults")
        if rules := [rule for laid in self._rules.values() for rule in laid]:
            self.zoho.control.call("POST", "faults", {"rules": rules})


def dsn(engine: Engine) -> str:
    """The address as psycopg2 takes it."""
    return f"host={engine.url.query['host']} dbname={engine.url.database} user=postgres"
