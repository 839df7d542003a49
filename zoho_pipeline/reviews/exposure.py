"""Credentials and people's data where they must not stand: run logs, sync logs, stored payloads. Reads only.

What is stored was redacted when it was written; here the same rules are asked whether anything is left to redact, and
the secrets in force are looked for as they are. A finding names table and row, never what was found.
"""

import json
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, text

from zoho_pipeline.redaction import redacted, redacted_text
from zoho_pipeline.reviews.span import Span

BATCH = 500
EXAMPLES = 5
"""Rows that are named of each place."""
_URL_PASSWORD = re.compile(r"://[^/@\s:]*:(?!\[redacted\])[^/@\s\"]+@")
SHORTEST_SECRET = 8
"""What is shorter is found by chance."""


@dataclass(frozen=True)
class Place:
    """Where text and payloads stand: SQL that yields a name and the values of each row of a span."""

    name: str
    query: str
    tables: tuple[str, ...]
    by_app: bool = False
    """CircleTel's app writes there too."""


@dataclass(frozen=True)
class Exposed:
    """One place: how many rows were read, how many hold what should not be there, and some of them."""

    place: str
    rows: int
    secrets: int
    personal: int
    examples: Sequence[str]

    @property
    def found(self) -> int:
        """Rows with one or the other."""
        return self.secrets + self.personal


PLACES = (
    Place(
        "sync logs (zoho_sync_logs)",
        "SELECT entity_type || ' ' || entity_id AS row, ARRAY[error_message] AS texts, "
        "jsonb_build_array(request_payload, response_payload) AS payloads FROM public.zoho_sync_logs "
        "WHERE created_at >= :starts_at AND created_at < :ends_at",
        ("public.zoho_sync_logs",),
        by_app=True,
    ),
    Place(
        "attempts",
        "SELECT entity || ' ' || row_id AS row, ARRAY[message] AS texts, "
        "jsonb_build_array(request, response) AS payloads FROM zoho_pipeline.attempts "
        "WHERE started_at >= :starts_at AND started_at < :ends_at",
        ("zoho_pipeline.attempts",),
    ),
    Place(
        "sync records",
        "SELECT entity || ' ' || row_id AS row, ARRAY[reason, advice] AS texts, jsonb_build_array() AS payloads "
        "FROM zoho_pipeline.sync_records WHERE changed_at >= :starts_at AND changed_at < :ends_at",
        ("zoho_pipeline.sync_records",),
    ),
    Place(
        "incidents",
        "SELECT 'incident ' || id AS row, ARRAY[title, cause, advice] AS texts, jsonb_build_array() AS payloads "
        "FROM zoho_pipeline.incidents WHERE seen_at >= :starts_at AND seen_at < :ends_at",
        ("zoho_pipeline.incidents",),
    ),
    Place(
        "audit of actions",
        "SELECT action || ' ' || id AS row, CAST(ARRAY[] AS text[]) AS texts, jsonb_build_array(details) AS payloads "
        "FROM zoho_pipeline.actions WHERE at >= :starts_at AND at < :ends_at",
        ("zoho_pipeline.actions",),
    ),
)
RUN_LOGS = Place(
    "run logs (Dagster)",
    "SELECT 'run ' || run_id AS row, ARRAY[event] AS texts, jsonb_build_array() AS payloads FROM event_logs "
    "WHERE timestamp >= CAST(:starts_at AS timestamptz) AT TIME ZONE 'UTC' "
    "AND timestamp < CAST(:ends_at AS timestamptz) AT TIME ZONE 'UTC'",
    ("event_logs",),
)


def scan(connection: Connection, place: Place, span: Span, secrets: Collection[str], ours: Collection[str]) -> Exposed:
    """Go through the place's rows of the span, a batch at a time.

    Args:
        secrets: the secrets in force, which must stand nowhere.
        ours: addresses of our own, such as the levels' contacts, which are nobody's data.
    """
    rows = with_secret = with_person = 0
    examples: list[str] = []
    wanted = [secret for secret in secrets if len(secret) >= SHORTEST_SECRET]
    for name, texts, payloads in _rows(connection, place, span):
        rows += 1
        secret = any(_holds(each, wanted) for each in [*texts, *map(json.dumps, payloads)])
        person = not secret and (any(_left(each, ours) for each in texts) or any(map(_left_in, payloads)))
        with_secret, with_person = with_secret + secret, with_person + person
        if (secret or person) and len(examples) < EXAMPLES and name not in examples:
            examples.append(name)
    return Exposed(place.name, rows, with_secret, with_person, examples)


def _rows(connection: Connection, place: Place, span: Span) -> Iterator[tuple[str, list[str], list[object]]]:
    found = connection.execution_options(yield_per=BATCH).execute(text(place.query), span.bounds)
    for row in found:
        yield (
            row.row,
            [each for each in row.texts or () if each],
            [each for each in row.payloads or () if each is not None],
        )


def _holds(said: str, secrets: Collection[str]) -> bool:
    """A secret in force, a token of Zoho's shape, or a password within an address."""
    without_mail = said.replace("@", " ")
    token = redacted_text(without_mail) != without_mail
    return token or _URL_PASSWORD.search(said) is not None or any(secret in said for secret in secrets)


def _left(said: str, ours: Collection[str]) -> bool:
    for address in ours:
        said = said.replace(address, "")
    return redacted_text(said) != said


def _left_in(payload: object) -> bool:
    return bool(redacted(payload) != payload)
