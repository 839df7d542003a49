"""How long, as people type it: `90m`, `36h`, `7d`."""

import re
from datetime import timedelta

from zoho_pipeline.errors import Foreseen

_UNITS = {"m": "minutes", "h": "hours", "d": "days"}
MOST_DAYS = 36_500


class NoDuration(Foreseen):
    """Text that is no duration."""


def duration(written: str) -> timedelta:
    """The duration of that text.

    Raises:
        NoDuration: when it is not a number with m, h or d behind it, or is longer than a century.
    """
    match = re.fullmatch(r"(\d{1,6})\s*([mhd])", written.strip().lower())
    found = timedelta(**{_UNITS[match[2]]: int(match[1])}) if match else None
    if found is None or found.days > MOST_DAYS:
        raise NoDuration(f"{written!r} is not a duration: write minutes, hours or days, such as 90m, 36h or 7d.")
    return found
