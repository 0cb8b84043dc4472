"""Commands of `flask`: each makes one domain call and explains itself with `--help`."""

from flask import Flask

from tracker.cli.deadlines import deadline, load_calendar

COMMANDS = (deadline, load_calendar)


def register_commands(app: Flask) -> None:
    """Attach every command to the application."""
    for command in COMMANDS:
        app.cli.add_command(command)
