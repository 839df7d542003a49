"""CircleTel's tables exactly as they are in production, for the practice database."""

from zoho_pipeline.sandbox.circletel.tables import Variant, create_tables, is_marked, marker_token

__all__ = ["Variant", "create_tables", "is_marked", "marker_token"]
