"""Tests of the practice world."""
