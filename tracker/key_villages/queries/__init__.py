"""What people see of the ledger of difficult villages."""
