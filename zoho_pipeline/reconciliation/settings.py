"""The variables of the reconciliation."""

from pydantic import Field

from zoho_pipeline.settings import Group


class ReconciliationSettings(Group):
    """How old Zoho's lists may be for a comparison."""

    max_mirror_hours: float = Field(24, gt=0, le=24 * 62, validation_alias="RECONCILIATION_MAX_MIRROR_HOURS")
