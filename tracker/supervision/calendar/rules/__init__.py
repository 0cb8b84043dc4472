"""The phases of a change. Pure."""
