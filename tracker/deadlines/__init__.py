"""Deadlines: the table of lawful limits, and one row for each clock."""
