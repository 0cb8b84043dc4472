"""Articles of law are named in LAW alone: what is printed elsewhere is a basis, in the edition of its day."""

import ast
import re
from collections.abc import Iterator

import pytest

from tests.architecture.sources import PROJECT, Source, program

_PLACE = re.compile(r"第[〇零一二三四五六七八九十百]+[条款项]")
_COMMENT = re.compile(r"\{#.*?#\}", re.DOTALL)
# Where a place may be written out, and why.
FREE = ("tracker/statutes/", "tracker/demo/")  # the table itself; what people of the demonstration county typed


def articles_in_code(source: Source) -> Iterator[str]:
    """Name the strings, docstrings left out, that name an article."""
    documented = {id(doc) for node in ast.walk(source.tree) if (doc := _docstring(node)) is not None}
    for node in ast.walk(source.tree):
        printed = isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documented
        if printed and (found := _PLACE.search(node.value)):
            yield f"{source.at(node.lineno)} {found.group()}: name a row of LAW and print it with `cited`"


def _docstring(node: ast.AST) -> ast.Constant | None:
    body = getattr(node, "body", None)
    first = body[0] if isinstance(body, list) and body else None
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
        return first.value
    return None


def articles_in_template(path: str, text: str) -> Iterator[str]:
    """Name the articles of a template, its comments left out."""
    plain = _COMMENT.sub("", text)
    yield from (f"{path} {found.group()}: print it with `cited`" for found in _PLACE.finditer(plain))


@pytest.mark.parametrize("text", ['A = "条例第三十四条"', 'def a():\n    return f"{b}（第一项）"', 'A = ["第二款"]'])
def test_an_article_in_code_is_caught(text: str) -> None:
    assert len(list(articles_in_code(Source("tracker/cases/acts/other.py", text)))) == 1


def test_docstrings_comments_and_plain_numbers_are_free() -> None:
    text = '"""条例第三十四条."""\n# 第三十五条\ndef a():\n    """第一项."""\n    return f"第 {b} 日、第三版"\n'
    assert list(articles_in_code(Source("tracker/cases/acts/other.py", text))) == []
    assert list(articles_in_template("a.html", "{#- 第三十四条 -#}<p>第 3 条</p>")) == []


def test_an_article_in_a_template_is_caught() -> None:
    assert len(list(articles_in_template("a.html", "<p>条例第三十四条</p>"))) == 1


def test_nobody_names_an_article_beside_the_table() -> None:
    broken = [line for source in program() if not source.path.startswith(FREE) for line in articles_in_code(source)]
    for file in sorted((PROJECT / "templates").rglob("*.html")):
        broken += articles_in_template(str(file.relative_to(PROJECT)), file.read_text(encoding="utf-8"))
    assert not broken, "\n".join(broken)
