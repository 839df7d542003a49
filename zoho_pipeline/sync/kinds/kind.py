"""What the engine asks of a kind."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Protocol

from sqlalchemy import Connection

from zoho_pipeline.circletel.rows import Row
from zoho_pipeline.entities import Entity
from zoho_pipeline.mirror.objects import MirrorObject
from zoho_pipeline.settings import SyncSettings
from zoho_pipeline.sync.apps_hands import Moment
from zoho_pipeline.sync.catalogue import Catalogue
from zoho_pipeline.sync.decisions import Decision, Record, Send
from zoho_pipeline.zoho.billing import ZohoBilling
from zoho_pipeline.zoho.errors import ZohoError
from zoho_pipeline.zoho.ports import About


@dataclass(frozen=True)
class Desk:
    """All that a kind needs for deciding on a batch of rows, and for sending one."""

    connection: Connection
    moment: Moment
    settings: SyncSettings
    catalogue: Catalogue
    records: Mapping[str, Record]

    def record(self, row: Row) -> Record:
        """What is known of the row; a blank record where it was never looked at."""
        return self.records.get(row.id, _BLANK)


_BLANK = Record()


@dataclass(frozen=True)
class Sent:
    """What a send left in Zoho."""

    object: MirrorObject
    key_kept: bool = True
    """Whether Zoho's answer carries the key by which the object can be found again."""
    applied: Mapping[str, Decimal] = field(default_factory=dict)
    """What a payment was applied to: rand by invoice."""
    trouble: str | None = None
    """What is wrong with an object that is there all the same: it is linked, and a person looks at it."""


class Kind(Protocol):
    """One kind of record. Everything about deciding reads only; only `send` calls Zoho's writing side."""

    @property
    def entity(self) -> Entity: ...

    @property
    def mirrors(self) -> tuple[Entity, ...]:
        """The lists in the mirror that its decisions rest on."""

    def missing_parents(self, rows: Sequence[Row]) -> dict[Entity, list[str]]:
        """The parents that are not in Zoho yet, to be brought along first."""

    def decide(self, desk: Desk, rows: Sequence[Row]) -> dict[str, Decision]:
        """One decision for every row, by id."""

    def send(self, client: ZohoBilling, row: Row, decision: Send, about: About) -> Sent:
        """Make the calls. Raises ZohoError, or NotAsMapped when Zoho's object was not right and was taken back."""


class NotAsMapped(Exception):
    """Zoho holds something else than CircleTel has, and the row is refused; `taken_back` is what was deleted again."""

    def __init__(self, reason: str, advice: str, taken_back: str | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.advice = advice
        self.taken_back = taken_back


class HalfDone(Exception):
    """The object was made in Zoho, but a later step failed: the row is linked, and the next run finishes it."""

    def __init__(self, made: MirrorObject, error: ZohoError) -> None:
        super().__init__(str(error))
        self.made = made
        self.error = error
