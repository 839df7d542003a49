"""Processes that call the practice Zoho: bulk ones as often as they may, an urgent one now and then.

What belongs here: what runs in each process, and what it notes. Whose leave it waits for is told by the task.
"""

import multiprocessing
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from multiprocessing.synchronize import Barrier
from typing import Any

from sqlalchemy import Engine, event

from benchmarks.counting import round_trips
from zoho_pipeline.budget.connect import billing_client
from zoho_pipeline.clock import SystemClock
from zoho_pipeline.settings import DatabaseSettings, ZohoSettings
from zoho_pipeline.store.database import open_engine
from zoho_pipeline.zoho.errors import ZohoError
from zoho_pipeline.zoho.ports import About, Budget, Call, CallRecord, Purpose

SPAWN = multiprocessing.get_context("spawn")
CONNECTIONS = 3
PATIENCE_SECONDS = 120.0

OpenBudget = Callable[[ZohoSettings, DatabaseSettings, "Cost"], AbstractContextManager[Budget]]
"""Makes another budget than the pipeline's own; it adds what its statements cost."""


@dataclass
class Cost:
    """What permits cost in PostgreSQL: statements, BEGIN and COMMIT, and the seconds that they took."""

    round_trips: int = 0
    seconds: float = 0.0


@dataclass(frozen=True)
class Task:
    """What a process is to do. `every_seconds` is 0 for one that calls as often as it may."""

    environ: Mapping[str, str]
    seconds: float
    purpose: Purpose = Purpose.BULK
    every_seconds: float = 0.0
    other_budget: OpenBudget | None = None


@dataclass
class Noted:
    """What a process has noted: seconds until each permit, what its permits cost, and errors that it met."""

    purpose: Purpose
    waits: list[float] = field(default_factory=list)
    cost: Cost = field(default_factory=Cost)
    errors: Counter[str] = field(default_factory=Counter)


def run_together(tasks: list[Task]) -> list[Noted]:
    """Each task in a process of its own, all beginning at the same moment."""
    all_there, notes = SPAWN.Barrier(len(tasks)), SPAWN.SimpleQueue()
    processes = [SPAWN.Process(target=_work, args=(task, all_there, notes)) for task in tasks]
    for process in processes:
        process.start()
    noted = _collected(notes, processes)
    for process in processes:
        process.join()
    return noted


def _collected(notes: Any, processes: list[Any]) -> list[Noted]:
    """What every process has noted.

    Raises:
        RuntimeError: one ended without a note.
    """
    noted: list[Noted] = []
    while len(noted) < len(processes):
        if not notes.empty():
            noted.append(notes.get())
        elif bad := [process.exitcode for process in processes if process.exitcode]:
            for process in processes:
                process.terminate()
            raise RuntimeError(f"a calling process ended with status {bad[0]}")
        else:
            time.sleep(0.2)
    return noted


def _work(task: Task, all_there: Barrier, notes: Any) -> None:
    noted = Noted(task.purpose)
    zoho, database = ZohoSettings.load(task.environ), DatabaseSettings.load(task.environ)
    engine = open_engine(database, CONNECTIONS)
    with _other_budget(task, zoho, database, noted.cost) as other, _counted(engine, noted.cost, other is None):
        client = billing_client(
            zoho, engine, SystemClock(), f"benchmark-{task.purpose}", wrap=lambda own: _Timed(other or own, noted.waits)
        )
        about = About(name="the taxes", purpose=task.purpose)
        all_there.wait(PATIENCE_SECONDS)
        began = time.monotonic()
        while time.monotonic() - began < task.seconds:
            try:
                client.taxes(about)
            except ZohoError as error:
                noted.errors[type(error).__name__] += 1
            time.sleep(task.every_seconds)
    engine.dispose()
    notes.put(noted)


@contextmanager
def _other_budget(task: Task, zoho: ZohoSettings, database: DatabaseSettings, cost: Cost) -> Iterator[Budget | None]:
    if task.other_budget is None:
        yield None
    else:
        with task.other_budget(zoho, database, cost) as budget:
            yield budget


class _Timed:
    """A budget whose permits are timed."""

    def __init__(self, budget: Budget, waits: list[float]) -> None:
        self._budget = budget
        self._waits = waits

    @contextmanager
    def permit(self, call: Call) -> Iterator[CallRecord]:
        began = time.perf_counter()
        with self._budget.permit(call) as record:
            self._waits.append(time.perf_counter() - began)
            yield record


@contextmanager
def _counted(engine: Engine, cost: Cost, counts: bool) -> Iterator[None]:
    """Add to the cost what travels over the engine."""
    if not counts:
        yield
        return
    began: dict[int, float] = {}

    def before(_connection: Any, cursor: Any, *_: object) -> None:
        began[id(cursor)] = time.perf_counter()

    def after(_connection: Any, cursor: Any, *_: object) -> None:
        cost.seconds += time.perf_counter() - began.pop(id(cursor))

    event.listen(engine, "before_cursor_execute", before)
    event.listen(engine, "after_cursor_execute", after)
    with round_trips() as trips:
        yield
    cost.round_trips += trips.total
