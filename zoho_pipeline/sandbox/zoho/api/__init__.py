"""The API's paths below /billing/v1: one module per resource, each a table of routes onto the rules."""
