"""What is kept of a case: its tables, its code lists, its number, its search entry, the categories."""
