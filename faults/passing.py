"""Time passes: everything the pipeline has noted lies further back, as if the campaign had waited."""

from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError

_MOMENTS = {
    "zoho_pipeline.sync_records": (
        "first_seen_at", "app_syncing_since", "doubt_since", "doubt_looked_at", "changed_at",
        "retry_at",
    ),
    "zoho_pipeline.attempts": ("started_at", "lease_until", "sent_at", "ended_at"),
    "zoho_pipeline.mirror_listings": ("started_at", "completed_at"),
    "zoho_pipeline.mirror_customers": ("seen_at", "gone_at"),
    "zoho_pipeline.mirror_subscriptions": ("seen_at", "gone_at", "invoices_listed_at"),
    "zoho_pipeline.mirror_invoices": ("seen_at", "gone_at"),
    "zoho_pipeline.mirror_payments": ("seen_at", "gone_at"),
    "zoho_pipeline.api_budget": (
        "cool_down_until", "bulk_at", "served_at", "failing_since", "outage_since", "trial_since", "probed_at",
    ),
    "zoho_pipeline.outages": ("began_at", "ended_at"),
    "zoho_pipeline.access_tokens": ("refused_at", "refused_until"),
    "public.customers": ("created_at", "updated_at", "zoho_last_synced_at"),
    "public.customer_services": ("created_at", "updated_at", "zoho_last_synced_at"),
    "public.customer_invoices": ("created_at", "updated_at", "zoho_last_synced_at"),
    "public.payment_transactions": ("created_at", "updated_at", "zoho_last_synced_at"),
}  # fmt: skip
_MINUTES_LATER = text("""
    UPDATE zoho_pipeline.api_budget SET
        leases = '{}', lease_ends = '{}', waiting = '{}', waiting_until = '{}', minute_ends = '{}'
""")
_DEADLOCK = "40P01"
DEADLOCKS = 20
"""So many times it is tried again: workers lock the same rows in their own order."""
_DAYS_LATER = text("UPDATE zoho_pipeline.api_budget SET day_calls = '{}'")


def let_pass(engine: Engine, seconds: float) -> None:
    """So many seconds pass, minutes at least: no call is in flight any more, and the budget begins anew.

    A transaction that a frozen process has left open is waited for: it ends by idle_in_transaction_session_timeout,
    as docs/deployment.md prescribes it.
    """
    for _ in range(DEADLOCKS):
        try:
            return _set_back(engine, seconds)
        except OperationalError as error:
            if getattr(error.orig, "pgcode", None) != _DEADLOCK:
                raise
    raise TimeoutError("time could not be set back for deadlocks with the workers")


def _set_back(engine: Engine, seconds: float) -> None:
    with engine.begin() as connection:
        connection.execute(text("SET LOCAL lock_timeout = '240s'"))
        connection.execute(text("SET LOCAL session_replication_role = replica"))  # the app's triggers see no change
        for table, columns in _MOMENTS.items():
            changes = ", ".join(f"{name} = {name} - make_interval(secs => :seconds)" for name in columns)
            connection.execute(text(f"UPDATE {table} SET {changes}"), {"seconds": seconds})  # noqa: S608
        connection.execute(_MINUTES_LATER)
        if seconds >= 86_400:
            connection.execute(_DAYS_LATER)
