"""Importing history: first the plan (what would be entered, what not and why), then the run, batch by batch."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import BinaryIO

from sqlalchemy.exc import IntegrityError

from tracker.cases.intake.history import (
    Keyed,
    check_undo,
    finish_import,
    import_history_cases,
    known_keys,
    start_import,
    undo_next,
)
from tracker.cases.intake.rules.history import HistoryRow, content_key, import_key, is_over, took_days
from tracker.cases.record.models import ImportRun
from tracker.cases.record.rules.codes import Purpose
from tracker.core.database import db
from tracker.core.errors import DomainError
from tracker.core.pacing import Pace
from tracker.deadlines.limits import LimitKind
from tracker.people.models import Department, User
from tracker.people.queries import accusation_handlers
from tracker.spreadsheets.failed_rows import Failed, failed_csv, write_failed
from tracker.spreadsheets.mappings import Mapping, Matched, match_columns, read_row
from tracker.spreadsheets.workbook import Table, Written

# Rows of the first turn; the next ones follow what a row takes.
FIRST, MOST = 20, 200


@dataclass(frozen=True)
class Planned:
    """A row that can be entered."""

    number: int
    key: str
    row: HistoryRow


@dataclass
class ImportPlan:
    """What an import would do. `repeated` rows stand in the file before; `known` ones were imported earlier."""

    mapping: Mapping
    table: Table
    ready: list[Planned] = field(default_factory=list)
    known: list[Planned] = field(default_factory=list)
    repeated: list[Failed] = field(default_factory=list)
    failed: list[Failed] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)

    @property
    def counts(self) -> list[tuple[str, int]]:
        """The figures in the office's words, in the order they are read out."""
        return [
            ("读到", len(self.table.rows)),
            ("将读入", len(self.ready)),
            ("已有", len(self.known)),
            ("文件内重复", len(self.repeated)),
            ("失败", len(self.failed)),
            ("没有答复", sum(took_days(planned.row) is None for planned in self._good())),
            ("超15日", self.over(LimitKind.ACCEPTANCE)),
            ("超60日", self.over(LimitKind.HANDLING)),
        ]

    def over(self, kind: LimitKind) -> int:
        """Return how many answers took more whole days than a lawful span, among the rows that can be read."""
        days = (took_days(planned.row) for planned in self._good())
        return sum(taken is not None and is_over(kind, taken) for taken in days)

    def _good(self) -> Iterator[Planned]:
        yield from self.ready
        yield from self.known

    @property
    def refused(self) -> list[Failed]:
        """The rows for the file of failed rows: those that are wrong and those that repeat others, by their number."""
        return sorted((*self.failed, *self.repeated), key=lambda row: row.number)


def plan(table: Table, mapping: Mapping, *, office: Department | None, today: date) -> ImportPlan:
    """Return what importing a table would do (试运行); nothing is written.

    Raises DomainError where the table lacks columns or rows.
    """
    matched = match_columns(table, mapping)
    if not table.rows:
        raise DomainError(f"第 {table.header_row} 行是表头，下面没有数据。", field="file")
    made = ImportPlan(mapping, table, notices=[*table.notices, *matched.notices])
    _read_rows(made, matched, secret=bool(office and accusation_handlers(office.id, today)), today=today)
    known = known_keys([planned.key for planned in made.ready])
    made.known = [planned for planned in made.ready if planned.key in known]
    made.ready = [planned for planned in made.ready if planned.key not in known]
    return made


def _read_rows(made: ImportPlan, matched: Matched, *, secret: bool, today: date) -> None:
    """Sort the rows into ready, failed and repeated. `secret`: the reader may see accusations."""
    first: dict[str, Planned] = {}
    for row in made.table.rows:
        read, reasons = read_row(row, made.mapping, matched, today=today)
        if read is not None and read.purpose is Purpose.ACCUSATION and not secret:
            reasons = ["揭发控告件只有举报专办岗位可以看，本单位还没有人任此岗位，请先设岗，再读入。"]
        if read is None or reasons:
            made.failed.append(Failed(row.number, tuple(reasons), row.cells))
            continue
        planned = Planned(row.number, import_key(made.mapping.name, read), read)
        earlier = first.setdefault(planned.key, planned)
        if earlier is planned:
            made.ready.append(planned)
        elif content_key(earlier.row) == content_key(read):
            made.repeated.append(Failed(row.number, (f"与第 {earlier.number} 行重复。",), row.cells))
        else:
            sentence = f"编号与第 {earlier.number} 行相同而内容不同，请核对。"
            made.failed.append(Failed(row.number, (sentence,), row.cells))


def run(
    made: ImportPlan,
    *,
    office: Department,
    by: User | None,
    now: datetime,
    file_sha256: str,
    pace: Pace,
    progress: Callable[[int], None] = lambda done: None,
) -> ImportRun | None:
    """Enter what the plan found ready (读入), turn by turn; None where there is nothing new.

    Broken off, it is taken up by importing the same file again: what is entered is known. Raises DomainError where
    another import of the same rows gets in the way twice.
    """
    run_id, done = None, 0
    while done < len(made.ready):
        rows = [Keyed(planned.key, planned.row) for planned in made.ready[done : done + pace.rows]]
        run_id = _run_batch(made, rows, run_id, office=office, by=by, now=now, sha256=file_sha256, pace=pace)
        done += len(rows)
        progress(done)
    if run_id is None:
        return None
    with pace.turn():
        finished = db.session.get_one(ImportRun, run_id)
        skipped = len(made.known) + len(made.repeated)
        finish_import(finished, failed=len(made.failed), skipped=skipped, by=by, now=now)
    return finished


def _run_batch(
    made: ImportPlan,
    rows: Sequence[Keyed],
    run_id: int | None,
    *,
    office: Department,
    by: User | None,
    now: datetime,
    sha256: str,
    pace: Pace,
) -> int:
    """Enter one batch; where somebody entered the same rows just now, once more without them."""
    for last in (False, True):
        try:
            with pace.turn():
                entered = db.session.get(ImportRun, run_id) if run_id else None
                entered = entered or start_import(
                    made.mapping.name,
                    office=office,
                    file_name=made.table.name,
                    file_sha256=sha256,
                    by=by,
                    now=now,
                )
                import_history_cases(entered, rows, office=office, by=by, now=now)
                return entered.id
        except IntegrityError:
            if last:
                raise DomainError("另有人正在读入同样的内容，请稍后再读入一次。") from None
    raise AssertionError


def undo(run: ImportRun, *, reason: str, by: User, now: datetime, pace: Pace) -> int:
    """Declare every case of an import void (撤销读入), turn by turn; return how many. Repeated, it goes on.

    Raises DomainError and Forbidden as `check_undo` does, before the first, and where somebody acts meanwhile.
    """
    check_undo(run, reason=reason, by=by, now=now)
    run_id, count, done = run.id, 0, 1
    while done:
        with pace.turn():
            done = undo_next(db.session.get_one(ImportRun, run_id), limit=pace.rows, reason=reason, by=by, now=now)
        count += done
    return count


def unhurried() -> Pace:
    """Return the pace of an import: others get their turn to write between its rows."""
    return Pace(FIRST, most=MOST)


def write_refused(made: ImportPlan, target: Path | BinaryIO, *, by: str, at: datetime) -> Written:
    """Write the refused rows with their numbers and reasons (失败行) as xlsx: mend it and import it again."""
    notes = [("对应表", made.mapping.label)]
    return write_failed(made.table, made.refused, target, width=20, notes=notes, by=by, at=at)


def refused_csv(made: ImportPlan) -> bytes:
    """Return the refused rows as csv."""
    return failed_csv(made.table, made.refused)
