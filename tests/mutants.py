"""Small defects put into the rules one at a time: do their tests notice? `python -m tests.mutants [--sample 500]`

Every `rules` module is parsed; wherever a comparison, a condition, a number, a result or a row of a table can be made
wrong, one mutant is possible. A sample of them, the same for the same seed, is run, each in a process of its own,
against the tests of rules that import the module, without a database. What no test notices is printed; what cannot be
noticed stands in EQUIVALENT with the reason. Words of the interface are not rules and stay as they are.
"""

import argparse
import ast
import copy
import gc
import importlib.machinery
import os
import random
import resource
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from types import CodeType

import hypothesis
import pytest

from tests.architecture.sources import PROJECT, Source, program

# The tests of rules: no database, no clock, no file outside the project. The last reads every module by its name.
READS_ALL = "tests/architecture/test_rule_tables.py"
FILES = (
    "tests/audit/test_merkle.py",
    "tests/cases/test_access_rules.py",
    "tests/cases/test_close_out_rules.py",
    "tests/cases/test_history_rules.py",
    "tests/cases/test_holding_rules.py",
    "tests/cases/test_lifecycle_table.py",
    "tests/cases/test_plain_words.py",
    "tests/cases/test_positions.py",
    "tests/cases/test_printed_procedure.py",
    "tests/deadlines/test_rules.py",
    "tests/notifications/test_rules.py",
    "tests/people/test_rules.py",
    "tests/petitioners/test_rules.py",
    "tests/places/test_rules.py",
    "tests/reminders/test_rules.py",
    "tests/reminders/test_checks.py",
    "tests/reminders/test_forecast.py",
    "tests/supervision/test_held.py",
    "tests/reminders/test_reach.py",
    "tests/supervision/test_track.py",
    "tests/working_days/test_notices.py",
    "tests/working_days/test_pauses.py",
    "tests/working_days/test_second_opinion.py",
    "tests/working_days/test_terms.py",
    "tests/working_days/test_vectors.py",
    "tests/working_days/test_wording.py",
)
# What others made is imported once, before the processes part; of the program nothing may be.
PRELOADED = ("flask_login", "flask_migrate", "flask_sqlalchemy", "flask_wtf", "sqlalchemy.dialects.postgresql")
LEAST_SCORE = 85
SECONDS_OF_PROCESSOR = 60
SWAPPED: dict[type[ast.AST], type[ast.AST]] = {
    **{ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq},
    **{ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.And: ast.Or, ast.Or: ast.And},
    **{ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.FloorDiv, ast.FloorDiv: ast.Mult},
    **{ast.Break: ast.Continue, ast.Continue: ast.Break},
}
# What runs at no time, or says how a class is made.
LEFT_ALONE = ("annotation", "returns", "decorator_list", "type_params", "keywords_of_class")
# Where a mutant stands (module, line as it was written, what became of it), and why no test can notice it.
EQUIVALENT: dict[tuple[str, str, str], str] = {}


@dataclass(frozen=True)
class Mutant:
    """One defect: the module, the place in its tree (the path of fields and positions), what becomes of it."""

    source: Source
    place: tuple[tuple[str, int | None], ...]
    change: str
    line: int
    was: str

    @property
    def key(self) -> tuple[str, str, str]:
        """The name under which it may stand in EQUIVALENT."""
        return self.source.name, self.was, self.change

    def __str__(self) -> str:
        return f"{self.source.path}:{self.line}  {self.change}:  {self.was}"

    def code(self) -> CodeType:
        """Return the module with the defect."""
        tree = copy.deepcopy(self.source.tree)
        *above, last = self.place
        parent: ast.AST = tree
        for step in above:
            parent = _at(parent, step)
        _apply(parent, last, self.change)
        return compile(ast.fix_missing_locations(tree), self.source.path, "exec", dont_inherit=True)


def _at(node: ast.AST, step: tuple[str, int | None]) -> ast.AST:
    name, position = step
    found = getattr(node, name)
    return found if position is None else found[position]


def _apply(parent: ast.AST, step: tuple[str, int | None], change: str) -> None:
    """Change one node in its parent."""
    name, position = step
    if change == "drop":
        values = getattr(parent, name)
        del values[position]
        if isinstance(parent, ast.Dict):
            del parent.values[position]
        return
    node = _at(parent, step)
    new = _changed(node, change)
    if position is None:
        setattr(parent, name, new)
    else:
        getattr(parent, name)[position] = new


def _changed(node: ast.AST, change: str) -> ast.AST:
    if change == "swap":
        return SWAPPED[type(node)]()
    if change == "negate":
        assert isinstance(node, ast.expr)
        return ast.UnaryOp(ast.Not(), node)
    if change == "without not":
        assert isinstance(node, ast.UnaryOp)
        return node.operand
    if change == "none":
        return ast.Constant(None)
    assert isinstance(node, ast.Constant)
    return ast.Constant(not node.value if isinstance(node.value, bool) else node.value + 1)


def mutants(source: Source) -> Iterator[Mutant]:
    """Yield every mutant of a module, in the order of its text."""
    for mutant in _inside(source, source.tree, (), source.tree):
        if not any(node.lineno <= mutant.line <= (node.end_lineno or 0) for node in exported(source)):
            yield mutant


def exported(source: Source) -> list[ast.stmt]:
    """Return the lists of names (__all__), which no test of a rule can notice."""
    return [
        node for node in source.tree.body if isinstance(node, ast.Assign) and "__all__" in ast.unparse(node.targets)
    ]


def _inside(
    source: Source, node: ast.AST, place: tuple[tuple[str, int | None], ...], said: ast.AST
) -> Iterator[Mutant]:
    """Yield the mutants below a node; `said` is the nearest node that can be printed."""
    for name, value in ast.iter_fields(node):
        if name in LEFT_ALONE or (isinstance(node, ast.ClassDef) and name in ("bases", "keywords")):
            continue
        children = list(enumerate(value)) if isinstance(value, list) else [(None, value)]
        for position, child in children:
            if isinstance(child, ast.AST):
                here = (*place, (name, position))
                text = child if hasattr(child, "lineno") else said
                for change in _changes(node, name, child, len(children)):
                    shown = text if change != "drop" or isinstance(node, ast.Call) else child
                    yield Mutant(source, here, change, getattr(text, "lineno", 1), ast.unparse(shown))
                yield from _inside(source, child, here, text)


def _changes(parent: ast.AST, name: str, child: ast.AST, beside: int) -> Iterator[str]:
    """Yield what can be made wrong about one node in its parent."""
    if type(child) in SWAPPED:
        yield "swap"
    if name == "test" and isinstance(parent, ast.If | ast.IfExp | ast.While) or name == "ifs":
        yield "negate"
    if isinstance(child, ast.UnaryOp) and isinstance(child.op, ast.Not):
        yield "without not"
    if isinstance(parent, ast.Return) and not (isinstance(child, ast.Constant) and child.value is None):
        yield "none"
    if isinstance(child, ast.Constant) and isinstance(child.value, bool | int):
        yield "other value"
    of_a_table = isinstance(parent, ast.Tuple | ast.List | ast.Set) and name == "elts" and beside > 1
    if of_a_table or (isinstance(parent, ast.Dict) and name == "keys") or isinstance(child, ast.keyword):
        yield "drop"


def tests_of(module: str, sources: dict[str, Source]) -> list[str]:
    """Return the files of tests that import a module: those of its own package, or where it has none, of others."""
    found = [file for file in FILES if module in _reached(_read(file), sources)]
    own = [file for file in found if file.startswith(f"tests/{module.split('.')[1]}/")]
    return [*(own or found), READS_ALL]


def _read(file: str) -> Source:
    return Source(file, (PROJECT / file).read_text(encoding="utf-8"))


def _reached(test: Source, sources: dict[str, Source]) -> set[str]:
    found: set[str] = set()
    waiting = [test]
    while waiting:
        for taken in waiting.pop().imports:
            for name in {taken.module, taken.dotted} & sources.keys() - found:
                found.add(name)
                waiting.append(sources[name])
    return found


def run(mutant: Mutant | None, files: list[str]) -> int:
    """Run tests in a process of their own; return its id. The process ends with 0 where nothing was noticed."""
    child = os.fork()
    if child:
        return child
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS_OF_PROCESSOR, SECONDS_OF_PROCESSOR))
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 1)
    os.dup2(silence, 2)
    if mutant:
        code, read = mutant.code(), importlib.machinery.SourceFileLoader.get_code
        importlib.machinery.SourceFileLoader.get_code = (  # type: ignore[method-assign]
            lambda loader, name: code if name == mutant.source.name else read(loader, name)
        )
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    quick = ["-x", "-q", "--noconftest", "-p", "no:cacheprovider", "-W", "ignore::pytest.PytestAssertRewriteWarning"]
    os._exit(pytest.main([*files, *quick]))


def survivors(sample: list[Mutant], sources: dict[str, Source]) -> list[Mutant]:
    """Run a sample, as many at once as there are cores; return what no test noticed."""
    files = {name: tests_of(name, sources) for name in {mutant.source.name for mutant in sample}}
    waiting, running, alive = list(reversed(sample)), dict[int, Mutant](), list[Mutant]()
    while waiting or running:
        while waiting and len(running) < (os.cpu_count() or 1):
            mutant = waiting.pop()
            if files[mutant.source.name]:
                running[run(mutant, files[mutant.source.name])] = mutant
            else:
                alive.append(mutant)
        if running:
            process, status = os.wait()
            mutant = running.pop(process)
            alive += [mutant] if status == 0 else []
    return sorted(alive, key=lambda each: (each.source.path, each.line))


def main() -> int:
    """Run the tests of rules alone, then the sample; print the score and what survived."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    asked.add_argument("--sample", type=int, default=500)
    asked.add_argument("--seed", type=int, default=20261128)
    asked.add_argument("--of", default="", help="only modules whose name contains this")
    given = asked.parse_args()
    hypothesis.settings.register_profile("mutants", derandomize=True, database=None, deadline=None, max_examples=25)
    hypothesis.settings.load_profile("mutants")
    for name in PRELOADED:
        importlib.import_module(name)
    gc.freeze()
    _, status = os.waitpid(run(None, [*FILES, READS_ALL]), 0)
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(f"tests of rules: {spent.ru_utime + spent.ru_stime:.1f} s of processor, imports included")
    if status:
        print("they fail as they are: no mutant was made")
        return 1
    sources = {source.name: source for source in program()}
    rules = [source for source in sources.values() if "rules" in source.parts and given.of in source.name]
    possible = [mutant for source in rules for mutant in mutants(source) if mutant.key not in EQUIVALENT]
    sample = random.Random(given.seed).sample(possible, min(given.sample, len(possible)))
    alive = survivors(sample, sources)
    score = 100 * (len(sample) - len(alive)) / len(sample)
    print(*(f"SURVIVED {mutant}" for mutant in alive), sep="\n")
    print(f"{len(sample)} of {len(possible)} mutants in {len(rules)} modules, seed {given.seed}")
    print(f"{len(sample) - len(alive)} noticed, {len(alive)} survived: {score:.1f} % (at least {LEAST_SCORE} % wanted)")
    return int(score < LEAST_SCORE)


if __name__ == "__main__":
    sys.exit(main())
