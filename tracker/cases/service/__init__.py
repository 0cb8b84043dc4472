"""What people do with a case: one short function for each action."""
