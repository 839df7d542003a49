"""A sample of the fault campaign, and the judge judged."""
