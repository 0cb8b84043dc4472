"""What must have run on PostgreSQL, and that the record of it can fail. The judgement itself ends every whole run."""

from pathlib import Path

import pytest

from tests.architecture.sources import PROJECT, Source, program
from tests.exercised import EXEMPT, Exercised, outermost, silent, speaking
from tracker.core import text

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
    functions = {(source.path, name) for source in program() for name, _ in outermost(source.tree)}
    assert functions >= EXEMPT.keys()


def test_the_program_speaks() -> None:
    assert sum(1 for source in program() for _ in speaking(source)) > 300


def test_what_ran_is_recorded_and_what_did_not_is_not() -> None:
    record = Exercised()
    assert record.recorded() == set()
    with record.recording():
        text.clean("上庄村")
    path = Path(text.__file__).relative_to(PROJECT)
    assert (str(path), text.clean.__code__.co_firstlineno) in record.recorded()
    assert len([place for place in record.recorded() if place[0] == str(path)]) < len(vars(text))
