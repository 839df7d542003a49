"""Rows of syncs and calls, put in by hand: their figures are worked out in the tests."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from zoho_pipeline.clock import JOHANNESBURG
from zoho_pipeline.entities import Entity
from zoho_pipeline_tests.practice.world import PracticeWorld

SECOND = timedelta(seconds=1)


def at(day: int, hour: int = 10, minute: int = 0) -> datetime:
    """A moment of November 2025 in Johannesburg."""
    return datetime(2025, 11, day, hour, minute, tzinfo=JOHANNESBURG)


def attempt(world: PracticeWorld, entity: Entity, outcome: str, began: datetime, seconds: float, **more: Any) -> str:
    """An attempt that took so long; the id of its row."""
    values = {
        "entity": entity.value, "row_id": str(uuid4()), "action": "create", "run_id": "run-1", "worker": "w",
        "started_at": began, "lease_until": began + SECOND, "sent_at": began, "ended_at": began + seconds * SECOND,
        "outcome": outcome, "duration_ms": round(seconds * 1000), **more,
    }  # fmt: skip
    insert(world, "zoho_pipeline.attempts", values)
    return str(values["row_id"])


def log(world: PracticeWorld, entity: Entity, status: str, created: datetime, **more: Any) -> None:
    """A row of CircleTel's zoho_sync_logs."""
    values = {"entity_type": entity.singular, "entity_id": str(uuid4()), "status": status, "created_at": created}
    insert(world, "public.zoho_sync_logs", values | more)


def call(world: PracticeWorld, number: int, endpoint: str, moment: datetime, **more: Any) -> None:
    """A call to Zoho that took 100 ms and was answered with 200."""
    values = {
        "id": number, "organisation": "1", "at": moment, "method": endpoint.split()[0], "endpoint": endpoint,
        "purpose": "bulk", "status": 200, "code": 0, "ms": 100, **more,
    }  # fmt: skip
    insert(world, "zoho_pipeline.api_calls", values)


def insert(world: PracticeWorld, table: str, values: dict[str, Any]) -> None:
    """A row as it is."""
    marks = ", ".join(f":{name}" for name in values)
    world.circletel.execute(f"INSERT INTO {table} ({', '.join(values)}) VALUES ({marks})", **values)
