"""The work that each statement makes for the database: counted, never timed.

SQLite: steps of its virtual machine. PostgreSQL: rows that the scans of the plan visited, and blocks they looked into
(a scan that walks a whole index shows in its blocks alone).
"""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol

from flask import has_request_context, request
from sqlalchemy import Engine, event
from sqlalchemy.engine import Connection

# SQLite calls back whenever so many steps were taken: the smaller, the finer and the slower.
STRIDE = 10
LISTS = re.compile(r"\((?:(?:\?|%\(\w+\)s(?:::\w+)?)(?:, )?)+\)")
NAMES = re.compile(r"%\((\w+?)_\d+(?:_\d+)*\)s")
READS = ("SELECT", "WITH")
WRITES = ("UPDATE", "DELETE", "INSERT")
EXPLAIN = "EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, FORMAT JSON) "
VISITED = ("Actual Rows", "Rows Removed by Filter", "Rows Removed by Index Recheck")


def shape(statement: str) -> str:
    """Return a statement without how many values its lists have."""
    return NAMES.sub(r"%(\1)s", LISTS.sub("(…)", " ".join(statement.split())))


@dataclass
class Statement:
    """A statement of one page or act: the most work it made in one go, the plan then; all of it, in how many."""

    most: int = 0
    total: int = 0
    sent: int = 0
    plan: str = ""


Found = dict[tuple[str, str], Statement]


@dataclass
class Book:
    """What was found, by page or act and statement; `label` says what runs when no request does, `who` who asks."""

    found: Found = field(default_factory=dict)
    label: str = ""
    who: str = ""
    endpoints: set[tuple[str, str]] = field(default_factory=set)
    actions: set[str] = field(default_factory=set)

    def note(self, statement: str, work: int, plan: str) -> None:
        """Keep the work of one statement."""
        self.add(self.here(), statement, work, plan)

    def add(self, here: str, statement: str, work: int, plan: str) -> None:
        """Keep the work of one statement of a page or act; what a test asks or arranges itself is none of theirs."""
        if not here:
            return
        kept = self.found.setdefault((here, shape(statement)), Statement())
        kept.sent, kept.total = kept.sent + 1, kept.total + work
        if work >= kept.most:
            kept.most, kept.plan = work, plan

    def here(self) -> str:
        """Name the page or act that is at work: its view, the step, which arguments it was given."""
        if not has_request_context():
            return self.label
        given = sorted(f"{name}={value}" if len(value) < 12 else name for name, value in request.args.items())
        step = (request.view_args or {}).get("action", "")
        words = (request.method, request.endpoint or "", step, *given, f"({self.who})")
        return " ".join(word for word in words if word)


class Counter(Protocol):
    """Counts what a database does for a statement."""

    def before(self, connection: Connection, statement: str, parameters: Any, many: bool) -> None:
        """Called before a statement is sent."""

    def close(self) -> None:
        """Called at the end."""


class SqliteCounter:
    """Steps of the virtual machine between one statement and the next."""

    def __init__(self, book: Book) -> None:
        self.book = book
        self.steps = 0
        self.running: tuple[str, str, str] | None = None

    def more(self) -> int:
        """Count one stride."""
        self.steps += STRIDE
        return 0

    def before(self, connection: Connection, statement: str, parameters: Any, many: bool) -> None:
        """Close the account of the statement before this one, explain this one and open its account."""
        self.close()
        driver = connection.connection.driver_connection
        assert driver is not None
        driver.set_progress_handler(None, STRIDE)
        explained = statement.startswith((*READS, *WRITES)) and not many
        rows = driver.execute(f"EXPLAIN QUERY PLAN {statement}", parameters).fetchall() if explained else []
        driver.set_progress_handler(self.more, STRIDE)
        self.running = (self.book.here(), statement, "; ".join(row[3] for row in rows))
        self.steps = 0

    def close(self) -> None:
        """Write down what the last statement took."""
        if self.running is not None:
            here, statement, plan = self.running
            self.book.add(here, statement, self.steps, plan)
        self.running = None


class PostgresCounter:
    """Each statement is explained with its values before it runs; what would write is undone at once."""

    def __init__(self, book: Book) -> None:
        self.book = book

    def before(self, connection: Connection, statement: str, parameters: Any, many: bool) -> None:
        """Explain the statement and keep what its scans visited."""
        if many or not statement.lstrip().startswith((*READS, *WRITES)):
            return
        driver = connection.connection.driver_connection
        assert driver is not None
        with driver.cursor() as cursor:
            cursor.execute("SAVEPOINT explained")
            cursor.execute(EXPLAIN + statement, parameters, prepare=False)
            plan = cursor.fetchone()[0][0]["Plan"]
            cursor.execute("ROLLBACK TO explained; RELEASE explained")
        self.book.note(statement, visited(plan), "; ".join(scans(plan)))

    def close(self) -> None:
        """Nothing is kept open."""


def visited(plan: dict[str, Any]) -> int:
    """Return the rows that the scans of a plan visited, and the blocks that it looked into."""
    blocks = int(plan.get("Shared Hit Blocks", 0) + plan.get("Shared Read Blocks", 0))
    return blocks + sum(int(_rows(node)) for node in _nodes(plan) if "Scan" in node["Node Type"])


def _rows(node: dict[str, Any]) -> float:
    return float(sum(node.get(name, 0) for name in VISITED) * node.get("Actual Loops", 1))


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for below in plan.get("Plans", ()):
        yield from _nodes(below)


def scans(plan: dict[str, Any]) -> Iterator[str]:
    """Give the scans of a plan in words."""
    for node in _nodes(plan):
        if "Scan" in node["Node Type"]:
            where = node.get("Index Name") or node.get("Relation Name") or node.get("Function Name", "")
            condition = node.get("Index Cond") or node.get("Filter") or ""
            yield f"{node['Node Type']} {where} {json.dumps(condition, ensure_ascii=False)} visits {_rows(node):.0f}"


COUNTERS = {"sqlite": SqliteCounter, "postgresql": PostgresCounter}


@contextmanager
def counted(engine: Engine, book: Book) -> Iterator[None]:
    """Count the work of every statement that is sent inside."""
    counter: Counter = COUNTERS[engine.dialect.name](book)

    def before(
        connection: Connection, _cursor: object, statement: str, parameters: Any, _context: object, many: bool
    ) -> None:
        counter.before(connection, statement, parameters, many)

    event.listen(engine, "before_cursor_execute", before)
    try:
        yield
    finally:
        event.remove(engine, "before_cursor_execute", before)
        counter.close()
