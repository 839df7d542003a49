"""The processes of the practice world: started apart from the terminal, written down, ended when told.

A process is known by its id *and* the moment it started, so that an id that was given away again is never ended.
Each is the leader of a session of its own, and ends with everything that it started itself.
"""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

from zoho_pipeline.errors import Foreseen

GRACE_SECONDS = 15
"""How long a process may take to end by itself."""

LINES_SHOWN = 5


class ProcessEnded(Foreseen):
    """A process of the practice world ended though it should run."""


@dataclass(frozen=True)
class Process:
    """One process that was started, and when (as the system tells it)."""

    name: str
    pid: int
    started: float

    def members(self) -> list[psutil.Process]:
        """The process and all it started that still run; none if the id belongs to somebody else by now."""
        try:
            if abs(psutil.Process(self.pid).create_time() - self.started) > 1:
                return []
        except psutil.NoSuchProcess:
            pass  # the leader is gone, but the session's id stays taken while it has members
        return [process for process in psutil.process_iter() if _session(process.pid) == self.pid and _runs(process)]

    def runs(self) -> bool:
        """Whether the process itself, not only something it started, is there."""
        return any(member.pid == self.pid for member in self.members())


class Processes:
    """What was started in one directory, written into `processes.json`, each with a log in `logs/`."""

    def __init__(self, directory: Path) -> None:
        self._file = directory / "processes.json"
        self._logs = directory / "logs"

    def start(
        self, name: str, module: str, arguments: Sequence[str], environ: Mapping[str, str], cwd: Path | None = None
    ) -> Process:
        """Start `python -m module arguments` with exactly these variables."""
        self._logs.mkdir(parents=True, exist_ok=True)
        with _undisturbed(), self.log(name).open("wb") as log:
            child = subprocess.Popen(
                [sys.executable, "-m", module, *arguments],
                env=dict(environ),
                cwd=cwd or self._file.parent,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            child.returncode = 0  # from here on it is known by its id; Popen would warn that it still runs
            process = Process(name, child.pid, psutil.Process(child.pid).create_time())
            self._write([*self.all(), process])
        return process

    def log(self, name: str) -> Path:
        """Where the process writes what it has to say."""
        return self._logs / f"{name.replace(' ', '-')}.log"

    def all(self) -> list[Process]:
        """What was started and not stopped yet, oldest first."""
        try:
            return [Process(**entry) for entry in json.loads(self._file.read_text())]
        except (FileNotFoundError, ValueError, TypeError):
            return []

    def check(self) -> None:
        """See that everything started still runs.

        Raises:
            ProcessEnded: naming the first that does not, with the end of its log.
        """
        for process in self.all():
            if not process.runs():
                log = self.log(process.name)
                raise ProcessEnded(f"{process.name} has ended by itself; the end of {log} is:\n{_tail(log)}")

    def stop(self, *, but: Collection[str] = ()) -> None:
        """End all processes except those named, and wait until they are gone."""
        kept = [process for process in self.all() if process.name in but]
        _end([process for process in self.all() if process not in kept])
        self._write(kept)

    def _write(self, processes: Sequence[Process]) -> None:
        self._file.parent.mkdir(parents=True, exist_ok=True)
        new = self._file.with_suffix(".new")
        new.write_text(json.dumps([asdict(process) for process in processes], indent=1))
        new.replace(self._file)


@contextmanager
def _undisturbed() -> Iterator[None]:
    """A signal that arrives meanwhile is handled afterwards: no process is started and then not written down."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    held: list[int] = []
    before = {each: signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    handled = {each: handler for each, handler in before.items() if callable(handler)}
    for each in handled:
        signal.signal(each, lambda number, _: held.append(number))
    try:
        yield
    finally:
        for each, handler in handled.items():
            signal.signal(each, handler)
        for number in held:
            signal.raise_signal(number)


def _end(processes: Sequence[Process]) -> None:
    for how, patience in ((signal.SIGTERM, GRACE_SECONDS), (signal.SIGKILL, GRACE_SECONDS)):
        members = [member for process in processes for member in process.members()]
        for member in members:
            _signal(member, how)
        deadline = time.monotonic() + patience
        while any(process.members() for process in processes) and time.monotonic() < deadline:
            time.sleep(0.05)


def _signal(process: psutil.Process, how: signal.Signals) -> None:
    with suppress(psutil.NoSuchProcess):
        process.send_signal(how)  # psutil looks at the start time again


def _session(pid: int) -> int | None:
    try:
        return os.getsid(pid)
    except (ProcessLookupError, PermissionError):
        return None


def _runs(process: psutil.Process) -> bool:
    """Whether it is more than a finished process that nobody has asked about yet; ours are asked about here."""
    try:
        if process.status() != psutil.STATUS_ZOMBIE:
            return True
    except psutil.NoSuchProcess:
        return False
    with suppress(ChildProcessError):
        os.waitpid(process.pid, os.WNOHANG)
    return False


def _tail(log: Path) -> str:
    lines = log.read_text(errors="replace").rstrip().splitlines() if log.exists() else []
    return "\n".join(lines[-LINES_SHOWN:]) or "(empty)"
