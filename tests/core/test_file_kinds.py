"""What people bring from their telephones and from Windows is taken; what only calls itself so is not."""

import io
import zipfile

import pytest
from sqlalchemy.orm import Session

from tracker.core import files
from tracker.core.errors import DomainError

FTYP = b"\x00\x00\x00\x18ftyp"
LETTER = "尊敬的领导：\r\n我反映低保一事，𠂇姓邻居可以作证。" * 400


def presentation(*more: str) -> bytes:
    """Return a file of PowerPoint as far as its kind is read off it."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name in ("[Content_Types].xml", "ppt/presentation.xml", *more):
            archive.writestr(name, "<x/>")
    return made.getvalue()


TAKEN = {
    "录像.MOV": FTYP + b"qt  \x20\x05\x03\x00qt  " + b"\x00" * 64,
    "录像.3gp": FTYP + b"3gp4\x00\x00\x03\x003gp4" + b"\x00" * 64,
    "录音.aac": b"\xff\xf1\x50\x80" + b"\x00" * 64,
    "说明.pptx": presentation(),
    "记事本.txt": LETTER.encode("utf-16"),
    "记事本大端.txt": b"\xfe\xff" + LETTER.encode("utf-16-be"),
    "短.txt": "信".encode("utf-16"),
}
REFUSED = {
    "网页.txt": "<html><script>alert(1)</script>".encode("utf-16"),
    "残缺.txt": b"\xff\xfe\x00\xd8\x00\x00" * 40,
    "带宏.pptx": presentation("ppt/vbaProject.bin"),
    "冒充.mov": presentation(),
    "冒充.aac": b"MZ" + b"\x00" * 64,
}


@pytest.mark.parametrize("name", TAKEN)
def test_it_is_taken(session: Session, name: str) -> None:
    stored = files.store(io.BytesIO(TAKEN[name]), name=name)
    assert stored.size == len(TAKEN[name])


@pytest.mark.parametrize("name", REFUSED)
def test_it_is_refused(session: Session, name: str) -> None:
    with pytest.raises(DomainError, match="与扩展名"):
        files.store(io.BytesIO(REFUSED[name]), name=name)
