"""Importing: planned first, entered in batches, taken up where it broke off, refused rows given back to be mended."""

import io
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tests.conftest import Clock
from tests.people.factories import make_department, make_user
from tests.spreadsheets.files import csv_bytes, shared, xlsx
from tests.spreadsheets.test_mappings import HEAD, PROVINCE_HEAD, message, province
from tracker import audit
from tracker.audit import Event
from tracker.audit.queries import verify
from tracker.cases.ledger import Filters
from tracker.cases.record.models import Case, ImportRun
from tracker.core import pacing
from tracker.core.database import committed, db
from tracker.core.errors import DomainError
from tracker.core.pacing import Pace
from tracker.deadlines.models import Deadline
from tracker.people.models import Department
from tracker.people.rules import Role
from tracker.spreadsheets import import_cases
from tracker.spreadsheets.export_ledger import export
from tracker.spreadsheets.import_cases import ImportPlan, plan, refused_csv, run, undo, unhurried, write_refused
from tracker.spreadsheets.mappings import MAPPINGS
from tracker.spreadsheets.workbook import Cell, read_table

TRAPS: list[list[Cell]] = [
    message(),
    message(留言编号="2555", 答复时间="2019/7/1 9:00:00"),
    message(留言编号="2556", 答复意见="", 答复时间=""),
    message(),
    message(留言主题="同号不同文"),
    message(留言编号="2557", 留言时间="2019/2/30"),
    message(留言编号="2558", 答复时间="2019/4/1"),
    message(留言编号="", 留言详情="没有编号"),
    message(留言编号="", 留言详情="没有 编号"),
    message(留言编号="2559", 留言主题="=HYPERLINK(1)", 留言时间="x"),
]


@pytest.fixture
def office(session: Session) -> Department:
    """Give a petition office."""
    with committed():
        return make_department("阳城县信访局")


def planned(rows: list[list[Cell]], office: Department, clock: Clock, *, mapping: str = "liuyan") -> ImportPlan:
    """Plan an import of rows."""
    head = HEAD if mapping == "liuyan" else PROVINCE_HEAD
    table = read_table(csv_bytes([head, *([str(cell) for cell in row] for row in rows)]), "留言.csv")
    return plan(table, MAPPINGS[mapping], office=office, today=clock.today())


def entered(made: ImportPlan, office: Department, clock: Clock, **options: Any) -> ImportRun | None:
    """Run an import."""
    given = {"by": None, "now": clock.now(), "file_sha256": "0" * 64, "pace": unhurried(), **options}
    return run(made, office=office, **given)


def count(model: Any) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def test_the_plan_writes_nothing_and_sorts_every_row(office: Department, clock: Clock) -> None:
    made = planned(TRAPS, office, clock)
    assert dict(made.counts) == {
        "读到": 10,
        "将读入": 4,
        "已有": 0,
        "文件内重复": 2,
        "失败": 4,
        "没有答复": 1,
        "超15日": 1,
        "超60日": 1,
    }
    assert [(row.number, row.reasons) for row in made.refused] == [
        (5, ("与第 2 行重复。",)),
        (6, ("编号与第 2 行相同而内容不同，请核对。",)),
        (7, ("留言时间：没有“2019/2/30”这个时间。",)),
        (8, ("答复时间早于收到时间，请核对两个时间。",)),
        (10, ("与第 9 行重复。",)),
        (11, ("留言时间：看不懂“x”，应写成 2019/2/28 9:05:01 或者 2019-02-28。",)),
    ]
    assert (count(Case), count(ImportRun)) == (0, 0)


def test_the_run_enters_what_was_planned_and_no_more(office: Department, clock: Clock) -> None:
    made = planned(TRAPS, office, clock)
    done = entered(made, office, clock)
    assert done is not None
    assert (done.created, done.skipped, done.failed, done.file_name, done.mapping) == (4, 2, 4, "留言.csv", "liuyan")
    assert count(Case) == 4
    again = planned(TRAPS, office, clock)
    figures = dict(again.counts)
    assert (figures["将读入"], figures["已有"], figures["超15日"]) == (0, 4, 1)
    assert entered(again, office, clock) is None
    assert (count(Case), count(ImportRun)) == (4, 1)
    assert verify().wrong is None


def test_the_refused_rows_can_be_mended_and_imported(office: Department, clock: Clock) -> None:
    made = planned(TRAPS, office, clock)
    out = io.BytesIO()
    write_refused(made, out, by="李晓梅", at=clock.now())
    sheet = openpyxl.load_workbook(io.BytesIO(out.getvalue())).worksheets[0]
    assert [cell.value for cell in sheet[1]] == ["行号", "原因", *HEAD]
    assert sheet.max_row == 1 + 6
    assert {cell.data_type for row in sheet.iter_rows(min_row=2) for cell in row} <= {"s", "n"}
    sheet["F4"] = "2019/2/28 9:05:01"
    sheet["F7"] = "2019-02-28"
    mended = io.BytesIO()
    sheet.parent.save(mended)
    table = read_table(mended.getvalue(), "失败行.xlsx")
    again = plan(table, MAPPINGS["liuyan"], office=office, today=clock.today())
    assert "没有读的列：行号、原因。" in again.notices
    assert {planned.row.source_no for planned in again.ready} >= {"2557", "2559"}


def test_the_refused_rows_as_csv_are_dead(office: Department, clock: Clock) -> None:
    table = read_table(refused_csv(planned(TRAPS, office, clock)), "失败行.csv")
    assert table.header[:3] == ("行号", "原因", "留言编号")
    assert table.rows[-1].cells[4] == "'=HYPERLINK(1)"


def test_columns_without_heading_keep_their_cells_in_the_refused_rows(office: Department, clock: Clock) -> None:
    made = planned([[*message(留言时间="x"), "旁注"]], office, clock)
    table = read_table(refused_csv(made), "失败行.csv")
    assert (table.header[-1], table.rows[0].cells[-1]) == ("（无表头）", "旁注")


def test_a_heading_alone_is_refused(office: Department, clock: Clock) -> None:
    with pytest.raises(DomainError, match="第 1 行是表头，下面没有数据。"):
        planned([], office, clock)


def many(n: int) -> list[list[Cell]]:
    return [message(留言编号=str(number)) for number in range(1, n + 1)]


def test_an_import_broken_off_is_taken_up(office: Department, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pacing, "STRETCH", 60)
    monkeypatch.setattr(import_cases, "FIRST", 10)
    monkeypatch.setattr(import_cases, "MOST", 10)
    seen: list[int] = []

    def stop(done: int) -> None:
        seen.append(done)
        if done == 20:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        entered(planned(many(35), office, clock), office, clock, progress=stop)
    assert (seen, count(Case)) == ([10, 20], 20)
    made = planned(many(35), office, clock)
    assert (len(made.ready), len(made.known)) == (15, 20)
    done = entered(made, office, clock)
    assert done is not None
    assert (done.created, done.skipped) == (15, 20)
    assert count(Case) == 35
    assert verify().wrong is None


def test_two_imports_of_one_file_at_once_make_each_row_once(office: Department, clock: Clock) -> None:
    """Both planned before either began: the second finds the rows known when it comes to enter them."""
    first, second = planned(many(3), office, clock), planned(many(4), office, clock)
    entered(first, office, clock)
    done = entered(second, office, clock)
    assert done is not None
    assert (done.created, done.skipped) == (1, 3)
    third = planned(many(5), office, clock)
    third.ready = [row for row in second.ready if row.number < 5]
    done = entered(third, office, clock)
    assert done is not None
    assert (done.created, count(Case)) == (0, 4)
    assert verify().wrong is None


def test_rows_entered_by_another_in_the_very_moment_are_tried_once_more(office: Department, clock: Clock) -> None:
    tries: list[int] = []

    class Unlucky(Pace):
        @contextmanager
        def turn(self) -> Iterator[None]:
            with super().turn():
                tries.append(len(tries))
                yield
                if len(tries) == 1:
                    raise IntegrityError("insert", {}, Exception("unique"))

    done = entered(planned(many(3), office, clock), office, clock, pace=Unlucky(20))
    assert done is not None
    assert (done.created, count(Case), len(tries)) == (3, 3, 3)

    class Hopeless(Pace):
        @contextmanager
        def turn(self) -> Iterator[None]:
            with super().turn():
                yield
                raise IntegrityError("insert", {}, Exception("unique"))

    with pytest.raises(DomainError, match="另有人正在读入"):
        entered(planned(many(4), office, clock), office, clock, pace=Hopeless(20))


def test_who_saves_while_history_is_imported_gets_his_turn(
    app: Flask, office: Department, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A turn for each row here, and a pause after each: in every pause somebody else writes."""
    monkeypatch.setattr(pacing, "STRETCH", 0)
    made, saved, over = planned(many(12), office, clock), list[int](), threading.Event()
    now = clock.now()

    def saves() -> None:
        with app.app_context():
            while not over.is_set():
                with committed():
                    audit.record(Event.CLOCK_CONFIRMED, by=None, now=now)
                saved.append(1)
                over.wait(0.03)

    db.session.commit()
    thread = threading.Thread(target=saves)
    thread.start()
    try:
        entered(made, office, clock, pace=Pace(1))
    finally:
        over.set()
        thread.join(30)
    assert len(saved) >= 10
    assert verify().wrong is None


def test_an_undoing_broken_off_goes_on(office: Department, clock: Clock) -> None:
    done = entered(planned(many(5), office, clock), office, clock)
    assert done is not None
    with committed():
        by = make_user(name="李晓梅", roles=[(Role.ACCEPTOR, office)])
    given: dict[str, Any] = {"reason": "选错了表", "by": by, "now": clock.now()}

    class Killed(Pace):
        @contextmanager
        def turn(self) -> Iterator[None]:
            if voided() == 2:
                raise KeyboardInterrupt
            with super().turn():
                yield

    with pytest.raises(KeyboardInterrupt):
        undo(done, pace=Killed(1, most=1), **given)
    assert (voided(), verify().wrong) == (2, None)
    assert undo(done, pace=unhurried(), **given) == 3
    assert (voided(), verify().wrong) == (5, None)


def test_an_undoing_stops_at_a_case_that_somebody_took_up_just_now(office: Department, clock: Clock) -> None:
    done = entered(planned(many(3), office, clock), office, clock)
    assert done is not None
    with committed():
        by = make_user(name="李晓梅", roles=[(Role.ACCEPTOR, office)])
    last = db.session.scalars(select(Case).order_by(Case.id.desc())).first()
    assert last is not None

    class Beside(Pace):
        @contextmanager
        def turn(self) -> Iterator[None]:
            if voided() == 1:
                with committed():
                    db.session.get_one(Case, last.id).version = 2
                    audit.record(Event.CASE_CORRECTED, by=None, now=clock.now(), case_id=last.id)
            with super().turn():
                yield

    with pytest.raises(DomainError, match="刚刚有人办理，撤销到这一件为止"):
        undo(done, reason="选错了表", by=by, now=clock.now(), pace=Beside(1, most=1))
    assert (voided(), verify().wrong) == (2, None)


def voided() -> int:
    found = db.session.scalar(select(func.count()).select_from(Case).where(Case.status == "voided")) or 0
    db.session.rollback()
    return found


def test_accusations_need_somebody_who_may_know_of_them(office: Department, clock: Clock) -> None:
    made = planned([province(信访目的="揭发控告"), province(信访件编号="2")], office, clock, mapping="province")
    assert [row.reasons[0][:5] for row in made.failed] == ["揭发控告件"]
    assert len(made.ready) == 1
    done = entered(made, office, clock)
    assert done is not None
    case = db.session.scalars(select(Case)).one()
    assert (case.superior_due_on, case.place_note) == (date(2026, 12, 8), "140522102207")
    assert (case.status, case.next_due_on, count(Deadline)) == ("registered", None, 0)


# The commands


def command(app: Flask, *arguments: object) -> Result:
    """Run a command as somebody at a terminal would."""
    return app.test_cli_runner().invoke(args=[str(argument) for argument in arguments])


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a file with every trap, and a folder to work in."""
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "留言.csv"
    path.write_bytes(csv_bytes([HEAD, *([str(cell) for cell in row] for row in TRAPS)], "gb18030"))
    return path


def test_a_trial_prints_the_figures_and_keeps_the_refused_rows(
    app: Flask, office: Department, file: Path, tmp_path: Path
) -> None:
    db.session.rollback()
    result = command(app, "import-cases", file, "--mapping", "liuyan", "--dry-run")
    assert result.exit_code == 0, result.output
    for line in ("读到：10", "将读入：4", "已有：0", "失败：4", "超15日：1", "超60日：1", "试运行，没有写入。"):
        assert line in result.stdout.splitlines()
    assert "提示：按 GB18030 编码读取，请核对预览里的文字。" in result.stdout
    assert "第 7 行：留言时间：没有“2019/2/30”这个时间。" in result.stderr
    refused = read_table(tmp_path / "留言-失败行.xlsx", "留言-失败行.xlsx")
    assert len(refused.rows) == 6
    assert count(Case) == 0


def test_importing_again_and_undoing_from_the_command_line(app: Flask, office: Department, file: Path) -> None:
    with committed():
        make_user("lixiaomei", "李晓梅", roles=[(Role.ACCEPTOR, office)])
    first = command(app, "import-cases", file, "--mapping", "liuyan", "--as", "lixiaomei", "--failed", "bad.xlsx")
    assert first.exit_code == 0, first.output
    number = db.session.scalars(select(ImportRun.id)).one()
    assert f"已读入 4 件，读入编号 {number}；撤销用 flask undo-import {number}。" in first.stdout
    db.session.rollback()
    again = command(app, "import-cases", file, "--mapping", "liuyan")
    assert (again.exit_code, "没有新的件需要读入。" in again.stdout) == (0, True)
    undone = command(app, "undo-import", number, "--reason", "选错了表", "--as", "lixiaomei")
    assert undone.stdout == f"已撤销第 {number} 次读入，作废 4 件。\n"
    assert command(app, "import-cases", file, "--mapping", "liuyan").exit_code == 0
    assert count(Case) == 8


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("import-cases", "没有.xlsx", "--mapping", "liuyan"), "打不开文件 没有.xlsx，请核对文件名和权限。"),
        (("import-cases", "留言.csv", "--mapping", "别的"), "没有名为“别的”的对应表"),
        (("import-cases", "留言.csv", "--mapping", "province"), "表头（第 1 行）缺少：信访件编号、信访日期"),
        (("import-cases", "留言.csv", "--mapping", "liuyan", "--office", "某局"), "没有名为“某局”的信访部门"),
        (("import-cases", "留言.csv", "--mapping", "liuyan", "--as", "nobody"), "没有账号“nobody”"),
        (("import-cases", "留言.csv", "--mapping", "liuyan", "--failed", "/没有/x.xlsx"), "失败行写不到"),
        (("import-cases",), "请写明文件和 --mapping"),
        (("import-cases", "留言.csv"), "请写明文件和 --mapping"),
        (("undo-import", "9", "--reason", "x", "--as", "nobody"), "没有账号"),
        (("undo-import", "9", "--reason", "x", "--as", "lixiaomei"), "没有编号为 9 的读入。"),
        (("undo-import", "²", "--reason", "x", "--as", "lixiaomei"), "没有编号为 ² 的读入。"),
        (("undo-import", "9", "--as", "lixiaomei"), "请写明读入编号、--reason 和 --as"),
        (("undo-import",), "请写明读入编号、--reason 和 --as"),
    ],
)
def test_failures_are_sentences_and_exit_1(
    app: Flask, office: Department, file: Path, arguments: tuple[str, ...], sentence: str
) -> None:
    with committed():
        make_user("lixiaomei", "李晓梅", roles=[(Role.ACCEPTOR, office)])
    result = command(app, *arguments)
    assert result.exit_code == 1
    assert sentence in result.stderr
    assert "Traceback" not in result.output


def test_a_file_of_which_nothing_can_be_imported_fails(app: Flask, office: Department, tmp_path: Path) -> None:
    db.session.rollback()
    path = tmp_path / "坏.csv"
    path.write_bytes(csv_bytes([HEAD, [str(cell) for cell in message(留言时间="x")]]))
    result = command(app, "import-cases", path, "--mapping", "liuyan", "--failed", tmp_path / "f.xlsx")
    assert (result.exit_code, "没有一行可以读入" in result.stderr) == (1, True)


def test_an_empty_register_gets_its_first_office_with_the_first_import(
    app: Flask, session: Session, file: Path
) -> None:
    session.rollback()
    assert command(app, "import-cases", file, "--mapping", "liuyan", "--dry-run").exit_code == 0
    assert count(Department) == 0
    db.session.rollback()
    result = command(app, "import-cases", file, "--mapping", "liuyan")
    assert "还没有信访部门，已建立“信访局”" in result.stdout
    assert (result.exit_code, count(Case), count(Department)) == (0, 4, 1)
    assert verify().wrong is None


def test_with_two_offices_the_sentence_says_what_to_do(app: Flask, session: Session, file: Path) -> None:
    with committed():
        make_department("甲县信访局")
        make_department("乙县信访局")
    assert "请用 --office 写明一个" in command(app, "import-cases", file, "--mapping", "liuyan").stderr
    named = command(app, "import-cases", file, "--mapping", "liuyan", "--office", "乙县信访局", "--dry-run")
    assert named.exit_code == 0


# The real file, where it is there


@pytest.mark.long
def test_the_whole_file_of_messages_with_its_lateness(
    app: Flask, office: Department, clock: Clock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = shared("liuyan", "att4_even.xlsx")
    monkeypatch.chdir(tmp_path)
    messages_come_in_with_their_lateness(app, path, read_rows(path), number=1402, accepted_late=517, handled_late=81)


def test_some_messages_of_the_file_with_their_lateness(
    app: Flask, office: Department, clock: Clock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = read_rows(shared("liuyan", "att4_even.xlsx"))
    assert len(whole) == 1 + 1402
    monkeypatch.chdir(tmp_path)
    some = [whole[0], *whole[1::14]]
    path = tmp_path / "some.xlsx"
    path.write_bytes(xlsx(some))
    messages_come_in_with_their_lateness(app, path, some, number=101, accepted_late=33, handled_late=3)


def read_rows(path: Path) -> list[list[str]]:
    """Return the lines of a workbook as words, the header first."""
    table = read_table(path, path.name)
    return [list(table.header), *([str(cell) for cell in row.cells] for row in table.rows)]


def messages_come_in_with_their_lateness(
    app: Flask, path: Path, rows: list[list[str]], *, number: int, accepted_late: int, handled_late: int
) -> None:
    """Import a workbook; the same lines as text in another code say the same and are then nothing new."""
    copy = Path.cwd() / "att4.csv"
    copy.write_bytes(csv_bytes(rows, "gb18030"))
    db.session.rollback()
    for file in (path, copy):
        lines = command(app, "import-cases", file, "--mapping", "liuyan", "--dry-run").stdout.splitlines()
        assert {
            f"读到：{number}",
            f"将读入：{number}",
            "失败：0",
            f"超15日：{accepted_late}",
            f"超60日：{handled_late}",
        } <= set(lines), lines
    result = command(app, "import-cases", path, "--mapping", "liuyan")
    assert f"已读入 {number} 件" in result.stdout
    late = select(Deadline.kind, func.count()).where(Deadline.ended_on > Deadline.effective_due, Deadline.met)
    assert dict(db.session.execute(late.group_by(Deadline.kind)).all()) == {
        "acceptance": accepted_late,
        "handling": handled_late,
    }
    running = select(func.count()).select_from(Deadline).where(Deadline.ended_on.is_(None))
    assert db.session.scalar(running) == 0
    db.session.rollback()
    for file in (path, copy):
        assert "没有新的件需要读入。" in command(app, "import-cases", file, "--mapping", "liuyan").stdout
    assert count(Case) == number
    assert verify().wrong is None


def test_every_naughty_string_comes_in_or_is_refused_and_goes_out_again(office: Department, clock: Clock) -> None:
    lines = [
        line
        for name, most in (("blns.txt", 700), ("csv-injection.txt", 10), ("xss-even.txt", 20))
        for line in shared("naughty", name).read_text(encoding="utf-8").splitlines()[:most]
        if line.strip()
    ]
    rows = [
        message(留言编号=str(n), 留言用户=line[:60], 留言主题=line, 留言详情=line, 答复意见=line)
        for n, line in enumerate(lines)
    ]
    made = planned(rows, office, clock)
    assert len(made.ready) + len(made.failed) == len(lines) > 500
    assert len(made.failed) < 30
    entered(made, office, clock)
    assert count(Case) == len(made.ready)
    assert verify().wrong is None
    out = io.BytesIO()
    done = export(None, Filters(), out, by="系统", now=clock.now())
    assert done.written.rows == len(made.ready)
    cells = [cell for sheet in openpyxl.load_workbook(out) for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n", "d"}
