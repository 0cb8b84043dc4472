"""What is kept of a case: its tables, its code lists, its number, its search entry, the categories.

Whoever takes anything of it writes by the rule of `at_rest`.
"""

from tracker.cases.record import at_rest

__all__ = ["at_rest"]
