"""Tests of the sample data, its truth and its judge."""
