"""The ledger (台账): its list, its exports, and the import of older ones (历史件)."""
