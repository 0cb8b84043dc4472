"""信访销号台账: register, assign, answer and strike off petition matters, every step on the record."""

import os
from collections.abc import Mapping
from pathlib import Path

from flask import Flask
from sqlalchemy.exc import DBAPIError

from config import Config, kept_secret
from tracker.cli import register_commands
from tracker.core import clock
from tracker.core.database import init_database
from tracker.core.encryption import load_keys
from tracker.core.errors import DomainError
from tracker.core.schema import is_new
from tracker.web import register_pages

ROOT = Path(__file__).resolve().parent.parent


def create_app(config: Mapping[str, object] | None = None) -> Flask:
    """Make the application; `config` overrides the environment (see `config.py`).

    Raises ConfigurationError where a setting is wrong, DomainError where keys are missing that cannot be made anew.
    """
    app = Flask(
        "tracker", root_path=str(ROOT / "tracker"), template_folder=str(ROOT / "templates"), static_folder="static"
    )
    app.config.from_object(Config(os.environ, config))
    clock.configure(app.config["TRACKER_NOW"])
    init_database(app)
    take_keys(app)
    register_pages(app)
    register_commands(app)
    return app


def take_keys(app: Flask) -> None:
    """Give the application its keys: made where its database is new, else there or missed."""
    folder = Path(app.config["TRACKER_KEYS"])
    with app.app_context():
        app.extensions["tracker_keys"] = load_keys(folder, may_make=may_make_keys)
    app.config["SECRET_KEY"] = app.config["SECRET_KEY"] or kept_secret(folder)


def may_make_keys() -> bool:
    """Return whether the database is new. Raises DomainError where it cannot be asked."""
    try:
        return is_new()
    except DBAPIError:
        raise DomainError("密钥文件夹里缺密钥，数据库又连不上，不知道是不是新装，没有另建密钥，没有启动。") from None
