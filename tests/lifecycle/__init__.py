"""The lifecycle proven, not sampled: every state that can be reached, by every person who exists."""
