"""What a fault can lay hands on while a run is played."""

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, text

from faults.crew import PATIENCE_SECONDS, POLL_SECONDS, Worker, start_together, wait_for
from faults.misfortunes import Misfortune
from faults.small_world import LINK, TABLE, SmallWorld
from faults.stage import Stage
from faults.worker import Order
from zoho_pipeline_tests.practice.rows import CircleTel
from zoho_pipeline_tests.practice.zoho import PracticeZoho


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
    """What befalls the first worker, or every one, from within."""
    gone: set[str] = field(default_factory=set)
    """Objects that people deleted in Zoho."""
    merged: dict[str, str] = field(default_factory=dict)
    """Customers that people merged in Zoho: from, into."""
    notes: list[str] = field(default_factory=list)
    required: list[Callable[[], object]] = field(default_factory=list)
    """What must have happened if the fault is to count as struck."""
    hits: set[str] = field(default_factory=set)
    """The steps of a fault that met their moment."""
    kept: dict[str, Any] = field(default_factory=dict)
    """What a fault keeps for itself between its steps."""
    _numbers: "count[int]" = field(default_factory=lambda: count(1))

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
        """One of the rows that are sure to be created, by its place in the order of sending."""
        return self.dice.randint(1, most or self.world.sure)

    def befall(self, kind: str, **more: Any) -> None:
        """Let a fault befall creates of the run's entity (or what else `method` and `path` say)."""
        more.setdefault("method", "POST")
        more.setdefault("path", f"/{self.entity}$")
        more.setdefault("match", {"skip": self.some() - 1})
        self.zoho.befall(kind, **more)

    def require(self, happened: Callable[[], object]) -> None:
        """The fault has struck only if this is so once the workers have ended."""
        self.required.append(happened)

    def lay(self, name: str) -> None:
        """The fault has struck only if `hit` is told the same name."""
        self.require(lambda: name in self.hits)

    def hit(self, name: str) -> None:
        """That step met its moment."""
        self.hits.add(name)

    def struck(self) -> bool:
        """Whether everything that was laid has struck: in Zoho, in the database, in a worker. Nothing laid is none."""
        rules = self.zoho.control.call("GET", "faults")["rules"]
        laid = [*(rule["fired"] for rule in rules), *(happened() for happened in self.required)]
        if self.misfortune is not None:
            laid.append(self.befallen)
        return bool(laid) and all(laid)

    @property
    def befallen(self) -> bool:
        """Whether the misfortune has come over a worker."""
        return any(worker.order.marks.befallen.exists() for worker in self.workers)

    def fired(self) -> int:
        """How often the faults laid in Zoho have struck."""
        return sum(int(rule["fired"]) for rule in self.zoho.control.call("GET", "faults")["rules"])

    def until(self, happened: Callable[[], object], seconds: float = PATIENCE_SECONDS) -> bool:
        """Wait for it; False if all workers ended, or the time ran out, before."""
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

    def start(self, number: int, entities: Sequence[str], misfortune: Misfortune | None = None) -> list[Worker]:
        """Start workers, all at the same moment.

        A misfortune befalls every one of them, or the first; then the others begin when it has befallen that, or they
        might have all the rows before.
        """
        if misfortune is None:
            return self._start([self._order(entities) for _ in range(number)])
        if misfortune.everybody:
            return self._start([self._order(entities, misfortune) for _ in range(number)])
        first = self._start([self._order(entities, misfortune)])
        self.until(lambda: self.befallen)
        return first + self._start([self._order(entities) for _ in range(number - 1)])

    def list_again(self) -> Worker:
        """A worker that only reads Zoho's lists, to its end."""
        (worker,) = self._start([self._order((), only_lists=True)])
        worker.process.join(PATIENCE_SECONDS)
        return worker

    def _order(self, entities: Sequence[str], misfortune: Misfortune | None = None, only_lists: bool = False) -> Order:
        number = next(self._numbers)
        return Order(number, self.environ, tuple(entities), str(self.reports), misfortune, only_lists)

    def _start(self, orders: Sequence[Order]) -> list[Worker]:
        started = start_together(self.stage.processes, orders)
        self.workers += started
        return started

    def kill_all(self) -> bool:
        """`kill -9` for every worker; whether any was still at work."""
        alive = [worker for worker in self.workers if worker.alive]
        for worker in alive:
            worker.signal("KILL")
        return bool(alive)

    def wait(self, seconds: float = PATIENCE_SECONDS) -> list[Worker]:
        """Wait for all workers; those that were stuck, and have been killed now."""
        return wait_for(self.workers, seconds)
