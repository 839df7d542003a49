"""What a fault can lay hands on while a run is played."""

import os
import random
import signal
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, text

from faults.misfortunes import Misfortune
from faults.small_world import LINK, TABLE, SmallWorld
from faults.stage import Stage
from faults.worker import Order, Report, read_report, work
from zoho_pipeline_tests.practice.rows import CircleTel
from zoho_pipeline_tests.practice.zoho import PracticeZoho

PATIENCE_SECONDS = 60.0
"""A worker that is not done by then is stuck."""
POLL_SECONDS = 0.01


@dataclass
class Worker:
    """A worker process and its order."""

    order: Order
    process: BaseProcess

    @property
    def alive(self) -> bool:
        return self.process.is_alive()

    @property
    def stopped(self) -> bool:
        """Whether SIGSTOP holds it."""
        try:
            state = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            return False
        return state == "T"

    def signal(self, name: str) -> None:
        """Send it a signal, if it still is."""
        if self.alive and self.process.pid is not None:
            os.kill(self.process.pid, getattr(signal, f"SIG{name}"))

    @property
    def report(self) -> Report | None:
        return read_report(self.order)


@dataclass
class Scene:
    """One run's world and workers. Faults use it to strike, to act while workers run, and to clear up."""

    stage: Stage
    engine: Engine
    world: SmallWorld
    dice: random.Random
    environ: dict[str, str]
    wanted: int
    """How many workers are to start."""
    reports: Path
    workers: list[Worker] = field(default_factory=list)
    misfortune: Misfortune | None = None
    """What befalls the first worker from within."""
    gone: set[str] = field(default_factory=set)
    """Objects that people deleted in Zoho."""
    merged: dict[str, str] = field(default_factory=dict)
    """Customers that people merged in Zoho: from, into."""
    notes: list[str] = field(default_factory=list)
    kept: dict[str, Any] = field(default_factory=dict)
    """What a fault keeps for itself between its steps."""

    @property
    def zoho(self) -> PracticeZoho:
        return self.stage.zoho

    @property
    def entity(self) -> str:
        return self.world.entity

    @property
    def table(self) -> str:
        return TABLE[self.entity]

    @property
    def circletel(self) -> CircleTel:
        return CircleTel(self.engine)

    @property
    def url(self) -> str:
        return self.environ["CIRCLETEL_DATABASE_URL"]

    def some(self, most: int | None = None) -> int:
        """One of the rows to be created, by its place in the order of sending."""
        return self.dice.randint(1, max(1, most or self.world.to_create))

    def befall(self, kind: str, **more: Any) -> None:
        """Let a fault befall creates of the run's entity (or what else `method` and `path` say)."""
        more.setdefault("method", "POST")
        more.setdefault("path", f"/{self.entity}$")
        more.setdefault("match", {"skip": self.some() - 1})
        self.zoho.befall(kind, **more)

    def fired(self) -> int:
        """How often the faults laid in Zoho have struck."""
        return sum(int(rule["fired"]) for rule in self.zoho.control.call("GET", "faults")["rules"])

    def until(self, happened: Callable[[], object], seconds: float = 10.0) -> bool:
        """Wait for it; False if the workers ended, or the time ran out, before."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if happened():
                return True
            if not any(worker.alive for worker in self.workers):
                return bool(happened())
            time.sleep(POLL_SECONDS)
        return False

    def scalar(self, statement: str, **values: Any) -> Any:
        """One value of the database."""
        with self.engine.connect() as connection:
            return connection.execute(text(statement), values).scalar()

    def execute(self, statement: str, **values: Any) -> None:
        """A change in the database."""
        with self.engine.begin() as connection:
            connection.execute(text(statement), values)

    def unlinked(self) -> list[str]:
        """Good rows that are not linked now."""
        query = f"SELECT id::text FROM {self.table} WHERE {LINK[self.entity]} IS NULL AND id = ANY(:ids)"  # noqa: S608
        with self.engine.connect() as connection:
            query = query.replace(":ids", "CAST(:ids AS uuid[])")
            return sorted(connection.execute(text(query), {"ids": self.world.good}).scalars())

    def start(
        self, count: int, entities: Sequence[str], misfortune: Misfortune | None = None, only_lists: bool = False
    ) -> list[Worker]:
        """Start workers; a misfortune befalls the first of them."""
        started = []
        for place in range(count):
            number = len(self.workers) + 1
            order = Order(
                number, self.environ, tuple(entities), str(self.reports / f"{number}.json"),
                misfortune if place == 0 else None, only_lists,
            )  # fmt: skip
            process = self.stage.processes.Process(target=work, args=(order,), name=f"worker-{number}")
            process.start()
            worker = Worker(order, process)
            self.workers.append(worker)
            started.append(worker)
        return started

    def kill_all(self) -> None:
        """`kill -9` for every worker."""
        for worker in self.workers:
            worker.signal("KILL")

    def wait(self, seconds: float = PATIENCE_SECONDS) -> list[Worker]:
        """Wait for all workers; those that were stuck, and have been killed now."""
        end = time.monotonic() + seconds
        stuck = []
        for worker in self.workers:
            worker.process.join(max(0.0, end - time.monotonic()))
            if worker.alive:
                stuck.append(worker)
                worker.signal("KILL")
                worker.process.join(5)
        return stuck
