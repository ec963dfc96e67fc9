"""What lasts: evidence segments and the consent registry, on disk, in SQLite or in memory."""
