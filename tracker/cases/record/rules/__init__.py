"""Code lists of a case, and who has it in which state. Pure."""
