"""The application for gunicorn (`wsgi:app`) and, found by its name, for the `flask` command."""

from pathlib import Path

from sqlalchemy.engine import make_url

from tracker import create_app
from tracker.cli.refusals import refuse_demo_in_production, refuse_wrong_keys
from tracker.core.privacy import keep_private

app = create_app()
database = make_url(app.config["SQLALCHEMY_DATABASE_URI"])
own = [Path(str(database.database))] if database.get_backend_name() == "sqlite" else []
keep_private(Path(app.config["TRACKER_DATA"]), *own)
refuse_wrong_keys(app)
refuse_demo_in_production(app)
