"""The table of steps says all there is to say about a step: nobody keeps a list of actions beside it."""

import ast
from collections.abc import Iterator
from itertools import pairwise

import pytest

from tests.architecture.sources import Source, program
from tracker.cases.lifecycle.rules.steps import SECTIONS, STEPS

FOLDER = "tracker/cases/lifecycle/rules/"
TABLE = {f"{FOLDER}steps_{part}.py" for part in ("to_answer", "close_out", "beside", "supervision")}
# The short name of actions, for the rows of the table.
SHORT = ("tracker.cases.lifecycle.rules.step_sets", "A")
# Where several actions may stand together outside the table, and why.
BESIDE = {
    "tracker/cases/page/trail.py": "the wording of a line: functions, which a rule has not",
    "tracker/cases/page/page.py": "which of the steps that may be taken again is done: facts of the case",
    "tracker/web/case/action_forms.py": "which form each step has: the table knows no page",
}
# The columns that a row may name, in their order; those of one line stand together.
COLUMNS = (
    ("ledger", "ledger_to"),
    ("guards",),
    ("starts",),
    ("stops",),
    ("cancels",),
    ("supersedes",),
    (
        "derives",
        "recounts",
        "resumes",
    ),
    ("records", "issues", "hands", "work"),
    ("tells",),
    ("drafts",),
    ("beside",),
    ("basis",),
)


def lists_of_actions(source: Source) -> Iterator[str]:
    """Name the places where several actions stand in one collection."""
    names = {"Action"} | set(_aliases(source.tree))
    for node in ast.walk(source.tree):
        members = node.keys if isinstance(node, ast.Dict) else getattr(node, "elts", ())
        if sum(_is_action(each, names) for each in members) > 1:
            yield f"{source.at(node.lineno)} keeps a list of actions: make it a column of the table"


def _aliases(tree: ast.Module) -> Iterator[str]:
    """Yield what else a module calls `Action`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == SHORT[0]:
            yield from (each.asname or each.name for each in node.names if each.name == SHORT[1])
        if isinstance(node, ast.Assign):
            for target in node.targets:
                pairs = zip(getattr(target, "elts", [target]), getattr(node.value, "elts", [node.value]), strict=False)
                yield from (
                    left.id
                    for left, right in pairs
                    if isinstance(left, ast.Name) and isinstance(right, ast.Name) and right.id == "Action"
                )


def _is_action(node: ast.expr | None, names: set[str]) -> bool:
    if isinstance(node, ast.Attribute) and node.attr == "value":
        node = node.value
    return isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in names


def rows_out_of_order(source: Source) -> Iterator[str]:
    """Name the rows that are not laid out like the others: seven columns first, then one line for each group."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "row":
            yield from (f"{source.at(node.lineno)} {fault}" for fault in _faults(node))


def _faults(call: ast.Call) -> Iterator[str]:
    order = [name for group in COLUMNS for name in group]
    line = {name: number for number, group in enumerate(COLUMNS) for name in group}
    names = [keyword.arg or "" for keyword in call.keywords]
    if len(call.args) != 7 or {each.lineno for each in call.args} != {call.lineno}:
        yield "does not say on its first line what, from where, to where, by whom, how offered, in words"
    if names != sorted(names, key=order.index):
        yield f"has its columns in another order: {', '.join(names)}"
    for one, other in pairwise(call.keywords):
        together = line[one.arg or ""] == line[other.arg or ""]
        if together is (other.value.lineno > (one.value.end_lineno or 0)):
            yield f"has {one.arg} and {other.arg} {'on two lines' if together else 'on one line'}"


@pytest.mark.parametrize(
    "text",
    [
        "SPOKEN = frozenset({Action.NOTE, Action.URGE})",
        "A = Action\nWORDS = {A.NOTE: '', A.URGE: ''}",
        "K, _A = Kind, Action\nif action in (_A.NOTE, _A.URGE):\n    pass",
        "CODES = [Action.NOTE.value, Action.URGE.value]",
        f"from {SHORT[0]} import {SHORT[1]} as Act\nCODES = (Act.NOTE, Act.URGE)",
    ],
)
def test_a_list_of_actions_is_caught(text: str) -> None:
    assert len(list(lists_of_actions(Source("tracker/cases/queries/other.py", text)))) == 1


def test_one_action_is_free() -> None:
    text = "if action is Action.NOTE:\n    lawful(Action.NOTE, Level.URGE)\nkinds = (Kind.NOTE, Kind.URGE)"
    assert not list(lists_of_actions(Source("tracker/cases/queries/other.py", text)))


def test_nobody_keeps_a_list_of_actions_beside_the_table() -> None:
    found = {source.path: list(lists_of_actions(source)) for source in program() if source.path not in TABLE}
    broken = [line for path, lines in found.items() if path not in BESIDE for line in lines]
    assert not broken, "\n".join(broken)
    assert {path for path, lines in found.items() if lines} == set(BESIDE)


@pytest.mark.parametrize(
    "text",
    [
        'row(A.NOTE, "补充", LIVE, None, UNIT, MORE,\n    SAID)',
        'row(A.NOTE, "补充", LIVE, None, UNIT, MORE)',
        'row(A.NOTE, "补充", LIVE, None, UNIT, MORE, SAID,\n    basis="",\n    guards=())',
        'row(A.NOTE, "补充", LIVE, None, UNIT, MORE, SAID,\n    guards=(), basis="")',
        'row(A.NOTE, "补充", LIVE, None, UNIT, MORE, SAID,\n    ledger=OPEN,\n    ledger_to=CLOSED)',
    ],
)
def test_a_row_laid_out_otherwise_is_caught(text: str) -> None:
    assert len(list(rows_out_of_order(Source(min(TABLE), text)))) == 1


def test_every_row_is_laid_out_alike() -> None:
    with_rows = {source.path: list(rows_out_of_order(source)) for source in program() if source.path.startswith(FOLDER)}
    assert {path: faults for path, faults in with_rows.items() if faults} == {}
    assert with_rows.keys() >= TABLE
    assert sum(len(section) for section in SECTIONS.values()) == sum(map(_rows_in, TABLE)) == len(STEPS)


def _rows_in(path: str) -> int:
    tree = next(source.tree for source in program() if source.path == path)
    calls = (node.func for node in ast.walk(tree) if isinstance(node, ast.Call))
    return sum(isinstance(called, ast.Name) and called.id == "row" for called in calls)


@pytest.mark.parametrize("column", ["words", "hands", "issues", "records", "work", "closes_out"])
def test_what_the_trail_reads_by_the_action_all_its_rows_say_alike(column: str) -> None:
    said: dict[str, set[object]] = {}
    for row in STEPS:
        said.setdefault(row.action, set()).add(getattr(row, column))
    assert {action: values for action, values in said.items() if len(values) > 1} == {}


def test_from_which_day_an_act_counts_is_read_of_the_row_on_its_page_alone() -> None:
    """Rows of one action may start other clocks, or none: nobody asks the action from which day it counts."""
    read = [
        ast.unparse(node)
        for source in program()
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Attribute) and node.attr == "counted_from"
    ]
    assert set(read) == {"page.row.counted_from"}


def test_a_step_stands_beside_main_steps_only() -> None:
    labels = {row.action for row in STEPS if row.prominence == "main"}
    assert {main for row in STEPS for main in row.beside} <= labels
