"""Tests of the practice CircleTel database."""
