"""The application for gunicorn (`wsgi:app`) and, found by its name, for the `flask` command."""

from pathlib import Path

import click
from sqlalchemy.engine import make_url

from config import ConfigurationError
from tracker import create_app
from tracker.cli.refusals import refuse_unfit
from tracker.core.errors import DomainError
from tracker.core.installation import bind_cookies, settle_mark
from tracker.core.privacy import keep_private

try:
    app = create_app()
except (ConfigurationError, DomainError) as refused:
    raise click.ClickException(str(refused)) from None
database = make_url(app.config["SQLALCHEMY_DATABASE_URI"])
own = [Path(str(database.database))] if database.get_backend_name() == "sqlite" else []
data, keys = Path(app.config["TRACKER_DATA"]), Path(app.config["TRACKER_KEYS"])
keep_private(data, keys, *own)
refuse_unfit(app)
with app.app_context():
    settle_mark()
    bind_cookies()
if keys.is_relative_to(data) and click.get_current_context(silent=True) is None:
    click.echo(
        f"密钥和数据放在一起（{keys}）：拿到数据的人也拿到密钥。请停下网站和提醒，运行 flask move-keys。", err=True
    )
