"""上报、请示: what is reported upward."""
