"""One way to write a thing down, so that a hash says whether it is the same. Pure."""

import hashlib
import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

CENT = Decimal("0.01")


def canonical(content: Any) -> str:
    """JSON with sorted keys and no blanks; of text, whole numbers, truth values, lists and objects only."""
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_refuse)


def sha256(content: str) -> str:
    """Of its UTF-8, in hexadecimal."""
    return hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()


def plain(value: Any) -> Any:
    """Money to the cent, moments in UTC and days, as text; everything else as it is."""
    if isinstance(value, Decimal):
        return str(value.quantize(CENT))
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    return value.isoformat() if isinstance(value, date) else value


def _refuse(value: object) -> Any:
    raise TypeError(f"{type(value).__name__} has no canonical form: write it with `plain`")
