"""The one world of the tests: a county with its people, units and places, and what happens in it."""
