"""Zoho's lists in local tables, for matching, counting and reconciling without a call per record."""
