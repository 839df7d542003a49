"""Tests of what a person may do."""
