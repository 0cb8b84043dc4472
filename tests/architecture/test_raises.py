"""Who calls a public function reads in its docstring what it raises; no search in its body for it."""

import ast
from collections.abc import Iterator

import pytest

from tests.architecture.sources import Function, Source, program

# Defects of the program itself: nobody answers them.
DEFECTS = {
    "RuntimeError",
    "TypeError",
    "AssertionError",
    "NotImplementedError",
    "WriteOutsideAct",
    "WriteWithoutRecord",
}
# What a library calls and answers: a form's fields, an exception's own making.
CALLED_BY_A_LIBRARY = {"pre_validate", "process_formdata", "post_validate"}


def silent(source: Source) -> Iterator[str]:
    """Yield the public functions that raise something themselves and do not say so."""
    for function in public(source.tree.body):
        raised = sorted(raised_by(function) - DEFECTS)
        if raised and "aises" not in (ast.get_docstring(function) or ""):
            yield f"{source.at(function.lineno)} {function.name} raises {', '.join(raised)} and does not say so"


def public(body: list[ast.stmt]) -> Iterator[Function]:
    for node in body:
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            yield from public(node.body)
        elif isinstance(node, Function) and not node.name.startswith("_") and not is_answered(node):
            yield node


def is_answered(function: Function) -> bool:
    """Return whether only a library calls it: a view, a command (their errors are pages and exit codes), a field."""
    decorators = [ast.unparse(each).split("(")[0] for each in function.decorator_list]
    called = any(each.split(".")[-1] in ("get", "post", "route", "command") for each in decorators)
    return called or function.name in CALLED_BY_A_LIBRARY


def raised_by(function: Function) -> set[str]:
    """Return the names of what a function raises itself; inner functions raise for themselves."""
    names, waiting = set(), list[ast.AST](function.body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, Function | ast.Lambda):
            continue
        if isinstance(node, ast.Raise) and node.exc is not None:
            name = ast.unparse(node.exc.func if isinstance(node.exc, ast.Call) else node.exc)
            # A lower-case name is what was caught, raised again, or a function that says it itself.
            names |= {name} if name.split(".")[-1][0].isupper() else set()
        waiting += ast.iter_child_nodes(node)
    return names


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("def take():\n    raise DomainError('x')", 1),
        ("class A:\n    def take(self):\n        raise NotFound", 1),
        ("def take():\n    '''Take it. Raises DomainError.'''\n    raise DomainError('x')", 0),
        ("def _take():\n    raise DomainError('x')", 0),
        ("def take():\n    def inner():\n        raise DomainError('x')", 0),
        ("@pages.get('/x')\n@public\ndef take():\n    raise NotFound", 0),
    ],
)
def test_a_silent_function_is_found(text: str, found: int) -> None:
    assert len(list(silent(Source("tracker/cases/service.py", text)))) == found


def test_every_public_function_says_what_it_raises() -> None:
    found = [line for source in program() for line in silent(source)]
    assert not found, "\n".join(found)
