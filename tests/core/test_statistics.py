"""The database counts what it plans its searches by: after an upgrade, and whenever it is asked to."""

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from tests.people.factories import make_department, make_user
from tracker.core.database import committed
from tracker.core.statistics import keep_statistics
from tracker.people.rules import Role

PEOPLE = 40
COUNTED = {
    "sqlite": "SELECT CAST(stat AS INTEGER) FROM sqlite_stat1 WHERE tbl = 'post' LIMIT 1",
    "postgresql": "SELECT reltuples::integer FROM pg_class WHERE oid = 'post'::regclass",
}


def counted(session: Session) -> int | None:
    """Return how many posts the database believes there are."""
    return session.scalar(text(COUNTED[session.get_bind().dialect.name]))


@pytest.mark.both_databases
def test_what_came_in_is_counted(session: Session) -> None:
    with committed():
        office = make_department()
        for number in range(PEOPLE):
            make_user(f"u{number}", roles=[(Role.ACCEPTOR, office)])
    assert counted(session) != PEOPLE
    for _ in range(2):
        keep_statistics()
        assert counted(session) == PEOPLE


@pytest.mark.sqlite
def test_an_upgrade_counts(session: Session) -> None:
    assert session.scalar(text("SELECT count(*) FROM sqlite_stat1"))
