"""The demonstration: a new practice world, Dagster and the pages beside it, the main job launched through Dagster.

What belongs here: the order of things, and whether the outcome is right. What does not: what it looks like in the
terminal (`commands/demo.py`).
"""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from zoho_pipeline.entities import PARENTS_FIRST, Entity
from zoho_pipeline.errors import Foreseen
from zoho_pipeline.sandbox.dagster import Dagster
from zoho_pipeline.sandbox.dagster_client import DagsterClient, MonthDone
from zoho_pipeline.sandbox.ports import LOOPBACK, free_ports, in_use
from zoho_pipeline.sandbox.world import Sandbox, Tell, answers

USUAL_PORT, USUAL_PAGES_PORT = 3000, 8480
PAGES = "pages"
PAGES_LEAD_TO = ("ZOHO_DAGSTER_URL", "ZOHO_DAGSTER_LINK")
START_SECONDS = 120


@dataclass(frozen=True)
class Expected:
    """What a launched backfill is going to report: so many months of the four kinds."""

    backfill_id: str
    months: tuple[str, ...]

    @property
    def partitions(self) -> int:
        return len(self.months) * len(PARENTS_FIRST)


@dataclass
class Outcome:
    """What the main job did, as its run reported it to Dagster."""

    expected: Expected
    done: list[MonthDone] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    """What the run said when it failed: it does so wherever a month is red."""
    green: Counter[Entity] = field(default_factory=Counter)
    red: Counter[Entity] = field(default_factory=Counter)

    def sum(self, kind: Entity, label: str) -> float:
        """A figure of all the kind's months together."""
        return sum(float(month.values.get(label) or 0) for month in self.done if month.entity is kind)

    def complaints(self) -> list[str]:
        """What is not as it must be; nothing where every month of every kind is accounted for."""
        found = []
        if len(self.done) < self.expected.partitions:
            found += [f"The run ended early: {failure}" for failure in self.failures]
        for kind in PARENTS_FIRST:
            reported = Counter(month.month for month in self.done if month.entity is kind)
            unclear = [month for month in self.expected.months if reported[month] != 1]
            if unclear:
                found.append(f"{kind}: not reported exactly once: {', '.join(unclear)}")
            if self.green[kind] + self.red[kind] != len(self.expected.months):
                found.append(f"{kind}: {self.green[kind]} green and {self.red[kind]} red months do not make up all")
        return found


class Demo:
    """One demonstration in a directory. Whoever makes it must end it with `stop`.

    Attributes:
        client: asks Dagster; there once it was started.
    """

    client: DagsterClient

    def __init__(self, sandbox: Sandbox, port: int | None, tell: Tell) -> None:
        self.sandbox = sandbox
        self._tell = tell
        self._port = port
        if port is not None and in_use(port):
            raise Foreseen(f"Port {port} is in use: choose another one with --port, or leave it out.")

    def start(self) -> Expected:
        """Make the world, start Dagster, and launch the backfill of everything."""
        self.sandbox.wipe()
        self.sandbox.up(self._tell)
        self._tell("Starting Dagster: code server, web server, daemon")
        dagster = self._start_dagster()
        self.client = DagsterClient(dagster.url)
        self._wait(self.client.ready, "Dagster")
        self.client.make_pool_known()
        months = tuple(self.client.partition_keys(Entity.CUSTOMERS))
        backfill_id = self.client.launch_backfill(title="Demonstration: everything, all months")
        dagster.start_daemon()  # last: it looks for backfills when it starts, and then only every 30 seconds
        return Expected(backfill_id, months)

    def start_pages(self) -> str:
        """Start the operations and finance pages; their address. They answer some seconds later."""
        port = _port(USUAL_PAGES_PORT)
        environ = self.sandbox.child_environ() | dict.fromkeys(PAGES_LEAD_TO, self.client.url)
        self.sandbox.processes.start(PAGES, "zoho_pipeline.cli", ["dashboard", "--port", str(port)], environ)
        return f"http://{LOOPBACK}:{port}"

    def wait_for_pages(self, url: str) -> None:
        """Until the pages answer.

        Raises:
            Foreseen: when they do not.
        """
        self._wait(lambda: answers(f"{url}/sign-in"), "The pages")

    def follow(self, expected: Expected) -> Iterator[MonthDone]:
        """Each month as it is reported, until the backfill has ended."""
        return self.client.follow(expected.backfill_id, expected.partitions, self.check)

    def outcome(self, expected: Expected, done: list[MonthDone]) -> Outcome:
        """What came of it, with the colours that Dagster shows."""
        outcome = Outcome(expected, done, self.client.why_failed(expected.backfill_id))
        for kind in PARENTS_FIRST:
            counts = self.client.partition_counts(kind)
            outcome.green[kind], outcome.red[kind] = counts["numMaterialized"], counts["numFailed"]
        return outcome

    def check(self) -> None:
        """See that everything still runs.

        Raises:
            Foreseen: naming what has ended by itself.
        """
        self.sandbox.processes.check()
        if not self.sandbox.runs():
            raise Foreseen(f"PostgreSQL has ended by itself; its log is in {self.sandbox.directory}/postgres/log.")

    def stop(self) -> None:
        """End every process that was started."""
        self.sandbox.down()

    def _start_dagster(self) -> Dagster:
        environ = self.sandbox.child_environ()
        home = Path(environ["DAGSTER_HOME"])
        dagster = Dagster(home, free_ports(1)[0], self._port or _port(USUAL_PORT), environ, self.sandbox.processes)
        dagster.prepare()
        dagster.start_servers()
        return dagster

    def _wait(self, ready: Callable[[], bool], what: str) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not ready():
            self.check()
            if time.monotonic() > deadline:
                raise Foreseen(
                    f"{what} was not ready within {START_SECONDS} seconds: see {self.sandbox.directory}/logs."
                )
            time.sleep(0.2)


def _port(usual: int) -> int:
    return free_ports(1)[0] if in_use(usual) else usual
