"""The runs of the timer (运行记录): what each saw, raised and left, and what waits for a person."""
