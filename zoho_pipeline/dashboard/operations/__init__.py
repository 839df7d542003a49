"""The operations pages: how the sync stands, what it did, and each row."""
