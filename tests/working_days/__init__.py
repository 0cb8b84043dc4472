"""Working days: the calendar, the terms counted by it, and the commands."""
