"""What answers look like: a detail and a list row per resource, as in the OpenAPI unless labelled assumed."""
