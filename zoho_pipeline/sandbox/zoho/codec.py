"""Records to plain JSON and back, for snapshots: Decimal and dates become text, records become objects."""

from __future__ import annotations

import dataclasses
import types
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

R = TypeVar("R")
_KNOWN_HINTS: dict[type, dict[str, Any]] = {}


def encode(value: Any) -> Any:
    """A record, or part of one, as plain JSON."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {item.name: encode(getattr(value, item.name)) for item in dataclasses.fields(value)}
    if isinstance(value, dict):
        return {key: encode(part) for key, part in value.items()}
    if isinstance(value, list):
        return [encode(part) for part in value]
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value


def decode(kind: type[R], data: dict[str, Any]) -> R:
    """The record of this class from its plain JSON; fields the JSON lacks keep their defaults."""
    hints = _hints(kind)
    return kind(**{name: _part(hints[name], value) for name, value in data.items() if name in hints})


def _hints(kind: type) -> dict[str, Any]:
    """Worked out once per class, since a snapshot holds many records of few classes."""
    if kind not in _KNOWN_HINTS:
        _KNOWN_HINTS[kind] = get_type_hints(kind)
    return _KNOWN_HINTS[kind]


def _part(hint: Any, value: Any) -> Any:
    if value is None:
        return None
    origin = get_origin(hint)
    if origin is types.UnionType:
        return _part(next(option for option in get_args(hint) if option is not types.NoneType), value)
    if origin is list:
        return [_part(get_args(hint)[0], part) for part in value]
    if origin is dict:
        return {key: _part(get_args(hint)[1], part) for key, part in value.items()}
    if hint is Decimal:
        return Decimal(value)
    if hint in (date, datetime):
        return hint.fromisoformat(value)
    if isinstance(hint, type) and dataclasses.is_dataclass(hint):
        return decode(hint, value)
    return value
