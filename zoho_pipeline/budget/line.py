"""One line to the database for a process's budget: kept open while calls follow each other, given back when they stop.

Each statement is a transaction of its own, so a transaction pooler may stand in between. What threads ask while a
statement is on its way goes together with the next one: so the line keeps up, however many they are.
"""

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import ExitStack, suppress
from typing import Any, Generic, NamedTuple, TypeVar

from sqlalchemy import Connection, Engine, Row
from sqlalchemy.exc import DBAPIError

from zoho_pipeline.store.database import alone, is_outage, telling_of_outages

T = TypeVar("T")
Statement = Callable[[Sequence[T]], tuple[str, dict[str, Any]]]
"""One statement, and its values, for several askings; it answers with a row for each, in their order."""


class _Turn(NamedTuple, Generic[T]):
    """A thread that waits: for its answer, or (None) to ask for all itself."""

    asking: T
    answer: "Future[Row[Any] | None]"


class Line(Generic[T]):
    """A connection that is opened when needed. Of the threads that ask, one at a time asks for all."""

    def __init__(self, engine: Engine, statement: Statement[T]) -> None:
        self._engine = engine
        self._statement = statement
        self._lock = threading.Lock()
        self._turns: list[_Turn[T]] = []
        self._is_led = False
        self._held = ExitStack()
        self._connection: Connection | None = None
        self._last_use = 0.0
        self.round_trips = 0

    def ask(self, asking: T) -> Row[Any]:
        """The row that answers it.

        A connection that the server has ended is replaced once, and what cannot be answered together is asked alone, so
        an asking must bear being carried out twice.

        Raises:
            DatabaseUnreachable, DatabaseRefused: the database cannot be used.
        """
        turn: _Turn[T] = _Turn(asking, Future())
        with self._lock:
            self._turns.append(turn)
            leads, self._is_led = not self._is_led, True
        answer = None if leads else turn.answer.result()
        return self._lead(turn) if answer is None else answer

    def release_if_idle(self, seconds: float) -> bool:
        """Give the connection back to the pool if it was not used for so long; whether it is given back."""
        with self._lock:
            if self._is_led or time.monotonic() - self._last_use < seconds:
                return False
            self._drop()
            return True

    def _lead(self, own: _Turn[T]) -> Row[Any]:
        """Ask for all who wait, then let the next one do so. Where that fails, each asks for itself."""
        with self._lock:
            turns, self._turns = [own, *(turn for turn in self._turns if turn is not own)], []
        others = turns[1:]
        try:
            if others:
                with suppress(DBAPIError):
                    answer, *answers = self._answers(turns)
                    for turn, row in zip(others, answers, strict=True):
                        turn.answer.set_result(row)
                    others = []
                    return answer
            with telling_of_outages(self._engine, "ask the API budget"):
                return self._answers([own])[0]
        finally:
            with self._lock:
                self._turns = others + self._turns
                self._is_led = bool(self._turns)
                if self._turns:
                    self._turns[0].answer.set_result(None)

    def _answers(self, turns: Sequence[_Turn[T]]) -> Sequence[Row[Any]]:
        statement, values = self._statement([turn.asking for turn in turns])
        was_open = self._connection is not None
        try:
            return self._carried_out(statement, values)
        except DBAPIError as error:
            if not (was_open and is_outage(error)):
                raise
            return self._carried_out(statement, values)

    def _carried_out(self, statement: str, values: dict[str, Any]) -> Sequence[Row[Any]]:
        if self._connection is None:
            self._connection = self._held.enter_context(alone(self._engine))
        self.round_trips += 1
        self._last_use = time.monotonic()
        try:
            return self._connection.exec_driver_sql(statement, values).all()
        except DBAPIError:
            self._drop()
            raise
        finally:
            self._last_use = time.monotonic()

    def _drop(self) -> None:
        self._connection = None
        with suppress(DBAPIError, self._engine.dialect.loaded_dbapi.Error):  # the server has ended it before us
            self._held.close()
