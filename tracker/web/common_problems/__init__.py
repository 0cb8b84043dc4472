"""Pages of common problems (共性问题)."""
