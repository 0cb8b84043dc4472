"""Nothing is plain that accuses: a matter lives through every act there is, and its bytes on the disk are looked at."""

import re
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Text, select, type_coerce
from sqlalchemy.orm import Session

from tests.databases import Ids, TestDatabase
from tests.petitioners.test_at_rest import READ, lies_open
from tests.web.arranging import arrange
from tests.web.stories import STORIES, Act
from tests.world.county import County, build
from tracker import audit
from tracker.audit import Event
from tracker.cases.acts.renumbering import close_number
from tracker.cases.record.at_rest import tables_with_texts, texts_of
from tracker.cases.record.models import Case
from tracker.cases.record.rules.codes import Confidentiality
from tracker.core import clock
from tracker.core.database import committed, db, locked
from tracker.core.enclosing import OPENING
from tracker.core.errors import DomainError
from tracker.jobs.verifying import verify
from tracker.key_villages.service.sponsoring import sponsor_case

# A word that nobody else says: it stands in every text that a person types.
MARK = "夜光藻"
CHOSEN = re.compile(r"[\x00-\x7f]*|今天|住址不清|上庄村|\d+月\d+日|\d+年\d+月\d+日")
GIVEN = {
    "title": f"{MARK}反映上庄村选民登记遗漏",
    "summary": f"村里有十四户没有登记进选民名单，{MARK}。",
    "demand_points": [f"补登遗漏的十四户，{MARK}。", "公开村级收支明细。"],
    "place_note": f"{MARK}东头",
}
# These two become accusations by an act of their own.
TURNED_BY_THEMSELVES = {"objection refused, not accepted", "vote buying on two tracks"}
# What is enclosed is enclosed before a database sees it; that both keep it alike, these show.
on_both = pytest.mark.both_databases(story=(*TURNED_BY_THEMSELVES, "closed and reopened"))


def marked(act: Act) -> Act:
    """Return an act whose typed texts, and names of files, say the word."""

    def fields(county: County, case: Case) -> dict[str, Any]:
        given = dict(act.fields(county, case) if callable(act.fields) else act.fields)
        typed = {key: f"{MARK}{said}" for key, said in given.items() if is_typed(key, said)}
        files = {"files": [f"{MARK}{name}" for name in given["files"]]} if "files" in given else {}
        return given | typed | files

    return replace(act, fields=fields)


def is_typed(field: str, said: object) -> bool:
    return isinstance(said, str) and not CHOSEN.fullmatch(said) and field not in ("into", "same_as")


def lived(county: County, story: str, **changes: Any) -> Case:
    """Register a matter beside another and let it live through a story."""
    county.register(title="另一件在办的来信")
    case = county.case(arrange(county, county.register(**GIVEN, **changes), map(marked, STORIES[story])))
    sponsored(county, case)
    return case


def sponsored(county: County, case: Case) -> None:
    """Mark a matter as sponsored (包案) where it can be, with the word in the reason."""
    given = {"started_on": clock.today(), "ended_on": None, "by": county.acceptor, "now": clock.now()}
    with suppress(DomainError), committed():
        sponsor_case(case, reason=f"{MARK}，矛盾复杂。", **given)


def turned(case: Case, level: Confidentiality, county: County) -> None:
    """Say of a matter that it is an accusation, or none: whatever act decides it, this is what it writes."""
    with committed():
        locked(case).level = level.value
        if level is not Confidentiality.ORDINARY:
            close_number(case)
        audit.record(Event.CASE_CORRECTED, by=county.acceptor, now=clock.now(), case_id=case.id)


def stored(case: Case) -> dict[str, list[str]]:
    """Return what stands in the column of each text of a matter."""
    found: dict[str, list[str]] = {}
    for table, owner in tables_with_texts().items():
        for column in texts_of(table):
            rows = db.session.scalars(select(type_coerce(column, Text)).where(owner == case.id, column.is_not(None)))
            found[f"{table.name}.{column.name}"] = [str(row) for row in rows]
    return found


def is_enclosed(raw: str) -> bool:
    return raw.startswith((OPENING, '"\\u27e6\\u5bc6\\u27e7'))


@on_both
@pytest.mark.parametrize("story", STORIES, ids=str)
def test_a_matter_that_turns_late_leaves_nothing_plain(county: County, database: TestDatabase, story: str) -> None:
    case = lived(county, story)
    if story not in TURNED_BY_THEMSELVES:
        plain = READ[database.name](database)
        assert lies_open(MARK, plain), "control: what is not closed is there to be found"
        before = {name: rows for name, rows in stored(case).items() if rows}
        assert not any(map(is_enclosed, sum(before.values(), [])))
        turned(case, Confidentiality.ACCUSATION, county)
        assert {name: len(rows) for name, rows in stored(case).items() if rows} == {
            name: len(rows) for name, rows in before.items()
        }
    assert [name for name, rows in stored(case).items() if not all(map(is_enclosed, rows))] == []
    db.session.rollback()
    assert not lies_open(MARK, READ[database.name](database))
    assert verify().wrong is None
    # And back: what is no accusation any more lies as it was typed.
    turned(case, Confidentiality.ORDINARY, county)
    assert [name for name, rows in stored(case).items() if any(map(is_enclosed, rows))] == []
    assert verify().wrong is None


@on_both
@pytest.mark.parametrize("story", STORIES, ids=str)
def test_what_is_written_of_an_accusation_is_enclosed(county: County, database: TestDatabase, story: str) -> None:
    """Every text of every row is written once more, also those that nobody has typed yet."""
    case = lived(county, story)
    turned(case, Confidentiality.ACCUSATION, county)
    other = "海百合"
    with committed():
        for mapper in sorted_mappers():
            for row in rows_of(mapper, case):
                for name in (c.key for c in texts_of(mapper.local_table)):
                    value = getattr(row, name)
                    setattr(row, name, {**value, "said": other} if isinstance(value, dict) else f"{other}{value}")
        audit.record(Event.CASE_CORRECTED, by=county.acceptor, now=clock.now(), case_id=case.id)
    assert [name for name, rows in stored(case).items() if not all(map(is_enclosed, rows))] == []
    assert case.title.startswith(other)
    db.session.rollback()
    assert not lies_open(other, READ[database.name](database))
    assert verify().wrong is None


def test_the_stories_write_in_every_table_that_has_texts(
    session: Session, county_ids: Ids, database: TestDatabase
) -> None:
    """Control: no table was left out because nothing stands in it."""
    empty = {table.name for table in tables_with_texts()}
    for story in STORIES:
        if empty:
            empty -= {name.partition(".")[0] for name, rows in stored(lived(fresh(database), story)).items() if rows}
    assert empty == set()


def fresh(database: TestDatabase) -> County:
    """Give the county as it was built, and nobody signed in."""
    database.start_from(build)
    db.session.remove()
    return County(database.ids, database.app.test_client)  # type: ignore[arg-type]


def sorted_mappers() -> list[Any]:
    return [mapper for mapper in Case.registry.mappers if mapper.local_table in tables_with_texts()]


def rows_of(mapper: Any, case: Case) -> list[Any]:
    owner = tables_with_texts()[mapper.local_table]
    return list(db.session.scalars(select(mapper.class_).where(owner == case.id)))
