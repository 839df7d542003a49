"""Incidents that open, rise and clear, and the channels that tell people. What is wrong is found by other rooms."""
