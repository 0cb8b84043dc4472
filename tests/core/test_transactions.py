"""Who may write: a session reads, `committed()` writes, `rehearsed()` undoes all; the database refuses the rest."""

from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import insert, select, text, update
from sqlalchemy.orm import Session

from tests.people.factories import make_department
from tracker.cases.record.models import Category
from tracker.core.database import after_commit, committed, db, locked, rehearsed
from tracker.core.errors import WriteOutsideAct
from tracker.people.models import Department

VALUES = {"name": "村务管理", "position": 1, "valid_from": date(2020, 1, 1)}


def add() -> None:
    db.session.add(Category(**VALUES))
    db.session.flush()


def change() -> None:
    db.session.scalars(select(Department)).one().name = "县民政局"
    db.session.flush()


def insert_rows() -> None:
    db.session.execute(insert(Category), [VALUES])


def update_rows() -> None:
    db.session.execute(update(Department).values(name="县民政局"))


def write_text() -> None:
    db.session.execute(text("DELETE FROM department"))


def lock() -> None:
    locked(db.session.scalars(select(Department)).one())


WRITES = [add, change, insert_rows, update_rows, write_text, lock]


@pytest.fixture
def office(session: Session) -> Department:
    with committed():
        return make_department()


def names() -> list[str]:
    return list(db.session.scalars(select(Department.name)))


@pytest.mark.both_databases
@pytest.mark.parametrize("write", WRITES)
def test_a_write_outside_an_act_is_refused_by_the_database(office: Department, write: Callable[[], None]) -> None:
    before = names()
    with pytest.raises(WriteOutsideAct):
        write()
    db.session.rollback()
    assert names() == before
    assert db.session.scalars(select(Category)).all() == []


@pytest.mark.both_databases
@pytest.mark.parametrize("write", WRITES[:-2])
def test_the_same_write_is_taken_inside_one(office: Department, write: Callable[[], None]) -> None:
    """The control: what is refused above is refused for its place, not for what it writes."""
    with rehearsed():
        write()
        changed = names() == ["县民政局"]
        assert changed is not bool(db.session.scalars(select(Category)).all())
    assert names() == ["县信访局"]


def test_what_was_changed_before_an_act_is_not_lost_in_silence(office: Department) -> None:
    office.name = "县民政局"
    with pytest.raises(WriteOutsideAct, match="Department"), committed():
        raise AssertionError("the act began")


def test_an_act_inside_an_act_is_refused_and_undoes_the_outer_one(office: Department) -> None:
    def nested() -> None:
        with committed():
            write_text()
            with committed():
                raise AssertionError("the second act began")

    with pytest.raises(WriteOutsideAct, match="inside"):
        nested()
    assert names() == ["县信访局"]


@pytest.mark.both_databases
def test_an_act_reads_afresh_what_was_read_before_it(app: Flask, office: Department) -> None:
    assert office.name == "县信访局"
    with app.app_context(), committed():
        update_rows()
    with committed() as session:
        assert office.name == "县民政局"
        assert not session.is_modified(office)


@pytest.mark.both_databases
def test_after_an_act_the_session_reads_again(office: Department) -> None:
    with committed():
        update_rows()
    assert names() == ["县民政局"]
    with pytest.raises(WriteOutsideAct):
        update_rows()


def test_what_waits_for_the_commit_does_not_run_when_a_savepoint_ends(session: Session) -> None:
    """What is overwritten of a matter that was plain must not be looked after before it is stored."""
    ran: list[str] = []
    with committed() as acting:
        after_commit(lambda: ran.append("stored"))
        with acting.begin_nested():
            acting.execute(text("SELECT 1"))
        assert ran == []
    assert ran == ["stored"]
    with committed() as acting:
        acting.execute(text("SELECT 1"))
    assert ran == ["stored"]
