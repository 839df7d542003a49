"""A small practice world for one test: CircleTel's tables, a practice Zoho, and runs of the backfill between them."""
