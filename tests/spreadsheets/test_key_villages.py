"""重点难点村 in from a sheet and out as one: dry run, failed rows, undo, and the round trip."""

from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from sqlalchemy import func, select

from tests.key_villages.conftest import ledger as ledger
from tests.key_villages.working import Ledger
from tracker.audit.queries import verify
from tracker.core import clock as now_clock
from tracker.core.database import committed, db
from tracker.core.errors import DomainError
from tracker.deadlines.models import Deadline
from tracker.deadlines.queries import clock_of
from tracker.deadlines.rules import is_late
from tracker.key_villages.models import VillageDuty, VillageEntry, VillageProblem
from tracker.key_villages.rules.acts import SIGNATURES
from tracker.key_villages.rules.codes import VillageStage
from tracker.people.models import Department
from tracker.people.rules import DepartmentKind
from tracker.places.models import VILLAGE, Place
from tracker.spreadsheets.export_villages import COLUMNS, export_villages
from tracker.spreadsheets.key_villages import (
    FIELDS,
    VillagesPlan,
    plan_villages,
    run_villages,
    undo_villages,
    write_refused_villages,
)
from tracker.spreadsheets.workbook import Table, read_table, write_csv

HEADS = [names[0] for names in FIELDS.values()]
GOOD = {
    **{"村（社区）": "上庄村", "区划代码": "140522102214", "类型": "有信访", "入账日期": "2026-11-20"},
    **{"入账理由": "同类信访多件。", "决定人": "陈志远", "包村领导": "陈志远", "乡镇责任人": "温凯", "联络员": "梁文"},
    **{"驻村工作组": "裴俊杰等 4 人", "选举日": "2026-12-19", "问题": "公开三年收支明细", "责任单位": "县民政局"},
    **{"责任人": "王海燕", "期限": "2026-12-10"},
}


def sheet(*rows: dict[str, str]) -> Table:
    content = write_csv(HEADS, ([row.get(head, "") for head in HEADS] for row in rows))
    return read_table(content, "重点村.csv")


def planned(*rows: dict[str, str]) -> VillagesPlan:
    return read(sheet(*rows))


def read(table: Table) -> VillagesPlan:
    office = db.session.scalars(select(Department).where(Department.kind == DepartmentKind.PETITION_OFFICE)).first()
    assert office
    return plan_villages(table, office=office, today=now_clock.today())


def run(ledger: Ledger, made: VillagesPlan) -> str:
    county = ledger.county
    return run_villages(made, office=county.office, by=county.acceptor, now=now_clock.now())[0]


def undo(ledger: Ledger, mark: str) -> int:
    county = ledger.county
    with committed():
        return undo_villages(mark, office=county.office, reason="选错了表。", by=county.acceptor, now=now_clock.now())


def count(model: type) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def test_reading_writes_nothing_until_it_is_run(ledger: Ledger) -> None:
    made = planned(GOOD, GOOD | {"问题": "补登遗漏的选民", "期限": "2026-12-20"})
    assert [len(each.problems) for each in made.ready] == [2]
    assert count(VillageEntry) == 0
    mark = run(ledger, made)
    entry = db.session.scalars(select(VillageEntry)).one()
    assert (entry.imported_as, entry.election_on, len(entry.problems)) == (mark, date(2026, 12, 19), 2)
    assert count(VillageDuty) == 4
    assert [each.place.code for each in planned(GOOD).known if each.place] == ["140522102214"]
    assert planned(GOOD).ready == []


WRONG = [
    ({"类型": "很难"}, "类型应为"),
    ({"区划代码": "140522999999", "村（社区）": "没有这村"}, "没有"),
    ({"决定人": "无此人"}, "没有名为“无此人”"),
    ({"责任单位": "县气象局"}, "没有名为“县气象局”的责任单位"),
    ({"责任人": "郭强"}, "县民政局没有名为“郭强”"),
    ({"期限": "不久"}, "期限：看不懂"),
    ({"入账日期": "2027-01-01"}, "晚于今天"),
    ({"入账理由": ""}, "没有入账理由"),
    ({"区划代码": "140522101228"}, "不是一个村，请核对"),
    ({"决定人": "王海燕"}, "王海燕：入账应由本地的领导决定"),
    ({"包村领导": "王海燕"}, "王海燕：包村领导应是"),
    ({"状态": "已销号"}, "问题的状态是“已销号”"),
    ({"整村状态": "已销号"}, "整村状态是“已销号”"),
    ({"选举日": "2026-11-19"}, "选举日不能早于入账日期"),
    ({"期限": "2026-11-19"}, "期限不能早于入账日期"),
]


@pytest.mark.parametrize(("change", "sentence"), WRONG)
def test_what_cannot_be_read_is_refused_with_its_row(ledger: Ledger, change: dict[str, str], sentence: str) -> None:
    made = planned(GOOD | change)
    assert (made.ready, made.known) == ([], [])
    assert sentence in "".join(made.refused[0].reasons)
    assert "第 2 行" in made.refused[0].reasons[0]


def test_one_bad_row_refuses_its_whole_village_and_no_other(ledger: Ledger) -> None:
    name = db.session.scalar(select(Place.short_name).where(Place.code == "140522101228")) or ""
    other = GOOD | {"区划代码": "140522101228", "村（社区）": name}
    made = planned(GOOD, GOOD | {"期限": "不久"}, other)
    assert (len(made.ready), len(made.refused)) == (1, 1)
    target = BytesIO()
    write_refused_villages(made, target, by="李晓梅", at=now_clock.now())
    failed = read_table(target.getvalue(), "失败行.xlsx")
    assert [row.number for row in failed.rows] == [2, 3]
    assert len(read(failed).refused) == 1


def test_what_is_late_already_goes_in_as_late(ledger: Ledger) -> None:
    """A ledger kept on paper has problems whose day is over: they run since the entry, and are late from the first."""
    run(ledger, planned(GOOD | {"入账日期": "2026-10-09", "期限": "2026-11-02", "状态": "在办"}))
    problem = db.session.scalars(select(VillageProblem)).one()
    clock = db.session.scalars(select(Deadline).where(Deadline.subject == "village_problem")).one()
    assert (problem.due_on, clock.started_on) == (date(2026, 11, 2), date(2026, 10, 9))
    assert is_late(clock_of(clock), now_clock.today())


def test_a_row_shorter_than_its_heading_is_kept_among_the_failed(ledger: Ledger) -> None:
    made = read(read_table(write_csv(HEADS, [["", "没有这村"]]), "a.csv"))
    assert len(made.refused[0].rows[0].cells) < len(HEADS)
    target = BytesIO()
    write_refused_villages(made, target, by="李晓梅", at=now_clock.now())
    assert [row.number for row in read_table(target.getvalue(), "失败行.xlsx").rows] == [2]


def test_a_missing_column_is_named(ledger: Ledger) -> None:
    content = write_csv(["村", "类型"], [["上庄村", "有信访"]])
    with pytest.raises(DomainError, match="表格缺少这些列：入账理由、决定人、入账日期"):
        read(read_table(content, "a.csv"))


@pytest.mark.both_databases
def test_a_run_is_taken_back_while_nothing_was_done(ledger: Ledger) -> None:
    mark = run(ledger, planned(GOOD))
    assert undo(ledger, mark) == 1
    db.session.expire_all()
    assert {row.stage for row in db.session.scalars(select(VillageEntry))} == {VillageStage.WITHDRAWN}
    assert {row.stage for row in db.session.scalars(select(VillageProblem))} == {VillageStage.WITHDRAWN}
    running = select(func.count()).select_from(Deadline).where(Deadline.ended_on.is_(None))
    assert db.session.scalar(running.where(Deadline.subject.in_(("village_entry", "village_problem")))) == 0
    assert verify().wrong is None
    assert len(planned(GOOD).ready) == 1


def test_a_run_stays_where_somebody_worked(ledger: Ledger) -> None:
    mark = run(ledger, planned(GOOD))
    ledger.visit(db.session.scalars(select(VillageEntry.id)).one(), key="lead")
    with pytest.raises(DomainError, match="已经办理过，不能撤销"):
        undo(ledger, mark)
    with pytest.raises(DomainError, match="没有编号"):
        undo(ledger, "20200101-000000")


def test_every_village_of_a_county_goes_in_and_comes_out(ledger: Ledger, tmp_path: Path) -> None:
    """275 villages as the client had them, or as many as the county has: the file that comes out reads as known."""
    rows = db.session.execute(select(Place.code, Place.short_name).where(Place.level == VILLAGE)).all()
    assert len(rows) > 50
    made = planned(*(GOOD | {"区划代码": code, "村（社区）": name} for code, name in rows[:275]))
    assert made.refused == []
    run(ledger, made)
    target = tmp_path / "重点难点村.xlsx"
    written = export_villages(None, target, by="系统", now=now_clock.now())
    assert written.rows == len(made.ready)
    back = read_table(target, target.name)
    assert back.header == tuple(heading for heading, _width in COLUMNS)
    again = read(back)
    assert (len(again.known), again.ready, again.refused) == (len(made.ready), [], [])


@pytest.mark.both_databases
def test_a_village_that_is_struck_off_is_not_read_in_again(ledger: Ledger, tmp_path: Path) -> None:
    entry_id = ledger.enter("公开三年收支明细")
    ledger.strike_off(ledger.entry(entry_id).problems[0].id)
    ledger.visit(entry_id)
    for act, key in zip(SIGNATURES, ("colleague", "town_head", "acceptor", "lead"), strict=True):
        ledger.act(ledger.entry(entry_id), act, key)
    target = tmp_path / "重点难点村.xlsx"
    export_villages(None, target, by="系统", now=now_clock.now())
    again = read(read_table(target, target.name))
    assert (len(again.known), again.ready, again.refused) == (1, [], [])
