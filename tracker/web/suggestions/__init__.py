"""Pages of deputies' suggestions (代表建议)."""
