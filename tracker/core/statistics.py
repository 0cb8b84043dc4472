"""What a database plans its searches by: counted after an upgrade, after imports, and once a day."""

from sqlalchemy import inspect, text

from tracker.core.database import committed, db

# How many entries of each index SQLite reads. With few, a column in which nearly all rows are alike seems to narrow.
ANALYSIS_LIMIT = 50_000


def keep_statistics() -> None:
    """Refresh the statistics by which the database plans, table by table: nobody waits longer than for one.

    SQLite reads a sample of each index and keeps nothing by itself; without it the planner takes an index for good
    that is only long. PostgreSQL does the same on its own, but not at once after an import.
    """
    names = inspect(db.session.connection()).get_table_names()
    db.session.rollback()
    for name in names:
        with committed() as session:
            if session.get_bind().dialect.name == "sqlite":
                session.execute(text(f"PRAGMA analysis_limit={ANALYSIS_LIMIT}"))
            session.execute(text(f'ANALYZE "{name}"'))
