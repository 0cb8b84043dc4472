"""Which functions of the program spoke to PostgreSQL: a whole run of the tests fails while one of them did not.

Most tests run on SQLite alone. What was written for one database can differ on the other, so every function that writes
SQL, takes a lock or asks which database it has must run on PostgreSQL too, in a test marked `both_databases`. Running
is recorded by Python's own profiler, at little cost; to import a module is not enough.
"""

import ast
import cProfile
import functools
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType
from typing import Any

import pytest

from tests.architecture.sources import PACKAGE, PROJECT, Source, program

# Taken from SQLAlchemy under these names, or our own ways to lock, to roll back in part and to tell databases apart.
SQL = {"select", "insert", "update", "delete", "exists", "union_all", "func", "text"}
LOCKS = {"with_for_update", "skip_locked", "locked", "lock_log", "lock_cases", "lock_calendar", "begin_nested"}
DIALECTS = {"dialect", "only_filtering", "exec_driver_sql"}
# What need not run there, and why not.
ALONE, AT_IMPORT = "written for SQLite alone", "makes a table while its module is read"
EXEMPT = {
    ("tracker/core/database.py", "_begin_sqlite"): ALONE,
    ("tracker/cases/record/search.py", "Fts5.found"): ALONE,
    ("tracker/cases/record/search.py", "Fts5.counted"): ALONE,
    ("tracker/cases/record/search.py", "Fts5.ranked"): ALONE,
    ("tracker/cases/lifecycle/case_file.py", "Shelf.__init__"): AT_IMPORT,
    ("tracker/cases/ledger/conditions.py", "_answer"): AT_IMPORT,
    ("tracker/deadlines/models.py", "_only"): AT_IMPORT,
}
# Invented cases are loaded into an empty register on PostgreSQL by `make test-all`.
EXEMPT_PACKAGES = {"demo"}
# Where a function begins: the path of its module, and its first line.
Place = tuple[str, int]


@dataclass(frozen=True)
class Spoken:
    """A function that speaks to the database, and the names by which it is known."""

    place: Place
    name: str
    names: frozenset[str]

    def __str__(self) -> str:
        return f"{self.place[0]}:{self.place[1]} {self.name} ({', '.join(sorted(self.names))})"


def speaking(source: Source) -> Iterator[Spoken]:
    """Yield the functions, methods and lambdas of tables in a module that speak to the database."""
    known = LOCKS | DIALECTS | {taken.name for taken in source.imports if taken.is_of("sqlalchemy")} & SQL
    for name, function in outermost(source.tree):
        names = frozenset(_names(function) & known)
        if names and source.package not in EXEMPT_PACKAGES and (source.path, name) not in EXEMPT:
            first = min([function.lineno, *(each.lineno for each in getattr(function, "decorator_list", ()))])
            yield Spoken((source.path, first), name, names)


def outermost(node: ast.AST, inside: str = "") -> Iterator[tuple[str, ast.FunctionDef | ast.Lambda]]:
    """Yield functions, methods and lambdas that stand in no other one, by name."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.Lambda):
            yield inside + getattr(child, "name", "<lambda>"), child
        else:
            yield from outermost(child, f"{child.name}." if isinstance(child, ast.ClassDef) else inside)


def _names(function: ast.AST) -> set[str]:
    """Name everything a function mentions, keywords of calls included."""
    found = set()
    for node in ast.walk(function):
        if isinstance(node, ast.Name):
            found.add(node.id)
        elif isinstance(node, ast.Attribute):
            found.add(node.attr)
        elif isinstance(node, ast.keyword):
            found.add(node.arg or "")
    return found


def silent(sources: Iterable[Source], ran: set[Place]) -> list[str]:
    """Return which functions that speak to the database did not run."""
    return [str(each) for source in sources for each in speaking(source) if each.place not in ran]


@dataclass
class Exercised:
    """What ran on PostgreSQL, gathered from all processes; a plugin of pytest."""

    profiler: cProfile.Profile = field(default_factory=lambda: cProfile.Profile(subcalls=False, builtins=False))
    ran: set[Place] = field(default_factory=set)
    missing: list[str] = field(default_factory=list)

    @contextmanager
    def recording(self) -> Iterator[None]:
        """Record which functions run meanwhile; what another database had built and kept is built again."""
        _forget_what_was_kept()
        self.profiler.enable()
        try:
            yield
        finally:
            self.profiler.disable()

    def recorded(self) -> set[Place]:
        """Return the places of the program's functions that were recorded in this process."""
        codes = [each.code for each in self.profiler.getstats() if isinstance(each.code, CodeType)]
        home = PROJECT / PACKAGE
        return {
            (str(Path(code.co_filename).relative_to(PROJECT)), code.co_firstlineno)
            for code in codes
            if Path(code.co_filename).is_relative_to(home)
        }

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """Take over what another process recorded."""
        self.ran |= {tuple(place) for place in node.workeroutput.get("exercised", ())}

    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Hand over what was recorded; at the end of a whole run, judge it."""
        self.ran |= self.recorded()
        if hasattr(session.config, "workeroutput"):
            session.config.workeroutput["exercised"] = sorted(self.ran)
        elif exitstatus == pytest.ExitCode.OK and _is_whole(session.config) and self.ran:
            self.missing = silent(program(), self.ran)
            if self.missing:
                session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Name what never ran on PostgreSQL."""
        if self.missing:
            terminalreporter.section("NEVER RAN ON POSTGRESQL", red=True, bold=True)
            for each in self.missing:
                terminalreporter.line(each, red=True)


def _forget_what_was_kept() -> None:
    """Empty the caches of the program, so that what ran does not hang on which test came first."""
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] == PACKAGE:
            for each in vars(module).values():
                if isinstance(each, functools._lru_cache_wrapper):
                    each.cache_clear()


def _is_whole(config: pytest.Config) -> bool:
    """Return whether nothing was left out by whoever called."""
    asked = config.option
    return (
        config.args_source is pytest.Config.ArgsSource.TESTPATHS
        and not (asked.keyword or asked.markexpr or asked.deselect or getattr(asked, "lf", False))
        and asked.database in (None, "both")
    )
