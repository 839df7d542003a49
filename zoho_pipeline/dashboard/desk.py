"""What the pages work with: the database, the variables, the clock, and the line that each action leaves."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TypeVar

from sqlalchemy import Connection, Engine

from zoho_pipeline.actions.opening import Environ
from zoho_pipeline.circletel.shape import Shape, read_shape
from zoho_pipeline.clock import Clock, SystemClock
from zoho_pipeline.dashboard.site import Site
from zoho_pipeline.dashboard.tries import Tries
from zoho_pipeline.guard import guard_database
from zoho_pipeline.health.reading import calmly
from zoho_pipeline.settings import DatabaseSettings, SyncSettings
from zoho_pipeline.store.database import open_engine, telling_of_outages
from zoho_pipeline.store.migrate import require_current

CONNECTIONS = 6
LONGEST_PART = 500
"""Characters of a log line's parts: an address can be much longer."""
_log = logging.getLogger("zoho_pipeline.pages")

Read = TypeVar("Read")


@dataclass
class Desk:
    """One for the server's life. The database may be away when it starts: the pages open, and say so."""

    site: Site
    environ: Environ = None
    clock: Clock = field(default_factory=SystemClock)
    tries: Tries = field(default_factory=Tries)
    engine: Engine = field(init=False)
    _shape: Shape | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        self.engine = open_engine(DatabaseSettings.load(self.environ), CONNECTIONS)

    def read(self, what: str, reading: Callable[[Connection], Read]) -> Read:
        """Read, within a time and without a write; `what` completes "could not be used to show …".

        Raises:
            Foreseen: when the database cannot be used, is not CircleTel's, or has another schema.
        """
        with telling_of_outages(self.engine, f"show {what}"):
            self.shape()
            with self.engine.begin() as connection:
                calmly(connection)
                return reading(connection)

    @contextmanager
    def writing(self, attempted: str) -> Iterator[Connection]:
        """A transaction on the pages' own sessions.

        Raises:
            Foreseen: like `read`.
        """
        with telling_of_outages(self.engine, attempted):
            self.shape()
            with self.engine.begin() as connection:
                yield connection

    def shape(self) -> Shape:
        """Which columns CircleTel's tables have; looked at once, together with whose database it is."""
        if self._shape is None:
            with self.engine.connect() as connection:
                guard_database(SyncSettings.load(self.environ), connection)
                require_current(connection)
                self._shape = read_shape(connection)
        return self._shape

    def note(self, what: str, who: str, outcome: str) -> None:
        """Leave a line in the server's log; `outcome` is "done", or why not. Nobody forges lines."""
        _log.info("%s by %s: %s", *map(_on_a_line, (what, who, outcome)))


def _on_a_line(said: str) -> str:
    """Without what moves a terminal's cursor, and no longer than a line may be."""
    plain = "".join(each if each.isprintable() else " " for each in said)
    return " ".join(plain.split())[:LONGEST_PART]
