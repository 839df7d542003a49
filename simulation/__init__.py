"""Months in minutes: the product on an injected clock, with random faults, judged by both sides and by its messages."""
