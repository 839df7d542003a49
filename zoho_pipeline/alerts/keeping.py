"""How long incidents are kept: open ones for ever, others for so many days after they were over."""

from datetime import timedelta

from sqlalchemy import Connection, delete, func

from zoho_pipeline.alerts.tables import incidents


def forget_cleared(connection: Connection, kept: timedelta) -> int:
    """Delete those that have been over for longer than `kept`, with their timelines and messages; how many."""
    return connection.execute(delete(incidents).where(incidents.c.cleared_at < func.now() - kept)).rowcount
