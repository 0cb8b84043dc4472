"""What every act costs as the register grows, beside another version of the program: processor time and work counted.

    .venv/bin/python -m benchmarks.acts --register DIR --sizes 10000,100000 --beside CHECKOUT [--rounds 3]

DIR holds a small register, `tracker.db` with its keys, as `benchmarks.fill` of the other version leaves it: 2,000 cases
will do. Only such a one has a log and seals that agree, which an upgrade asks for; copies have not. So for this version
a copy of it is upgraded first and then multiplied in its own schema (`benchmarks.copies`); the other version gets it
multiplied as it is. Statistics of the database are taken only where the version takes them.

Matters are registered and taken through their whole life by their pages. `form` is opening the page of an act, `save`
sending it: the median of the processor time in milliseconds, and of the work that its statements make for the database
(steps of SQLite's virtual machine), with the number of statements, which are counted in runs of their own. Both
versions take turns in so many rounds, and each is given its best one, for a machine is never quite calm. At the end
stands what is worse by more than a tenth.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import func, select

from benchmarks import lives
from benchmarks.copies import multiply
from benchmarks.fill import application, settle
from tracker import create_app
from tracker.cases.record.models import Case
from tracker.core.database import db

HERE = Path(__file__).resolve().parent.parent
MEASURES = ("cpu", "work", "statements")
WORSE = 1.1

Costs = dict[str, dict[str, float]]


def prepare(folder: Path, size: int, *, newest: bool) -> str:
    """Bring the register in a folder to a size; return its address. For this version it is upgraded before."""
    url = f"sqlite:///{folder}/tracker.db"
    settings = {"TRACKER_ENV": "test", "TRACKER_DATA": folder, "DATABASE_URL": url, "TRACKER_NOW": lives.NOW}
    app = application(url, folder) if newest else create_app(settings)
    with app.app_context():
        cases = db.session.scalar(select(func.count(Case.id))) or 0
        db.session.rollback()
        if copies := size // cases - 1:
            multiply(copies)
        if newest:
            settle()
        db.session.remove()
        db.engine.dispose()
    return url


def measured(register: Path, size: int, checkout: Path) -> Costs:
    """Measure a version in a process of its own, on a register of its own."""
    with tempfile.TemporaryDirectory(dir=register.parent) as copied:
        shutil.copytree(register, copied, dirs_exist_ok=True)
        url = prepare(Path(copied), size, newest=checkout == HERE)
        command = [sys.executable, lives.__file__, "--database", url, "--data", copied]
        environment = {**os.environ, "PYTHONPATH": str(checkout)}
        done = subprocess.run(command, cwd=checkout, env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            raise SystemExit(done.stderr[-3000:])
        found: Costs = json.loads(done.stdout.splitlines()[-1])
        return found


def best(found: Sequence[Costs]) -> Costs:
    """Return the least that each act took in some rounds."""
    return {name: {each: min(costs[name][each] for costs in found) for each in MEASURES} for name in found[0]}


def show(register: Path, sizes: Sequence[int], beside: Path, rounds: int) -> None:
    """Print a table for each size, then what is worse, then the growth from the smallest to the largest."""
    mine: dict[int, Costs] = {}
    for size in sizes:
        turns = [(measured(register, size, beside), measured(register, size, HERE)) for _ in range(rounds)]
        other, mine[size] = best([theirs for theirs, _ in turns]), best([ours for _, ours in turns])
        print(f"\n{size} cases" + "".join(f"{measure:>24}{'ratio':>8}" for measure in MEASURES), flush=True)
        for name, cost in mine[size].items():
            columns = (
                f"{other[name][measure]:12.1f} →{cost[measure]:10.1f}{other[name][measure] / cost[measure]:8.1f}"
                for measure in MEASURES
            )
            print(f"{name:<24}{''.join(columns)}", flush=True)
        for measure in MEASURES:
            worse = [name for name, cost in mine[size].items() if cost[measure] > other[name][measure] * WORSE]
            print(f"Worse by more than a tenth in {measure}: {', '.join(worse) or 'nothing'}")
    if len(mine) > 1:
        small, large = min(mine), max(mine)
        print(f"\nGrowth from {small} to {large} cases: {', '.join(MEASURES)}")
        for name, cost in mine[large].items():
            growth = (cost[measure] / mine[small][name][measure] for measure in MEASURES)
            print(f"{name:<26}{''.join(f'{each:8.2f}' for each in growth)}")


def main(arguments: list[str]) -> None:
    """Read the command line and compare two versions on several sizes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--register", type=Path, required=True, help="the folder of the small register")
    parser.add_argument("--sizes", required=True, help="numbers of cases, separated by commas")
    parser.add_argument("--beside", type=Path, default=HERE, help="the folder of another version")
    parser.add_argument("--rounds", type=int, default=1)
    given = parser.parse_args(arguments)
    sizes = [int(size) for size in given.sizes.split(",")]
    show(given.register.resolve(), sizes, given.beside.resolve(), given.rounds)


if __name__ == "__main__":
    main(sys.argv[1:])
