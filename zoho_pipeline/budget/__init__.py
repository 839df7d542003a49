"""The API budget, the ledger of calls and the shared access token, in PostgreSQL for all processes and hosts."""
