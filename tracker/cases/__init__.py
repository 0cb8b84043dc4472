"""Cases (信访事项): the heart — lifecycle, assignment, close-out (销号)."""
