"""Tests of the ground: money, months, states, settings, redaction."""
