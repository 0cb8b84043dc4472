"""`may_see` and `visible_to` are one rule: they agree on random worlds, on both databases."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from hypothesis import given
from sqlalchemy import ColumnElement, select, text
from sqlalchemy.orm import Session

from tests.cases.worlds import World, dense_world, worlds
from tests.world.county import County
from tests.world.rows import TODAY, a_case
from tracker.cases.access import rules as access
from tracker.cases.access import scope
from tracker.cases.access.rules import (
    ACCESS,
    DENIALS,
    RELATIONS,
    Access,
    Denial,
    Matter,
    Relation,
    may_open_identity,
    may_see,
)
from tracker.cases.access.scope import identity_open_to, matter_of, may_know, visible_case, visible_to
from tracker.cases.record.models import Case
from tracker.cases.record.rules.codes import Confidentiality
from tracker.core.database import db
from tracker.core.errors import NotFound
from tracker.people.queries import reader_for
from tracker.people.rules import Reader


@contextmanager
def standing(world: World) -> Iterator[tuple[list[Reader], dict[int, Matter]]]:
    """Write a world, give everybody in it and every case, and take it away again."""
    world.write()
    try:
        yield world.readers(), {case.id: matter_of(case) for case in db.session.scalars(select(Case))}
    finally:
        db.session.rollback()
        forget_clauses()


def forget_clauses() -> None:
    """Let the clauses be built anew: a test that alters a table must not meet, nor leave behind, the other's."""
    visible_to.cache_clear()
    may_know.cache_clear()
    identity_open_to.cache_clear()


def found(clause: ColumnElement[bool]) -> set[int]:
    return set(db.session.scalars(select(Case.id).where(clause)))


def disagreements(readers: list[Reader], matters: dict[int, Matter]) -> Iterator[tuple[str, Reader, int]]:
    forget_clauses()
    for rule, twin in ((may_see, visible_to), (may_see, may_know), (may_open_identity, identity_open_to)):
        for reader in readers:
            by_rule = {id_ for id_, matter in matters.items() if rule(reader, matter)}
            yield from ((rule.__name__, reader, id_) for id_ in by_rule ^ found(twin(reader)))


@pytest.mark.both_databases
@given(world=worlds())
def test_the_rule_and_the_query_agree(session: Session, world: World) -> None:
    with standing(world) as (readers, matters):
        assert list(disagreements(readers, matters)) == []


@pytest.mark.both_databases
def test_they_agree_on_a_large_world_in_which_everything_occurs(session: Session) -> None:
    with standing(dense_world()) as (readers, matters):
        pairs = [(reader, matter) for reader in readers for matter in matters.values()]
        denied = Counter(name for reader, matter in pairs for name, holds in DENIALS.items() if holds(reader, matter))
        related = Counter(name for reader, matter in pairs for name in access.relations(reader, matter))
        assert list(disagreements(readers, matters)) == []
        assert min(denied[name] for name in Denial) > 20, denied
        assert min(related[name] for name in Relation) > 20, related
        assert sum(may_see(reader, matter) for reader, matter in pairs) > 200


@pytest.mark.both_databases
def test_the_series_of_numbers_is_one_rule_too(session: Session) -> None:
    with standing(dense_world()) as (_, matters):
        closed = {id_ for id_, matter in matters.items() if matter.numbers_closed}
        assert found(scope.NUMBERS_CLOSED) == closed
        assert 20 < len(closed) < len(matters) - 10
        ordinary = {id_ for id_ in closed if matters[id_].level == Confidentiality.ORDINARY}
        assert ordinary, "one that complains of somebody"


@pytest.mark.parametrize("line", [line for line in Denial if line is not Denial.NOT_NAMED])
def test_a_query_that_forgets_a_denial_is_caught(
    session: Session, line: Denial, monkeypatch: pytest.MonkeyPatch
) -> None:
    with standing(dense_world()) as (readers, matters):
        monkeypatch.delitem(scope.DENIALS, line)
        assert any(disagreements(readers, matters))


@pytest.mark.parametrize("relation", Relation)
def test_a_query_that_forgets_a_relation_is_caught(
    session: Session, relation: Relation, monkeypatch: pytest.MonkeyPatch
) -> None:
    with standing(dense_world()) as (readers, matters):
        monkeypatch.setitem(scope.RELATIONS, relation, lambda reader: None)
        assert any(disagreements(readers, matters))


def test_the_query_keeps_the_named_list_where_the_table_is_edited_carelessly(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    careless = Access(
        Relation.OFFICE_DESK, "信访部门受理员、负责人", frozenset(Confidentiality), frozenset(Confidentiality)
    )
    monkeypatch.setattr(access, "ACCESS", (*(row for row in ACCESS if row.relation != careless.relation), careless))
    with standing(dense_world()) as (readers, matters):
        assert list(disagreements(readers, matters)) == []
        monkeypatch.delitem(scope.DENIALS, Denial.NOT_NAMED)
        assert any(disagreements(readers, matters))


def test_both_say_something_of_every_relation_and_denial() -> None:
    assert set(scope.RELATIONS) == set(RELATIONS)
    assert set(scope.DENIALS) == set(DENIALS)


def test_an_unseen_case_answers_as_one_that_does_not_exist(session: Session, county: County) -> None:
    case = a_case(county)
    clerk = reader_for(county.acceptor, TODAY)
    assert visible_case(case.public_id, clerk) is case
    case.level = Confidentiality.ACCUSATION.value
    session.flush()
    with pytest.raises(NotFound) as unseen:
        visible_case(case.public_id, clerk)
    with pytest.raises(NotFound) as absent:
        visible_case("0" * 22, clerk)
    assert (unseen.value.message, unseen.value.status) == (absent.value.message, absent.value.status)


@pytest.mark.sqlite
def test_the_query_searches_indexes_and_looks_nothing_up_row_by_row(session: Session) -> None:
    with standing(dense_world()) as (readers, _):
        for reader in readers:
            statement = select(Case.id).where(visible_to(reader)).order_by(Case.next_due_on, Case.id).limit(50)
            compiled = statement.compile(db.engine, compile_kwargs={"literal_binds": True, "render_postcompile": True})
            plan = [row[3] for row in session.execute(text(f"EXPLAIN QUERY PLAN {compiled}"))]
            assert not [line for line in plan if "CORRELATED" in line]
            small = ("accused_party", "assignment", "named_reader")
            lines = [line for line in plan if any(name in line for name in small)]
            assert all(line.startswith("SEARCH") and "USING COVERING INDEX" in line for line in lines), plan
