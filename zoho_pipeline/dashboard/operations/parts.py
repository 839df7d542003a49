"""A part of a page that cannot be read does not keep the others from being shown."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from zoho_pipeline.errors import Foreseen
from zoho_pipeline.settings import SettingsError

Read = TypeVar("Read")


@dataclass(frozen=True)
class Unread:
    """A part that could not be read, and why."""

    why: str


def unless(reading: Callable[[], Read]) -> Read | Unread:
    """The part, or why there is none."""
    try:
        return reading()
    except SettingsError:
        return Unread("Settings are missing or wrong: `zoho-pipeline verify-env` names them.")
    except Foreseen as error:
        return Unread(str(error))
