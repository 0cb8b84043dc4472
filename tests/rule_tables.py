"""The tables of the rules in print: what a petition officer reads to see what the program takes for law and practice.

`python -m tests.rule_tables` writes rule_tables.txt anew after a deliberate change; the change is then seen as lines
that were added and lines that are gone, which somebody who knows the law can judge.
"""

import ast
import dataclasses
import importlib
from collections.abc import Iterator
from enum import Enum, EnumType
from pathlib import Path
from typing import Any

from tests.architecture.sources import Source, program

PRINTED = Path(__file__).with_suffix(".txt")
# Values of these kinds are printed as they are.
PLAIN = (bool, int, float, str, bytes, type(None))


def tables() -> str:
    """Return every constant of every module of rules, in words."""
    rules = (source for source in program() if "rules" in source.parts)
    return "".join(line + "\n" for source in rules for line in _of(source))


def _of(source: Source) -> Iterator[str]:
    """Yield the lines of one module: the members of its enumerations, and its constants."""
    yield f"══ {source.name}"
    module = importlib.import_module(source.name)
    for node in source.tree.body:
        value = getattr(module, node.name) if isinstance(node, ast.ClassDef) else None
        if isinstance(value, EnumType):
            yield f"{value.__name__}: {said(list(value))}"
        for name in _assigned(node):
            yield from _table(name, getattr(module, name))


def _assigned(node: ast.stmt) -> Iterator[str]:
    """Yield which constants in capitals a statement makes."""
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    for target in targets:
        if isinstance(target, ast.Name) and target.id.isupper():
            yield target.id


def _table(name: str, value: Any) -> Iterator[str]:
    """Yield one line for a value, or one for each row."""
    rows = list(value.items()) if isinstance(value, dict) else value if isinstance(value, tuple) else []
    if not rows:
        yield f"{name} = {said(value)}"
    for row in rows:
        yield f"{name}  {said(row)}"


def said(value: Any) -> str:
    """Return a value in words; of a field that is empty or false nothing is said."""
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, PLAIN):
        return str(value)
    if dataclasses.is_dataclass(value):
        fields = ((field.name, getattr(value, field.name)) for field in dataclasses.fields(value))
        return "  ".join(f"{name}={said(each)}" for name, each in fields if each)
    if isinstance(value, set | frozenset):
        return "{" + " ".join(sorted(map(said, value))) + "}"
    if isinstance(value, dict):
        return "  ".join(f"{said(key)}: {said(each)}" for key, each in value.items())
    if isinstance(value, tuple | list):
        return " · ".join(map(said, value))
    return getattr(value, "__qualname__", "") if callable(value) else str(value)


if __name__ == "__main__":
    PRINTED.write_text(tables(), encoding="utf-8")
