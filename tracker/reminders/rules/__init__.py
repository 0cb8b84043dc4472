"""When the clock on the wall can be believed. Pure."""
