"""The door by which migrations change sealed rows: there and back, for the first time, and what it refuses."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pytest
from sqlalchemy import Connection, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from tests.databases import writing_engine
from tests.people.factories import make_department
from tracker import audit
from tracker.audit import Event, Sealing, queries, reseal, resealing, service
from tracker.audit.models import AuditEvent
from tracker.audit.queries import sealed_models, verify
from tracker.audit.resealing import CannotReseal
from tracker.audit.service import facts_of, facts_seal
from tracker.core import clock
from tracker.core.database import Base, Model, committed, db
from tracker.core.encryption import Encrypted
from tracker.notifications.models import WayState
from tracker.people.models import Department

pytestmark = pytest.mark.both_databases

SMALL = 2


def sealing_of(model: type[Model]) -> Sealing:
    """Return what the seals of a table cover today, in the words of a migration."""
    table = Base.metadata.tables[model.__tablename__]
    encrypted = tuple(column.name for column in table.columns if isinstance(column.type, Encrypted))
    return Sealing(table.name, *facts_of(model), encrypted)


FULL = sealing_of(Department)
SHORT = FULL.without("short_name", "place_code")
WAYS = Sealing("way_state", ("way", "tries"))


@pytest.fixture(autouse=True)
def _small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a handful of rows take several turns."""
    monkeypatch.setattr(resealing, "ROWS", SMALL)
    monkeypatch.setattr(resealing, "LINES", SMALL)


@pytest.fixture
def five(session: Session) -> list[int]:
    """Five departments, one of them renamed."""
    ids = []
    for name in ("县信访局", "县民政局", "县水务局", "县林业局", "县教育局"):
        with committed():
            ids.append(make_department(name).id)
    with committed():
        db.session.get_one(Department, ids[1]).name = "县民政和养老局"
        audit.record(Event.DEPARTMENT_CHANGED, by=None, now=clock.now())
    return ids


@contextmanager
def migrating() -> Iterator[Connection]:
    """Open the connection of a migration: one transaction, all of it or nothing."""
    db.session.rollback()
    with writing_engine().begin() as connection:
        yield connection


def change(was: Sequence[Sealing], now: Sequence[Sealing], *, doing: str = "SELECT 1") -> None:
    """Run a migration."""
    with migrating() as connection, reseal(connection, "9999", was=was, now=now):
        connection.execute(text(doing))


def move(was: Sealing, now: Sealing, *, doing: str = "SELECT 1") -> None:
    change([was], [now], doing=doing)


def told(kind: Event) -> list[dict[str, dict[str, str]]]:
    """Return what the events of one kind say."""
    rows = db.session.scalars(select(AuditEvent.payload).where(AuditEvent.kind == kind).order_by(AuditEvent.seq))
    found = [json.loads(row) for row in rows]
    db.session.rollback()
    return found


def wrong() -> str:
    db.session.rollback()
    return verify().wrong or ""


def tamper(statement: str) -> None:
    with migrating() as connection:
        connection.execute(text(statement))


def test_there_and_back_every_row_stays_proven(five: list[int]) -> None:
    move(FULL, SHORT)
    assert "department" in wrong(), "today's models cover more than these seals"
    move(SHORT, FULL)
    assert wrong() == ""
    lines = told(Event.ROWS_RESEALED)
    assert [len(line["seals_before"]) for line in lines] == [2, 2, 1] * 2
    assert all(line["seals_before"].keys() == line["seals"].keys() and line["migration"] == "9999" for line in lines)


def test_a_changed_column_gets_a_new_seal_and_an_untouched_row_no_line(five: list[int]) -> None:
    move(FULL, FULL, doing=f"UPDATE department SET short_name = '水务' WHERE id = {five[2]}")
    assert wrong() == ""
    assert [list(line["seals"]) for line in told(Event.ROWS_RESEALED)] == [[f"department:{five[2]}"]]


def test_the_words_of_a_migration_say_the_same_as_every_model(at_work: str) -> None:
    """Dates, instants, truth values, JSON and ciphertexts are sealed as the models seal them."""
    every = [sealing_of(model) for model in sealed_models()]
    change(every, every)
    assert told(Event.ROWS_RESEALED) == told(Event.ROWS_FIRST_SEALED) == []
    fewer = [each.without(each.always[-1]) for each in every]
    for was, now in ((every, fewer), (fewer, every)):
        change(was, now)
    assert wrong() == ""
    assert {"petitioner", "petition_case", "case_step"} <= {
        name.partition(":")[0] for line in told(Event.ROWS_RESEALED) for name in line.get("seals", {})
    }


TAMPERINGS = {
    "changed": "UPDATE department SET name = '被改' WHERE id = {}",
    "deleted": "DELETE FROM department WHERE id = {}",
    "added": "INSERT INTO department (id, public_id, name, short_name, kind, valid_from) "
    "VALUES ({}00, 'x', '多出的', '多出的', 'bureau', '2026-01-01')",
}


@pytest.mark.parametrize("how", TAMPERINGS)
def test_a_row_changed_before_is_named_and_nothing_moves(five: list[int], how: str) -> None:
    tamper(TAMPERINGS[how].format(five[4]))
    before, events = wrong(), verify().events
    with pytest.raises(CannotReseal, match=f"department 表主键 {five[4]}"):
        move(FULL, SHORT, doing="UPDATE department SET short_name = ''")
    assert (wrong(), verify().events) == (before, events)


@pytest.mark.parametrize("how", TAMPERINGS)
def test_a_row_changed_between_two_is_named(five: list[int], how: str) -> None:
    move(FULL, SHORT)
    tamper(TAMPERINGS[how].format(five[4]))
    with pytest.raises(CannotReseal, match=f"department 表主键 {five[4]}"):
        move(SHORT, FULL)


@pytest.mark.parametrize("how", TAMPERINGS)
def test_a_row_changed_afterwards_is_named(five: list[int], how: str) -> None:
    move(FULL, SHORT)
    move(SHORT, FULL)
    tamper(TAMPERINGS[how].format(five[4]))
    assert f"department 表主键 {five[4]}" in wrong()


def test_a_line_that_leaves_out_what_was_before_is_named(five: list[int]) -> None:
    """Whoever comes past the door, with the keys, cannot make a changed row good: its last seal is another."""
    for says in (
        {"seals_before": {f"department:{five[0]}": "0" * 24}},
        {"first_seals": {f"department:{five[0]}": "0" * 24}},
    ):
        with committed():
            audit.record(Event.ROWS_RESEALED, by=None, now=clock.now(), payload=says)
        assert f"department 表主键 {five[0]}" in wrong()


def test_a_column_hidden_from_the_seals_is_seen_when_it_comes_back(five: list[int]) -> None:
    """What a seal does not cover it does not prove: the way back seals what is found."""
    move(FULL, SHORT)
    tamper("UPDATE department SET short_name = '改过'")
    move(SHORT, FULL)
    assert wrong() == ""


def test_a_row_that_the_change_lost_is_named(five: list[int]) -> None:
    with pytest.raises(CannotReseal, match=f"department 表主键 {five[3]} 的行已不存在：换版时丢失"):
        move(FULL, SHORT, doing=f"DELETE FROM department WHERE id = {five[3]}")
    assert wrong() == ""


def test_what_breaks_off_halfway_leaves_everything_as_it_was(five: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    before = verify()
    written = resealing._Log.add

    def breaks_off(self: resealing._Log, kind: Event, says: dict[str, object]) -> None:
        written(self, kind, says)
        if self.head.size > before.events + 1:
            raise KeyboardInterrupt

    monkeypatch.setattr(resealing._Log, "add", breaks_off)
    with pytest.raises(KeyboardInterrupt):
        move(FULL, SHORT, doing="UPDATE department SET place_code = '610527000000'")
    assert verify() == before
    monkeypatch.undo()
    move(FULL, FULL)
    assert verify() == before


def test_seals_that_wait_to_be_written_are_refused(five: list[int]) -> None:
    with migrating() as connection:
        connection.execute(text("CREATE TABLE ahead (id INTEGER, seal VARCHAR(24))"))
        connection.execute(text("INSERT INTO ahead VALUES (1, 'x')"))
    try:
        with pytest.raises(CannotReseal, match="表 ahead"):
            move(FULL, SHORT)
    finally:
        tamper("DROP TABLE ahead")


def test_without_a_database_nothing_is_printed() -> None:
    with pytest.raises(CannotReseal), reseal(None, "9999", was=[], now=[]):
        pass


@pytest.fixture
def ways(five: list[int]) -> list[str]:
    """Three rows of a table that no model seals."""
    with committed():
        db.session.add_all(WayState(way=way, tries=1) for way in ("chat", "mail", "post"))
    return ["chat", "mail", "post"]


@pytest.fixture
def sealed_ways(ways: list[str], monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The same, sealed for the first time: from then on `verify` looks at them."""
    change([], [WAYS])
    models, of_models = sealed_models(), queries.facts_of
    monkeypatch.setattr(queries, "sealed_models", lambda: [*models, WayState])
    for module in (queries, service):
        monkeypatch.setattr(module, "facts_of", lambda kind: (WAYS.always, ()) if kind is WayState else of_models(kind))
    return ways


def first_sealed() -> list[str]:
    return [name for line in told(Event.ROWS_FIRST_SEALED) for name in line["first_seals"]]


def test_the_first_seals_of_a_table_say_that_its_past_is_unproven(sealed_ways: list[str]) -> None:
    assert wrong() == ""
    assert first_sealed() == [f"way_state:{way}" for way in sealed_ways]
    tamper("UPDATE way_state SET tries = 2 WHERE way = 'mail'")
    assert "way_state 表主键 mail" in wrong()


def test_first_seals_are_taken_back_on_the_way_down(sealed_ways: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    change([WAYS], [])
    monkeypatch.undo()
    assert wrong() == ""
    change([], [WAYS])
    assert first_sealed() == [f"way_state:{way}" for way in sealed_ways] * 2


def test_first_seals_that_were_changed_by_migrations_alone_are_taken_back_too(sealed_ways: list[str]) -> None:
    fewer = WAYS.without("tries")
    change([WAYS], [fewer])
    change([fewer], [WAYS])
    assert wrong() == ""
    change([WAYS], [])


def changed_by_an_act(how: str) -> None:
    """Let an act change a row, and write its seal as a table of the first release does, or as a later one does."""
    with committed():
        row = db.session.get_one(WayState, "mail")
        row.tries = 2
        seals = {"way_state:mail": facts_seal("way_state", {"way": "mail", "tries": 2}, WAYS.always, ())}
        # What a line says of the seals of a first release's tables goes by its own name.
        said = {"seals": seals} if how == "seals" else {"payload": {how: seals}}
        entry = audit.LogEntry(case_id=None, **{"payload": {}, **said})
        audit.record_all(Event.NOTICES_RESENT, [entry], by=None, now=clock.now())
    assert wrong() == ""


def test_seals_of_acts_are_not_taken_back(sealed_ways: list[str]) -> None:
    changed_by_an_act("seals")
    with pytest.raises(CannotReseal, match="表 way_state 换版以后有过改动"):
        change([WAYS], [])


def test_seals_that_no_older_version_reads_are_taken_back(sealed_ways: list[str]) -> None:
    changed_by_an_act("late_seals")
    change([WAYS], [])
    change([], [WAYS])
    assert wrong() == ""


def test_no_table_is_left_behind(five: list[int]) -> None:
    move(FULL, SHORT)
    move(SHORT, FULL)
    with migrating() as connection, pytest.raises(DBAPIError):
        connection.execute(text("SELECT * FROM kept_seal"))
