"""Zoho Billing, wired: the client under the shared budget, with the shared token."""

from collections.abc import Callable

from sqlalchemy import Engine

from zoho_pipeline.budget.api_budget import PostgresBudget
from zoho_pipeline.budget.sealing import Seal
from zoho_pipeline.budget.shares import shares
from zoho_pipeline.budget.tokens import SharedAccessToken
from zoho_pipeline.clock import Clock
from zoho_pipeline.settings import ZohoSettings
from zoho_pipeline.zoho.billing import ZohoBilling
from zoho_pipeline.zoho.exchange import Exchange
from zoho_pipeline.zoho.oauth import request_token
from zoho_pipeline.zoho.ports import Budget
from zoho_pipeline.zoho.transport import Transport

LEASE_MARGIN_SECONDS = 10.0
"""How much longer than a call can take its place in flight is kept, when the process that made it is gone."""


def billing_client(
    settings: ZohoSettings,
    engine: Engine,
    clock: Clock,
    run_id: str | None = None,
    wrap: Callable[[PostgresBudget], Budget] = lambda budget: budget,
) -> ZohoBilling:
    """The client for the organisation in the settings.

    `wrap` may put a condition of its own before every call, such as a lease that still has to hold.
    `run_id` labels the calls that name no run of their own. The client may be shared between threads; make one per
    process. It keeps a connection of the engine's pool while calls follow each other.
    """
    exchange = Exchange(settings.api_url, settings.organisation_id, settings.timeout_seconds)
    lease = exchange.longest_seconds() + LEASE_MARGIN_SECONDS
    budget = PostgresBudget(engine, settings.organisation_id, shares(settings), lease, clock.sleep)
    tokens = SharedAccessToken(engine, settings.organisation_id, Seal(settings), lambda: request_token(settings))
    return ZohoBilling(Transport(exchange, tokens, wrap(budget), clock), run_id)
