"""The 25 nastiest inputs, each sent to every channel where it fits: forms, addresses, searches, materials, imports.

TABLE has a row for each, with what is sent: texts to type, files to give. What must hold of all of them stands once:
nothing breaks (no 500), what is refused is refused with a Chinese sentence and keeps what was typed, what is kept is
text wherever it is shown. What must hold of one alone is a test of its own below. Forms are those of the program.
"""

import io
import json
import re
import socket
import zipfile
from collections.abc import Iterator
from html import unescape
from io import BytesIO
from typing import Any, NamedTuple

import openpyxl
import pytest
from sqlalchemy import select
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from tests.client import Client
from tests.spreadsheets.files import csv_bytes, repacked, xlsx
from tests.spreadsheets.test_mappings import HEAD, message
from tests.web.browsing import form_of, take
from tests.web.stories import PDF, STORIES
from tests.web.test_drafts import PAGES, form_of_kept
from tests.web.test_imports import apply, upload
from tests.web.test_materials import HTML, SVG, add, kept, office_file
from tests.world.county import County
from tracker.cases.acts.naming import AccusedEntry
from tracker.cases.record.models import Case
from tracker.core.database import db
from tracker.web.frame.forms import DayField
from tracker.web.registration.form import RegistrationForm

CHINESE = re.compile("[\u4e00-\u9fff]")
DTD = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><worksheet>&b;</worksheet>'
SHEET = "xl/worksheets/sheet1.xml"
GOOD = xlsx([HEAD, message()])
File = tuple[bytes, str]


class Row(NamedTuple):
    """One of the 25: what it is, what is typed (in forms, searches, addresses), which files are given.

    `refused` says of the files as materials, and `unread` as tables, by which words; None: they are taken.
    """

    what: str
    texts: tuple[str, ...] = ()
    materials: tuple[File, ...] = ()
    refused: str | None = None
    tables: tuple[File, ...] = ()
    unread: str | None = None


def archive(*names: str, encrypted: bool = False) -> bytes:
    """Return a zip with entries of these names."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as entries:
        for name in names:
            entries.writestr(name, "x")
    content = bytearray(out.getvalue())
    if encrypted:
        content[6] |= 1
    return bytes(content)


def table_of(**changes: str) -> bytes:
    """Return a table of messages with one row that has something odd in it."""
    return csv_bytes([HEAD, [str(cell) for cell in message(**changes)]])


TABLE: dict[int, Row] = {
    1: Row(
        "script in a name",
        ("<img src=x onerror=alert(1)>", "{{7*7}}", "</script><script>alert(1)</script>"),
        ((PDF, "<img src=x onerror=alert(1)>.pdf"),),
        tables=((table_of(留言主题="<script>alert(1)</script>"), "<b>表.csv"),),
    ),
    2: Row(
        "markup under the name of a picture",
        (),
        ((SVG, "照片.jpg"), (HTML, "照片.png"), (b"MIME-Version: 1.0\n", "网页.jpg")),
        "不符",
    ),
    3: Row("two kinds in one file", (), ((PDF + HTML, "文件.pdf"), (b"GIF89a" + HTML, "图.gif"))),
    4: Row(
        "macros, links, locked archives",
        (),
        (
            (office_file("word/document.xml", "word/vbaProject.bin"), "带宏.docm"),
            (archive("报告.lnk"), "压缩.zip"),
            (archive("a.txt", encrypted=True), "加密.zip"),
        ),
        "不收",
    ),
    5: Row(
        "formulas",
        ('=HYPERLINK("http://x/?"&B1)', "+1+1", "-1", "@SUM(A1)", "\t=1", "\r=1"),
        tables=((table_of(留言主题='=HYPERLINK("http://x")', 留言用户="@SUM(A1)"), "表.csv"),),
    ),
    6: Row(
        "a table that unpacks to far too much",
        tables=((repacked(GOOD, {SHEET: b"<worksheet>" + b" " * 60_000_000}), "表.xlsx"),),
        unread="远大于正常的表格",
    ),
    7: Row(
        "a table that lies about its size",
        tables=(
            (
                repacked(
                    GOOD, {SHEET: b'<worksheet><dimension ref="A1:XFD1048576"/><sheetData></sheetData></worksheet>'}
                ),
                "表.xlsx",
            ),
        ),
        unread="没有内容",
    ),
    8: Row("definitions in XML", tables=((repacked(GOOD, {SHEET: DTD}), "表.xlsx"),), unread="DTD"),
    9: Row(
        "archives that climb out",
        (),
        ((archive("../../x", "/etc/passwd", "a", "A"), "压缩.docx"),),
        "不符",
        ((repacked(GOOD, {f"x/{n}": b"" for n in range(3000)}), "表.xlsx"),),
        "个部件",
    ),
    10: Row(
        "names of files that disguise",
        ("../../etc/passwd", "CON", "长" * 300, "\u202egpj.exe", "a;filename=b.exe"),
        tuple(
            (PDF, name)
            for name in ("../../x.pdf", "CON.pdf", "长" * 300 + ".pdf", "信\u202efdp.pdf", "a;filename=b.pdf")
        ),
    ),
    11: Row("a Chinese name", ("举报信.docx",), ((office_file("word/document.xml"), "举报信.docx"),)),
    12: Row("half a character"),
    13: Row("the empty character"),
    14: Row(
        "control characters", ("\x0b\x1b[31m红", "a\x01b\x7f"), tables=((table_of(留言主题="甲\x0b乙"), "表.csv"),)
    ),
    15: Row("more than a cell holds", ("长" * 40_000,), tables=((table_of(留言详情="长" * 40_000), "表.csv"),)),
    16: Row("numbers that are none", (str(2**63), "9" * 5000, "１２３", "²", "-1", "0x10")),
    17: Row("data that is none", ("NaN", "1e999", "[" * 1000)),
    18: Row("fields that nobody asked for"),
    19: Row(
        "days that are none",
        ("0000-01-01", "9999-12-31", "2026-02-30", "60", "民国115年1月1日", "农历正月初一", "1000000000"),
        tables=((table_of(留言时间="9999-12-31"), "表.csv"), (table_of(留言时间="2026-02-30"), "表.csv")),
    ),
    20: Row(
        "a search in the language of the database",
        ('"', "'", "*", "NEAR(", "张三 AND", "%", "_", "(a+", "a' OR '1'='1"),
    ),
    21: Row("two characters", ("拆迁",)),
    22: Row(
        "encodings",
        ("𠂇氏",),
        tables=tuple(
            (csv_bytes([HEAD, [str(cell) for cell in message(留言用户="𠂇氏")]], each), f"{each}.csv")
            for each in ("utf-8", "utf-8-sig", "gb18030", "utf-16")
        ),
    ),
    23: Row("characters that look alike", ("李 四", "李\u200b四", "李　四", "⼈民", "\uf9e1四")),
    24: Row(
        "addresses of this machine",
        ("http://127.1/", "http://0x7f000001", "http://2130706433", "http://[::ffff:127.0.0.1]/"),
    ),
    25: Row("lines in a header", ("x\nBcc: y@example.cn", "x\r\nSet-Cookie: a=1", "a" * 100_000)),
}
TEXTS = [(number, text) for number, row in TABLE.items() for text in row.texts]
FORMS = PAGES
LONGEST_SHOWN = 300
LIVE = ("<img src=x", "<script>alert", "Set-Cookie: a=1\r\n")


def text_of(form: str) -> tuple[int, str]:
    """Return the text that a form gets in each run: another than its neighbour; there are more forms than texts."""
    return TEXTS[sorted(FORMS).index(form) % len(TEXTS)]


def check(answer: TestResponse, number: int, text: str) -> None:
    """Check what must hold of every answer."""
    what = f"{number} {TABLE[number].what}: {text[:40]!r} in {answer.request.path}"
    assert answer.status_code in (200, 303, 400, 403, 404, 409, 413, 422, 429), f"{what} answers {answer.status}"
    assert not any(each in answer.text for each in LIVE), what
    assert not any("a=1" in value for value in answer.headers.getlist("Set-Cookie")), what
    assert "Bcc" not in answer.headers, what
    if answer.status_code >= 400:
        assert CHINESE.search(answer.text), what


def send(county: County, name: str, number: int, text: str) -> None:
    """Type a text into every field of a form, and send it."""
    who, opened = FORMS[name]
    form = form_of_kept(opened(county), name)
    data = MultiDict(form.fields)
    for field in form.typed:
        data.setlist(field, [text])
    answer = county.browser(who).post(
        form.attributes.get("action") or form.attributes["data-draft-address"].partition("?")[0], data=data
    )
    check(answer, number, text)
    if answer.status_code == 422 and len(text) < LONGEST_SHOWN:
        shown = unescape(answer.text).replace("\r\n", "\n")
        assert text.replace("\r\n", "\n") in shown, f"what was typed is kept: {name} {text!r}"


@pytest.fixture
def nothing_leaves(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail whoever would reach out to a machine: no field of the program is an address that it opens."""

    def refuse(_socket: socket.socket, address: Any) -> None:
        raise AssertionError(f"something reached out to {address}")

    monkeypatch.setattr(socket.socket, "connect", refuse)


def test_the_table_has_all_of_them_and_every_text_is_sent_somewhere() -> None:
    assert list(TABLE) == list(range(1, 26))
    assert {text_of(form) for form in FORMS} == set(TEXTS)


def _some_in_each_run() -> Iterator[Any]:
    """Give every form; in every run some of them, in the long one all. Every text goes into that of registration."""
    for place, form in enumerate(FORMS):
        yield pytest.param(form, marks=[pytest.mark.long] if place % 4 else [])


@pytest.mark.sqlite
@pytest.mark.parametrize("name", list(_some_in_each_run()))
def test_a_form_takes_it_as_text_or_says_why_not(county: County, name: str, nothing_leaves: None) -> None:
    send(county, name, *text_of(name))


@pytest.mark.sqlite
@pytest.mark.long
@pytest.mark.parametrize("name", FORMS)
@pytest.mark.parametrize("number", [number for number, row in TABLE.items() if row.texts])
def test_every_form_gets_a_text_of_every_row(county: County, name: str, number: int, nothing_leaves: None) -> None:
    texts = TABLE[number].texts
    send(county, name, number, texts[sorted(FORMS).index(name) % len(texts)])


@pytest.mark.sqlite
@pytest.mark.long
@pytest.mark.parametrize("story", STORIES)
def test_every_step_of_a_story_gets_bad_texts_before_its_own(county: County, story: str) -> None:
    """What the form of a step refuses leaves the matter as it is: the act itself follows."""
    case = county.register()
    for place, act in enumerate(STORIES[story]):
        browser, address = county.browser(act.who), f"/cases/{case}/steps/{act.action}"
        form = form_of(browser.get(address), address)
        number, text = TEXTS[place * 7 % len(TEXTS)]
        version = county.case(case).version
        data = MultiDict(form.fields)
        for field in form.names - {"csrf_token", "submission", "version", "files", "kept"}:
            data.setlist(field, [text])
        check(browser.post(address, data=data), number, text)
        if county.case(case).version != version:
            return
        answer = take(browser, case, act.action, act.filled(county, county.case(case)))
        assert answer.status_code == 303, (act.action, answer.status)


def addresses() -> Iterator[tuple[str, str]]:
    """Give pages that take something from their address, and who opens them."""
    for name in ("words", "page", "village", "category", "received_from", "due_within", "sort", "state"):
        yield "acceptor", f"/cases?{name}="
    yield "acceptor", "/cases/"
    yield "acceptor", "/villages?q="
    yield "acceptor", "/statistics?since="
    yield "admin", "/people?q="
    yield "supervisor", "/timer?page="
    yield "auditor", "/log?page="
    yield "acceptor", "/?draft="


@pytest.mark.parametrize(("who", "address"), list(addresses()))
def test_an_address_or_a_search_breaks_nothing(county: County, who: str, address: str) -> None:
    county.register()
    before, _, name = address.partition("?")
    for number, text in TEXTS:
        if len(text) < 10_000:
            query = {name.rstrip("="): text} if name else None
            path = before if name else f"{before}{text.replace('?', '').replace('#', '').strip() or 'x'}"
            check(county.browser(who).get(path, query_string=query), number, text)


def files(kind: str) -> list[Any]:
    """Return the rows that have such files, by their numbers."""
    return [pytest.param(number, id=f"{number}-{row.what}") for number, row in TABLE.items() if getattr(row, kind)]


@pytest.mark.parametrize("number", files("materials"))
def test_a_material_is_taken_as_data_or_refused_with_a_sentence(county: County, at_work: str, number: int) -> None:
    row = TABLE[number]
    for content, name in row.materials:
        before = len(kept(county, at_work))
        answer = add(county, at_work, content, name)
        check(answer, number, name)
        assert (answer.status_code, len(kept(county, at_work)) - before) == ((422, 0) if row.refused else (303, 1)), (
            name
        )
        if row.refused:
            assert row.refused in answer.text
            assert "补充材料。" in answer.text, "what was typed is kept"
            continue
        found = kept(county, at_work)[-1]
        given = county.browser("handler").get(f"/materials/{found.public_id}")
        assert given.data == content
        assert given.headers["Content-Disposition"].startswith("attachment;")
        assert given.headers["X-Content-Type-Options"] == "nosniff"
        assert not set("/\\\r\n\u202e") & set(found.name)
        assert found.name.rpartition(".")[2] == name.rpartition(".")[2]
        check(county.browser("handler").get(f"/cases/{at_work}"), number, name)


@pytest.mark.parametrize("number", files("tables"))
def test_a_table_is_read_as_text_or_refused_with_a_sentence(county: County, number: int) -> None:
    row, browser = TABLE[number], county.browser("acceptor")
    for content, name in row.tables:
        answer = upload(browser, content, name)
        check(answer, number, name)
        assert answer.status_code == (422 if row.unread else 200), name
        assert row.unread is None or row.unread in answer.text
        if row.unread is None and 'name="upload"' in answer.text:
            check(apply(browser, answer), number, name)
            check(browser.get("/cases?words=A"), number, name)


def register(county: County, **changes: Any) -> TestResponse:
    """Send the form of registration with some of it changed."""
    browser = county.browser("registrar")
    form = form_of(browser.get("/cases/new"), "/cases/new")
    good = {"received_on": "2026-11-20", "petitioner_name": "原秀英", "title": "反映遗漏", "summary": "来信反映。"}
    good |= {"demand_points": "补登遗漏。", "purpose": "settlement", "place_note": "上庄村", "people_count": "1"}
    return browser.post("/cases/new", data={**form.fields.to_dict(), **good, **changes})


def test_registration_takes_every_text_or_says_why_not(county: County) -> None:
    for number, text in TEXTS:
        typed = ("petitioner_name", "address", "title", "summary", "demand_points", "place_note", "received_on")
        check(register(county, **dict.fromkeys(typed, text)), number, text)
        check(register(county, title=text, summary=text), number, text)


def matter() -> Case:
    db.session.expire_all()
    return db.session.scalars(select(Case).order_by(Case.id.desc())).first() or Case()


@pytest.mark.both_databases
@pytest.mark.parametrize("text", ["张\x00三", "\x00"])
def test_13_the_empty_character_is_refused_everywhere(county: County, text: str) -> None:
    for answer in (
        register(county, title=text),
        county.browser("acceptor").get("/cases", query_string={"words": text}),
        upload(county.browser("acceptor"), table_of(留言主题=text)),
    ):
        assert answer.status_code in (400, 422), answer.request.path
        assert CHINESE.search(answer.text)


def test_12_half_a_character_is_refused_everywhere(county: County) -> None:
    browser = county.browser("registrar")
    token = browser.token("/cases/new")
    headers = {"X-CSRFToken": token, "Content-Type": "application/json", "Accept": "application/json"}
    assert browser.post("/drafts", data=b'{"a": "\\ud83d"}', headers=headers).status_code == 400
    body = f"csrf_token={token}&title=%ED%A0%BD"
    answer = browser.post("/cases/new", data=body, content_type="application/x-www-form-urlencoded")
    assert answer.status_code in (400, 422)
    assert browser.get("/cases?words=%ED%A0%BD").status_code in (200, 303, 400)


@pytest.mark.parametrize("body", [b"NaN", b'{"a": 1e999}', b'{"dept": 1, "dept": 2}', b"[" * 100_000, b'{"a":'])
def test_17_data_that_is_none_breaks_nothing(county: County, body: bytes) -> None:
    browser = county.browser("registrar")
    headers = {"X-CSRFToken": browser.token("/cases/new"), "Content-Type": "application/json"}
    for address in ("/drafts", "/cases/new", "/cases/new/earlier.json"):
        answer = browser.post(address, data=body, headers={**headers, "Accept": "application/json"})
        assert answer.status_code in (200, 400, 422), (address, answer.status)


def test_18_no_column_can_be_set_that_the_form_does_not_ask_for(county: County) -> None:
    columns = {column.name: "1" for column in Case.__table__.columns if column.name not in RegistrationForm.__dict__}
    columns |= {"status": "delivered", "ledger_status": "closed_out", "is_admin": "1", "register_no": "XF-2000-000001"}
    control = register(county)
    assert control.status_code == 303, control.text[:2000]
    plain = matter()
    answer = register(
        county,
        petitioner_name="李清",
        title="另一件",
        **{k: v for k, v in columns.items() if k not in ("title", "summary")},
    )
    assert answer.status_code == 303, answer.text[:2000]
    made = matter()
    differ = {name for name in columns if name != "is_admin" and getattr(made, name) != getattr(plain, name)}
    assert differ <= {"id", "public_id", "register_no", "registered_at", "submission"}
    assert made.register_no == "XF-2026-000002"


DAYS = [
    name for name in dir(RegistrationForm) if getattr(getattr(RegistrationForm, name), "field_class", None) is DayField
]


@pytest.mark.parametrize("field", DAYS)
def test_19_no_day_outside_reason_is_taken(county: County, field: str) -> None:
    for text in TABLE[19].texts:
        channel = "superior" if field == "superior_due_on" else "letter"
        answer = register(county, channel=channel, superior_office="市信访局", **{field: text})
        assert answer.status_code == 422, (field, text)
        assert f"{field}-error" in answer.text, (field, text)


@pytest.mark.both_databases
def test_20_and_21_a_search_means_its_characters(county: County) -> None:
    assert register(county, title="反映拆迁补偿_百分之5%").status_code == 303
    browser = county.browser("acceptor")
    for words, finds in (("拆迁", True), ("_百", True), ("5%", True), ("迁拆", False), ("%", None), ("_", None)):
        page = browser.get("/cases", query_string={"words": words})
        assert page.status_code == 200, words
        assert finds is None or ("反映拆迁补偿" in page.text) is finds, words


def test_5_14_15_what_was_typed_goes_out_dead_and_whole(county: County) -> None:
    for text in ('=HYPERLINK("http://x/?"&B1)', "@SUM(A1)", "甲\x0b乙"):
        assert register(county, title=text, summary=text, petitioner_name="原秀英", joins="").status_code in (303, 422)
    county.register(title="长文", summary="长" * 20_000)
    browser = county.browser("acceptor")
    answer = browser.get("/export/ledger", follow_redirects=True)
    book = openpyxl.load_workbook(io.BytesIO(answer.data))
    cells = [cell for sheet in book for line in sheet.iter_rows() for cell in line if cell.value is not None]
    assert {cell.data_type for cell in cells} <= {"s", "n", "d"}, "no formula"
    assert "".join(str(cell.value) for cell in cells).count("长") >= 20_000


@pytest.mark.parametrize("name", ["宋 伟", "宋　伟", "宋\u200b伟", "宋伟 ", "（宋伟）", "宋\ufe0f伟"])
def test_23_who_is_complained_of_is_known_however_it_is_spelled(county: County, name: str) -> None:
    case = county.register(accused=[AccusedEntry(name)])
    assert county.browser("land_head").get(f"/cases/{case}").status_code == 404
    assert county.browser("acceptor").get(f"/cases/{case}").status_code == 200, "control"


def test_25_no_line_becomes_a_header(county: County) -> None:
    browser = county.browser("handler")
    for text in TABLE[25].texts:
        answer = browser.submit("/account/email", {"email": text}, page="/account")
        check(answer, 25, text)
        db.session.expire_all()
        assert county.handler.email is None


def test_the_control_breaks_where_something_breaks(county: County) -> None:
    class Broken:
        status_code, status, text, headers = 500, "500", "", MultiDict()
        request = type("Asked", (), {"path": "/x"})

    with pytest.raises(AssertionError, match="answers 500"):
        check(Broken(), 1, "x")  # type: ignore[arg-type]
    assert json.loads("1") == 1
    assert Client
