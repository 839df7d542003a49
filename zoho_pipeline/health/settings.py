"""The thresholds of the health checks: the variables ZOHO_HEALTH_…; the runbook's figures are the defaults."""

from pydantic import Field

from zoho_pipeline.settings import Group


class HealthSettings(Group):
    """From where on something is amiss. Parts are in per cent, from 0 to 100."""

    synced_percent: float = Field(95, ge=0, le=100, validation_alias="ZOHO_HEALTH_SYNCED_PERCENT")
    pending_rows: int = Field(5, ge=1, validation_alias="ZOHO_HEALTH_PENDING_ROWS")
    pending_minutes: float = Field(60, gt=0, validation_alias="ZOHO_HEALTH_PENDING_MINUTES")
    unsynced_hours: float = Field(24, gt=0, validation_alias="ZOHO_HEALTH_UNSYNCED_HOURS")
    blocked_hours: float = Field(24, gt=0, validation_alias="ZOHO_HEALTH_BLOCKED_HOURS")
    idle_minutes: float = Field(30, gt=0, validation_alias="ZOHO_HEALTH_IDLE_MINUTES")
    stuck_minutes: float = Field(5, gt=0, validation_alias="ZOHO_HEALTH_STUCK_MINUTES")
    stale_minutes: float = Field(60, gt=0, validation_alias="ZOHO_HEALTH_STALE_MINUTES")
    doubt_minutes: float = Field(60, gt=0, validation_alias="ZOHO_HEALTH_DOUBT_MINUTES")
    failed_rows: int = Field(5, ge=1, validation_alias="ZOHO_HEALTH_FAILED_ROWS")
    failed_days: float = Field(7, gt=1, validation_alias="ZOHO_HEALTH_FAILED_DAYS")
    success_percent: float = Field(98, ge=0, le=100, validation_alias="ZOHO_HEALTH_SUCCESS_PERCENT")
    failures_per_week: int = Field(5, ge=1, validation_alias="ZOHO_HEALTH_FAILURES_PER_WEEK")
    same_cause: int = Field(5, ge=1, validation_alias="ZOHO_HEALTH_SAME_CAUSE")
    average_seconds: float = Field(5, gt=0, validation_alias="ZOHO_HEALTH_AVERAGE_SECONDS")
    mirror_hours: float = Field(24, gt=0, validation_alias="ZOHO_HEALTH_MIRROR_HOURS")
    api_day_percent: float = Field(80, ge=0, le=100, validation_alias="ZOHO_HEALTH_API_DAY_PERCENT")
    token_hours: float = Field(24, gt=0, validation_alias="ZOHO_HEALTH_TOKEN_HOURS")
    connections_percent: float = Field(80, ge=0, le=100, validation_alias="ZOHO_HEALTH_CONNECTIONS_PERCENT")
    message_minutes: float = Field(15, gt=0, validation_alias="ZOHO_HEALTH_MESSAGE_MINUTES")
    kept_days: int = Field(90, ge=1, le=3_650, validation_alias="ZOHO_HEALTH_KEPT_DAYS")
    """Reports are kept so long, to tell what has changed."""

    @classmethod
    def variable(cls, field: str) -> str:
        """The environment variable of a field."""
        return str(cls.model_fields[field].validation_alias)
