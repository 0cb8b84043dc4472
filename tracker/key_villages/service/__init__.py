"""What people do on the ledger of difficult villages."""
