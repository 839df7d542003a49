"""Reading one JSON object of Zoho strictly: a field is there and of its kind, or the object is named as malformed.

Numbers arrive as int or Decimal, and sometimes as strings (seen live); ids as strings, and by some accounts as numbers.
An absent field and an empty string are the same to Zoho's lists, and are read as None.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeVar

from zoho_pipeline.money import money
from zoho_pipeline.zoho.errors import UnexpectedAnswer

Row = Mapping[str, Any]
Value = TypeVar("Value")


class Fields:
    """The fields of one object. `kind` ("invoice") and the id name it in messages; values are never shown."""

    __slots__ = ("id", "kind", "row")

    def __init__(self, kind: str, row: object, id_key: str) -> None:
        self.kind = kind
        self.id: str | None = None
        if not isinstance(row, Mapping):
            raise self.wrong("it is not an object")
        self.row: Row = row
        self.id = self.required_id(id_key)

    def wrong(self, detail: str) -> UnexpectedAnswer:
        """The error that names this object."""
        name = f"{self.kind} {self.id}" if self.id else f"a {self.kind}"
        return UnexpectedAnswer(f"reading {name} from Zoho's answer", detail)

    def first(self, *keys: str) -> Any:
        """The value under the first of the keys that holds one; None where none does."""
        for key in keys:
            value = self.row.get(key)
            if value is not None and value != "":
                return value
        return None

    def text(self, *keys: str) -> str | None:
        """Text, or a number as its text."""
        value = self.first(*keys)
        if value is None or isinstance(value, str):
            return value
        if isinstance(value, int | Decimal) and not isinstance(value, bool):
            return str(value)
        raise self.wrong(f"{keys[0]} is not text")

    def required(self, *keys: str) -> str:
        """Text that Zoho documents as always there."""
        value = self.text(*keys)
        if value is None:
            raise self.wrong(f"{keys[0]} is missing")
        return value

    def required_id(self, key: str) -> str:
        """An id or code."""
        return self.required(key)

    def amount(self, *keys: str) -> Decimal | None:
        """Money."""
        value = self.first(*keys)
        return None if value is None else self._read(keys[0], value, money, "an amount of money")

    def required_amount(self, *keys: str) -> Decimal:
        """Money that Zoho documents as always there."""
        value = self.amount(*keys)
        if value is None:
            raise self.wrong(f"{keys[0]} is missing")
        return value

    def number(self, *keys: str) -> Decimal | None:
        """A number that is no money, such as a percentage."""
        value = self.first(*keys)
        return None if value is None else self._read(keys[0], value, _decimal, "a number")

    def integer(self, *keys: str) -> int | None:
        """A whole number."""
        value = self.first(*keys)
        return None if value is None else self._read(keys[0], value, int, "a whole number")

    def day(self, *keys: str) -> date | None:
        """A date (yyyy-mm-dd); of a timestamp its date."""
        value = self.first(*keys)
        return None if value is None else self._read(keys[0], value, _day, "a date")

    def required_day(self, *keys: str) -> date:
        """A date that Zoho documents as always there."""
        value = self.day(*keys)
        if value is None:
            raise self.wrong(f"{keys[0]} is missing")
        return value

    def moment(self, *keys: str) -> datetime | None:
        """A timestamp with its offset, such as 2016-06-11T17:38:06-0700."""
        value = self.first(*keys)
        return None if value is None else self._read(keys[0], value, _moment, "a timestamp with an offset")

    def flag(self, *keys: str) -> bool | None:
        """true or false, also where it comes as text."""
        value = self.first(*keys)
        return None if value is None else self._read(keys[0], value, _flag, "true or false")

    def rows(self, *keys: str) -> list[Any] | None:
        """A list of objects; None where the key is absent, which is not the same as an empty list."""
        for key in keys:
            if key in self.row:
                value = self.row[key]
                if value is None or value == "":
                    return []
                if not isinstance(value, list):
                    raise self.wrong(f"{key} is not a list")
                return value
        return None

    def nested(self, key: str, id_key: str) -> "Fields | None":
        """The object under the key, where there is one."""
        value = self.row.get(key)
        return Fields(f"{key} of a {self.kind}", value, id_key) if value else None

    def _read(self, key: str, value: object, read: Callable[[Any], Value], what: str) -> Value:
        try:
            return read(value)
        except (ValueError, TypeError, ArithmeticError, KeyError):
            raise self.wrong(f"{key} is not {what}") from None


def _decimal(value: object) -> Decimal:
    number = Decimal(str(value).strip())
    if isinstance(value, bool) or not number.is_finite():
        raise ValueError
    return number


def _day(value: str) -> date:
    return date.fromisoformat(value[:10])


def _moment(value: str) -> datetime:
    moment = datetime.fromisoformat(value)
    if moment.tzinfo is None:
        raise ValueError
    return moment


def _flag(value: object) -> bool:
    return {"true": True, "false": False}[str(value).lower()]
