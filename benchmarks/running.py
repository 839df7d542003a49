"""Running a backfill over all months, and reading from the practice Zoho's ledger what it cost."""

import re
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from zoho_pipeline.actions.backfill import BackfillRequest, backfill, open_months
from zoho_pipeline.calendar import Month
from zoho_pipeline.entities import PARENTS_FIRST, Entity
from zoho_pipeline.settings import SyncSettings
from zoho_pipeline.states import Outcome

_ID = re.compile(r"/\d{6,}")
_API = "/billing/v1"


@dataclass
class Ran:
    """What a backfill did: rows by outcome and seconds of each kind, and of all together."""

    seconds: float = 0.0
    counts: dict[Entity, Counter[Outcome]] = field(default_factory=lambda: defaultdict(Counter))
    by_kind: Counter[Entity] = field(default_factory=Counter)
    """API calls, as the run itself counted them."""
    interrupted: str | None = None

    def rows(self, outcome: Outcome) -> int:
        """Rows of all kinds that ended so."""
        return sum(counts[outcome] for counts in self.counts.values())

    @property
    def looked_at(self) -> int:
        """All rows."""
        return sum(counts.total() for counts in self.counts.values())


def run_backfill(environ: Mapping[str, str], run_id: str, *, dry_run: bool = False) -> Ran:
    """All four kinds, all months."""
    ran, began = Ran(), time.perf_counter()
    request = BackfillRequest(frozenset(PARENTS_FIRST), all_months(environ), run_id, "benchmark", dry_run=dry_run)
    for result in backfill(request, dict(environ), log=_unheard):
        ran.counts[result.entity].update(result.counts)
        ran.by_kind[result.entity] += result.api_calls
        ran.interrupted = ran.interrupted or result.interrupted
    ran.seconds = time.perf_counter() - began
    return ran


def all_months(environ: Mapping[str, str]) -> tuple[Month, ...]:
    """Every month that is open in this world."""
    months = open_months(SyncSettings.load(environ))
    return tuple(months.between(months.first, months.last))


def endpoints(ledger: Iterable[Mapping[str, Any]]) -> Counter[str]:
    """API calls by method and path without ids; the token server's are not API calls."""
    return Counter(
        f"{entry['method']} {_ID.sub('/{id}', entry['path'].removeprefix(_API))}"
        for entry in ledger
        if entry["path"].startswith(_API)
    )


def creates(calls: Mapping[str, int]) -> dict[Entity, int]:
    """How many objects of each kind were made."""
    return {entity: calls.get(f"POST /{entity.value}", 0) for entity in PARENTS_FIRST}


def actions(calls: Mapping[str, int]) -> int:
    """Steps that a record's state truly needs beside its creation: opening an invoice."""
    return calls.get("POST /invoices/{id}/converttoopen", 0)


def _unheard(_: str) -> None:
    """Nobody reads the run's sentences here."""
