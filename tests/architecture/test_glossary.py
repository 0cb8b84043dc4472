"""docs/glossary.md against the code: what is built is used, what is planned is not, no term stands twice."""

import io
import keyword
import re
import tokenize
from functools import cache

import pytest

from tests.architecture.sources import PROJECT, program

ROW = re.compile(r"^\| ([^|]+) \| ([^|]+) \|$")
WORD = re.compile(r"`([a-z_]+)`")


def table(heading: str) -> list[tuple[str, list[str]]]:
    """Return the rows under a heading: the Chinese terms as they stand, and the words for them."""
    text = (PROJECT / "docs" / "glossary.md").read_text(encoding="utf-8")
    part = text.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    rows = [found for line in part.splitlines() if (found := ROW.match(line))]
    return [(row[1], WORD.findall(row[2])) for row in rows if WORD.search(row[2])]


@cache
def words_of_the_code() -> frozenset[str]:
    """Return every name in the program in snake case, whole and in parts: overdue_cases, overdue, cases."""
    found: set[str] = set()
    for source in program():
        for token in tokenize.generate_tokens(io.StringIO(source.text).readline):
            text = token.string.strip("\"'")
            if token.type in (tokenize.NAME, tokenize.STRING) and text.isidentifier() and not keyword.iskeyword(text):
                found |= parts_of(text)
    return frozenset(found)


def parts_of(name: str) -> set[str]:
    """Return a name in snake case, and every run of words in it, in the singular too."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower().strip("_").split("_")
    runs = {"_".join(words[a:b]) for a in range(len(words)) for b in range(a + 1, len(words) + 1)}
    return runs | {run.removesuffix("s") for run in runs}


@cache
def chinese_of_the_code() -> str:
    pages = (file.read_text(encoding="utf-8") for file in sorted(PROJECT.glob("templates/**/*.html")))
    return "\n".join([*(source.text for source in program()), *pages])


BUILT, PLANNED = table("Built"), table("Planned")


def test_both_tables_are_read() -> None:
    assert len(BUILT) > 90
    assert len(PLANNED) > 10
    assert parts_of("HandlingOpinions") == {
        *("handling", "opinions", "opinion", "handling_opinions", "handling_opinion"),
    }


@pytest.mark.parametrize(("term", "words"), BUILT, ids=[term for term, _ in BUILT])
def test_what_is_built_is_called_so(term: str, words: list[str]) -> None:
    assert [word for word in words if word not in words_of_the_code()] == []
    assert [each for each in term.split("、") if each not in chinese_of_the_code()] == []


@pytest.mark.parametrize(("term", "words"), PLANNED, ids=[term for term, _ in PLANNED])
def test_what_is_planned_is_not_built(term: str, words: list[str]) -> None:
    assert [word for word in words if word in words_of_the_code()] == []


def test_no_term_and_no_word_stands_twice() -> None:
    terms = [each for term, _ in BUILT + PLANNED for each in term.split("、")]
    words = [word for _, found in BUILT + PLANNED for word in found]
    assert sorted(term for term in set(terms) if terms.count(term) > 1) == []
    assert sorted(word for word in set(words) if words.count(word) > 1) == []
