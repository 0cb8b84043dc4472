"""Which functions of the program spoke to PostgreSQL: a whole run of the tests fails while one of them did not.

Most tests run on SQLite alone. What was written for one database can differ on the other, so every function that writes
SQL, takes a lock or asks which database it has must run on PostgreSQL too, in a test marked `both_databases`. To import
a module is not enough: a probe stands in for each such function until it is called for the first time.
"""

import ast
import gc
import importlib
import inspect
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from types import CodeType, FunctionType
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
    ("tracker/core/engines.py", "_begin_sqlite"): ALONE,
    ("tracker/cases/record/search.py", "Fts5.found"): ALONE,
    ("tracker/cases/record/search.py", "Fts5.counted"): ALONE,
    ("tracker/cases/record/search.py", "Fts5.ranked"): ALONE,
    ("tracker/cases/lifecycle/shelves.py", "Shelf.__init__"): AT_IMPORT,
    ("tracker/cases/ledger/conditions.py", "_answer"): AT_IMPORT,
    ("tracker/cases/ledger/cohorts.py", "_objections"): AT_IMPORT,
    ("tracker/deadlines/models.py", "_only"): AT_IMPORT,
    ("tracker/key_villages/subject.py", "_Kind.subject"): AT_IMPORT,
    ("tracker/common_problems/subject.py", "_CommonKind.subject"): AT_IMPORT,
}
# Invented cases are loaded into an empty register on PostgreSQL by `make test-all`.
EXEMPT_PACKAGES = {"demo"}
# What `cache` makes of a function.
KEEPING = type(cache(len))
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


def _calls(*given: Any, **named: Any) -> Any:
    """Call what takes the place of the word: the body of a probe."""
    stand_in: Any = "stand-in"
    return stand_in(*given, **named)


def _iterates(*given: Any, **named: Any) -> Iterator[Any]:
    """The body of a probe of a generator: it runs when its first value is asked for."""
    stand_in: Any = "stand-in"
    return (yield from stand_in(*given, **named))


@dataclass(eq=False)
class Probe:
    """Stands in for a function until it runs, notes that, and is gone: what runs often costs no more than before.

    The function keeps its identity, whoever imported or wrapped it: only its code is exchanged.
    """

    function: FunctionType
    place: Place
    ran: set[Place]

    def __post_init__(self) -> None:
        self.code = self.function.__code__
        body = (_iterates if inspect.isgeneratorfunction(self.function) else _calls).__code__
        constants = tuple(self if each == "stand-in" else each for each in body.co_consts)
        self.body: CodeType = body.replace(co_consts=constants, co_freevars=self.code.co_freevars)

    def put(self) -> None:
        """Take the function's place."""
        self.function.__code__ = self.body

    def take_away(self) -> None:
        """Give the function its code back."""
        self.function.__code__ = self.code

    def __call__(self, /, *given: Any, **named: Any) -> Any:
        """Note that the function runs, and let it."""
        self.ran.add(self.place)
        self.take_away()
        return self.function(*given, **named)


@cache
def functions() -> list[tuple[FunctionType, Place]]:
    """Return every function of the program that may speak to the database, as it is in memory.

    Whether it does is judged at the end, by the text of the program; to read that takes longer than most tests.
    """
    for file in (PROJECT / PACKAGE).rglob("*.py"):
        importlib.import_module(Source(str(file.relative_to(PROJECT)), "").name)
    there = [each for each in gc.get_objects() if isinstance(each, FunctionType)]
    own = [each for each in there if each.__code__.co_filename.startswith(f"{PROJECT / PACKAGE}/")]
    return [(each, place_of(each)) for each in own if _mentioned(each.__code__) & (SQL | LOCKS | DIALECTS)]


def place_of(function: FunctionType) -> Place:
    """Return where a function begins; outside the program by the whole path."""
    code = function.__code__
    return code.co_filename.removeprefix(f"{PROJECT}/"), code.co_firstlineno


def _mentioned(code: CodeType) -> set[str]:
    """Name everything a function's code mentions, keywords of calls and functions inside included."""
    inside = [_mentioned(each) for each in code.co_consts if isinstance(each, CodeType)]
    keywords = [each for each in code.co_consts if isinstance(each, tuple)]
    return {*code.co_names, *code.co_freevars}.union(*inside, *keywords)


@dataclass
class Exercised:
    """What ran on PostgreSQL, gathered from all processes; a plugin of pytest."""

    watched: Callable[[], list[tuple[FunctionType, Place]]] = functions
    ran: set[Place] = field(default_factory=set)
    missing: list[str] = field(default_factory=list)

    @contextmanager
    def recording(self) -> Iterator[None]:
        """Record which functions run meanwhile; what another database had built and kept is built again."""
        forget_what_was_kept()
        probes = [Probe(function, place, self.ran) for function, place in self.watched() if place not in self.ran]
        for probe in probes:
            probe.put()
        try:
            yield
        finally:
            for probe in probes:
                probe.take_away()

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """Take over what another process recorded."""
        self.ran |= {tuple(place) for place in node.workeroutput.get("exercised", ())}

    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Hand over what was recorded; at the end of a whole run, judge it."""
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


def forget_what_was_kept() -> int:
    """Empty the caches of the program, so that what runs does not hang on which test came first; return how many."""
    modules = [module for name, module in list(sys.modules.items()) if name.partition(".")[0] == PACKAGE]
    kept = {each for module in modules for each in vars(module).values() if isinstance(each, KEEPING)}
    for each in kept:
        each.cache_clear()
    return len(kept)


def _is_whole(config: pytest.Config) -> bool:
    """Return whether nothing was left out by whoever called."""
    asked = config.option
    return (
        config.args_source is pytest.Config.ArgsSource.TESTPATHS
        and not (asked.keyword or asked.markexpr or asked.deselect or getattr(asked, "lf", False))
        and asked.database in (None, "both")
    )
