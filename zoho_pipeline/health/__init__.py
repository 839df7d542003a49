"""The checks, as plain functions, and their report."""
