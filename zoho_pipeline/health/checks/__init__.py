"""The checks: pure functions from a part of the facts to a verdict, a module for each component."""
