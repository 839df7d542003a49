"""Reading a request's fields: each function returns the field in its type, or raises Zoho's refusal."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from zoho_pipeline.sandbox.zoho.errors import invalid, missing

Body = Mapping[str, Any]

_EMAIL = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s.,;<>]+")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_LARGEST = Decimal("999999999999")


def text(body: Body, name: str, default: str = "") -> str:
    """A string; numbers are taken as their text, null as absent."""
    value = body.get(name)
    if value is None:
        return default
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int | Decimal):
        return str(value).strip()
    raise invalid(name)


def required_text(body: Body, name: str) -> str:
    """A string that must be there and not be blank."""
    value = text(body, name)
    if not value:
        raise missing(name)
    return value


def email(body: Body, name: str = "email") -> str:
    """A required e-mail address of plausible form."""
    value = required_text(body, name)
    if not _EMAIL.fullmatch(value):
        raise invalid(name)
    return value


def flag(body: Body, name: str, default: bool = False) -> bool:
    """A boolean, as JSON or as text."""
    value = body.get(name)
    if value is None or value == "":
        return default
    if isinstance(value, bool):
        return value
    lowered = str(value).strip().lower()
    if lowered in ("true", "false"):
        return lowered == "true"
    raise invalid(name)


def whole(body: Body, name: str, default: int) -> int:
    """A whole number."""
    value = body.get(name)
    if value is None or value == "":
        return default
    try:
        return int(str(value))
    except ValueError:
        raise invalid(name) from None


def number(body: Body, name: str) -> Decimal | None:
    """A decimal number, from JSON's number or a string, or None."""
    value = body.get(name)
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        raise invalid(name)
    try:
        read = Decimal(str(value).strip())
    except InvalidOperation:
        raise invalid(name) from None
    if not read.is_finite() or abs(read) > _LARGEST:
        raise invalid(name)
    return read


def required_number(body: Body, name: str) -> Decimal:
    """A decimal number that must be there."""
    value = number(body, name)
    if value is None:
        raise missing(name)
    return value


def day(body: Body, name: str) -> date | None:
    """A date yyyy-mm-dd, or None."""
    value = text(body, name)
    if not value:
        return None
    if not _DATE.fullmatch(value):
        raise invalid(name)
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise invalid(name) from None


def required_day(body: Body, name: str) -> date:
    """A date that must be there."""
    value = day(body, name)
    if value is None:
        raise missing(name)
    return value


def rows(body: Body, name: str) -> Sequence[Body]:
    """A list of objects; absent is empty."""
    value = body.get(name)
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
        raise invalid(name)
    return value


def nested(body: Body, name: str) -> Body:
    """An object; absent is empty."""
    value = body.get(name)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise invalid(name)
    return value


def texts(body: Body, names: Sequence[str]) -> dict[str, str]:
    """Those of these fields that the body carries."""
    return {name: text(body, name) for name in names if name in body}
