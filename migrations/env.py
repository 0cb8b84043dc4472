"""How a migration runs: one transaction on either database, all of it or nothing."""

from collections.abc import Callable
from logging.config import fileConfig
from typing import Any, Literal

from alembic import context
from flask import current_app
from sqlalchemy import Connection, MetaData, text
from sqlalchemy.types import TypeDecorator

from tracker.audit.installation import note_home
from tracker.audit.keys import note_keys
from tracker.cli.refusals import sentences
from tracker.core import clock
from tracker.core.database import WRITING
from tracker.core.statistics import keep_statistics
from tracker.core.waiting import LONG_PATIENCE, unhurried

# Any fixed number: two nodes that start at once migrate one after the other.
MIGRATION_LOCK = 140_522


def metadata() -> MetaData:
    """Return the tables as the models describe them."""
    tables: MetaData = current_app.extensions["migrate"].db.metadata
    return tables


def render_item(kind: str, item: Any, _context: object) -> str | Literal[False]:
    """Write our own column types as the plain types they are stored as: a migration must outlive the code."""
    if kind == "type" and isinstance(item, TypeDecorator):
        return f"sa.{item.impl_instance!r}"
    return False


def is_ours(connection: Connection) -> Callable[..., bool]:
    """Return the filter that keeps the full-text tables, made by hand, out of comparisons."""
    made_by_hand = {"case_search"}
    if connection.dialect.name == "sqlite":
        kinds = "SELECT name FROM pragma_table_list WHERE type IN ('virtual', 'shadow')"
        made_by_hand.update(connection.scalars(text(kinds)))
    return lambda name, kind, _parents: not (kind == "table" and name in made_by_hand)


def set_foreign_keys(connection: Connection, *, on: bool) -> None:
    """Hold the foreign keys of SQLite while tables are copied: to drop the old copy would delete its children.

    Goes to the driver's connection, because inside a transaction the setting has no effect.
    """
    connection.connection.driver_connection.execute(f"PRAGMA foreign_keys={'ON' if on else 'OFF'}")  # type: ignore[union-attr]


def refuse_orphans(connection: Connection) -> None:
    """Undo the migration where it left a row that points at nothing."""
    orphans = connection.execute(text("PRAGMA foreign_key_check")).first()
    if orphans:
        raise RuntimeError(f"迁移后表 {orphans[0]} 有指向不存在记录的行，已全部撤回。")


def leave_out_empty_revisions(_context: object, _revision: object, directives: list[Any]) -> None:
    """Write no file for `flask db migrate` when nothing changed."""
    options = context.config.cmd_opts
    if getattr(options, "autogenerate", False) and directives[0].upgrade_ops.is_empty():
        directives.clear()


def migrate(connection: Connection) -> None:
    """Run what was asked for in one transaction."""
    sqlite = connection.dialect.name == "sqlite"
    settings = {
        "compare_type": True,
        "render_as_batch": True,
        "process_revision_directives": leave_out_empty_revisions,
        **current_app.extensions["migrate"].configure_args,
    }
    with connection.begin():
        if not sqlite:
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": MIGRATION_LOCK})
        context.configure(
            connection=connection,
            target_metadata=metadata(),
            render_item=render_item,
            include_name=is_ours(connection),
            transactional_ddl=True,
            **settings,
        )
        with context.begin_transaction():
            context.run_migrations()
        if sqlite:
            refuse_orphans(connection)


def run_online() -> None:
    """Migrate the application's database; then its keys and place are noted, and what the planner knows is counted."""
    with sentences("db"), unhurried():
        migrate_online()
        note_keys(now=clock.now())
        note_home(now=clock.now())
        keep_statistics()


def migrate_online() -> None:
    """Migrate, on SQLite with the foreign keys held."""
    engine = current_app.extensions["migrate"].db.engine.execution_options(**{WRITING: LONG_PATIENCE})
    with engine.connect() as connection:
        if connection.dialect.name != "sqlite":
            migrate(connection)
            return
        set_foreign_keys(connection, on=False)
        try:
            migrate(connection)
        finally:
            set_foreign_keys(connection, on=True)


def run_offline() -> None:
    """Print the statements instead of running them (`flask db upgrade --sql`)."""
    url = current_app.extensions["migrate"].db.engine.url.render_as_string(hide_password=False)
    context.configure(url=url, target_metadata=metadata(), render_item=render_item, literal_binds=True)
    with context.begin_transaction():
        context.run_migrations()


if context.config.config_file_name:
    fileConfig(context.config.config_file_name, disable_existing_loggers=False)
if context.is_offline_mode():
    run_offline()
else:
    run_online()
