"""Tests of what is read from CircleTel's tables, and written there."""
