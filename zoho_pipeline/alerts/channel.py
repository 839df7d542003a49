"""What a channel is: something that takes a letter to people, or says why it could not."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol

from zoho_pipeline.alerts.levels import Level
from zoho_pipeline.redaction import redacted_text


class NotSent(Exception):
    """The letter did not go, or not to all.

    Attributes:
        reached: the recipients who have it; they are not to get it again.
    """

    def __init__(self, reason: str, reached: Collection[str] = ()) -> None:
        super().__init__(redacted_text(" ".join(reason.split())))
        self.reached = frozenset(reached)


@dataclass(frozen=True)
class Letter:
    """One message, on its way through one channel.

    Attributes:
        uid: the same at every try, so that a letter that comes twice is known.
        incident: the incident's number, which all letters about it share.
        reached: recipients who have it from an earlier try.
    """

    uid: str
    incident: int
    level: Level
    subject: str
    body: str
    html: str
    reached: frozenset[str] = frozenset()


class Channel(Protocol):
    """One way to tell people."""

    @property
    def name(self) -> str:
        """By which its messages are queued."""

    def send(self, letter: Letter) -> None:
        """Hand it over; returns once somebody else answers for it.

        Raises:
            NotSent: when it was not taken; it is sent again later.
        """
