"""The law of cases as pure functions and tables."""
