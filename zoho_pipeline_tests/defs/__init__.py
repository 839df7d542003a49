"""What Dagster sees of a backfill."""
