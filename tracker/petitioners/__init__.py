"""Petitioners (信访人): identity apart from the matter, encrypted, opened on the record."""
