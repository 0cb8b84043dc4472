"""Words and levels of the papers. Pure."""
