"""The variables of the reconciliation."""

from decimal import Decimal

from pydantic import Field

from zoho_pipeline.settings import Group


class ReconciliationSettings(Group):
    """How old Zoho's lists may be for a comparison, and what a person has to account for before a month is signed."""

    max_mirror_hours: float = Field(24, gt=0, le=24 * 62, validation_alias="RECONCILIATION_MAX_MIRROR_HOURS")
    materiality: Decimal = Field(Decimal(0), ge=0, validation_alias="RECONCILIATION_MATERIALITY")
    """Rand (or the item's currency): items about more that are not expected need a person's note."""
