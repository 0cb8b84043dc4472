"""The application for gunicorn (`wsgi:app`) and, found by its name, for the `flask` command."""

from tracker import create_app

app = create_app()
