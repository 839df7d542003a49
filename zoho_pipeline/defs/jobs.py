"""Jobs: selections of assets that one starts by name."""

import dagster as dg

from zoho_pipeline.defs.zoho import GROUP

backfill_all = dg.define_asset_job(
    "backfill_all",
    selection=dg.AssetSelection.groups(GROUP),
    description="Bring customers, subscriptions, invoices and payments of the chosen months into Zoho Billing, "
    "parents before children, as one run.",
    tags={"runbook": "R40"},
)
