"""读入 on the page: look first, import, mend what was refused, undo; nobody else's imports, no file that lies."""

import io
import re
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from tests.client import Client
from tests.people.factories import make_department, make_user, sign_in
from tests.spreadsheets.files import csv_bytes, xlsx
from tests.spreadsheets.test_import_cases import TRAPS
from tests.spreadsheets.test_mappings import HEAD, message
from tracker.audit.models import AuditEvent
from tracker.cases.record.models import Case, ImportRun, NotedUpload
from tracker.core.database import committed, db
from tracker.core.files import folder
from tracker.people.models import Department, User
from tracker.people.rules import Role
from tracker.web.ledger import imports

UPLOAD = re.compile(r'name="upload" value="([^"]+)"')
REFUSED = re.compile(r'href="(/imports/refused\?upload=[^"]+)"')
NASTY = "<script>alert(1)</script>{{7*7}}"


@pytest.fixture
def office(session: Session) -> Department:
    """Give a petition office."""
    with committed():
        return make_department("阳城县信访局")


@pytest.fixture
def acceptor(office: Department) -> User:
    """Give who may import."""
    with committed():
        return make_user(name="李晓梅", roles=[(Role.ACCEPTOR, office)])


@pytest.fixture
def client(acceptor: User, new_client: Callable[[], Client]) -> Client:
    """Give the acceptor's browser."""
    browser = new_client()
    sign_in(browser, acceptor)
    return browser


def table(rows: list[Any] = TRAPS) -> bytes:
    return csv_bytes([HEAD, *([str(cell) for cell in row] for row in rows)], "gb18030")


def upload(client: Client, content: bytes, name: str = "留言.csv", **fields: str) -> TestResponse:
    """Send a table for a trial."""
    data = {"mapping": "liuyan", "file": (io.BytesIO(content), name), **fields}
    return client.submit("/imports", data, content_type="multipart/form-data")


def apply(client: Client, trial: TestResponse) -> TestResponse:
    """Press 读入 on the page of a trial."""
    found = UPLOAD.search(trial.text)
    assert found, trial.text
    return client.submit("/imports/apply", {"upload": found[1]}, page="/imports")


def test_a_table_that_cannot_be_read_in_is_not_kept(client: Client) -> None:
    for content, name in ((b"a,b\n1,2\n", "别的.csv"), (b"MZ", "表.xlsx")):
        assert upload(client, content, name).status_code == 422
    assert [file for file in folder().rglob("*") if file.is_file()] == []
    assert upload(client, table()).status_code == 200
    assert len([file for file in folder().rglob("*") if file.is_file()]) == 1, "negative control"
    assert count(NotedUpload) == 1


def count(model: Any) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


@pytest.mark.both_databases
def test_from_the_trial_to_the_result(client: Client) -> None:
    trial = upload(client, table())
    assert trial.status_code == 200
    for words in ("还没有写入", "按 GB18030 编码读取", "超15日", "读入 4 件", "没有“2019/2/30”这个时间"):
        assert words in trial.text
    assert count(Case) == 0
    done = apply(client, trial)
    public_id = db.session.scalars(select(ImportRun.public_id)).one()
    assert (done.status_code, done.location) == (303, f"/imports/{public_id}")
    assert count(Case) == 4
    result = client.get(done.location)
    assert all(words in result.text for words in ("已读入 4 件。", "留言.csv", "4 件", "李晓梅", "属地待定"))
    assert "留言.csv" in client.get("/imports").text


def test_a_second_click_and_a_second_upload_make_nothing_twice(client: Client) -> None:
    trial = upload(client, table())
    apply(client, trial)
    assert apply(client, trial).location == "/imports"
    assert "什么也没有写入" in client.get("/imports").text
    assert "没有可以读入的件" in upload(client, table()).text
    assert (count(Case), count(ImportRun)) == (4, 1)


def test_the_refused_rows_come_as_a_file_and_that_is_recorded(client: Client) -> None:
    link = REFUSED.search(upload(client, table()).text)
    assert link
    answer = client.get(link[1].replace("&amp;", "&"))
    assert answer.status_code == 200
    assert "attachment" in answer.headers["Content-Disposition"]
    sheet = openpyxl.load_workbook(io.BytesIO(answer.data)).worksheets[0]
    assert (sheet.max_row, sheet["B2"].value) == (7, "与第 2 行重复。")
    kinds = db.session.scalars(select(AuditEvent.kind).where(AuditEvent.log_id == 2)).all()
    assert "attachment.read" in kinds


def test_after_the_import_the_refused_rows_are_still_there(client: Client) -> None:
    done = apply(client, upload(client, table()))
    link = REFUSED.search(client.get(done.location).text)
    assert link
    assert client.get(link[1].replace("&amp;", "&")).status_code == 200


def test_a_table_in_the_unicode_of_windows_is_read_alike(client: Client) -> None:
    shown = [upload(client, content, "表.csv") for content in (table(), table().decode("gb18030").encode("utf-16"))]
    assert [answer.status_code for answer in shown] == [200, 200]
    counted = [re.findall(r"\d+ (?:件|行)", answer.text) for answer in shown]
    assert counted[0] == counted[1]
    assert counted[0]


@pytest.mark.parametrize(
    ("content", "name", "sentence"),
    [
        (b"", "空.csv", "是空的"),
        (b"\x89PNG\r\n\x1a\n" + b"\x00" * 100, "图.xlsx", "内容却不是 Excel 工作簿"),
        (b"%PDF-1.7", "信.pdf", "不收“.pdf”类型的文件"),
        (xlsx([HEAD, message()]), "表.csv", "内容却不是文本"),
        (csv_bytes([("编号", "标题"), ("1", "2")]), "表.csv", "缺少：留言主题、留言时间、留言详情、答复意见、答复时间"),
        (csv_bytes([HEAD]), "表.csv", "第 1 行是表头，下面没有数据。"),
        (b"<html><table></table></html>", "表.csv", "内容却是网页"),
        (xlsx([HEAD, message()])[:600], "表.xlsx", "可能已损坏"),
    ],
)
def test_a_file_that_cannot_be_read_is_told_at_its_field(
    client: Client, content: bytes, name: str, sentence: str
) -> None:
    answer = upload(client, content, name)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert 'id="file-error"' in answer.text
    assert (count(Case), count(ImportRun)) == (0, 0)


def test_nothing_chosen_and_what_was_not_offered(client: Client) -> None:
    nothing = client.submit("/imports", {}, content_type="multipart/form-data")
    assert (nothing.status_code, "请选择要上传的表格。" in nothing.text) == (422, True)
    strange = upload(client, table(), mapping="别的", office="x" * 22)
    assert (strange.status_code, strange.text.count("没有这个选项") >= 2) == (422, True)


def test_what_stands_in_the_file_is_text_on_every_page(client: Client) -> None:
    rows = [message(留言主题=NASTY), message(留言编号=NASTY, 留言时间=NASTY)]
    trial = upload(client, table(rows), f"{NASTY.replace('/', '')}.csv")
    done = apply(client, trial)
    for page in (trial, client.get(done.location), client.get("/imports")):
        assert "<script>alert" not in page.text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;{{7*7}}" in trial.text


def test_a_trial_of_somebody_else_or_an_altered_one_is_refused(
    client: Client, office: Department, new_client: Callable[[], Client]
) -> None:
    trial = upload(client, table())
    token = UPLOAD.search(trial.text)
    assert token
    with committed():
        other = make_user(roles=[(Role.ACCEPTOR, office)])
    stranger = new_client()
    sign_in(stranger, other)
    for browser, sent in ((stranger, token[1]), (client, token[1][:-2] + "xx"), (client, "")):
        answer = browser.submit("/imports/apply", {"upload": sent}, page="/imports")
        assert (answer.status_code, "试运行已经失效" in answer.text) == (422, True)
    assert count(Case) == 0


def test_too_many_rows_for_a_page(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports, "MOST_ROWS", 3)
    trial = upload(client, table())
    assert "在页面上一次最多读入 3 件" in trial.text
    assert not UPLOAD.search(trial.text)


def test_undoing_needs_a_reason_and_voids_everything(client: Client) -> None:
    done = apply(client, upload(client, table()))
    refused = client.submit(f"{done.location}/undo", {"reason": " "}, page=done.location)
    assert (refused.status_code, "请填写理由。" in refused.text) == (422, True)
    undone = client.submit(f"{done.location}/undo", {"reason": "选错了表"}, page=done.location)
    assert undone.status_code == 303
    assert set(db.session.scalars(select(Case.status))) == {"voided"}
    page = client.get(done.location)
    assert "这次读入已经撤销" in page.text
    assert "/undo" not in page.text
    assert "已撤销" in client.get("/imports").text
    assert apply(client, upload(client, table())).location != done.location


def test_an_import_somebody_acted_on_is_not_undone(client: Client) -> None:
    done = apply(client, upload(client, table()))
    with committed():
        case = db.session.scalars(select(Case).order_by(Case.id)).first()
        assert case is not None
        db.session.execute(db.update(Case).where(Case.id == case.id).values(version=2))
    answer = client.submit(f"{done.location}/undo", {"reason": "选错了表"}, page=done.location)
    assert (answer.status_code, "读入后已有人办理过 1 件" in answer.text) == (422, True)
    assert "选错了表" in answer.text


def test_imports_of_another_office_do_not_exist(client: Client, new_client: Callable[[], Client]) -> None:
    done = apply(client, upload(client, table()))
    with committed():
        other = make_user(roles=[(Role.ACCEPTOR, make_department("邻县信访局"))])
    stranger = new_client()
    sign_in(stranger, other)
    unseen = stranger.get(done.location)
    nothing = stranger.get(f"/imports/{'x' * 22}")
    assert (unseen.status_code, nothing.status_code) == (404, 404)
    assert client.get("/imports/1").status_code == 404
    assert "留言.csv" not in stranger.get("/imports").text
    assert stranger.submit(f"{done.location}/undo", {"reason": "x"}, page="/imports").status_code == 404


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ACCEPTOR])
def test_other_posts_may_not_import(office: Department, new_client: Callable[[], Client], role: Role) -> None:
    with committed():
        user = make_user(roles=[(role, office)])
    browser = new_client()
    sign_in(browser, user)
    for path in ("/imports", f"/imports/{'x' * 22}", "/imports/refused"):
        assert browser.get(path).status_code == 403


def test_who_accepts_for_two_offices_chooses_one(office: Department, new_client: Callable[[], Client]) -> None:
    with committed():
        other = make_department("邻县信访局")
        both = make_user(roles=[(Role.ACCEPTOR, office), (Role.ACCEPTOR, other)])
    browser, other_id = new_client(), other.public_id
    sign_in(browser, both)
    unsaid = upload(browser, table())
    assert (unsaid.status_code, "请选择登记单位。" in unsaid.text) == (422, True)
    apply(browser, upload(browser, table(), office=other_id))
    names = select(Department.name).join(Case, Case.office_id == Department.id)
    assert set(db.session.scalars(names)) == {"邻县信访局"}
