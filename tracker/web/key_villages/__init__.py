"""Pages of the ledger of difficult villages (重点难点村台账)."""
