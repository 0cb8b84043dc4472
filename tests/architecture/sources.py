"""The program as its own tests read it: modules, what they import, how long they are."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
PACKAGE = "tracker"
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Import:
    """One imported name: `module` as it is written, `name` if it was taken out of the module."""

    module: str
    name: str | None
    line: int

    @property
    def dotted(self) -> str:
        """The full name of what is imported."""
        return f"{self.module}.{self.name}" if self.name else self.module

    def is_of(self, thing: str) -> bool:
        """Tell whether this takes a module, or something out of it."""
        return self.dotted == thing or self.dotted.startswith(f"{thing}.")


@dataclass(frozen=True)
class Source:
    """One module: its path inside the project, and its text."""

    path: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        """The parsed module."""
        return ast.parse(self.text, self.path)

    @property
    def parts(self) -> tuple[str, ...]:
        """The names on the way to the module: ("tracker", "cases", "service")."""
        names = Path(self.path).with_suffix("").parts
        return names[:-1] if names[-1] == "__init__" else names

    @property
    def name(self) -> str:
        """The module's dotted name."""
        return ".".join(self.parts)

    @property
    def package(self) -> str:
        """The package on the ladder that the module belongs to; empty for the program's own `__init__`."""
        return self.parts[1] if len(self.parts) > 1 else ""

    @cached_property
    def imports(self) -> list[Import]:
        """Everything imported anywhere in the module."""
        return list(imported_in(self.tree))

    @cached_property
    def functions(self) -> list[Function]:
        """Every function and method."""
        return [node for node in ast.walk(self.tree) if isinstance(node, Function)]

    def at(self, line: int) -> str:
        """Name a place in the module."""
        return f"{self.path}:{line}"


def imported_in(tree: ast.AST) -> Iterator[Import]:
    """Give what the import statements in a piece of code take; relative ones begin with dots."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(alias.name, None, node.lineno)
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                yield Import("." * node.level + (node.module or ""), alias.name, node.lineno)


@cache
def program() -> list[Source]:
    """Read every module of the program, once."""
    files = sorted((PROJECT / PACKAGE).rglob("*.py"))
    return [Source(str(file.relative_to(PROJECT)), file.read_text(encoding="utf-8")) for file in files]
