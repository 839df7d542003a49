"""What a mapping gives: the payload and its fingerprint, or the reason why there is none."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

Payload = dict[str, Any]


class Unmappable(Exception):
    """The row cannot be sent as it is: why, and what to correct in CircleTel. Names no person."""

    def __init__(self, reason: str, advice: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.advice = advice


@dataclass(frozen=True)
class Mapped:
    """What is sent to Zoho, and the fingerprint of its content: equal fingerprints mean that nothing has changed."""

    payload: Payload
    fingerprint: str


def mapped(payload: Payload, content: Mapping[str, Any] | None = None) -> Mapped:
    """The payload with the fingerprint of its content (of the whole payload where none is given)."""
    canonical = json.dumps(payload if content is None else content, sort_keys=True, default=_plain)
    return Mapped(payload, hashlib.sha256(canonical.encode()).hexdigest())


def custom_fields(**values: str | None) -> list[dict[str, str]]:
    """Zoho's list of custom fields, by their API names; those without a value are left out."""
    return [{"api_name": name, "value": value} for name, value in values.items() if value]


def _plain(value: object) -> str:
    if isinstance(value, Decimal | date):
        return str(value)
    raise TypeError(f"{type(value).__name__} does not belong in a payload")
