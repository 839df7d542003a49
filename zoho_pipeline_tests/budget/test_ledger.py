"""The ledger forgets old calls, and only those."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine, text

from zoho_pipeline.budget.ledger import forget_old_calls
from zoho_pipeline_tests.budget.rig import Rig

KEPT = timedelta(days=90)


def grow_old(rig: Rig, days: int, *tickets: int) -> None:
    """Let calls have been made that many days earlier."""
    older = text("UPDATE zoho_pipeline.api_calls SET at = at - make_interval(days => :days) WHERE id = ANY(:tickets)")
    rig.connection.execute(older, {"days": days, "tickets": list(tickets)})


def left(rig: Rig) -> list[int]:
    return list(rig.connection.execute(text("SELECT id FROM zoho_pipeline.api_calls ORDER BY id")).scalars())


def test_old_calls_are_forgotten(engine: Engine) -> None:
    rig = Rig(engine)
    old, younger, recent = (rig.ask().ticket for _ in range(3))
    grow_old(rig, 91, old)
    grow_old(rig, 89, younger)
    assert forget_old_calls(engine, KEPT) == 1
    assert left(rig) == [younger, recent]
    assert forget_old_calls(engine, KEPT) == 0


@pytest.mark.parametrize("batch", [1, 3, 7, 100])
def test_many_are_forgotten_a_batch_at_a_time(engine: Engine, batch: int) -> None:
    rig = Rig(engine)
    old, recent = [rig.ask().ticket for _ in range(7)], rig.ask().ticket
    grow_old(rig, 91, *old)
    assert forget_old_calls(engine, KEPT, batch) == 7
    assert left(rig) == [recent]


def test_rows_that_somebody_holds_are_left_for_the_next_time(engine: Engine) -> None:
    rig = Rig(engine)
    held, free = (rig.ask().ticket for _ in range(2))
    grow_old(rig, 91, held, free)
    with engine.begin() as other:
        other.execute(text("SELECT FROM zoho_pipeline.api_calls WHERE id = :id FOR UPDATE"), {"id": held})
        assert forget_old_calls(engine, KEPT) == 1
    assert left(rig) == [held]


def test_the_day_that_is_spent_stays_spent(engine: Engine) -> None:
    rig = Rig(engine, per_day=1)
    grow_old(rig, 91, rig.ask().ticket)
    assert forget_old_calls(engine, KEPT) == 1
    assert rig.ask().reason == "day"
