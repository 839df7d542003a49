"""The operations and finance pages: a server of plain HTML. Knows no Dagster; what it does, it does through actions."""
