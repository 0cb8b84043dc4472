"""Whose days a case took (责任天数). Pure."""
