"""A practice world in which every health check is content, and ways to make one of them discontent."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any
from uuid import uuid4

from sqlalchemy import Engine, create_engine, text

from zoho_pipeline.actions.health import read_health
from zoho_pipeline.budget.sealing import Seal
from zoho_pipeline.entities import PARENTS_FIRST, Entity
from zoho_pipeline.health.check import HealthReport, Level
from zoho_pipeline.settings import ZohoSettings
from zoho_pipeline_tests.practice.rows import ZOHO_ID
from zoho_pipeline_tests.practice.world import TABLE, PracticeWorld

ROWS = 60
"""Of each kind: one that is amiss leaves more than 98 % well."""
PARTS_OF_THE_DAEMON = ("SENSOR", "SCHEDULER")


@dataclass
class WellWorld:
    """Customers, services, invoices and payments that are all in Zoho, lists that were just read, a daemon that lives.

    It is made of rows alone: nothing of it was sent.
    """

    world: PracticeWorld
    dagster: Engine
    customer: str = field(init=False)
    ids: dict[Entity, list[str]] = field(init=False)

    def __post_init__(self) -> None:
        self.world.environ["DAGSTER_POSTGRES_URL"] = self.dagster.url.render_as_string(hide_password=False)
        self.customer = self.world.circletel.customer()
        self.ids = {entity: [self.row(entity) for _ in range(ROWS)] for entity in PARENTS_FIRST}
        self.link("customers", self.customer)
        for entity, ids in self.ids.items():
            for row in ids:
                self.record(entity, row, "synced")
                self.link(TABLE[entity], row)
                self.attempt(entity, row, "created")
            self.sql("INSERT INTO zoho_pipeline.mirror_listings (entity, completed_at) VALUES (:of, now())", of=entity)
        self.sql(
            "INSERT INTO zoho_sync_logs (entity_type, entity_id, status) VALUES ('customer', :id, 'success')",
            id=str(uuid4()),
        )
        self.token()
        self.daemon_lives()

    # What is there

    def row(self, entity: Entity, **values: Any) -> str:
        """A row of that kind, in nobody's hands, just made."""
        circletel, now = self.world.circletel, datetime.now(UTC)
        fresh = {"created_at": now, "updated_at": now, **values}
        if entity is Entity.CUSTOMERS:
            return circletel.customer(**fresh)
        if entity is Entity.SUBSCRIPTIONS:
            return circletel.service(self.customer, package_id=self.package(), **fresh)
        if entity is Entity.INVOICES:
            return circletel.invoice(self.customer, **fresh)
        return circletel.payment(self.customer, **fresh)

    def package(self) -> str:
        """The one package that all services have."""
        found = self.world.circletel.query("SELECT id FROM service_packages LIMIT 1")
        return str(found[0].id) if found else self.world.circletel.package()

    def link(self, table: str, row: str, status: str = "synced") -> None:
        """It is in Zoho."""
        changes = {ZOHO_ID[table]: f"Z{uuid4().hex[:17]}", "zoho_sync_status": status}
        self.world.circletel.change(table, row, **changes)

    def record(self, entity: Entity, row: str, state: str, hours: float = 0, **more: Any) -> None:
        """What the pipeline knows of it, since so many hours."""
        values = {"entity": entity.value, "row_id": row, "state": state, **more}
        names, marks = ", ".join(values), ", ".join(f":{name}" for name in values)
        since = "now() - make_interval(secs => :seconds)"
        self.sql(
            f"INSERT INTO zoho_pipeline.sync_records ({names}, changed_at, first_seen_at, doubt_since) "
            f"VALUES ({marks}, {since}, {since}, {since})",
            **values,
            seconds=hours * 3_600,
        )

    def attempt(self, entity: Entity, row: str, outcome: str, hours: float = 0, **more: Any) -> None:
        """A send that ended so, so many hours ago."""
        values = {"entity": entity.value, "row_id": row, "outcome": outcome, "duration_ms": 400, **more}
        names, marks = ", ".join(values), ", ".join(f":{name}" for name in values)
        at = "now() - make_interval(secs => :seconds)"
        self.sql(
            f"INSERT INTO zoho_pipeline.attempts (action, run_id, worker, {names}, started_at, lease_until, ended_at) "
            f"VALUES ('create', 'run', 'worker', {marks}, {at}, {at}, {at})",
            **values,
            seconds=hours * 3_600,
        )

    def bad(self, entity: Entity, state: str, hours: float, count: int = 1, status: str = "failed") -> list[str]:
        """Rows that the pipeline has left in that state so long ago."""
        rows = [self.row(entity) for _ in range(count)]
        for row in rows:
            self.world.circletel.change(TABLE[entity], row, zoho_sync_status=status)
            self.record(entity, row, state, hours)
        return rows

    def token(self, hours: float = 0.1) -> None:
        """An access token, granted so long ago."""
        zoho = ZohoSettings.load(self.world.environ)
        self.sql("DELETE FROM zoho_pipeline.access_tokens")
        self.sql(
            "INSERT INTO zoho_pipeline.access_tokens (organisation, credentials, refreshed_at, expires_at) "
            "VALUES (:of, :by, now() - make_interval(secs => :seconds), "
            "now() - make_interval(secs => :seconds - 3600))",
            of=zoho.organisation_id, by=Seal(zoho).credentials, seconds=hours * 3_600,
        )  # fmt: skip

    def budget(self, changes: str) -> None:
        """How the circuit stands."""
        of = self.world.environ["ZOHO_ORG_ID"]
        self.sql("INSERT INTO zoho_pipeline.api_budget (organisation) VALUES (:of) ON CONFLICT DO NOTHING", of=of)
        self.sql(f"UPDATE zoho_pipeline.api_budget SET {changes}")

    def calls(self, count: int, **values: Any) -> None:
        """Calls of the last hour."""
        self.sql(
            "INSERT INTO zoho_pipeline.api_calls (id, organisation, at, method, endpoint, purpose, status, code, ms) "
            "SELECT n, :of, now() - interval '1 hour', 'GET', 'GET /plans', 'bulk', :status, :code, 10 "
            "FROM generate_series(1, :count) AS n",
            of=self.world.environ["ZOHO_ORG_ID"], count=count, **{"status": 200, "code": 0, **values},
        )  # fmt: skip

    def incident(self, level: int, scope: str = "rows", key: str = "k", by: str | None = None) -> None:
        """One that is open."""
        self.sql(
            "INSERT INTO zoho_pipeline.incidents (scope, key, title, cause, advice, level, because, rows, customers, "
            "most_rows, most_customers, opened_at, seen_at, acknowledged_by) VALUES (:scope, :key, 'Invoices fail', "
            "'unknown', 'Mend it.', :level, 'so', 0, 0, 0, 0, now(), now(), :by)",
            scope=scope, key=key, level=level, by=by,
        )  # fmt: skip

    def message(self, minutes: float) -> None:
        """A message that has waited so long; its incident is over."""
        at = "now() - make_interval(secs => :seconds)"
        self.incident(1)
        self.sql("UPDATE zoho_pipeline.incidents SET cleared_at = now()")
        self.sql(
            "INSERT INTO zoho_pipeline.incident_events (incident_id, kind, at, level, said) "
            f"SELECT id, 'opened', {at}, 1, 'so' FROM zoho_pipeline.incidents",
            seconds=minutes * 60,
        )
        self.sql(
            "INSERT INTO zoho_pipeline.messages (uid, incident_id, event_id, channel, level, subject, body, html, "
            "next_try_at, error) SELECT gen_random_uuid(), incident_id, id, 'mail', 1, '', '', '', now(), 'no route' "
            "FROM zoho_pipeline.incident_events"
        )

    def daemon_lives(self, minutes: float = 0, sensors: float = 0) -> None:
        """What Dagster 1.13 writes into its storage: heartbeats, and a sensor's tick, so many minutes ago."""
        now = datetime.now(UTC).timestamp()
        with self.dagster.begin() as connection:
            connection.execute(text("DROP TABLE IF EXISTS daemon_heartbeats, job_ticks"))
            connection.execute(text("CREATE TABLE daemon_heartbeats (daemon_type text, body text)"))
            connection.execute(text("CREATE TABLE job_ticks (id serial, type text, tick_body text)"))
            for part in PARTS_OF_THE_DAEMON:
                values = {"part": part, "body": json.dumps({"timestamp": now - minutes * 60})}
                connection.execute(text("INSERT INTO daemon_heartbeats VALUES (:part, :body)"), values)
            tick = {"body": json.dumps({"timestamp": now - sensors * 60})}
            connection.execute(text("INSERT INTO job_ticks (type, tick_body) VALUES ('SENSOR', :body)"), tick)

    def sql(self, statement: str, **values: Any) -> None:
        """Any statement."""
        self.world.circletel.execute(statement, **values)

    # What is seen

    def look(self, env: Mapping[str, str] = MappingProxyType({}), *, ask_zoho: bool = False) -> HealthReport:
        """The report, with those variables."""
        return read_health(self.world.environ | dict(env), ask_zoho=ask_zoho)

    def amiss(self, env: Mapping[str, str] = MappingProxyType({}), *, ask_zoho: bool = False) -> dict[str, Level]:
        """The checks that are not content, and their levels, with those variables."""
        return {finding.key: finding.level for finding in self.look(env, ask_zoho=ask_zoho).amiss}


@contextmanager
def made_well(world: PracticeWorld) -> Iterator[WellWorld]:
    """With tables of a Dagster of its own, beside CircleTel's."""
    dagster = create_engine(world.engine.url)
    try:
        yield WellWorld(world, dagster)
    finally:
        dagster.dispose()
