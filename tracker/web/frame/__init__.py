"""The frame of every page: who may, what is refused, forms, files, the navigation."""
