"""The API budget that all threads, processes and hosts share, in PostgreSQL."""

import logging
import random
import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine

from zoho_pipeline.budget.circuit import told
from zoho_pipeline.budget.endings import Ending, Endings, summary
from zoho_pipeline.budget.flusher import Flusher
from zoho_pipeline.budget.line import Line
from zoho_pipeline.budget.shares import Share, Shares
from zoho_pipeline.budget.statement import Asking, Condition, looks_of, parameters, take
from zoho_pipeline.budget.waiting import Reply, is_down, seconds_until_next_asking
from zoho_pipeline.store.database import DatabaseUnreachable
from zoho_pipeline.zoho.ports import Call, CallRecord, Purpose

_log = logging.getLogger(__name__)
_OF_CALL = ("method", "endpoint", "purpose", "entity", "record_id", "run_id")
_FIRST_GUESS_SECONDS = 0.1


class PostgresBudget:
    """An organisation's budget, as `zoho.ports.Budget`. Safe to share between threads, not across a fork.

    A permit costs one statement at most, for threads that ask at the same time share one; it also reports the calls
    that have ended meanwhile. Those that no permit reports within a tenth of a second are reported together by a
    thread. A process that dies loses its places in flight after `lease_seconds`, which must be longer than any call can
    take.
    """

    def __init__(
        self,
        engine: Engine,
        organisation: str,
        shares: Shares,
        lease_seconds: float,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._line = Line(engine, self._statement)
        self._organisation = organisation
        self._shares = shares
        self._lease_seconds = lease_seconds
        self._sleep = sleep
        self._endings = Endings()
        self._flusher = Flusher(self._flush_what_ended, self._line.release_if_idle)
        self._usual_seconds = _FIRST_GUESS_SECONDS
        self._paused_at = float("-inf")
        self._complained = False

    @property
    def round_trips(self) -> int:
        """How many statements were sent so far."""
        return self._line.round_trips

    @contextmanager
    def permit(self, call: Call, condition: Condition | None = None) -> Iterator[CallRecord]:
        """See `zoho.ports.Budget.permit`. Whether the condition holds is for the caller to look at.

        Raises:
            DatabaseUnreachable: the budget cannot be asked; nothing was sent to Zoho.
        """
        ticket = new_ticket(call.purpose)
        self._wait_for_turn(ticket, call, condition)
        record = CallRecord()
        begun = time.monotonic()
        try:
            yield record
        finally:
            reply = self._ended(Ending.of(ticket, call, record, time.monotonic() - begun), at_once=call.probe)
        if call.probe and reply is not None and reply.reason == "outage":
            raise is_down(reply, call)

    def _wait_for_turn(self, ticket: int, call: Call, condition: Condition | None) -> None:
        share = self._shares.of(call.purpose)
        while True:
            asked_at = time.monotonic()
            reply = self._ask(ticket, share, call, condition)
            if not reply.granted:
                wait = seconds_until_next_asking(
                    reply, call, in_flight=share.in_flight, usual_seconds=self._usual_seconds, jitter=random.random()
                )
                self._sleep(wait)
                continue
            if reply.goes_in > 0:
                self._sleep(reply.goes_in)
            if self._still_holds(asked_at):
                if condition is not None:
                    condition.holds = reply.holds
                return

    def _still_holds(self, asked_at: float) -> bool:
        """Whether a permit is good still: Zoho asked for no pause since, and this process was not asleep too long."""
        return asked_at > self._paused_at and time.monotonic() - asked_at < self._lease_seconds / 2

    def _ended(self, ending: Ending, *, at_once: bool) -> Reply | None:
        """Keep the ending for the next statement, or report it by one of its own, so that the reply knows of it."""
        self._usual_seconds += (ending.ms / 1000 - self._usual_seconds) / 4
        if ending.pause is not None:
            self._paused_at = time.monotonic()
        reply = None
        if at_once or ending.pause is not None:
            reply = self._flush(ending)
        else:
            self._endings.add([ending])
        self._flusher.wake()
        return reply

    def _flush_what_ended(self) -> None:
        if self._endings:
            self._flush()

    def _flush(self, *ended: Ending) -> Reply | None:
        """Report what has ended, and this. What cannot be reported is kept: the call has been made, well or badly."""
        try:
            reply = self._ask(0, self._shares.urgent, None, ended=ended)
            self._complained = False
        except DatabaseUnreachable as error:
            if not self._complained:
                _log.warning("The end of Zoho calls could not be stored yet; it is tried again. %s", error)
            self._complained = True
            return None
        return reply

    def _ask(
        self,
        ticket: int,
        share: Share,
        call: Call | None,
        condition: Condition | None = None,
        ended: Sequence[Ending] = (),
    ) -> Reply:
        endings = [*self._endings.take(), *ended]
        try:
            row = self._line.ask(Asking(self._about(ticket, share, call), endings, condition))
        except DatabaseUnreachable:
            self._endings.add(endings)
            raise
        if row.turned is not None:  # said to one process alone, so it is logged once
            _log.warning("%s", told(row.turned, row.down_since, row.down_reason))
        return Reply(
            row.granted, row.reason, row.goes_in, row.ahead, row.resumes_at, row.cooling,
            row.down_since, row.down_reason, row.holds,
        )  # fmt: skip

    def _statement(self, asked: Sequence[Asking]) -> tuple[str, dict[str, Any]]:
        ended = summary([ending for asking in asked for ending in asking.ended])
        return take(looks_of(asked)), parameters(self._organisation, asked, ended)

    def _about(self, ticket: int, share: Share, call: Call | None) -> dict[str, object]:
        return {name: getattr(call, name, None) for name in _OF_CALL} | {
            "ticket": ticket,
            "wanted": call is not None,
            "writes": call is not None and call.writes,
            "probes": call is not None and call.probe,
            "per_minute": share.minute,
            "per_day": share.day,
            "in_flight": share.in_flight,
            "burst": share.burst,
            "space": share.space_seconds,
            "lease": self._lease_seconds,
        }


def new_ticket(purpose: Purpose) -> int:
    """A number that no other call has; below zero for urgent calls. It rises with time, which keeps its index small."""
    ticket = (time.time_ns() // 1_000 << 11) | secrets.randbits(11)
    return -ticket if purpose is Purpose.URGENT else ticket
