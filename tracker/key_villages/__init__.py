"""重点难点村台账: villages that the office works on, their problems, and how both are struck off (销号)."""
