"""The application for gunicorn (`wsgi:app`) and, found by its name, for the `flask` command."""

from tracker import create_app
from tracker.cli.refusals import refuse_wrong_keys

app = create_app()
refuse_wrong_keys(app)
