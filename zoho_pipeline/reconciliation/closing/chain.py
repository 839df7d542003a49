"""The trail as a chain: each entry's hash covers the hash before it and the entry's own content. Pure.

An entry that is changed, taken out or put in shows in the chain; entries cut off at the end show in the head; and a
trail that was rewritten as a whole shows in any head that was printed before.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from zoho_pipeline.errors import Foreseen
from zoho_pipeline.people.person import Person
from zoho_pipeline.reconciliation.closing.canonical import canonical, plain, sha256

PRINTED = 16
"""Hexadecimal digits of a head that are printed: enough that nobody finds another content for them."""


class What(StrEnum):
    """What an entry says has happened."""

    PREPARED = "prepared"
    APPROVED = "approved"
    REOPENED = "reopened"
    PERSON = "person"
    """Somebody was added or disabled, or has other roles or another password."""


class NoHead(Foreseen):
    """Text that is no printed head."""


@dataclass(frozen=True)
class Signer:
    """Who did it: a person's id and name; of the first admin no id, for nobody had signed in yet."""

    id: int | None
    name: str

    @classmethod
    def of(cls, person: Person) -> "Signer":
        """A person who has signed in."""
        return cls(person.id, person.name)


@dataclass(frozen=True)
class Entry:
    """What has happened, when (UTC), and by whom; `facts` are of text, whole numbers, truth values and lists."""

    number: int
    at: datetime
    what: What
    by: Signer
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def content(self) -> str:
        """The bytes that are kept and hashed."""
        by = {"id": self.by.id, "name": self.by.name}
        return canonical(
            {"number": self.number, "at": plain(self.at), "what": self.what.value, "by": by, "facts": dict(self.facts)}
        )

    @classmethod
    def read(cls, content: str) -> "Entry":
        """What a content says. Only of a trail that is whole."""
        kept = json.loads(content)
        by = Signer(kept["by"]["id"], kept["by"]["name"])
        return cls(kept["number"], datetime.fromisoformat(kept["at"]), What(kept["what"]), by, kept["facts"])


@dataclass(frozen=True)
class Head:
    """The last entry's number and hash: who knows it knows the whole trail before it."""

    number: int
    hash: str

    @property
    def printed(self) -> str:
        """For workbook and mail: `12-3f9a2c7b1e0d4a55`."""
        return f"{self.number}-{self.hash[:PRINTED]}"

    @classmethod
    def parse(cls, printed: str) -> "Head":
        """A printed head; of its hash only the beginning is known.

        Raises:
            NoHead: when it is not of that form.
        """
        match = re.fullmatch(rf"([0-9]{{1,9}})-([0-9a-f]{{{PRINTED}}})", printed.strip().lower())
        if match is None:
            raise NoHead(
                f"{printed!r} is no head of the trail: write it as it is printed, such as 12-3f9a2c7b1e0d4a55."
            )
        return cls(int(match[1]), match[2])

    def then(self, content: str) -> "Head":
        """The head once an entry of this content is appended."""
        return Head(self.number + 1, sha256(f"{self.hash}\n{content}"))


BEGINNING = Head(0, sha256("the sign-off of CircleTel's months"))


@dataclass(frozen=True)
class Kept:
    """An entry as it is kept."""

    number: int
    content: str
    hash: str


def broken(kept: Sequence[Kept], head: Head) -> str | None:
    """The first entry that is not as it was written, in a sentence; None where all are."""
    so_far = BEGINNING
    for each in kept:
        due = so_far.then(each.content)
        if each.number != due.number:
            return f"entry {due.number} is missing"
        if each.hash != due.hash:
            return f"entry {each.number} was altered (or the one before it, together with its hash)"
        if not _is_an_entry(each):
            return f"entry {each.number} says what no entry says"
        so_far = due
    if head != so_far:
        return f"the trail ends with entry {so_far.number}, and its head says {head.printed}: its end was altered"
    return None


def _is_an_entry(kept: Kept) -> bool:
    try:
        entry = Entry.read(kept.content)
    except (ValueError, KeyError, TypeError):
        return False
    return entry.content == kept.content and entry.number == kept.number


def contradicts(printed: Head, kept: Sequence[Kept]) -> str | None:
    """Whether the trail is another than the one whose head was printed, in a sentence; for a chain that holds."""
    if printed.number == 0:
        return None if BEGINNING.hash.startswith(printed.hash) else "the printed head is not of this trail"
    if printed.number > len(kept):
        return f"entry {printed.number} was printed, and is missing: the trail ends with entry {len(kept)}"
    if not kept[printed.number - 1].hash.startswith(printed.hash):
        return f"entry {printed.number}, or one before it, is another than when its head was printed"
    return None
