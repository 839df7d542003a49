"""Which months and classes a person means."""

from zoho_pipeline.actions.backfill import open_months
from zoho_pipeline.calendar import Month, NoSuchMonth
from zoho_pipeline.clock import SystemClock, local_date
from zoho_pipeline.errors import Foreseen
from zoho_pipeline.reconciliation.classes import Class
from zoho_pipeline.settings import SyncSettings


def chosen(month: str | None, first: str | None, last: str | None) -> list[Month]:
    """The months named, oldest first; none named: the last whole one.

    Raises:
        NoSuchMonth: one is no month, is not open, or both ways of naming them were used.
    """
    months = open_months(SyncSettings.load())
    if month and (first or last):
        raise NoSuchMonth("Give either --month, or --from and --to.")
    if first or last:
        start = Month.parse(first) if first else months.first
        return months.between(start, Month.parse(last) if last else start)
    wanted = Month.parse(month) if month else last_whole_month()
    return months.between(wanted, wanted)


def last_whole_month() -> Month:
    """The month before today's, in Johannesburg."""
    return Month.of(local_date(SystemClock().now())).plus(-1)


class NoSuchClass(Foreseen):
    """A word that is no class of items."""


def classes(names: list[str]) -> list[Class]:
    """The classes of those names.

    Raises:
        NoSuchClass: naming those that exist.
    """
    known = {what.value: what for what in Class}
    for name in names:
        if name not in known:
            raise NoSuchClass(f"There is no class {name!r}: they are {', '.join(known)}.")
    return [known[name] for name in names]
