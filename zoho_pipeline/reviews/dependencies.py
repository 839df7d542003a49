"""Installed libraries with known faults, as far as that can be told without a network. Pure but for what is installed.

The list holds advisories that concern this project's libraries and was last looked through on the day below; what was
published since is told by `pip-audit` on a machine with a network.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from importlib.metadata import distributions

LOOKED_THROUGH = date(2025, 11, 14)


@dataclass(frozen=True)
class Advisory:
    """A published fault, and the first version without it."""

    library: str
    mended_in: str
    name: str
    about: str


ADVISORIES = (
    Advisory("cryptography", "44.0.1", "CVE-2024-12797", "its OpenSSL accepts some unauthenticated servers"),
    Advisory("h11", "0.16.0", "CVE-2025-43859", "it reads malformed chunked bodies"),
    Advisory("jinja2", "3.1.6", "CVE-2025-27516", "templates can leave their sandbox"),
    Advisory("requests", "2.32.4", "CVE-2024-47081", "it can send .netrc credentials to another host"),
    Advisory("starlette", "0.49.1", "CVE-2025-62727", "a Range header can keep the server busy"),
    Advisory("urllib3", "2.5.0", "CVE-2025-50181", "redirects are followed where that was switched off"),
)


@dataclass(frozen=True)
class Faulty:
    """An installed library with a known fault."""

    version: str
    advisory: Advisory


def installed() -> dict[str, str]:
    """Every installed library and its version, by its lower-case name."""
    found = ((each.name, each.version) for each in distributions() if each.name)
    return {re.sub(r"[-_.]+", "-", name).lower(): version for name, version in found}


def known_faults(versions: dict[str, str], advisories: Iterable[Advisory] = ADVISORIES) -> list[Faulty]:
    """Those of the installed libraries that an advisory speaks of."""
    return [
        Faulty(versions[each.library], each)
        for each in advisories
        if each.library in versions and release(versions[each.library]) < release(each.mended_in)
    ]


def release(version: str) -> tuple[int, ...]:
    """The numbers of a version such as `2.32.4.post1`, without what follows them or zeros at their end."""
    return tuple(_significant([int(part) for part in re.match(r"[\d.]*", version)[0].strip(".").split(".") if part]))  # type: ignore[index]


def _significant(numbers: list[int]) -> Iterator[int]:
    last = max((place for place, number in enumerate(numbers) if number), default=-1)
    yield from numbers[: last + 1]
