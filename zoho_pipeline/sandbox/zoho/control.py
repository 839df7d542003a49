"""The control paths under /_sandbox/: what a test, or a person in Zoho's page, can see and do. No sign-in."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from zoho_pipeline.sandbox.zoho import customers, renewals
from zoho_pipeline.sandbox.zoho.codec import encode
from zoho_pipeline.sandbox.zoho.errors import ZohoError
from zoho_pipeline.sandbox.zoho.views import catalogue as catalogue_views
from zoho_pipeline.sandbox.zoho.views import customers as customer_views
from zoho_pipeline.sandbox.zoho.views import invoices as invoice_views
from zoho_pipeline.sandbox.zoho.views import payments as payment_views
from zoho_pipeline.sandbox.zoho.views import subscriptions as subscription_views
from zoho_pipeline.sandbox.zoho.world import World

VIEWS: dict[str, Callable[[Any, Any], dict[str, Any]]] = {
    "customers": customer_views.detail,
    "products": catalogue_views.product,
    "plans": catalogue_views.plan,
    "items": catalogue_views.item,
    "subscriptions": subscription_views.detail,
    "invoices": invoice_views.detail,
    "payments": payment_views.payment,
    "creditnotes": payment_views.creditnote,
    "refunds": payment_views.refund,
    "events": lambda org, event: dict(encode(event)),
}
Doing = Callable[[World, Any, Any], Any]


def control_app(world: World) -> Starlette:
    """The routes, each a method, a path and what is done."""

    def route(method: str, path: str, doing: Doing) -> Route:
        async def endpoint(request: Request) -> Response:
            return await _done(world, request, doing)

        return Route(f"/_sandbox/{path}", endpoint, methods=[method])

    return Starlette(routes=[route(method, path, doing) for method, path, doing in _DOINGS])


async def _done(world: World, request: Request, doing: Doing) -> Response:
    """What is wrong with a request comes back as 400 with one sentence."""
    raw = await request.body()
    try:
        body = json.loads(raw) if raw.strip() else {}
        return JSONResponse(doing(world, request.query_params, body))
    except ZohoError as error:
        return JSONResponse({"error": error.message}, 400)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        return JSONResponse({"error": str(error) or repr(error)}, 400)


def health(world: World, query: Any, body: Any) -> Any:
    """Alive, the business clock, counts of objects, and how much of the limits is used."""
    org = world.organisation
    return {
        "status": "ok",
        "now": world.clock.now().isoformat(),
        "objects": {kind: len(collection) for kind, collection in org.collections.items()},
        "limits": world.limits.used(),
        "tokens_issued": world.accounts.issued,
    }


def ledger(world: World, query: Any, body: Any) -> Any:
    """The requests after ?since=SEQ."""
    return {"entries": world.ledger.since(int(query.get("since", 0)))}


def clear_ledger(world: World, query: Any, body: Any) -> Any:
    """Forget the requests so far."""
    world.ledger.clear()
    return {}


def objects(world: World, query: Any, body: Any) -> Any:
    """Every object in full, by kind (?kind= for one); deleted ones are marked."""
    org = world.organisation
    renewals.catch_up(org)
    shown: dict[str, list[dict[str, Any]]] = {}
    for kind, collection in org.collections.items():
        if query.get("kind", kind) == kind:
            there = [{**VIEWS[kind](org, record), "deleted": False} for record in collection]
            gone = [{**VIEWS[kind](org, record), "deleted": True} for record in collection.deleted.values()]
            shown[kind] = there + gone
    return shown


def mails(world: World, query: Any, body: Any) -> Any:
    """The mails that Zoho would have sent."""
    renewals.catch_up(world.organisation)
    return {"mails": [encode(mail) for mail in world.organisation.mails]}


def clock(world: World, query: Any, body: Any) -> Any:
    """The business clock."""
    return {"now": world.clock.now().isoformat(), "offset_seconds": world.clock.offset_seconds}


def move_clock(world: World, query: Any, body: Any) -> Any:
    """{"now": iso} or {"set": iso}, or {"advance_days": n}; what falls due by then is done at once."""
    if wanted := body.get("set") or body.get("now"):
        world.clock.set(datetime.fromisoformat(wanted))
    elif "advance_days" in body:
        world.clock.advance(float(body["advance_days"]))
    else:
        raise ValueError("the clock takes 'set' or 'advance_days'")
    renewals.catch_up(world.organisation)
    return clock(world, query, body)


def behaviour(world: World, query: Any, body: Any) -> Any:
    """The settings in force."""
    return world.behaviour.as_json()


def change_behaviour(world: World, query: Any, body: Any) -> Any:
    """Change some settings."""
    world.behaviour = world.behaviour.updated(body)
    return world.behaviour.as_json()


def faults(world: World, query: Any, body: Any) -> Any:
    """The rules in force, how often each fired, and the requests that are held now."""
    return {"rules": world.faults.report(), "held": world.faults.held()}


def add_faults(world: World, query: Any, body: Any) -> Any:
    """Put rules in force: a list, {"rules": [...]}, or one rule."""
    rules = body if isinstance(body, list) else body.get("rules", [body])
    world.faults.add(rules)
    return faults(world, query, body)


def clear_faults(world: World, query: Any, body: Any) -> Any:
    """No faults any more; answers how often each fired."""
    report = faults(world, query, body)
    world.faults.clear()
    return report


def release(world: World, query: Any, body: Any) -> Any:
    """Let go on what is held; answers how many requests that were."""
    return {"released": world.faults.release()}


def state(world: World, query: Any, body: Any) -> Any:
    """The whole state."""
    return world.snapshot()


def restore(world: World, query: Any, body: Any) -> Any:
    """Become this state."""
    world.restore(body)
    return health(world, query, body)


def reset(world: World, query: Any, body: Any) -> Any:
    """As at the start."""
    world.reset()
    return health(world, query, body)


def reset_limits(world: World, query: Any, body: Any) -> Any:
    """Forget the calls and tokens counted so far."""
    world.limits.reset()
    world.accounts.reset_window()
    return health(world, query, body)


def revoke_tokens(world: World, query: Any, body: Any) -> Any:
    """End all access tokens; {"refresh": true} ends the refresh token too, {"refresh": false} revives it."""
    ended = world.accounts.revoke_access_tokens() if body.get("access", True) else 0
    if "refresh" in body:
        world.accounts.refresh_token_revoked = bool(body["refresh"])
    return {"access_tokens_ended": ended, "refresh_token_revoked": world.accounts.refresh_token_revoked}


def merge_customers(world: World, query: Any, body: Any) -> Any:
    """{"from": id, "into": id}: as a person merges two customers in Zoho's page."""
    kept = customers.merge(world.organisation, str(body["from"]), str(body["into"]))
    return {"customer": customer_views.detail(world.organisation, kept)}


_DOINGS: tuple[tuple[str, str, Doing], ...] = (
    ("GET", "health", health),
    ("GET", "ledger", ledger),
    ("DELETE", "ledger", clear_ledger),
    ("GET", "objects", objects),
    ("GET", "mails", mails),
    ("GET", "clock", clock),
    ("POST", "clock", move_clock),
    ("GET", "behaviour", behaviour),
    ("POST", "behaviour", change_behaviour),
    ("GET", "faults", faults),
    ("POST", "faults", add_faults),
    ("DELETE", "faults", clear_faults),
    ("POST", "faults/release", release),
    ("GET", "state", state),
    ("PUT", "state", restore),
    ("POST", "reset", reset),
    ("POST", "limits/reset", reset_limits),
    ("POST", "tokens/revoke", revoke_tokens),
    ("POST", "merge-customers", merge_customers),
)
