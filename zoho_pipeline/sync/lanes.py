"""Lanes: threads that send, one customer's rows in turn, while the caller's thread records what has ended.

Whatever ended while the last endings were being written is written together, so that recording keeps up by itself.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from queue import SimpleQueue
from threading import Event
from types import TracebackType
from typing import NamedTuple, Self

from sqlalchemy.exc import DBAPIError

from zoho_pipeline.circletel.rows import Row
from zoho_pipeline.errors import Foreseen
from zoho_pipeline.sync.attempts import Claim
from zoho_pipeline.sync.decisions import Send
from zoho_pipeline.sync.endings import Ending
from zoho_pipeline.sync.recorder import Ended

GATHER_SECONDS = 0.01
"""How long what has ended waits for more, to be written together with it, while every lane has work."""


class Claimed(NamedTuple):
    """A row, what is to be done with it, and the claim that was made for that."""

    row: Row
    decision: Send
    claim: Claim


Recorded = list[tuple[Row, Ending]]


@dataclass
class Lanes:
    """A context: leaving it waits for what is being sent, and starts nothing more if it is left by an error.

    Attributes:
        threads: how many lanes there are.
        send: sends one row; None where nothing came of it that has to be recorded.
        record: commits endings, in the thread that uses the lanes.
    """

    threads: int
    send: Callable[[Claimed], Ended | None]
    record: Callable[[Sequence[Ended]], Recorded]
    _pool: ThreadPoolExecutor = field(init=False)
    _running: dict[Future[None], str] = field(default_factory=dict)
    _news: "SimpleQueue[Ended | Future[None]]" = field(default_factory=SimpleQueue)
    _broken: Event = field(default_factory=Event)

    def __enter__(self) -> Self:
        self._pool = ThreadPoolExecutor(self.threads, thread_name_prefix="send")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None:
            self._broken.set()
        self._pool.shutdown(wait=True, cancel_futures=error is not None)
        left = [news for news in self._latest() if isinstance(news, Ended)]
        if left:
            with suppress(Foreseen, DBAPIError):  # they are in doubt then; what is being raised says why
                self.record(left)

    @property
    def customers(self) -> frozenset[str]:
        """Whose rows are being sent."""
        return frozenset(self._running.values())

    def start(self, customer: str, rows: Sequence[Claimed]) -> None:
        """Send a customer's rows, in their order, as soon as a lane is free."""
        future = self._pool.submit(self._send_in_turn, rows)
        self._running[future] = customer
        future.add_done_callback(self._news.put)

    def finished(self, *, leaving: int) -> Iterator[tuple[Row, Ending]]:
        """Record what ends until at most so many customers are left, and yield it when it is recorded.

        Raises:
            Exception: what a lane or the recording ended with.
        """
        while len(self._running) > leaving:
            news = [self._news.get()]
            if len(self._running) > self.threads:
                time.sleep(GATHER_SECONDS)
            news += self._latest()
            if ended := [each for each in news if isinstance(each, Ended)]:
                yield from self.record(ended)
            for future in (each for each in news if isinstance(each, Future)):
                del self._running[future]
                future.result()

    def _latest(self) -> list[Ended | Future[None]]:
        return [self._news.get_nowait() for _ in range(self._news.qsize())]

    def _send_in_turn(self, rows: Sequence[Claimed]) -> None:
        for claimed in rows:
            if self._broken.is_set():
                return
            if ended := self.send(claimed):
                self._news.put(ended)
