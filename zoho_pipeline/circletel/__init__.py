"""CircleTel's tables, which its app owns: what we read of them, and the sync columns that we write."""
