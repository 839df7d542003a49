"""The day's ceilings: what may be created, moved and cancelled in 24 hours before a person has to confirm it."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import Connection, text

from zoho_pipeline.money import rand
from zoho_pipeline.settings import SyncSettings
from zoho_pipeline.sync.decisions import Cancel, Create, Send

_SPENT = text("""
    SELECT count(*) FILTER (WHERE action = 'create') AS creates,
           coalesce(sum(rand) FILTER (WHERE action = 'create'), 0) AS rand,
           count(*) FILTER (WHERE action = 'cancel') AS cancellations
    FROM zoho_pipeline.attempts
    WHERE action IN ('create', 'cancel') AND (sent_at IS NOT NULL OR ended_at IS NULL)
      AND started_at > now() - interval '24 hours'
""")


@dataclass(frozen=True)
class Spent:
    """What was created and cancelled in the last 24 hours, by everybody."""

    creates: int
    rand: Decimal
    cancellations: int = 0


def read_spent(connection: Connection) -> Spent:
    """From the attempts that were sent."""
    row = connection.execute(_SPENT).one()
    return Spent(row.creates, row.rand, row.cancellations)


def within_ceilings(spent: Spent, decisions: Sequence[Send], settings: SyncSettings) -> tuple[int, str | None]:
    """How many of the decisions, in order, may be carried out; and the ceiling that stops the next one, if any."""
    creates, moved, cancellations = spent.creates, spent.rand, spent.cancellations
    for allowed, decision in enumerate(decisions):
        match decision:
            case Create(moves=moves):
                creates, moved = creates + 1, moved + moves
            case Cancel():
                cancellations += 1
            case _:
                continue
        if cancellations > settings.max_cancellations_per_day:
            return allowed, (
                f"the ceiling of {settings.max_cancellations_per_day} cancellations a day "
                "(ZOHO_MAX_CANCELLATIONS_PER_DAY)"
            )
        if creates > settings.max_creates_per_day:
            return allowed, f"the ceiling of {settings.max_creates_per_day} creates a day (ZOHO_MAX_CREATES_PER_DAY)"
        if moved > settings.max_rand_per_day:
            return allowed, f"the ceiling of {rand(settings.max_rand_per_day)} a day (ZOHO_MAX_RAND_PER_DAY)"
    return len(decisions), None
