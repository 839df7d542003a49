"""How each month stands: open, prepared, approved, reopened. Told by the trail alone. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from zoho_pipeline.calendar import Month
from zoho_pipeline.reconciliation.closing.chain import Entry, What


class Stage(StrEnum):
    """How far a month is."""

    OPEN = "open"
    PREPARED = "prepared"
    APPROVED = "approved"
    REOPENED = "reopened"


@dataclass(frozen=True)
class Standing:
    """A month's stage, and the entries that brought it there.

    Attributes:
        prepared: by whom and when it was last prepared; not of a month that was reopened since.
        approved: likewise.
        reopened: the last time that a person opened it again, whatever came after.
    """

    month: Month
    stage: Stage = Stage.OPEN
    prepared: Entry | None = None
    approved: Entry | None = None
    reopened: Entry | None = None

    @property
    def signed(self) -> bool:
        """Whether it is closed."""
        return self.stage is Stage.APPROVED

    @property
    def snapshot(self) -> str | None:
        """The hash of what was prepared."""
        return self.prepared.facts["snapshot"] if self.prepared else None

    def after(self, entry: Entry) -> "Standing":
        """How it stands once that has happened."""
        match entry.what:
            case What.PREPARED:
                return replace(self, stage=Stage.PREPARED, prepared=entry, approved=None)
            case What.APPROVED:
                return replace(self, stage=Stage.APPROVED, approved=entry)
            case What.REOPENED:
                return replace(self, stage=Stage.REOPENED, prepared=None, approved=None, reopened=entry)
            case What.PERSON:
                return self


def standings(entries: Iterable[Entry]) -> dict[Month, Standing]:
    """Every month that the trail speaks of, the oldest first."""
    found: dict[Month, Standing] = {}
    for entry in entries:
        if entry.what is not What.PERSON:
            month = Month.parse(entry.facts["month"])
            found[month] = found.get(month, Standing(month)).after(entry)
    return dict(sorted(found.items()))


def signed_before(months: Mapping[Month, Standing], open_month: Month) -> list[Standing]:
    """The signed months whose later changes this open month carries: those right before it, without a gap."""
    found: list[Standing] = []
    month = open_month.plus(-1)
    while (standing := months.get(month)) is not None and standing.signed:
        found.append(standing)
        month = month.plus(-1)
    return found[::-1]
