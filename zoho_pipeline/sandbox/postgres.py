"""An embedded PostgreSQL for the practice world: started in a directory, found again by it, stopped when told.

What belongs here: starting and stopping one server, its databases and its address. What does not: any
table, and PostgreSQL's own programs (`postgres_cluster.py`).
"""

from __future__ import annotations

import atexit
import fcntl
import hashlib
import os
import shutil
import signal
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg2
from psycopg2 import sql

from zoho_pipeline.sandbox.postgres_cluster import (
    ALWAYS,
    FAST,
    PostgresError,
    account_may_enter,
    make_cluster,
    start_cluster,
    wait_until_gone,
)

__all__ = ["EmbeddedPostgres", "PostgresError"]

SOCKET_PATH_LIMIT = 107
"""Characters that the path of a Unix socket may have (sun_path is 108 bytes with its end mark)."""

SOCKET_NAME = ".s.PGSQL.5432"
LINK_NAME = "server"
STOP_SECONDS = 30
"""How long each of the two ways of stopping may take."""


@dataclass(frozen=True)
class EmbeddedPostgres:
    """A running server. `home` holds its `data` and `run` (socket) directories and its `log`."""

    home: Path

    @classmethod
    def start(cls, directory: Path, *, keep_running: bool = False, fast: bool = True) -> EmbeddedPostgres:
        """Start the server of this directory, made on first use; a server that already runs is joined.

        With `keep_running` it outlives this process, until `stop` is called by any process that knows the
        directory; else it ends with this process at the latest. `fast` gives up safety in a power cut.
        """
        directory = directory.expanduser().resolve()
        directory.mkdir(parents=True, exist_ok=True)
        with _locked(directory):
            home = _home_for(directory)
        server = cls(home)
        with _locked(home):
            if server._answers():
                return server
            make_cluster(home)
            start_cluster(home, ALWAYS | (FAST if fast else {}))
        if not keep_running:
            atexit.register(server._stop_if_started_here, os.getpid(), server.pid)
        return server

    @classmethod
    def find(cls, directory: Path) -> EmbeddedPostgres | None:
        """The running server of this directory, whoever started it; None where none runs."""
        link = directory.expanduser() / LINK_NAME
        server = cls(link.resolve())
        return server if link.is_symlink() and server._answers() else None

    @property
    def pid(self) -> int:
        """Process id of the server's first process."""
        try:
            return int((self.home / "data" / "postmaster.pid").read_text().split("\n", 1)[0])
        except (OSError, ValueError) as error:
            raise PostgresError(f"No PostgreSQL runs in {self.home}; start it first.") from error

    @property
    def socket_directory(self) -> Path:
        """The directory that clients name as `host`."""
        return self.home / "run"

    def url(self, database: str = "postgres") -> str:
        """Address of a database in this server, in SQLAlchemy's form."""
        return f"postgresql+psycopg2://postgres:@/{database}?host={quote(str(self.socket_directory))}"

    def create_database(self, name: str, template: str | None = None) -> str:
        """Make a database, empty or as a copy of `template` (which nobody may be using); gives its address."""
        statement = sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name))
        if template is not None:
            # File by file: through the log, which is PostgreSQL's usual way, it takes three times as long.
            statement += sql.SQL(" TEMPLATE {} STRATEGY FILE_COPY").format(sql.Identifier(template))
        self._execute(statement)
        return self.url(name)

    def drop_database(self, name: str) -> None:
        """Remove a database if it is there, ending the connections to it."""
        self._execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def stop(self) -> None:
        """End the server and wait until it has gone; a server that does not run, or is no more, is no error."""
        if not self.home.is_dir():
            return
        with _locked(self.home):
            for how in (signal.SIGINT, signal.SIGQUIT):  # PostgreSQL's "fast", then its "immediate" shutdown
                if not self._answers():
                    return
                with suppress(ProcessLookupError, PostgresError):
                    os.kill(self.pid, how)
                if wait_until_gone(self.home / "data" / "postmaster.pid", STOP_SECONDS):
                    return
        raise PostgresError(f"PostgreSQL in {self.home} did not stop within {2 * STOP_SECONDS} seconds.")

    def remove(self) -> None:
        """End the server and delete everything it holds."""
        self.stop()
        shutil.rmtree(self.home, ignore_errors=True)

    def _stop_if_started_here(self, starter: int, pid: int) -> None:
        """At the end of the starting process: stop that server, not one started later, and not from a fork."""
        if os.getpid() == starter:
            with suppress(PostgresError):
                if self.pid == pid:
                    self.stop()

    def _answers(self) -> bool:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
            try:
                client.connect(str(self.socket_directory / SOCKET_NAME))
            except OSError:
                return False
        return True

    def _execute(self, statement: sql.Composable) -> None:
        connection = psycopg2.connect(host=str(self.socket_directory), user="postgres", dbname="postgres")
        try:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(statement)
        finally:
            connection.close()


def _home_for(directory: Path) -> Path:
    """Where the server of `directory` lives; a link in the directory records it for later processes.

    That is the directory itself, unless its path is too long for a socket or the server's account may not
    enter it; then a short directory under the system's temporary one, named by a hash of the path.
    """
    link = directory / LINK_NAME
    if link.is_symlink() and link.resolve().is_dir():
        return link.resolve()
    home = directory / "postgres"
    if not _socket_fits(home) or not account_may_enter(directory):
        home = Path(tempfile.gettempdir()).resolve() / f"zp-{hashlib.sha256(os.fsencode(directory)).hexdigest()[:12]}"
        _clear_leftover(home)
    if not _socket_fits(home):
        raise PostgresError(
            f"The socket path {home / 'run' / SOCKET_NAME} is longer than {SOCKET_PATH_LIMIT} characters; "
            "choose a shorter directory, or set TMPDIR to a short one."
        )
    home.mkdir(exist_ok=True)
    link.unlink(missing_ok=True)
    link.symlink_to(home)
    return home


def _clear_leftover(home: Path) -> None:
    """End and remove what a directory of the same name left behind when it was deleted."""
    if home.is_dir():
        EmbeddedPostgres(home).remove()


def _socket_fits(home: Path) -> bool:
    return len(os.fsencode(home / "run" / SOCKET_NAME)) <= SOCKET_PATH_LIMIT


@contextmanager
def _locked(directory: Path) -> Iterator[None]:
    """Only one process at a time is at work in this directory."""
    handle = os.open(directory, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
