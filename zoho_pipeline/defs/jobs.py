"""Jobs: selections of assets that one starts by name."""

import dagster as dg

from zoho_pipeline.defs import health, mirror, reconciliation
from zoho_pipeline.defs.review_making import key_of
from zoho_pipeline.defs.zoho import GROUP
from zoho_pipeline.health.registry import registry

_HEALTH = dg.AssetSelection.checks(
    *(dg.AssetCheckKey(health.asset_of(check), health.name_of(check)) for check in registry())
)
_MIRROR = dg.AssetSelection.groups(mirror.GROUP)
_RECONCILIATION = dg.AssetSelection.groups(reconciliation.GROUP)

backfill_all = dg.define_asset_job(
    "backfill_all",
    selection=dg.AssetSelection.groups(GROUP),
    description="Bring customers, subscriptions, invoices and payments of the chosen months into Zoho Billing, "
    "parents before children, as one run.",
    tags={"runbook": "R40"},
)
daily_operations = dg.define_asset_job(
    "daily_operations",
    selection=_HEALTH | dg.AssetSelection.assets(key_of("daily_checklist")),
    description="All health checks; then the daily checklist, ticked by them, by failures of 24 hours and incidents.",
    tags={"runbook": "R2"},
)
weekly_review = dg.define_asset_job(
    "weekly_review",
    selection=_MIRROR | dg.AssetSelection.assets(key_of("weekly_sync"), key_of("weekly_checklist")),
    description="Zoho's lists are read anew; then the review of the week, and the weekly checklist.",
    tags={"runbook": "R10"},
)
monthly_audit = dg.define_asset_job(
    "monthly_audit",
    selection=_MIRROR
    | _RECONCILIATION
    | dg.AssetSelection.assets(*map(key_of, ("performance", "api_cost", "security", "monthly_checklist"))),
    description="Zoho's lists are read anew and the month is reconciled; then its three reviews, and the monthly "
    "checklist.",
    tags={"runbook": "R11"},
)
documentation_review = dg.define_asset_job(
    "documentation_review",
    selection=dg.AssetSelection.assets(key_of("documentation_checklist")),
    description="Reminds people to go through the documentation, with a checklist.",
    tags={"runbook": "R44"},
)
REVIEWS = (daily_operations, weekly_review, monthly_audit, documentation_review)
