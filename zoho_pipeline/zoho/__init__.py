"""Zoho Billing over HTTP: knows nothing of CircleTel, databases or Dagster; budget and token come in as protocols."""
