"""Tests of the shared budget, ledger and token, against a real PostgreSQL."""
