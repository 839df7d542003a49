"""The practice world: an embedded PostgreSQL, CircleTel's tables with sample data, a Zoho Billing server."""
