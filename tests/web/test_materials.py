"""Materials: what is taken, under which name it is kept, how it is handed out, to whom."""

from io import BytesIO
from zipfile import ZipFile

import pytest
from sqlalchemy import select
from werkzeug.http import parse_options_header
from werkzeug.test import TestResponse

from tests.web.browsing import take
from tests.web.stories import PDF
from tests.world.county import County
from tracker.audit import Event
from tracker.audit.models import AuditEvent
from tracker.cases.record.models import Attachment
from tracker.core.database import db
from tracker.core.failures import TOLD, Failure
from tracker.core.files import folder

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 64
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<!doctype html><script>alert(1)</script>"


def office_file(member: str, *more: str) -> bytes:
    """Return a zip that looks like an office file."""
    content = BytesIO()
    with ZipFile(content, "w") as archive:
        for name in (member, *more):
            archive.writestr(name, "x")
    return content.getvalue()


@pytest.fixture
def case(at_work: str) -> str:
    """Give the matter that is being handled."""
    return at_work


def add(county: County, case: str, content: bytes, name: str) -> TestResponse:
    """Add a material with a note."""
    fields = {"reason": "补充材料。", "files": [(BytesIO(content), name)]}
    return take(county.browser("handler"), case, "note", fields)


def kept(county: County, case: str) -> list[Attachment]:
    """Return what was kept."""
    case_id = county.case(case).id
    return list(db.session.scalars(select(Attachment).where(Attachment.case_id == case_id).order_by(Attachment.id)))


@pytest.mark.parametrize(
    ("content", "name", "sentence"),
    [
        (SVG, "照片.jpg", "的内容与扩展名“.jpg”不符"),
        (SVG, "图.svg", "不收“.svg”类型的文件"),
        (HTML, "说明.txt", "的内容与扩展名“.txt”不符"),
        (HTML, "说明.pdf", "的内容与扩展名“.pdf”不符"),
        (HTML, "说明.html", "不收“.html”类型的文件"),
        (b"MZ\x90\x00" + b"\x00" * 64, "合同.pdf", "的内容与扩展名“.pdf”不符"),
        (b"MZ\x90\x00" + b"\x00" * 64, "运行.exe", "不收“.exe”类型的文件"),
        (b"MZ this is a program", "名单.txt", "的内容与扩展名“.txt”不符"),
        (PNG, "扫描.pdf", "的内容与扩展名“.pdf”不符"),
        (b"", "空.pdf", "是空的"),
        (PDF, "没有扩展名", "不收“.无扩展名”类型的文件"),
        (PDF, "举报\u202egpj.exe", "不收“.exe”类型的文件"),
        (office_file("word/document.xml", "word/vbaProject.bin"), "带宏.docx", "的内容与扩展名“.docx”不符"),
        (office_file("index.html"), "压缩.docx", "的内容与扩展名“.docx”不符"),
        (office_file("a.txt"), "压缩.zip", "不收“.zip”类型的文件"),
    ],
)
def test_a_file_that_lies_or_runs_is_refused_with_a_sentence(
    county: County, case: str, content: bytes, name: str, sentence: str
) -> None:
    page = add(county, case, content, name)
    assert page.status_code == 422
    assert sentence in page.text
    assert "补充材料。" in page.text, "what was typed is kept"
    assert kept(county, case) == []


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("举报信（联名）.pdf", "举报信（联名）.pdf"),
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("/绝对/路径.pdf", "路径.pdf"),
        ("举报\u202e信\u200b.pdf", "举报信.pdf"),
        ("分号;x=1.pdf", "分号;x=1.pdf"),
        ("<img src=x>.pdf", "<img src=x>.pdf"),
        ("CON.pdf", "CON.pdf"),
        ("𠂇氏材料.PDF", "𠂇氏材料.PDF"),
    ],
)
def test_a_name_is_data_and_survives(county: County, case: str, name: str, shown: str) -> None:
    assert add(county, case, PDF, name).status_code == 303
    (found,) = kept(county, case)
    assert found.name == shown
    answer = county.browser("handler").get(f"/materials/{found.public_id}")
    assert answer.data == PDF
    way, options = parse_options_header(answer.headers["Content-Disposition"])
    assert (way, options["filename"]) == ("attachment", shown)
    page = county.browser("handler").get(f"/cases/{case}").text
    assert "<img src=x>" not in page


def test_a_very_long_name_keeps_its_ending(county: County, case: str) -> None:
    assert add(county, case, PDF, "长" * 300 + ".pdf").status_code == 303
    (found,) = kept(county, case)
    assert found.name.endswith(".pdf")
    assert len(found.name) <= 255


def test_a_material_is_only_ever_a_download(county: County, case: str) -> None:
    add(county, case, PNG + HTML, "照片.png")
    (found,) = kept(county, case)
    answer = county.browser("handler").get(f"/materials/{found.public_id}")
    assert answer.status_code == 200
    assert answer.data == PNG + HTML
    assert answer.headers["Content-Disposition"].startswith("attachment; ")
    assert "filename*=UTF-8''%E7%85%A7%E7%89%87.png" in answer.headers["Content-Disposition"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer.headers["Content-Length"] == str(len(PNG + HTML))
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.mimetype == "image/png"


@pytest.mark.parametrize(
    ("asked", "given"), [("bytes=0-3", slice(0, 4)), ("bytes=-6", slice(-6, None)), ("bytes=9-", slice(9, None))]
)
def test_a_part_of_a_material_can_be_fetched(county: County, case: str, asked: str, given: slice) -> None:
    """A download that broke off is gone on with; each part is a reading on the record."""
    content = PDF + b"0" * 200_000
    add(county, case, content, "录音整理.pdf")
    (found,) = kept(county, case)
    address = f"/materials/{found.public_id}"
    answer = county.browser("handler").get(address, headers={"Range": asked})
    assert (answer.status_code, answer.data) == (206, content[given])
    assert answer.headers["Content-Range"].endswith(f"/{len(content)}")
    assert answer.headers["Content-Length"] == str(len(content[given]))
    read = select(AuditEvent.seq).where(AuditEvent.kind == Event.ATTACHMENT_READ)
    assert len(db.session.scalars(read).all()) == 1
    assert county.browser("handler").get(address, headers={"Range": f"bytes={len(content)}-"}).status_code < 500
    assert county.browser("handler").get(address, headers={"Range": "lines=1-2"}).data == content


@pytest.mark.both_databases
def test_a_download_is_on_record_and_follows_the_scope_of_its_case(county: County, case: str) -> None:
    add(county, case, PDF, "笔录.pdf")
    (found,) = kept(county, case)
    address = f"/materials/{found.public_id}"
    assert county.browser("town_head").get(address).status_code == 404
    assert county.browser("town_head").get(f"/materials/{'A' * 22}").status_code == 404
    assert county.browser("acceptor").get(address).status_code == 200
    downloads = db.session.execute(
        select(AuditEvent.actor_id, AuditEvent.case_id).where(AuditEvent.kind == Event.ATTACHMENT_READ)
    ).all()
    assert [tuple(row) for row in downloads] == [(county.ids["acceptor"], county.case(case).id)]


def test_the_same_content_lies_on_disk_once(county: County, case: str) -> None:
    add(county, case, PDF, "一.pdf")
    add(county, case, PDF, "二.pdf")
    one, two = kept(county, case)
    assert one.sha256 == two.sha256
    assert {one.name, two.name} == {"一.pdf", "二.pdf"}
    assert len([file for file in folder().rglob("*") if file.is_file()]) == 1


def test_a_material_that_the_disk_lost_says_so_and_records_nothing(county: County, case: str) -> None:
    add(county, case, PDF, "笔录.pdf")
    (found,) = kept(county, case)
    for file in folder().rglob(found.sha256):
        file.unlink()
    answer = county.browser("handler").get(f"/materials/{found.public_id}")
    assert (answer.status_code, TOLD[Failure.MISSING_FILE].people in answer.text) == (500, True)
    assert county.browser("stranger").get(f"/materials/{found.public_id}").status_code == 404
    assert db.session.scalars(select(AuditEvent.seq).where(AuditEvent.kind == Event.ATTACHMENT_READ)).all() == []
