"""The ladder and its arithmetic: which rung is reached when, who is told, in which words. Pure."""
