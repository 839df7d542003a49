"""Messages on their way: each is sent once on its channel, by one sender at a time, until its channel has taken it.

A message stays locked while it is being sent. Whoever dies meanwhile lets it go, and it is sent again under the same
id: that is the one case in which people may see a message twice.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine, RowMapping, exists, select, update

from zoho_pipeline.alerts.channel import Channel, Letter, NotSent
from zoho_pipeline.alerts.levels import Level
from zoho_pipeline.alerts.tables import messages
from zoho_pipeline.clock import Clock

FIRST_PAUSE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(minutes=10)
TAKES_AT_MOST = timedelta(seconds=20)
"""After so long no further message is begun: a tick of Dagster's has a minute, and a slow send may take half of it."""


@dataclass
class Delivered:
    """What a pass did: messages sent by channel, and why a channel took none."""

    sent: Counter[str] = field(default_factory=Counter)
    failed: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        parts = [f"{count} by {channel}" for channel, count in sorted(self.sent.items())]
        parts += [f"{channel} is down: {why}" for channel, why in sorted(self.failed.items())]
        return "; ".join(parts) or "nothing was due"


def deliver(engine: Engine, channels: Iterable[Channel], clock: Clock) -> Delivered:
    """Send what is due, the oldest first, on each channel until one fails; what failed is tried again later, for ever.

    Of one incident no message overtakes an earlier one.
    """
    done, begun = Delivered(), clock.now()
    for channel in channels:
        while channel.name not in done.failed and clock.now() - begun < TAKES_AT_MOST:
            with engine.begin() as connection:
                row = _next_due(connection, channel.name, clock.now())
                if row is None:
                    break
                _send(connection, channel, row, clock, done)
    return done


def pause(tries: int) -> timedelta:
    """How long to wait after so many failed tries: twice as long each time, up to ten minutes."""
    return min(FIRST_PAUSE * (1 << min(tries - 1, 20)), LONGEST_PAUSE)


def _next_due(connection: Connection, channel: str, now: datetime) -> RowMapping | None:
    """The next message of the channel, held; one that another sender holds is left to it."""
    earlier = messages.alias("earlier")
    before = (
        earlier.c.incident_id == messages.c.incident_id,
        earlier.c.channel == messages.c.channel,
        earlier.c.id < messages.c.id,
        earlier.c.sent_at.is_(None),
    )
    query = (
        select(messages)
        .where(messages.c.channel == channel, messages.c.sent_at.is_(None), messages.c.next_try_at <= now)
        .where(~exists().where(*before))
        .order_by(messages.c.id)
        .limit(1)
        .with_for_update(of=messages, skip_locked=True)
    )
    return connection.execute(query).mappings().first()


def _send(connection: Connection, channel: Channel, row: RowMapping, clock: Clock, done: Delivered) -> None:
    values: dict[str, object] = {"tries": row["tries"] + 1}
    try:
        channel.send(_letter(row))
        done.sent[channel.name] += 1
        values |= {"sent_at": clock.now(), "error": None}
    except NotSent as error:
        done.failed[channel.name] = str(error)
        values |= {"next_try_at": clock.now() + pause(row["tries"] + 1), "error": str(error)}
        if error.reached:
            values["reached"] = sorted(error.reached)
    connection.execute(update(messages).where(messages.c.id == row["id"]).values(values))


def _letter(row: RowMapping) -> Letter:
    return Letter(
        uid=row["uid"],
        incident=row["incident_id"],
        level=Level(row["level"]),
        subject=row["subject"],
        body=row["body"],
        html=row["html"],
        reached=frozenset(row["reached"]),
    )
