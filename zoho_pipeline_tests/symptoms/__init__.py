"""Each symptom of docs/runbook.md, produced by a fault under a real Dagster: what must come of it, and what does."""
