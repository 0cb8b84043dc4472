"""The figures of the pages with 1,000, 10,000 and 100,000 cases: `make bench`, or

    .venv/bin/python -m benchmarks --sizes 1000,10000 --folder DIR            on SQLite, one file for each size
    .venv/bin/python -m benchmarks --sizes 10000 --url postgresql://…/{size}    on databases made before, empty

A filled database in the folder is used again. `--open 1000` (the same number of matters in hand whatever the size) is
the usual assumption, `--open-share 0.05` makes them grow with the whole.
"""

import argparse
import sys
from pathlib import Path

from benchmarks.fill import OPEN, application, fill
from benchmarks.pages import HEAD, RUNS, Clerk, Cost, machine
from tracker.cases.record.models import Case
from tracker.core.database import db

SIZES = (1_000, 10_000, 100_000)
WIDTH = 36


def filled(url: str, folder: Path, size: int, share: float) -> None:
    """Fill the database of a size, unless it is."""
    folder.mkdir(parents=True, exist_ok=True)
    with application(url, folder).app_context():
        if db.session.query(Case.id).first() is None:
            fill(size, share)


def padded(name: str) -> str:
    """Return a name as wide as its column: a Chinese character takes two places."""
    return name + " " * (WIDTH - len(name) - sum(ord(character) > 0x2E80 for character in name))


def show(size: int, share: float, url: str, folder: Path, runs: int) -> dict[str, Cost]:
    """Measure and print one size."""
    print(f"\n{size} cases, {round(size * share)} in hand; a million squares: {machine():.0f} ms")
    print(f"{'':{WIDTH}}{HEAD}", flush=True)
    costs = {}
    for name, cost in Clerk(application(url, folder)).costs(runs):
        costs[name] = cost
        print(f"{padded(name)}{cost.words()}", flush=True)
    return costs


def main(arguments: list[str]) -> None:
    """Fill and measure each size, then say how the processor time grows."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default=",".join(map(str, SIZES)))
    parser.add_argument("--folder", type=Path, default=Path("instance/benchmarks"))
    parser.add_argument("--url", default="", help="address with {size} in it; default: SQLite in the folder")
    parser.add_argument("--open", type=int, default=OPEN)
    parser.add_argument("--open-share", type=float)
    parser.add_argument("--runs", type=int, default=RUNS)
    given = parser.parse_args(arguments)
    costs = {}
    for size in (int(text) for text in given.sizes.split(",")):
        share = given.open_share if given.open_share is not None else min(1.0, given.open / size)
        folder = (given.folder / str(size)).resolve()
        url = given.url.format(size=size) or f"sqlite:///{folder / 'tracker.db'}"
        filled(url, folder, size, share)
        costs[size] = show(size, share, url, folder, given.runs)
    if len(costs) > 1:
        *_, smaller, larger = sorted(costs)
        print(f"\nProcessor time (p50) with {larger} cases to that with {smaller}:")
        for name, cost in costs[larger].items():
            print(f"{padded(name)}{cost.typical / costs[smaller][name].typical:9.2f}")


if __name__ == "__main__":
    main(sys.argv[1:])
