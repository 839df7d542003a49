"""What the tests run in processes of their own; kept apart, so that such a process imports little."""

import multiprocessing
import time
from multiprocessing.synchronize import Barrier, Event
from typing import Any

from sqlalchemy import Engine, create_engine

from zoho_pipeline.budget.api_budget import PostgresBudget
from zoho_pipeline.budget.sealing import Seal
from zoho_pipeline.budget.shares import Share, Shares
from zoho_pipeline.budget.tokens import SharedAccessToken
from zoho_pipeline.settings import ZohoSettings
from zoho_pipeline.zoho.oauth import request_token
from zoho_pipeline.zoho.ports import Call, Purpose

SPAWN = multiprocessing.get_context("spawn")
BULK = Call("GET", "GET /customers", Purpose.BULK, "customers", "c-1", "run-1")


def budget_of(engine: Engine, in_flight: int = 10, per_day: int = 10_000, lease: float = 60.0) -> PostgresBudget:
    """A budget with these limits for everybody, and hardly any of the minute."""
    share = Share(minute=10_000, day=per_day, in_flight=in_flight, burst=10_000, space_seconds=0.0)
    return PostgresBudget(engine, "1", Shares(share, share), lease)


def tokens_of(engine: Engine, settings: ZohoSettings) -> SharedAccessToken:
    """The shared token under these settings."""
    return SharedAccessToken(engine, "1", Seal(settings), lambda: request_token(settings))


def hold_a_place(url: str, holding: Event) -> None:
    """Begin a call and never end it."""
    with budget_of(create_engine(url), in_flight=1, lease=1.5).permit(BULK):
        holding.set()
        time.sleep(60)


def call_and_leave(url: str) -> None:
    """Make one call and end at once."""
    with budget_of(create_engine(url)).permit(BULK) as record:
        record.status = 200


def compete(url: str, all_there: Barrier, number: int) -> None:
    """Once all are there, make calls for some seconds."""
    budget = budget_of(create_engine(url), in_flight=2)
    all_there.wait(120)
    end = time.monotonic() + 2
    while time.monotonic() < end:
        with budget.permit(Call("GET", "GET /customers", Purpose.BULK, "customers", str(number), None)):
            time.sleep(0.02)


def fetch_token(url: str, given: dict[str, Any]) -> None:
    """Fetch the shared token."""
    tokens_of(create_engine(url), ZohoSettings.model_validate(given)).current()
