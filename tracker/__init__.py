"""信访销号台账: register, assign, answer and strike off petition matters, every step on the record."""

import os
from collections.abc import Mapping
from pathlib import Path

from flask import Flask

from config import Config
from tracker.cli import register_commands
from tracker.core import clock
from tracker.core.database import init_database
from tracker.core.encryption import load_keys
from tracker.web import register_pages

ROOT = Path(__file__).resolve().parent.parent


def create_app(config: Mapping[str, object] | None = None) -> Flask:
    """Make the application; `config` overrides the environment (see `config.py`)."""
    app = Flask(
        "tracker", root_path=str(ROOT / "tracker"), template_folder=str(ROOT / "templates"), static_folder="static"
    )
    app.config.from_object(Config(os.environ, config))
    clock.configure(app.config["TRACKER_NOW"])
    app.extensions["tracker_keys"] = load_keys(Path(app.config["TRACKER_DATA"]) / "keys")
    init_database(app)
    register_pages(app)
    register_commands(app)
    return app
