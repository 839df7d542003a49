"""When the ledger itself cannot be written: people are told all the same, once that it is so, and once that it is over.

Kept in the memory of the process that looks, so this holds for `watch` as a service, not for single looks.
"""

import uuid
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection

from zoho_pipeline.alerts import ledger
from zoho_pipeline.alerts.channel import Channel, Letter, NotSent
from zoho_pipeline.alerts.levels import graded
from zoho_pipeline.alerts.symptoms import Sign, Symptom
from zoho_pipeline.clock import shown
from zoho_pipeline.redaction import redacted_text

SCOPE = "ledger"
ADVICE = (
    "See what it says and mend it; until then nothing is synced, and no other incident can be told. "
    "zoho-pipeline verify-env shows whether it is well again."
)
LOOKS = 2
"""People are told when so many looks in a row have failed: the next one after a short break may be well."""


@dataclass
class Outage:
    """The ledger's own incident, from the first look that failed to the next that did not."""

    channels: Sequence[Channel]
    looks: int = 0
    began: datetime | None = None
    reason: str = ""
    _queued: list[tuple[Channel, Letter]] = field(default_factory=list)

    def failed(self, reason: str, now: datetime) -> None:
        """Note a look that failed for that reason."""
        self.looks += 1
        self.began = self.began or now
        self.reason = redacted_text(reason)
        if self.looks == LOOKS:
            self._queue("has opened", f"What: {self._symptom().title}\nCause: {self.reason}\nWhat to do: {ADVICE}")
        self._push()

    def enter(self, connection: Connection, now: datetime) -> None:
        """Enter an outage that people were told of into the ledger, which can be written again."""
        if self.began is not None and self.looks >= LOOKS:
            ledger.enter_past(connection, SCOPE, self._symptom(), self.began, now)

    def over(self, now: datetime) -> None:
        """Note a look that went well."""
        if self.looks >= LOOKS:
            self._queue("has cleared", f"What: {self._symptom().title}\nUntil: {shown(now)}")
        self.looks, self.began = 0, None
        self._push()

    def _symptom(self) -> Symptom:
        return Symptom(
            key="ledger",
            title="The pipeline's database cannot be used",
            cause=self.reason,
            advice=ADVICE,
            signs=frozenset({Sign.CRITICAL}),
        )

    def _queue(self, happened: str, body: str) -> None:
        level, since = graded(self._symptom()).level, shown(self.began) if self.began else ""
        text = f"{body}\nSince: {since} (Africa/Johannesburg)\nLevel: {level}, {level.team}\n"
        for channel in self.channels:
            subject = f"Incident without a number {happened}: {self._symptom().title}"
            self._queued.append((channel, Letter(str(uuid.uuid4()), 0, level, subject, text, f"<pre>{text}</pre>")))

    def _push(self) -> None:
        """Hand over what is queued; what is not taken stays, in its order on each channel."""
        left: list[tuple[Channel, Letter]] = []
        for channel, letter in self._queued:
            if any(other is channel for other, _ in left) or not _taken(channel, letter):
                left.append((channel, letter))
        self._queued = left


def _taken(channel: Channel, letter: Letter) -> bool:
    with suppress(NotSent):
        channel.send(letter)
        return True
    return False
