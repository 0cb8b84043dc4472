"""The table of steps and what belongs to it. Pure."""
