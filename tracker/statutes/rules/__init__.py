"""What the program cites: sources with their editions, provisions with their articles, how both are printed. Pure."""
