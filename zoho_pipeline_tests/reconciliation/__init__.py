"""Tests of zoho_pipeline.reconciliation."""
