"""Worker processes: started together, signalled, waited for."""

import os
import signal
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from faults.worker import Order, Report, read_report, work

PATIENCE_SECONDS = 240.0
"""A worker that is not done by then is stuck; far more than any needs, however busy the machine is."""
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

    @property
    def waits(self) -> bool:
        """Whether it waits until it is told to go on."""
        return self.alive and self.order.marks.befallen.exists() and not self.order.marks.onward.exists()

    def signal(self, name: str) -> None:
        """Send it a signal, if it still is."""
        if self.alive and self.process.pid is not None:
            os.kill(self.process.pid, getattr(signal, f"SIG{name}"))

    @property
    def report(self) -> Report | None:
        return read_report(self.order)


def start_together(processes: Any, orders: Sequence[Order]) -> list[Worker]:
    """Start a worker for each order, and let them go once every one is there.

    Raises:
        TimeoutError: when one is never there.
    """
    started = []
    for order in orders:
        process = processes.Process(target=work, args=(order,), name=f"worker-{order.number}")
        process.start()
        started.append(Worker(order, process))
    end = time.monotonic() + PATIENCE_SECONDS
    while not all(order.ready.exists() for order in orders):
        if time.monotonic() > end:
            raise TimeoutError("the workers did not start")
        time.sleep(POLL_SECONDS / 5)
    for order in orders:
        order.go.touch()
    return started


def wait_for(workers: Iterable[Worker], seconds: float) -> list[Worker]:
    """Wait for all of them; those that were stuck, and have been killed now."""
    end = time.monotonic() + seconds
    stuck = []
    for worker in workers:
        worker.process.join(max(0.0, end - time.monotonic()))
        if worker.alive:
            stuck.append(worker)
            worker.signal("KILL")
            worker.process.join(5)
    return stuck
