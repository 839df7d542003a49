"""Everything that Dagster sees, thin: what a run does is in `actions/`, what a page shows of it is here."""
