"""What a person may set before launching a backfill in Dagster."""

import dagster as dg
from pydantic import Field


class BackfillConfig(dg.Config):
    """The run configuration of the four Zoho assets."""

    dry_run: bool = Field(
        default=False,
        description="Show what would be sent and send nothing. No month is marked as materialized; each month's "
        "counts are left as an observation.",
    )
    max_rows: int | None = Field(
        default=None,
        ge=1,
        description="Rows to look at per kind and month at most; the rest stays for the next run. Empty: no limit.",
    )
    confirmed: bool = Field(
        default=False,
        description="A person has confirmed that this run may go over the day's ceilings for creates, rand and "
        "cancellations (ZOHO_MAX_..._PER_DAY).",
    )
