"""What a figure is, and which days a period has. Pure."""
