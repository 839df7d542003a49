"""Tests of the mirror of Zoho's lists."""
