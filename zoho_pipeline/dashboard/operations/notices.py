"""What people are told of the retries that they have begun, while these go and for a while afterwards."""

import threading
import uuid
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from zoho_pipeline.clock import Clock
from zoho_pipeline.dashboard.operations.verdict import Verdict
from zoho_pipeline.entities import Entity
from zoho_pipeline.errors import Foreseen

MOST = 50
"""Under way at once, over all people."""
TOLD_FOR = timedelta(minutes=15)


class TooManyRetries(Foreseen):
    """More retries are under way than these pages take on."""


class BegunByAnother(Foreseen):
    """Somebody else retries the row at this moment."""


@dataclass(frozen=True)
class Notice:
    """How one retry goes. `well` is None until it has ended; moments in UTC."""

    number: str
    entity: Entity
    row_id: str
    by: str
    begun_at: datetime
    said: str
    well: bool | None = None
    ended_at: datetime | None = None
    run_id: str | None = None
    """Dagster's, where it has one."""

    @property
    def under_way(self) -> bool:
        """Whether its end is still to come."""
        return self.ended_at is None


@dataclass
class Notices:
    """Of one server, shared by its threads."""

    clock: Clock
    _kept: dict[str, Notice] = field(default_factory=dict, init=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False)

    def enter(self, entity: Entity, row_id: str, by: str) -> Notice | None:
        """A new one for the row; None where this person is being told of that row already.

        Raises:
            BegunByAnother, TooManyRetries: when it must not be begun.
        """
        now = self.clock.now()
        with self._lock:
            going = [each for each in self._kept.values() if each.under_way]
            for each in going:
                if (each.entity, each.row_id) == (entity, row_id):
                    if each.by == by:
                        return None
                    raise BegunByAnother(f"{each.by} retries this {entity.singular} at this moment: see how it ends.")
            if len(going) >= MOST:
                raise TooManyRetries(f"{len(going)} retries are under way: wait until some have ended, then try again.")
            for old in [each for each in self._kept.values() if each.ended_at]:
                if now - (old.ended_at or now) > TOLD_FOR or (old.row_id, old.by) == (row_id, by):
                    del self._kept[old.number]
            notice = Notice(uuid.uuid4().hex, entity, row_id, by, now, f"The {entity.singular} is being started anew.")
            self._kept[notice.number] = notice
            return notice

    def of(self, by: str, row_id: str | None = None) -> list[Notice]:
        """What that person is told (of that row, if one is named): the latest first."""
        now = self.clock.now()
        with self._lock:
            found = [each for each in self._kept.values() if each.by == by and row_id in (None, each.row_id)]
        recent = [each for each in found if each.ended_at is None or now - each.ended_at <= TOLD_FOR]
        return sorted(recent, key=lambda each: each.begun_at, reverse=True)

    def rows_under_way(self) -> set[tuple[Entity, str]]:
        """The rows that are being retried."""
        with self._lock:
            return {(each.entity, each.row_id) for each in self._kept.values() if each.under_way}

    def tell(self, notice: Notice, said: str, run_id: str | None = None) -> None:
        """How far it is."""
        with self._lock:
            self._kept[notice.number] = replace(self._kept[notice.number], said=said, run_id=run_id)

    def end(self, notice: Notice, told: Verdict) -> None:
        """How it has ended."""
        now = self.clock.now()
        with self._lock:
            last = self._kept[notice.number]
            self._kept[notice.number] = replace(last, said=told.said, well=told.well, ended_at=now)

    def drop(self, notice: Notice) -> None:
        """It was not begun after all."""
        with self._lock:
            del self._kept[notice.number]
