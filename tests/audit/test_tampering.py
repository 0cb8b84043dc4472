"""Every way of tampering with a small county: shown by the check alone, by a checkpoint that is held, or why not."""

import pysqlite3
import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session

from tests.audit.filled import build_filled
from tests.audit.ways import ALONE, HELD, WAYS, Way
from tests.databases import Ids
from tracker.core.database import db
from tracker.jobs.verifying import verify

IMAGES = {"filled": build_filled}


@pytest.fixture
def filled(database: object, session: object) -> Ids:
    """Give the county in which something of every kind has happened."""
    return {}


def done(way: Way) -> None:
    """Do a way of tampering with a connection of one's own, which knows no rules; each deed does something."""
    db.session.remove()
    engine = create_engine(db.engine.url, module=pysqlite3)
    with Session(engine) as session:
        for deed in way.deeds:
            if isinstance(deed, str):
                changed = session.execute(text(deed))
                assert changed.rowcount != 0, deed  # type: ignore[attr-defined]
            else:
                deed(session)
        session.commit()
    engine.dispose()


def test_there_are_the_ways_that_were_found() -> None:
    assert len(WAYS) == 52
    assert {way.by for way in WAYS.values()} == {ALONE, HELD, None}
    assert all(bool(way.unless) == (way.by is None) for way in WAYS.values())


@pytest.mark.sqlite
def test_untouched_everything_agrees(filled: Ids) -> None:
    assert verify().wrong is None


@pytest.mark.sqlite
@pytest.mark.parametrize("name", [name for name, way in WAYS.items() if way.by == ALONE])
def test_the_check_alone_shows_it(filled: Ids, name: str) -> None:
    way = WAYS[name]
    done(way)
    found = verify().wrong
    assert found is not None
    assert way.named in found
