"""Tests of what is reported upward."""
