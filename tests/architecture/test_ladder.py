"""The house rules of docs/architecture.md, executed. Each rule is shown to catch a small bad sample first."""

import ast
import sys
from collections.abc import Callable, Iterator

import pytest

from tests.architecture.sources import PACKAGE, PROJECT, Function, Import, Source, imported_in, program

# Lower rungs first. Imports go down, never up, never sideways. A new package takes its place here.
LADDER = (
    ("core",),
    ("audit",),
    ("people",),
    ("working_days", "places", "statutes"),
    ("deadlines", "notifications", "petitioners"),
    ("reminders",),
    ("cases",),
    ("supervision", "documents", "key_villages", "suggestions", "upward", "evaluation"),
    ("reports",),
    ("common_problems",),
    ("spreadsheets",),
    ("jobs",),
    ("demo",),
    ("web", "api", "enquiry", "cli"),
)
RUNG_BY_PACKAGE = {package: rung for rung, packages in enumerate(LADDER) for package in packages}

# One door for each outside thing; nobody else takes it.
DOOR_BY_THING = {
    "cryptography": "core/encryption",
    "pysqlite3": "core/engines",
    "sqlite3": "core/engines",
    "psycopg": "core/waiting",
    "filetype": "core/files",
    "tempfile": "core/files",
    "shutil": "core/files",
    "pypinyin": "core/text",
    "smtplib": "notifications/channels",
    "apprise": "notifications/channels",
    "requests": "notifications/channels",
    "httpx": "notifications/channels",
    "urllib.request": "notifications/channels",
    "http.client": "notifications/channels",
    "socket": "notifications/channels",
    "docxtpl": "documents/rendering",
    "fpdf": "documents/rendering",
    "weasyprint": "documents/rendering",
    "python_calamine": "spreadsheets/workbook",
    "xlsxwriter": "spreadsheets/workbook",
    "openpyxl": "spreadsheets/workbook",
    "icalendar": "supervision/messages/feed",
    "apscheduler": "jobs",
    "subprocess": "core/programs",
    "pickle": "nobody",
}
# Numbers of the year are given by whoever has asked whether the clock can be believed: the timer, at its gate.
NUMBERS = "tracker.cases.record.numbering"
ASKS_AT_THE_GATE = "tracker.supervision.papers.letters"
# The last names no year: a number that is given up says which.
ASKS_BY_ITSELF = ("next_register_no", "next_paper_no", "hold", "next_closed_no")
# Packages of rules, and tables of law that stand beside them.
PURE = ("rules", "limits", "local")
# Of the floor below, what rules may take besides: the errors, and dates in words, which are judged as rules are.
DATES = f"{PACKAGE}.core.dates"
PURE_BELOW = (f"{PACKAGE}.core.errors", DATES)
# Of the standard library, what a pure rule still may not touch.
IMPURE = ("os", "pathlib", "random", "secrets", "time", "threading", "logging", "importlib", "glob", "uuid")
IMPURE_CALLS = ("open", "input", "print")
CLOCK_NAMES = ("now", "utcnow", "today", "current_timestamp", "current_date", "localtimestamp")
TIME_FUNCTIONS = ("time", "time_ns", "localtime", "gmtime", "ctime", "strftime", "asctime")
ROUTE_METHODS = ("route", "get", "post", "put", "patch", "delete")
ACCESS = ("signed_in", "requires", "public")
LONGEST_FUNCTION = 50
LONGEST_MODULE = 350
LONGEST_TEMPLATE = 120

Rule = Callable[[Source], Iterator[str]]


def imports_go_down(source: Source) -> Iterator[str]:
    """1. Imports go to a lower rung or stay inside the package; only the program's own `__init__` is above all."""
    for taken in source.imports:
        if taken.module.startswith("."):
            yield f"{source.at(taken.line)} imports relatively"
        elif taken.is_of("config") and source.package:
            yield f"{source.at(taken.line)} reads the settings of the installation past create_app"
        elif taken.is_of(PACKAGE) and source.package:
            package = (taken.dotted.split(".") + [""])[1]
            if package != source.package and not _is_below(package, source.package):
                yield f"{source.at(taken.line)} {source.package} imports {taken.dotted}, which is not below it"


def _is_below(package: str, above: str) -> bool:
    return RUNG_BY_PACKAGE.get(package, sys.maxsize) < RUNG_BY_PACKAGE.get(above, -1)


def packages_are_on_the_ladder(source: Source) -> Iterator[str]:
    """1. Every package has a rung."""
    if source.package and source.package not in RUNG_BY_PACKAGE:
        yield f"{source.path} is on no rung"


def imports_stand_at_the_top(source: Source) -> Iterator[str]:
    """1. Nothing is imported inside a function, except in create_app."""
    for function in source.functions:
        if source.name == PACKAGE and function.name == "create_app":
            continue
        for taken in imported_in(function):
            yield f"{source.at(taken.line)} {function.name} imports {taken.dotted}"


def rules_are_pure(source: Source) -> Iterator[str]:
    """2. Whatever is called `rules`, `limits` or `local` takes only the standard library, its like, and pure core."""
    if not set(PURE) & set(source.parts) and source.name != DATES:
        return
    for taken in source.imports:
        if not _is_pure(taken):
            yield f"{source.at(taken.line)} a rule imports {taken.dotted}"
    for node in ast.walk(source.tree):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id in ("open", "input", "print")
        ):
            yield f"{source.at(node.lineno)} a rule calls {node.func.id}"


def _is_pure(taken: Import) -> bool:
    if taken.is_of(PACKAGE):
        return bool(set(PURE) & set(taken.dotted.split("."))) or any(taken.is_of(name) for name in PURE_BELOW)
    top = taken.module.split(".")[0]
    return top in sys.stdlib_module_names and top not in IMPURE and not _door(taken)


def only_the_database_commits(source: Source) -> Iterator[str]:
    """3. Only core/database.py commits."""
    if source.name == f"{PACKAGE}.core.database":
        return
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Attribute) and node.attr == "commit":
            yield f"{source.at(node.lineno)} commits"


def only_acts_write(source: Source) -> Iterator[str]:
    """3. Only core/database.py says which transaction may write: others have `committed()` and `rehearsed()`.

    What that means to each database stands in core/engines.py.
    """
    if source.name in (f"{PACKAGE}.core.database", f"{PACKAGE}.core.engines"):
        return
    for node in ast.walk(source.tree):
        named = node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
        if named == "WRITING" or (isinstance(node, ast.Constant) and node.value == "BEGIN IMMEDIATE"):
            yield f"{source.at(node.lineno)} begins to write by itself"


def only_the_clock_reads_the_clock(source: Source) -> Iterator[str]:
    """3. Only core/clock.py reads the clock; `clock.now()` and `clock.today()` are how others ask it."""
    if source.name == f"{PACKAGE}.core.clock":
        return
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load) and _reads_clock(node):
            yield f"{source.at(node.lineno)} reads the clock: {ast.unparse(node)}"
    for taken in source.imports:
        if taken.module == "time" and taken.name in TIME_FUNCTIONS:
            yield f"{source.at(taken.line)} reads the clock: {taken.dotted}"


def _reads_clock(node: ast.Attribute) -> bool:
    base = ast.unparse(node.value)
    if base == "time":
        return node.attr in TIME_FUNCTIONS
    return node.attr in CLOCK_NAMES and base in ("datetime", "date", "datetime.datetime", "datetime.date", "dt", "func")


def views_say_who_may(source: Source) -> Iterator[str]:
    """4. Every view carries `@signed_in`, `@requires(…)` or `@public`."""
    for function in source.functions:
        names = [_decorator_name(decorator) for decorator in function.decorator_list]
        if any(name in ROUTE_METHODS for name in names) and not any(name in ACCESS for name in names):
            yield f"{source.at(function.lineno)} {function.name} does not say who may"


def _decorator_name(decorator: ast.expr) -> str:
    called = decorator.func if isinstance(decorator, ast.Call) else decorator
    return called.attr if isinstance(called, ast.Attribute) else ast.unparse(called)


def outside_things_have_one_door(source: Source) -> Iterator[str]:
    """5. Keys, disk, network, document formats and spreadsheets are each taken by one module."""
    inside = "/".join(source.parts[1:])
    for taken in source.imports:
        door = _door(taken)
        if door and inside != door and not inside.startswith(f"{door}/"):
            yield f"{source.at(taken.line)} imports {taken.dotted}, whose door is {door}"


def _door(taken: Import) -> str | None:
    return next((door for thing, door in DOOR_BY_THING.items() if taken.is_of(thing)), None)


def numbers_ask_for_the_clock(source: Source) -> Iterator[str]:
    """5. Who is not the timer takes numbers of the year only from what asks for the clock."""
    if source.name in (NUMBERS, ASKS_AT_THE_GATE):
        return
    for taken in source.imports:
        if taken.is_of(NUMBERS) and taken.name not in ASKS_BY_ITSELF:
            yield f"{source.at(taken.line)} takes {taken.dotted}, which does not ask for the clock"


def functions_are_short(source: Source) -> Iterator[str]:
    """No function is longer than a page."""
    for function in source.functions:
        length = _length(function)
        if length > LONGEST_FUNCTION:
            yield f"{source.at(function.lineno)} {function.name} has {length} lines"


def _length(function: Function) -> int:
    return (function.end_lineno or function.lineno) - function.lineno + 1


def modules_are_short(source: Source) -> Iterator[str]:
    """No module is longer than a reader can hold."""
    length = len(source.text.splitlines())
    if length > LONGEST_MODULE:
        yield f"{source.path} has {length} lines"


RULES: tuple[Rule, ...] = (
    imports_go_down,
    packages_are_on_the_ladder,
    imports_stand_at_the_top,
    rules_are_pure,
    only_the_database_commits,
    only_acts_write,
    only_the_clock_reads_the_clock,
    views_say_who_may,
    outside_things_have_one_door,
    numbers_ask_for_the_clock,
    functions_are_short,
    modules_are_short,
)


def import_cycles(sources: list[Source]) -> list[set[str]]:
    """Return the groups of modules that import each other in a circle."""
    names = {source.name for source in sources}
    below = {source.name: {_module(taken, names) for taken in source.imports} & names for source in sources}
    reach = {name: _reachable(name, below) for name in names}
    circles = {frozenset({n for n in reach[name] if name in reach[n]}) for name in names if name in reach[name]}
    return [set(circle) for circle in circles]


def _module(taken: Import, names: set[str]) -> str:
    return taken.dotted if taken.dotted in names else taken.module


def _reachable(start: str, below: dict[str, set[str]]) -> set[str]:
    seen: set[str] = set()
    waiting = list(below[start])
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            waiting += below[name]
    return seen


SOURCES = program()

# rule, path of the sample, its text: each sample breaks exactly one line of the law.
BAD = [
    (imports_go_down, "tracker/people/service.py", "from tracker.cases import queries"),
    (imports_go_down, "tracker/people/service.py", "import tracker.cases.queries"),
    (imports_go_down, "tracker/places/service.py", "from tracker.working_days import rules"),
    (imports_go_down, "tracker/web/case/pages.py", "from tracker.cli import cases"),
    (imports_go_down, "tracker/cases/service/handling.py", "from .queries import visible_case"),
    (imports_go_down, "tracker/core/files.py", "from config import Config"),
    (imports_go_down, "tracker/core/files.py", "from tracker import create_app"),
    (imports_go_down, "tracker/web/case/pages.py", "from tracker.unheard_of import service"),
    (packages_are_on_the_ladder, "tracker/helpers/service.py", ""),
    (imports_stand_at_the_top, "tracker/cases/service.py", "def assign():\n    import json"),
    (imports_stand_at_the_top, "tracker/cases/service.py", "class A:\n    def b(self):\n        from a import c"),
    (rules_are_pure, "tracker/cases/lifecycle/rules/steps.py", "from tracker.cases.record.models import Case"),
    (rules_are_pure, "tracker/cases/rules.py", "import sqlalchemy"),
    (rules_are_pure, "tracker/core/dates.py", "import sqlalchemy"),
    (rules_are_pure, "tracker/cases/rules.py", "from tracker.core import clock"),
    (rules_are_pure, "tracker/cases/rules.py", "from pathlib import Path"),
    (rules_are_pure, "tracker/cases/rules.py", "rows = open('table.csv')"),
    (only_the_database_commits, "tracker/cases/service.py", "db.session.commit()"),
    (only_acts_write, "tracker/cases/service.py", "db.session.connection(execution_options={database.WRITING: True})"),
    (only_acts_write, "tracker/web/case/pages.py", "connection.exec_driver_sql('BEGIN IMMEDIATE')"),
    (only_the_clock_reads_the_clock, "tracker/cases/service.py", "at = datetime.now(UTC)"),
    (only_the_clock_reads_the_clock, "tracker/cases/record/models.py", "column = mapped_column(default=date.today)"),
    (only_the_clock_reads_the_clock, "tracker/cases/queries.py", "late = Case.due_on < func.current_date()"),
    (only_the_clock_reads_the_clock, "tracker/cases/service.py", "import time\nat = time.time()"),
    (only_the_clock_reads_the_clock, "tracker/cases/service.py", "from time import time"),
    (views_say_who_may, "tracker/web/case/pages.py", "@pages.post('/cases')\ndef register():\n    pass"),
    (outside_things_have_one_door, "tracker/people/service.py", "from cryptography.fernet import Fernet"),
    (outside_things_have_one_door, "tracker/cases/service.py", "import smtplib"),
    (outside_things_have_one_door, "tracker/cases/service.py", "from urllib import request"),
    (outside_things_have_one_door, "tracker/spreadsheets/ledger.py", "import xlsxwriter"),
    (outside_things_have_one_door, "tracker/notifications/channels.py", "import subprocess"),
    (numbers_ask_for_the_clock, "tracker/cases/service.py", f"from {NUMBERS} import next_numbers"),
    (numbers_ask_for_the_clock, "tracker/web/case/pages.py", f"import {NUMBERS}"),
    (functions_are_short, "tracker/cases/service.py", "def assign():\n" + "    pass\n" * 50),
    (modules_are_short, "tracker/cases/service.py", "pass\n" * 351),
]
GOOD = [
    ("tracker/__init__.py", "from config import Config\ndef create_app():\n    from tracker.web import register_pages"),
    (
        "tracker/cases/service/handling.py",
        "from tracker.cases.record.models import Case\nfrom tracker.places import queries",
    ),
    ("tracker/cases/lifecycle/rules/steps.py", "from datetime import date\nfrom tracker.people.rules import Role"),
    ("tracker/cases/lifecycle/rules/steps.py", "from tracker.core.errors import DomainError"),
    ("tracker/core/database.py", "session.commit()"),
    (
        "tracker/web/case/pages.py",
        "@pages.get('/cases')\n@signed_in\ndef ledger():\n    return clock.today(), form.now",
    ),
    (
        "tracker/web/case/pages.py",
        "@pages.get('/cases')\n@requires(READ)\ndef ledger():\n    return row.get('x')",
    ),
    ("tracker/spreadsheets/workbook.py", "import xlsxwriter"),
    ("tracker/cases/service.py", f"from {NUMBERS} import next_register_no"),
    ("tracker/supervision/papers/letters.py", f"from {NUMBERS} import hold_kinds"),
    ("tracker/notifications/channels/mail.py", "import smtplib"),
    ("tracker/cases/service.py", "def assign():\n" + "    pass\n" * 49),
    ("tracker/cases/service.py", "import time\nspent = time.perf_counter()\n" + "pass\n" * 348),
]


@pytest.mark.parametrize(("rule", "path", "text"), BAD)
def test_a_bad_sample_is_caught(rule: Rule, path: str, text: str) -> None:
    assert len(list(rule(Source(path, text)))) == 1


@pytest.mark.parametrize(("path", "text"), GOOD)
def test_a_good_sample_passes(path: str, text: str) -> None:
    assert [broken for rule in RULES for broken in rule(Source(path, text))] == []


def test_there_is_a_program_to_judge() -> None:
    assert len(SOURCES) > 10
    assert f"{PACKAGE}.core.database" in {source.name for source in SOURCES}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_program_keeps_the_rule(rule: Rule) -> None:
    broken = [line for source in SOURCES for line in rule(source)]
    assert not broken, "\n".join(broken)


def test_a_circle_of_imports_is_found() -> None:
    circle = [
        Source("tracker/cases/service.py", "from tracker.cases import queries"),
        Source("tracker/cases/queries.py", "from tracker.cases.models import Case"),
        Source("tracker/cases/models.py", "from tracker.cases.service import assign"),
        Source("tracker/cases/rules.py", "from tracker.cases.models import Case"),
    ]
    assert import_cycles(circle) == [{f"tracker.cases.{name}" for name in ("service", "queries", "models")}]
    assert import_cycles(circle[:2]) == []


def test_no_modules_import_each_other_in_a_circle() -> None:
    assert import_cycles(SOURCES) == []


def test_the_ladder_names_a_package_once() -> None:
    assert len(RUNG_BY_PACKAGE) == sum(len(packages) for packages in LADDER)


def test_templates_are_short() -> None:
    lines = {file: len(file.read_text(encoding="utf-8").splitlines()) for file in PROJECT.glob("templates/**/*.html")}
    assert lines
    assert {file.name: count for file, count in lines.items() if count > LONGEST_TEMPLATE} == {}
