"""Incidents open, rise and clear, and people are told once of each."""
