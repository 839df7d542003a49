"""Finding and mending what went wrong."""
