"""Demonstration data: the real towns and villages of one county, with invented people and invented matters."""
