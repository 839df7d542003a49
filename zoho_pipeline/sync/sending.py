"""Sending: claim a handful, send each in its turn, record each end. Rows of one customer go one after another."""

import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, TypeVar

from sqlalchemy import Engine

from zoho_pipeline.circletel.rows import Customer, Row
from zoho_pipeline.circletel.shape import Shape
from zoho_pipeline.clock import Clock
from zoho_pipeline.entities import Entity
from zoho_pipeline.redaction import redacted
from zoho_pipeline.settings import SyncSettings
from zoho_pipeline.store.database import alone
from zoho_pipeline.sync.attempts import LeaseLost, Wanted, claim
from zoho_pipeline.sync.ceilings import read_spent, within_ceilings
from zoho_pipeline.sync.decisions import Create, Send
from zoho_pipeline.sync.endings import STOPS_THE_RUN, Ending, ended_badly, ended_well
from zoho_pipeline.sync.kinds import KINDS
from zoho_pipeline.sync.kinds.kind import HalfDone, NotAsMapped
from zoho_pipeline.sync.lanes import Claimed, Lanes
from zoho_pipeline.sync.leases import LEASE_SECONDS
from zoho_pipeline.sync.recorder import Ended, Recorder
from zoho_pipeline.sync.retrying import RetryPolicy, with_retry
from zoho_pipeline.sync.stops import Stop, stop_for, stop_outside
from zoho_pipeline.zoho.billing import ZohoBilling
from zoho_pipeline.zoho.errors import ZohoError
from zoho_pipeline.zoho.ports import About, Purpose

ROWS_PER_LANE = 4
"""Rows claimed at a time for each lane: few, so that a stop leaves little behind, and leases do not run out."""
LEFT_PER_LANE = 2
"""Customers that each lane has left when the next rows are claimed: no lane waits for that."""
PROGRESS_SECONDS = 5.0


class Sendable(NamedTuple):
    """A row, what is to be done with it, and how often it had been claimed when that was decided.

    If it has been claimed since, somebody else may have sent it, and the decision no longer holds. None: whatever
    others did makes no difference, since the send looks in Zoho first.
    """

    row: Row
    decision: Send
    attempts: int | None


_Entry = TypeVar("_Entry", Sendable, Claimed)


@dataclass
class Sender:
    """Sends decided rows with several threads, until something stops the run."""

    engine: Engine
    client: ZohoBilling
    shape: Shape
    settings: SyncSettings
    recorder: Recorder
    run_id: str
    worker: str
    threads: int
    confirmed: bool
    purpose: Purpose
    retries: RetryPolicy
    clock: Clock
    log: Callable[[str], None]
    stopped: Stop | None = None
    """Why the run sends nothing more; None while it goes on."""
    _stopped_kinds: dict[Entity, Stop] = field(default_factory=dict)
    _told: float = field(default_factory=time.monotonic)

    def stopped_for(self, entity: Entity) -> Stop | None:
        """Why nothing more of this kind is sent."""
        return self.stopped or self._stopped_kinds.get(entity)

    def stop(self, error: ZohoError) -> None:
        """Send nothing more after an error that says nothing about a row."""
        self.stopped = self.stopped or stop_for(error, self.clock.now())

    def send(self, entity: Entity, wanted: Sequence[Sendable]) -> Iterator[tuple[Row, Ending]]:
        """Send what may be sent, yielding each row's ending as soon as it is recorded."""
        on_their_way = 0
        with Lanes(self.threads, self._send_one, self.recorder.record) as lanes:
            for portion in _portions(wanted, self.threads * ROWS_PER_LANE):
                at_once = _by_customer(portion).keys().isdisjoint(lanes.customers)
                yield from lanes.finished(leaving=self.threads * LEFT_PER_LANE if at_once else 0)
                if not self._goes_on(entity):
                    break
                allowed, ceiling = self._within_ceilings(portion)
                for customer, rows in _by_customer(self._claim(entity, allowed)).items():
                    lanes.start(customer, rows)
                if ceiling is not None:
                    yield from lanes.finished(leaving=0)
                    self.stopped = self.stopped or ceiling
                on_their_way += len(portion)
                self._tell(f"{entity}: {on_their_way} of {len(wanted)} on their way.")
            yield from lanes.finished(leaving=0)

    def _goes_on(self, entity: Entity) -> bool:
        if self.purpose is Purpose.BULK:
            self.stopped = self.stopped or stop_outside(self.settings.bulk_hours, self.clock.now())
        return self.stopped_for(entity) is None

    def _tell(self, progress: str) -> None:
        """Log how far it is, now and then."""
        if time.monotonic() - self._told > PROGRESS_SECONDS:
            self.log(progress)
            self._told = time.monotonic()

    def _within_ceilings(self, wanted: Sequence[Sendable]) -> tuple[Sequence[Sendable], Stop | None]:
        """Those that may still be sent, and why nothing is sent after them."""
        if self.confirmed:
            return wanted, None
        with self.engine.connect() as connection:
            spent = read_spent(connection)
        allowed, ceiling = within_ceilings(spent, [each.decision for each in wanted], self.settings)
        if ceiling is None:
            return wanted, None
        stop = Stop(f"{ceiling} is reached: look at what was sent, then run again with confirmation.")
        return wanted[:allowed], stop

    def _claim(self, entity: Entity, wanted: Sequence[Sendable]) -> list[Claimed]:
        if not wanted:
            return []
        items = [
            Wanted(
                row_id=row.id,
                action=type(decision).__name__.lower(),
                source_hash=row.sync.source_hash,
                sync_status=row.sync.sync_status.value,
                zoho_id=row.sync.zoho_id,
                rand=str(decision.moves if isinstance(decision, Create) else 0),
                request=redacted(decision.mapped.payload),
                attempts=attempts,
            )
            for row, decision, attempts in wanted
        ]
        with alone(self.engine) as connection:
            claims = claim(connection, entity, self.shape, items, self.run_id, self.worker, LEASE_SECONDS)
        return [Claimed(row, decision, claims[row.id]) for row, decision, _ in wanted if row.id in claims]

    def _send_one(self, claimed: Claimed) -> Ended | None:
        """How it ended; None where nothing was sent and the row waits as before."""
        row, decision, (attempt_id, tries) = claimed
        if self.stopped_for(row.entity):
            self.recorder.release(row, attempt_id)
            return None
        about = About(row.entity.value, row.id, f"{row.entity.singular} {row.label}", self.run_id, self.purpose)
        began = time.monotonic()
        try:
            sent = KINDS[row.entity].send(self.client, row, decision, about)
            ending = ended_well(decision, sent)
            if not sent.key_kept:
                self._stopped_kinds[row.entity] = Stop(
                    f"Zoho did not keep the key of {about}, so nothing more of this kind is sent: "
                    "make sure that Zoho's custom fields of docs/deployment.md exist."
                )
        except LeaseLost as lost:
            self.log(str(lost))
            return None
        except STOPS_THE_RUN as error:
            self.stop(error)
            self.recorder.release(row, attempt_id)
            return None
        except (ZohoError, NotAsMapped, HalfDone) as error:
            ending = ended_badly(error)
            if isinstance(error, HalfDone) and isinstance(error.error, STOPS_THE_RUN):
                self.stop(error.error)
        ending = with_retry(ending, tries, self.retries, random.random())
        return Ended(row, decision, attempt_id, ending, round((time.monotonic() - began) * 1000))


def _portions(wanted: Sequence[Sendable], size: int) -> Iterator[list[Sendable]]:
    """In portions of at most so many; a customer's rows stay together where that fits, so that portions overlap."""
    portion: list[Sendable] = []
    for rows in _by_customer(wanted).values():
        if portion and len(portion) + len(rows) > size:
            yield portion
            portion = []
        portion += rows
        while len(portion) > size:
            yield portion[:size]
            portion = portion[size:]
    if portion:
        yield portion


def _by_customer(entries: Sequence[_Entry]) -> dict[str, list[_Entry]]:
    """Rows of one customer together, in their order."""
    groups: dict[str, list[_Entry]] = {}
    for entry in entries:
        row = entry[0]
        key = row.id if isinstance(row, Customer) else row.customer_id or row.id
        groups.setdefault(key, []).append(entry)
    return groups
