"""A sample of the simulation, its injected clock, and its judges judged."""
