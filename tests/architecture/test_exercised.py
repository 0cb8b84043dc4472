"""What must have run on PostgreSQL, and that the record of it can fail. The judgement itself ends every whole run."""

from collections.abc import Iterator
from types import FunctionType

import pytest

from tests.architecture.sources import Source, program
from tests.exercised import EXEMPT, Exercised, functions, outermost, place_of, silent, speaking
from tracker.cases.subject.knowing import live

SPEAKING = [
    "from sqlalchemy import select\ndef rows():\n    return select(Case)",
    "from sqlalchemy import func\nHOW_MANY = {'all': lambda: func.count(Case.id)}",
    "import sqlalchemy as sa\ndef held(case):\n    locked(case)",
    "def waiting():\n    return rows.with_for_update(skip_locked=True)",
    "def kind():\n    def inner():\n        return db.engine.dialect.name\n    return inner()",
    "class BackEnd:\n    @cached\n    def drop(self):\n        connection.exec_driver_sql('DROP')",
]
SILENT = [
    "def rows():\n    return select(Case)",
    "from sqlalchemy import select\nROWS = select(Case)",
    "from sqlalchemy import select\ndef rows():\n    return ROWS",
]


@pytest.mark.parametrize("code", SPEAKING)
def test_who_speaks_to_the_database_is_found(code: str) -> None:
    source = Source("tracker/cases/queries/sample.py", code)
    (found,) = speaking(source)
    assert silent([source], set()) == [str(found)]
    assert silent([source], {found.place}) == []


@pytest.mark.parametrize("code", SILENT)
def test_who_does_not_is_left_alone(code: str) -> None:
    assert list(speaking(Source("tracker/cases/queries/sample.py", code))) == []


def test_what_is_exempt_is_there() -> None:
    there = {(source.path, name) for source in program() for name, _ in outermost(source.tree)}
    assert there >= EXEMPT.keys()


def test_the_program_speaks() -> None:
    assert sum(1 for source in program() for _ in speaking(source)) > 300


def test_every_function_that_speaks_has_a_probe() -> None:
    assert {place for _, place in functions()} >= {each.place for source in program() for each in speaking(source)}


def test_what_ran_is_recorded_and_what_did_not_is_not() -> None:
    record = Exercised()
    with record.recording():
        live()
    (found,) = record.ran
    assert found == place_of(live)
    assert len(silent(program(), record.ran)) == len(silent(program(), set())) - 1


def test_what_runs_outside_of_a_recording_is_not_recorded() -> None:
    record = Exercised()
    with record.recording():
        pass
    live()
    assert record.ran == set()


def doubled(number: int, *, by: int = 2) -> int:
    return number * by


def counted(number: int) -> Iterator[int]:
    yield from range(number)


class Above:
    def of(self, number: int) -> int:
        return number


class Below(Above):
    def of(self, number: int) -> int:
        return super().of(number) + 1


def probed(*watched: FunctionType) -> Exercised:
    return Exercised(lambda: [(each, place_of(each)) for each in watched])


def test_a_probe_lets_the_function_run_as_it_is() -> None:
    of = vars(Below)["of"]
    codes = [each.__code__ for each in (doubled, of)]
    record = probed(doubled, of)
    for _ in range(2):
        with record.recording():
            assert [doubled(3), doubled(3, by=3), doubled(number=4)] == [6, 9, 8]
            assert Below().of(3) == 4
            assert [each.__code__ for each in (doubled, of)] == codes
    assert record.ran == {place_of(doubled), place_of(of)}


def test_a_generator_runs_when_it_is_asked() -> None:
    record = probed(counted)
    with record.recording():
        waiting = counted(2)
        assert record.ran == set()
        assert list(waiting) == [0, 1]
        assert list(counted(3)) == [0, 1, 2]
    assert record.ran == {place_of(counted)}


def test_a_probe_is_taken_away_where_a_test_fails() -> None:
    code = doubled.__code__

    def fails() -> None:
        with probed(doubled).recording():
            assert doubled.__code__ is not code
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fails()
    assert doubled.__code__ is code
