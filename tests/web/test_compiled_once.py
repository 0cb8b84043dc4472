"""A page that was shown before compiles no statement again: to write SQL as text costs more than most statements.

A kept clause is another one to the library's cache after it was compiled for the first time, so what other tests left
behind would decide how often a page compiles: every test here starts with nothing kept.
"""

import pytest
from sqlalchemy import select
from sqlalchemy.sql.compiler import SQLCompiler

from tests.exercised import forget_what_was_kept
from tests.world.county import County
from tracker.cases.record.models import Case
from tracker.core.database import db

PAGES = (
    "/",
    "/inbox",
    "/cases",
    "/cases?state=open",
    "/supervision",
    "/supervision/orders?which=all",
    "/timer",
    "/ladder",
)


@pytest.fixture
def compiled(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Give the statements that are written as text from now on."""
    written: list[str] = []
    write = SQLCompiler.__init__

    def noting(self: SQLCompiler, dialect: object, statement: object, *given: object, **more: object) -> None:
        write(self, dialect, statement, *given, **more)  # type: ignore[arg-type]
        written.append(self.string)

    monkeypatch.setattr(SQLCompiler, "__init__", noting)
    return written


@pytest.fixture
def nothing_kept(county: County) -> None:
    """Forget what the process keeps: compiled statements, and the clauses and statements of each reader."""
    db.engine.clear_compiled_cache()
    assert forget_what_was_kept() > 3


@pytest.mark.usefixtures("nothing_kept")
@pytest.mark.parametrize("who", ["acceptor", "leader", "supervisor"])
def test_a_page_shown_again_compiles_nothing(county: County, at_work: str, compiled: list[str], who: str) -> None:
    browser = county.browser(who)
    again = {}
    for page in (*PAGES, f"/cases/{at_work}"):
        for _ in range(2):
            answer = browser.get(page)
        if answer.status_code != 200:
            continue
        del compiled[:]
        browser.get(page)
        again[page] = list(compiled)
    assert len(again) > 5
    assert {page: texts for page, texts in again.items() if texts} == {}


def test_a_statement_made_as_text_is_noticed(compiled: list[str]) -> None:
    """Negative control: asking a statement for its tables writes it as text."""
    assert select(Case.id).where(Case.id == 1).get_final_froms()
    assert compiled
