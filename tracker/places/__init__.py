"""Places: official division codes, villages with their history."""
