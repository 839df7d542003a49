"""Choosing what to send among 100,000 customers with a service each: seconds, and the process's memory.

Four worlds of the same rows: nothing synced yet; all linked by the app but never seen by the pipeline; all synced; all
synced and one customer in a hundred changed. Each is measured in a fresh process (`choosing_once.py`).
"""

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Engine, text

from benchmarks.practice import (
    SEED,
    PracticeZoho,
    in_a_process,
    make_tables,
    opened,
    postgres,
    practice_zoho,
    today,
    vacuum,
    variables,
)
from benchmarks.report import Line, say, show
from benchmarks.running import run_backfill
from zoho_pipeline.circletel.shape import TABLES, ZOHO_ID
from zoho_pipeline.entities import Entity
from zoho_pipeline.sandbox.postgres import EmbeddedPostgres
from zoho_pipeline.sandbox.sample.generate import generate
from zoho_pipeline.sandbox.sample.load import load
from zoho_pipeline.sandbox.sample.replay import replay
from zoho_pipeline.sandbox.sample.world import CUSTOMERS_ONLY
from zoho_pipeline.sandbox.sample.zoho_side import linked

CUSTOMERS = 100_000
CHOOSING_SECONDS = 2.0
MEMORY_MB = 500.0
KINDS = (Entity.CUSTOMERS, Entity.SUBSCRIPTIONS)


@dataclass(frozen=True)
class Variant:
    """A world: the one that it is a copy of, and what is changed in the copy."""

    name: str
    title: str
    copy_of: str
    change: Callable[[Engine], None]
    claims_dry_run: bool = False
    """Whether a dry run of it needs no call, and so must be as quick as the choosing."""


def main() -> int:
    """Measure all worlds, print the table; 1 if a claim fails."""
    with postgres() as server, practice_zoho() as zoho:
        say(f"Loading {CUSTOMERS:,} customers with a service each")
        _load(server, zoho)
        lines = [line for variant in VARIANTS for line in _measured(server, zoho, variant)]
    return show(f"Choosing what to send, {CUSTOMERS:,} customers and as many services, all months", lines)


def _load(server: EmbeddedPostgres, zoho: PracticeZoho) -> None:
    url = server.create_database("rows")
    make_tables(url)
    world = generate(SEED, today(), replace(CUSTOMERS_ONLY, customers=CUSTOMERS))
    world = linked(world, replay(world, zoho.access))  # the app has published its plans, and pushed nothing
    with opened(url) as engine:
        load(world, engine)


def _measured(server: EmbeddedPostgres, zoho: PracticeZoho, variant: Variant) -> Iterator[Line]:
    url = server.create_database(variant.name, template=variant.copy_of)
    with opened(url) as engine:
        variant.change(engine)
    vacuum(url)
    environ = variables(url, zoho)
    found: dict[str, Any] = in_a_process("benchmarks.choosing_once", environ)
    bare = found["bare_seconds"]
    yield Line(f"{variant.title}: choosing", found["seconds"], "s", CHOOSING_SECONDS, found["seconds"] / bare)
    at_most = CHOOSING_SECONDS if variant.claims_dry_run else None
    yield Line("    whole dry run", found["dry_run_seconds"], "s", at_most, found["dry_run_seconds"] / bare)
    yield Line("    its API calls", found["calls"], "", 0 if variant.claims_dry_run else None)
    yield Line("    most memory", found["peak_mb"], "MB", MEMORY_MB)
    if variant.name == LINKED:
        yield Line("    first run, which remembers them", _first_run(environ), "s")
        vacuum(url)


def _first_run(environ: dict[str, str]) -> float:
    """Seconds in which a run takes over everything that the app has linked; afterwards all is synced."""
    return run_backfill(environ, "first sight").seconds


def _nothing(_: Engine) -> None:
    """The rows as they are."""


def _link(engine: Engine) -> None:
    with engine.begin() as connection:
        for entity in KINDS:
            invented = "translate(id::text, '-abcdef', '0123456')"
            connection.execute(
                text(f"UPDATE {TABLES[entity]} SET {ZOHO_ID[entity]} = {invented}, zoho_sync_status = 'synced'")  # noqa: S608 - constants only
            )


def _change_one_in_a_hundred(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("UPDATE customers SET phone = '+27110000000' WHERE account_number LIKE '%77'"))


LINKED = "linked"
VARIANTS = (
    Variant("none", "None synced", "rows", _nothing),
    Variant(LINKED, "All linked, none seen", "rows", _link, claims_dry_run=True),
    Variant("synced", "All synced", LINKED, _nothing, claims_dry_run=True),
    Variant("changed", "One in a hundred changed", "synced", _change_one_in_a_hundred),
)

if __name__ == "__main__":
    sys.exit(main())
