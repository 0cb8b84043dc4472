"""What papers and overviews of supervision say, and how they are derived. Pure."""
