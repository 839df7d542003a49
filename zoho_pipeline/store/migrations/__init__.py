"""Alembic's scripts for the schema `zoho_pipeline`."""
