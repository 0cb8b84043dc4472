"""A case as the timer sees it: what it asks of the things that clocks are about (reminders/subjects)."""
