"""The filters of the activity (R20), as the address of the page says them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from zoho_pipeline.causes import Cause
from zoho_pipeline.dashboard.choosing import NoSuchFilter, among, in_force
from zoho_pipeline.entities import Entity

SPANS = {"hour": timedelta(hours=1), "day": timedelta(days=1), "week": timedelta(days=7), "month": timedelta(days=31)}
"""The time ranges that can be chosen; without one all is shown that is kept."""
OUTCOMES = (
    "created",
    "updated",
    "adopted",
    "failed",
    "refused",
    "parked",
    "blocked",
    "waiting",
    "in_doubt",
    "released",
    "open",
)
"""How an attempt can have ended; `open` has not."""
_START = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True)
class Filters:
    """What is to be shown; None means all."""

    entity: Entity | None = None
    outcome: str | None = None
    cause: Cause | None = None
    span: str | None = None
    before: tuple[datetime, int] | None = None
    """The last line of the page before: when it began (UTC), and its number."""

    @classmethod
    def of(cls, query: Mapping[str, str]) -> "Filters":
        """As the address says.

        Raises:
            NoSuchFilter: when a value is none of those that the page offers.
        """
        try:
            entity, cause = query.get("entity"), query.get("cause")
            return cls(
                Entity(entity) if entity else None,
                among(query.get("outcome"), OUTCOMES),
                Cause(cause) if cause else None,
                among(query.get("span"), SPANS),
                _cursor(query.get("before")),
            )
        except (ValueError, OverflowError):
            raise NoSuchFilter from None

    @property
    def chosen(self) -> dict[str, str]:
        """The filters in force, as the address says them, without the place."""
        return in_force(entity=self.entity, outcome=self.outcome, cause=self.cause, span=self.span)

    def older_than(self, started_at: datetime, attempt: int) -> str:
        """The address of the page after the one that ends with this attempt."""
        place = f"{(started_at - _START) // _MICROSECOND}-{attempt}"
        return "?" + urlencode(self.chosen | {"before": place})


def _cursor(value: str | None) -> tuple[datetime, int] | None:
    if not value:
        return None
    at, _, attempt = value.partition("-")
    if not (at.isdecimal() and attempt.isdecimal()) or len(value) > 40 or int(attempt) >= 2**63:
        raise ValueError
    return _START + int(at) * _MICROSECOND, int(attempt)
