"""Tests of the mapping: pure, and checked against the practice Zoho's own arithmetic."""
