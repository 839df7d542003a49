"""Seeds both sides of the practice world in one go: CircleTel's tables, Zoho's half, and the truth about them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Engine

from zoho_pipeline.sandbox.circletel import Variant
from zoho_pipeline.sandbox.sample import truth
from zoho_pipeline.sandbox.sample.expect_documents import tell
from zoho_pipeline.sandbox.sample.generate import generate
from zoho_pipeline.sandbox.sample.load import load
from zoho_pipeline.sandbox.sample.older import as_older
from zoho_pipeline.sandbox.sample.replay import replay
from zoho_pipeline.sandbox.sample.world import DEFAULT_SIZE, Size, World
from zoho_pipeline.sandbox.sample.zoho_http import Access
from zoho_pipeline.sandbox.sample.zoho_side import linked


@dataclass(frozen=True)
class Seeded:
    """What was seeded. The truth is kept with the database too: `truth.load(engine)`."""

    world: World
    truth: truth.Truth


def seed_both(
    engine: Engine,
    access: Access,
    *,
    seed: int,
    today: date,
    size: Size = DEFAULT_SIZE,
    now: datetime | None = None,
    variant: Variant = Variant.CURRENT,
) -> Seeded:
    """Fill an empty practice database (of this variant) and an empty practice server with one story.

    Afterwards the server's clock shows `now`, or as `replay` chooses, and its ledger is empty.
    """
    told = generate(seed, today, size)
    if variant is Variant.OLDER:
        told = as_older(told)
    side = replay(told, access, now)
    world = linked(told, side)
    load(world, engine)
    found = tell(world, side)
    truth.save(found, engine)
    return Seeded(world, found)
