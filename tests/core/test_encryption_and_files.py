"""Keys and uploads."""

import io
import zipfile
from pathlib import Path

import pytest
from flask import current_app
from sqlalchemy.orm import Session

from tracker.core.encryption import CannotDecrypt, blind_index, decrypt, encrypt, load_keys
from tracker.core.errors import DomainError, StorageFailure
from tracker.core.files import open_file, store

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n"
PNG = bytes.fromhex("89504e470d0a1a0a0000000d49484452")


def test_what_is_encrypted_comes_back_and_never_looks_the_same(session: Session) -> None:
    one, two = encrypt("王建国", context="petitioner.name"), encrypt("王建国", context="petitioner.name")
    assert one != two
    assert "王建国".encode() not in one
    assert decrypt(one, context="petitioner.name") == decrypt(two, context="petitioner.name") == "王建国"


def test_a_ciphertext_cannot_be_altered_or_moved(session: Session) -> None:
    sealed = encrypt("13800000000", context="petitioner.phone")
    with pytest.raises(CannotDecrypt):
        decrypt(sealed, context="petitioner.name")
    with pytest.raises(CannotDecrypt):
        decrypt(sealed[:-1] + bytes([sealed[-1] ^ 1]), context="petitioner.phone")


def test_the_index_finds_spellings_of_one_name_and_tells_fields_apart(session: Session) -> None:
    assert blind_index("name", "李 四") == blind_index("name", "李四\u200b") != blind_index("phone", "李四")
    assert blind_index("name", "  ") is None


def test_keys_are_made_once_and_kept(tmp_path: Path) -> None:
    first = load_keys(tmp_path / "keys", may_make=lambda: True)
    assert load_keys(tmp_path / "keys", may_make=pytest.fail) == first
    assert {file.stat().st_mode & 0o777 for file in (tmp_path / "keys").iterdir()} == {0o600}
    assert len({first.data, first.index, first.record}) == 3


@pytest.mark.parametrize("missing", ["all", "index-1.key"])
def test_a_key_that_is_missing_beside_data_is_not_made_anew(tmp_path: Path, missing: str) -> None:
    folder = tmp_path / "keys"
    if missing != "all":
        load_keys(folder, may_make=lambda: True)
        (folder / missing).unlink()
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(DomainError, match="index-1.key.*没有另建"):
        load_keys(folder, may_make=lambda: False)
    assert sorted(tmp_path.rglob("*")) == before


def test_who_starts_while_another_makes_the_keys_takes_those(tmp_path: Path) -> None:
    """The other made them, and wrote with them, between the look into the folder and the question to the database."""
    made = []

    def meanwhile() -> bool:
        made.append(load_keys(tmp_path / "keys", may_make=lambda: True))
        return False

    assert [load_keys(tmp_path / "keys", may_make=meanwhile)] == made


def _zip(*names: str) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return content.getvalue()


TAKEN = {
    "回证.pdf": PDF,
    "照片.png": PNG,
    "照片.PNG": PNG,
    "说明.txt": "情况说明".encode(),
    "说明gb.txt": "情况说明，选民登记".encode("gb18030"),
    "名单.csv": "姓名,户数\n".encode(),
    "报告.docx": _zip("[Content_Types].xml", "word/document.xml"),
    "台账.xlsx": _zip("[Content_Types].xml", "xl/workbook.xml"),
    "公文.ofd": _zip("OFD.xml"),
    "旧文.doc": bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 600,
}
REFUSED = {
    "图片.jpg": b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
    "网页.html": b"<!doctype html><script>1</script>",
    "网页.txt": b"<html><script>1</script>",
    "程序.exe": b"MZ\x90\x00",
    "程序.pdf": b"MZ\x90\x00\x03",
    "无扩展名": PDF,
    "空.pdf": b"",
    "宏.docm": _zip("word/document.xml", "word/vbaProject.bin"),
    "宏.docx": _zip("word/document.xml", "word/vbaProject.bin"),
    "改名.docx": _zip("xl/workbook.xml"),
    "压缩.zip": _zip("a.txt"),
    "坏.xlsx": b"PK\x03\x04 broken",
    "改名.png": PDF,
    "二进制.txt": b"\x00\x01\x02",
}


@pytest.mark.parametrize("name", TAKEN)
def test_honest_files_are_kept_under_their_content(session: Session, name: str) -> None:
    stored = store(io.BytesIO(TAKEN[name]), name=name)
    again = store(io.BytesIO(TAKEN[name]), name="别名." + name.rsplit(".", 1)[1])
    assert again.sha256 == stored.sha256
    assert stored.size == len(TAKEN[name])
    with open_file(stored.sha256) as file:
        assert file.read() == TAKEN[name]


@pytest.mark.parametrize("name", REFUSED)
def test_lying_files_are_refused_with_a_sentence(session: Session, name: str) -> None:
    with pytest.raises(DomainError) as refused:
        store(io.BytesIO(REFUSED[name]), name=name)
    assert refused.value.field == "files"
    folder = Path(current_app.config["TRACKER_DATA"]) / "attachments"
    assert [file for file in folder.iterdir() if file.is_file()] == [], "left something behind"


def test_too_large_is_refused_while_reading(session: Session) -> None:
    with pytest.raises(DomainError):
        store(io.BytesIO(PDF + b"0" * 4096), name="大.pdf", max_bytes=2048)


def test_a_lost_file_says_so(session: Session) -> None:
    with pytest.raises(StorageFailure):
        open_file("0" * 64)
