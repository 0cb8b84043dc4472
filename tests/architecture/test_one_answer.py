"""One answer for each question: who holds a post on a day is asked of `people` alone (`Post.is_held_on`, `held_on`).

And one function for each answer: what two of them promise in the same words, one of them can say for both.
"""

import ast
from collections.abc import Iterable, Iterator

import pytest

from tests.architecture.sources import Source, program

PERIOD = {"started_on", "ended_on"}
POST_NAMES = {"Post", "post"}


def periods_of_posts_read(source: Source) -> Iterator[str]:
    """Name the places outside `people` that compare the days of a post themselves."""
    if source.package == "people":
        return
    names = POST_NAMES | set(_names_of_posts(source.tree))
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Attribute) and node.attr in PERIOD and _is_named(node.value, names):
            yield f"{source.at(node.lineno)} reads {ast.unparse(node)}: ask people.queries.held_on or User.posts_on"


def _names_of_posts(tree: ast.AST) -> Iterator[str]:
    """Yield the names that loops give to somebody's posts, or to rows of `Post`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.For | ast.comprehension) and isinstance(node.target, ast.Name) and _posts(node.iter):
            yield node.target.id


def _posts(expression: ast.expr) -> bool:
    return any(
        (isinstance(part, ast.Attribute) and part.attr == "posts") or (isinstance(part, ast.Name) and part.id == "Post")
        for part in ast.walk(expression)
    )


def _is_named(node: ast.expr, names: set[str]) -> bool:
    return isinstance(node, ast.Name) and node.id in names


@pytest.mark.parametrize(
    "text",
    [
        "which = Post.ended_on.is_(None)",
        "unit = next((p.department.name for p in by.posts if p.ended_on is None), '')",
        "for held in user.posts:\n    print(held.started_on)",
        "rows = [row for row in session.scalars(select(Post)) if row.ended_on]",
        "def over(post):\n    return post.ended_on",
    ],
)
def test_a_bad_sample_is_caught(text: str) -> None:
    assert len(list(periods_of_posts_read(Source("tracker/cases/service.py", text)))) == 1
    assert not list(periods_of_posts_read(Source("tracker/people/models.py", text)))


def test_other_periods_are_free() -> None:
    text = "ended = [row for row in clocks if row.ended_on]\nheld = [post for post in by.posts_on(day)]"
    assert not list(periods_of_posts_read(Source("tracker/cases/service.py", text)))


def test_nobody_else_reads_the_days_of_a_post() -> None:
    broken = [line for source in program() for line in periods_of_posts_read(source)]
    assert not broken, "\n".join(broken)


# Sent by two pages until they share one way of sending.
SAID_TWICE = {"_take_files"}


def said_twice(sources: Iterable[Source]) -> Iterator[str]:
    """Name the functions of modules, of two or more, whose docstrings are the same."""
    by_words: dict[str, list[tuple[str, str]]] = {}
    for source in sources:
        for node in source.tree.body:
            words = ast.get_docstring(node) if isinstance(node, ast.FunctionDef) else None
            if words and isinstance(node, ast.FunctionDef) and node.name not in SAID_TWICE:
                by_words.setdefault(" ".join(words.split()), []).append((source.at(node.lineno), node.name))
    for words, places in by_words.items():
        if len(places) > 1:
            yield f"“{words}”: {', '.join(f'{at} {name}' for at, name in places)}"


def test_the_same_words_at_two_functions_are_caught() -> None:
    one = Source("tracker/web/office/people.py", 'def page(form):\n    """Show a form."""\n')
    other = Source("tracker/web/office/departments.py", 'def shown(form):\n    """Show\n    a form."""\n')
    assert len(list(said_twice([one, other]))) == 1
    assert not list(said_twice([one]))


def test_no_two_functions_promise_the_same() -> None:
    broken = list(said_twice(program()))
    assert not broken, "\n".join(broken)
