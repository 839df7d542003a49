"""One practice world in one directory: PostgreSQL with CircleTel's tables, a practice Zoho, and what is known of both.

What belongs here: bringing it up, down and back to its beginning. What does not: the rows that it is filled with
(`filling.py`), single processes (`processes.py`), and Dagster (`dagster.py`).
"""

import fcntl
import json
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import requests

from zoho_pipeline.errors import Foreseen
from zoho_pipeline.sandbox import filling
from zoho_pipeline.sandbox.dagster import make_home
from zoho_pipeline.sandbox.environment import inherited
from zoho_pipeline.sandbox.ports import LOOPBACK, free_ports, in_use
from zoho_pipeline.sandbox.postgres import EmbeddedPostgres
from zoho_pipeline.sandbox.processes import Processes

ZOHO = "practice Zoho"
START_SECONDS = 60
OWN = ("dagster", "logs", "postgres", "server", "zoho", "processes.json", "world.json")
"""What the practice world keeps in its directory."""

Tell = Callable[[str], None]


class SandboxDown(Foreseen):
    """There is no practice world in the directory, or it does not run."""


class SandboxBusy(Foreseen):
    """Somebody else is at work in the directory."""


@dataclass(frozen=True)
class Facts:
    """What later commands must know of a world; kept in `world.json` once it is complete."""

    token: str
    first_month: str
    zoho_port: int
    vat_exception_skus: str = ""
    ended_cleanly: bool = False
    """Whether the practice Zoho could save its state when it was last stopped."""


class Sandbox:
    """The practice world of a directory."""

    def __init__(self, directory: Path, environ: Mapping[str, str]) -> None:
        self.directory = directory.expanduser().resolve()
        self.processes = Processes(self.directory)
        self._environ = inherited(environ)
        self._facts_file = self.directory / "world.json"
        self._zoho_state = self.directory / "zoho" / "state.json"

    @contextmanager
    def held(self) -> Iterator[None]:
        """Nobody else starts or stops anything in the directory meanwhile.

        Raises:
            SandboxBusy: when somebody does.
        """
        self.directory.mkdir(parents=True, exist_ok=True)
        with (self.directory / "lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise SandboxBusy(
                    f"Another command is at work in {self.directory}, perhaps a demo that still runs: end it first, or "
                    "choose another place with --directory."
                ) from None
            yield

    def up(self, tell: Tell) -> Facts:
        """Bring it up: as it was when it was stopped, or new with sample data where there is none."""
        facts = self.facts()
        if facts and self.runs():
            return facts
        if facts and not facts.ended_cleanly:
            tell("The practice world was cut off before it could save: it starts anew.")
            facts = None
        return self._resume(facts, tell) if facts else self._begin(tell)

    def down(self) -> None:
        """End everything that runs in it; its data stays."""
        began = time.time()
        self.processes.stop(but=[ZOHO])  # first those that call it
        self.processes.stop()
        if server := EmbeddedPostgres.find(self.directory):
            server.stop()
        state = self._zoho_state
        if state.exists() and state.stat().st_mtime >= began and (facts := self.facts()):
            self._write(replace(facts, ended_cleanly=True))

    def wipe(self) -> None:
        """End everything and remove its data; whatever else lies in the directory is left alone."""
        self.down()
        for entry in (self.directory / name for name in OWN):
            shutil.rmtree(entry.resolve(), ignore_errors=True)  # the server's data may lie elsewhere, behind a link
            entry.unlink(missing_ok=True)

    def runs(self) -> bool:
        """Whether its database and its Zoho are there."""
        zoho = [process for process in self.processes.all() if process.name == ZOHO and process.runs()]
        return bool(zoho) and EmbeddedPostgres.find(self.directory) is not None

    def facts(self) -> Facts | None:
        """What is known of it; None where no world was completed."""
        try:
            return Facts(**json.loads(self._facts_file.read_text()))
        except (FileNotFoundError, ValueError, TypeError):
            return None

    def variables(self) -> dict[str, str]:
        """The variables with which commands work on this world.

        Raises:
            SandboxDown: when it does not run.
        """
        facts, server = self.facts(), EmbeddedPostgres.find(self.directory)
        if facts is None or server is None or not self.runs():
            raise SandboxDown(f"No practice world runs in {self.directory}: start it with zoho-pipeline sandbox up.")
        return filling.zoho_variables(facts.zoho_port) | {
            "ZOHO_PIPELINE_SANDBOX": facts.token,
            "CIRCLETEL_DATABASE_URL": server.url("circletel"),
            "CIRCLETEL_FIRST_MONTH": facts.first_month,
            "CIRCLETEL_APP_GRACE_SECONDS": "0",
            "CIRCLETEL_VAT_EXCEPTION_SKUS": facts.vat_exception_skus,
            "RECONCILIATION_REPORTS_URL": str(self.directory / "reports"),
            "DAGSTER_HOME": str(self.directory / "dagster"),
            "DAGSTER_POSTGRES_URL": server.url("dagster"),
        }

    def child_environ(self) -> dict[str, str]:
        """All variables of a process of this world: its own, and of the surrounding ones what is harmless."""
        return self._environ | self.variables() | {"PYTHONUNBUFFERED": "1"}

    def _begin(self, tell: Tell) -> Facts:
        self.wipe()
        try:
            return self._make(tell)
        except BaseException:
            self.down()  # half a world is of no use to anybody
            raise

    def _make(self, tell: Tell) -> Facts:
        tell("Starting PostgreSQL and the practice Zoho")
        make_home(self.directory / "dagster")
        port = self._start_zoho(free_ports(1)[0])
        server = EmbeddedPostgres.start(self.directory, keep_running=True)
        server.create_database("dagster")
        url = server.create_database("circletel")
        self._wait_for_zoho(port)
        filled = filling.fill(url, port, tell)
        self._zoho_state.write_text(filled.zoho_state)
        return self._write(
            Facts(filled.token, filled.first_month, port, vat_exception_skus=",".join(sorted(filled.exclusive_skus)))
        )

    def _resume(self, facts: Facts, tell: Tell) -> Facts:
        tell("Starting PostgreSQL and the practice Zoho, with what they held")
        EmbeddedPostgres.start(self.directory, keep_running=True)
        port = free_ports(1)[0] if in_use(facts.zoho_port) else facts.zoho_port
        self._start_zoho(port)
        self._wait_for_zoho(port)
        return self._write(replace(facts, zoho_port=port, ended_cleanly=False))

    def _start_zoho(self, port: int) -> int:
        self._zoho_state.parent.mkdir(exist_ok=True)
        arguments = ["--port", str(port), "--state", str(self._zoho_state)]
        self.processes.start(ZOHO, "zoho_pipeline.sandbox.zoho", arguments, self._environ)
        return port

    def _wait_for_zoho(self, port: int) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not answers(f"http://{LOOPBACK}:{port}/_sandbox/health"):
            self.processes.check()
            if time.monotonic() > deadline:
                raise SandboxDown(f"The practice Zoho did not answer within {START_SECONDS} seconds.")
            time.sleep(0.05)

    def _write(self, facts: Facts) -> Facts:
        self._facts_file.write_text(json.dumps(asdict(facts), indent=1))
        return facts


def answers(url: str) -> bool:
    """Whether that address of this machine answers, and well."""
    with requests.Session() as session:
        session.trust_env = False
        try:
            return session.get(url, timeout=5).ok
        except requests.RequestException:
            return False
