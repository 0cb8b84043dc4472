"""Commands of `flask`: each makes one domain call and explains itself with `--help`."""

from flask import Flask


def register_commands(app: Flask) -> None:
    """Attach every command to the application."""
