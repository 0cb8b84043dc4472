"""How long the import of a whole province takes: 23,380 rows, as many as Shanxi has. A figure, not a test.

    .venv/bin/python -m benchmarks.places_import             on SQLite, in a folder of its own
    .venv/bin/python -m benchmarks.places_import URL         on an empty database at this address

Prints seconds of the first import, of the same file again, of an edition in which a tenth changed, and the
milliseconds of searches among all those villages, each asked twice (the first builds the statement).
"""

import sys
import tempfile
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from time import perf_counter, process_time
from typing import TypeVar

from tracker import create_app
from tracker.core import clock
from tracker.core.database import db
from tracker.places import queries, service
from tracker.places.rules import EditionPlan, read_file

ROWS = 23_380
TOWNS_PER_COUNTY = 12
EDITIONS = (date(2022, 6, 30), date(2023, 6, 30), date(2024, 6, 30))
SEARCHES = ("东庄", "城关镇 东庄", "润城上庄", "dz", "1405", "东庄村村村", "不存在的村")
STEMS = "上中下东西南北前后大小新老"
NAMES = "庄村沟岭河坡峪堡寨营店桥泉关口头底湾滩梁"
Answer = TypeVar("Answer")


def province() -> Iterator[tuple[str, str, int, str]]:
    """Yield a made-up province of the real size: the real counties, made-up towns and villages."""
    counties = queries.shipped_rows()
    yield from ((row.code, row.name, row.level, row.parent_code or "") for row in counties)
    left = ROWS - len(counties)
    parents = [row.code for row in counties if row.level == 3]
    towns = [f"{code[:6]}{100 + n}000" for code in parents for n in range(TOWNS_PER_COUNTY)]
    yield from ((code, f"{_name(int(code[:9]))}镇", 4, f"{code[:6]}000000") for code in towns)
    for number in range(left - len(towns)):
        town = towns[number % len(towns)]
        yield f"{town[:9]}{200 + number // len(towns)}", f"{_name(number)}村委会", 5, town


def _name(number: int) -> str:
    return STEMS[number % 13] + STEMS[number // 13 % 13] + NAMES[number // 169 % 20]


def csv_bytes(rows: Iterator[tuple[str, str, int, str]]) -> bytes:
    """Return the file of the rows."""
    return ("code,name,level,parent_code\n" + "".join(f"{c},{n},{lv},{p}\n" for c, n, lv, p in rows)).encode()


def timed(work: Callable[[], Answer]) -> tuple[float, float, Answer]:
    """Run something and return the seconds it took, and the processor's of this process."""
    start, processor = perf_counter(), process_time()
    answer = work()
    return perf_counter() - start, process_time() - processor, answer


def import_file(content: bytes, as_of: date) -> EditionPlan:
    """Read, compare, write and commit, as the command does."""
    file = read_file(content)
    return service.import_places(file.rows, source="figures", as_of=as_of, by=None, now=clock.now())


def a_tenth_changed(content: bytes) -> bytes:
    """Return the file with every twentieth village renamed and every twentieth left out."""
    lines = content.decode().splitlines(keepends=True)
    kept = [line for number, line in enumerate(lines) if not (number % 20 == 0 and ",5," in line)]
    changed = (line.replace("村委会", "新村委会") if number % 20 == 7 else line for number, line in enumerate(kept))
    return "".join(changed).encode()


def main(url: str | None) -> None:
    """Print the figures."""
    with tempfile.TemporaryDirectory() as folder:
        settings: dict[str, object] = {"TRACKER_DATA": Path(folder), "TRACKER_ENV": "test"}
        app = create_app(settings | ({"DATABASE_URL": url} if url else {}))
        with app.app_context():
            db.create_all()
            content = csv_bytes(province())
            print(f"{db.engine.dialect.name}, {content.count(10) - 1:,} rows, {len(content) / 1e6:.1f} MB")
            files = (
                ("first import", content),
                ("the same again", content),
                ("a tenth changed", a_tenth_changed(content)),
            )
            for (words, file), as_of in zip(files, EDITIONS, strict=True):
                seconds, processor, plan = timed(lambda file=file, as_of=as_of: import_file(file, as_of))  # type: ignore[misc]
                counts = ", ".join(f"{change.value} {number:,}" for change, number in sorted(plan.counts.items()))
                print(f"{words:16} {seconds:6.2f} s  (processor {processor:5.2f} s)   {counts}")
            db.session.rollback()
            for text in SEARCHES * 2:
                seconds, processor, found = timed(lambda text=text: queries.search_villages(text))  # type: ignore[misc]
                times = f"{seconds * 1000:6.1f} ms  (processor {processor * 1000:5.1f} ms)"
                print(f"search {text:10} {times}  {len(found)} found")
            db.session.remove()
            db.drop_all()
            db.engine.dispose()


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else None)
