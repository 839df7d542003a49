"""Backfill: bring the rows of the chosen entities and months into Zoho."""

import os
import socket
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection, Engine

from zoho_pipeline.budget.api_budget import PostgresBudget
from zoho_pipeline.budget.connect import billing_client
from zoho_pipeline.budget.shares import shares
from zoho_pipeline.calendar import Month, OpenMonths
from zoho_pipeline.circletel.shape import Shape, read_shape
from zoho_pipeline.clock import SystemClock, local_date
from zoho_pipeline.entities import PARENTS_FIRST, Entity
from zoho_pipeline.errors import Foreseen
from zoho_pipeline.guard import guard_database, guard_zoho
from zoho_pipeline.settings import DatabaseSettings, SyncSettings, ZohoSettings
from zoho_pipeline.store.database import open_engine, telling_of_outages
from zoho_pipeline.store.migrate import require_current
from zoho_pipeline.sync.cancelling import send_approved
from zoho_pipeline.sync.engine import SyncEngine
from zoho_pipeline.sync.leases import LeasedBudget
from zoho_pipeline.sync.planner import Planner
from zoho_pipeline.sync.recorder import Recorder
from zoho_pipeline.sync.results import PartitionResult
from zoho_pipeline.sync.results_store import save_result
from zoho_pipeline.sync.retrying import RetryPolicy
from zoho_pipeline.sync.sending import Sender
from zoho_pipeline.sync.settling import Settler
from zoho_pipeline.zoho.ports import Budget, Purpose

SPARE_CONNECTIONS = 4
"""Database connections beside one for each sending thread."""


class Paused(Foreseen):
    """Somebody has paused the pipeline."""


@dataclass(frozen=True)
class BackfillRequest:
    """What is to be done, by whom."""

    entities: frozenset[Entity]
    months: tuple[Month, ...]
    run_id: str
    by: str
    dry_run: bool = False
    max_rows: int | None = None
    """Rows to look at per entity and month at most; the rest stays for the next run."""
    confirmed: bool = False
    """A person has confirmed going over the day's ceilings."""
    urgent: bool = False
    """Goes before bulk work, at any hour."""
    only: Mapping[Entity, frozenset[str]] | None = None
    """The rows to look at, by kind, in whichever open month they are. Nothing else is done then: no approved
    cancellation is sent, and no result stands for a whole month."""

    @property
    def purpose(self) -> Purpose:
        """How pressing its calls are."""
        return Purpose.URGENT if self.urgent else Purpose.BULK


Log = Callable[[str], None]


def backfill(request: BackfillRequest, environ: dict[str, str] | None, log: Log) -> Iterator[PartitionResult]:
    """Do it, parents before children, yielding each entity's month as it is finished.

    `environ` stands in for the process's environment; `log` receives a sentence now and then on how far the run is.
    With ZOHO_WRITES off every run is a dry run.

    Raises:
        Foreseen: when it cannot start, or cannot go on (Zoho or the database is gone, the credentials are refused);
            what was done until then is recorded row by row.
    """
    sync, zoho = SyncSettings.load(environ), ZohoSettings.load(environ)
    if sync.paused:
        raise Paused("The pipeline is paused (ZOHO_PAUSED is on): nothing was read or sent. Switch it off to go on.")
    guard_zoho(sync, zoho)
    if not sync.writes and not request.dry_run:
        log("ZOHO_WRITES is off, so this is a dry run: nothing is sent to Zoho, and no row is changed.")
        request = replace(request, dry_run=True)
    engine = open_engine(DatabaseSettings.load(environ), connections=zoho.calls_in_flight + SPARE_CONNECTIONS)
    try:
        with telling_of_outages(engine, f"backfill {', '.join(sorted(request.entities))}"):
            with engine.begin() as connection:
                shape = _checked(connection, sync)
            yield from _run(request, engine, shape, sync, zoho, log)
    finally:
        engine.dispose()


def open_months(sync: SyncSettings) -> OpenMonths:
    """The months that are partitions today."""
    return OpenMonths.until(Month.parse(sync.first_month), local_date(SystemClock().now()))


def _checked(connection: Connection, sync: SyncSettings) -> Shape:
    guard_database(sync, connection)
    shape = read_shape(connection)
    require_current(connection)
    return shape


def _run(
    request: BackfillRequest, engine: Engine, shape: Shape, sync: SyncSettings, zoho: ZohoSettings, log: Log
) -> Iterator[PartitionResult]:
    if missing := sorted(set(PARENTS_FIRST) - shape.logged):
        log(
            f"CircleTel's zoho_sync_logs refuses rows of {', '.join(missing)}, so they stand in zoho_pipeline.attempts "
            "alone; `zoho-pipeline db upgrade` with a role that may alter the table mends it."
        )
    worker = f"{socket.gethostname()}:{os.getpid()}:{request.run_id}"
    counted: list[LeasedBudget] = []

    def leased(budget: PostgresBudget) -> Budget:
        counted.append(LeasedBudget(budget, engine, worker))
        return counted[-1]

    client = billing_client(zoho, engine, SystemClock(), request.run_id, wrap=leased)
    sender = Sender(
        engine=engine,
        client=client,
        shape=shape,
        settings=sync,
        recorder=Recorder(engine, shape, request.run_id),
        run_id=request.run_id,
        worker=worker,
        threads=shares(zoho).of(request.purpose).in_flight,
        confirmed=request.confirmed,
        purpose=request.purpose,
        retries=RetryPolicy(sync.max_retries, sync.retry_seconds),
        clock=SystemClock(),
        log=log,
    )
    settler = Settler(engine, shape, request.run_id, sync.settling_seconds)
    sync_engine = SyncEngine(
        engine=engine,
        shape=shape,
        months=open_months(sync),
        planner=Planner(engine, client, sync, shape, settler, request.run_id, request.purpose, request.dry_run, log),
        settler=settler,
        sender=sender,
        dry_run=request.dry_run,
        log=log,
        calls_made=lambda: sum(budget.calls for budget in counted),
        max_rows=request.max_rows,
        only=request.only,
    )
    months: Sequence[Month] = request.months
    if request.only is not None:
        months = sync_engine.months.between(sync_engine.months.first, sync_engine.months.last)
    elif Entity.SUBSCRIPTIONS in request.entities:
        send_approved(sender, dry_run=request.dry_run)
    for entity in (kind for kind in PARENTS_FIRST if kind in request.entities):
        for result in sync_engine.sync(entity, months):
            if request.only is None:
                save_result(engine, request.run_id, result)
            yield result
            if sender.stopped is not None and sender.stopped.fault is not None:
                raise sender.stopped.fault
