"""Looking into a workbook's container before anything is parsed: sizes, ratios, entries, definitions, passwords."""

import io
import re
import struct
import zipfile
import zlib

from tracker.spreadsheets.workbook.tables import MEGABYTE, Limits, refuse

CHUNK = 1 << 16
UNSUSPICIOUS = 20 * MEGABYTE
PROLOG = 64 * 1024
BROKEN = (
    zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError, struct.error, zlib.error,
)  # fmt: skip
_LOCKED_PACKAGE = "EncryptedPackage".encode("utf-16-le")
_GLOBALS_OF_BIFF8 = b"\x09\x08\x10\x00\x00\x06\x05\x00"
_FILEPASS = b"\x2f\x00"
_SET_ASIDE = re.compile(r"<!--.*?-->|<\?.*?\?>", re.DOTALL)
_ROOT = re.compile(r"<[^!?\s]")
_UNICODE_MARKS = (
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
    (b"<\x00", "utf-16-le"),
    (b"\x00<", "utf-16-be"),
)


def is_locked(content: bytes) -> bool:
    """Return whether an old-style container (OLE) holds a workbook with a password to open it."""
    if _LOCKED_PACKAGE in content:
        return True
    at = content.find(_GLOBALS_OF_BIFF8)
    return at >= 0 and content[at + 4 + 16 : at + 4 + 18] == _FILEPASS


def check_container(content: bytes, limits: Limits) -> None:
    """Refuse a zip container that is no workbook, unpacks to far too much, or brings definitions of its own (DTD).

    Raises the refusal as a DomainError.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _check_directory(archive.infolist(), len(content), limits)
            for entry in archive.infolist():
                if entry.filename.casefold().endswith((".xml", ".rels", ".vml")):
                    _check_entry(archive, entry)
    except BROKEN:
        raise refuse("文件打不开：可能已损坏或没有传完，请用表格软件打开后另存为 xlsx 再试。") from None


def _check_directory(entries: list[zipfile.ZipInfo], packed: int, limits: Limits) -> None:
    names = [entry.filename.casefold() for entry in entries]
    if not any(name.endswith("xl/workbook.xml") for name in names):
        raise refuse("文件不是 Excel 工作簿（xlsx），请用表格软件打开后另存为 xlsx 再试。")
    if any(name.endswith("vbaproject.bin") for name in names):
        raise refuse("文件带有宏，不予读取，请另存为不带宏的 xlsx 再试。")
    if len(entries) > limits.entries:
        raise refuse(f"文件内部有 {len(entries)} 个部件，远多于正常的表格，不予打开。")
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > limits.unpacked_bytes or (unpacked > UNSUSPICIOUS and unpacked > packed * limits.unpacked_ratio):
        raise refuse(
            f"文件解开后有 {unpacked // MEGABYTE} MB，远大于正常的表格，不予打开；"
            "请把需要的内容复制到新的工作簿，另存后再试。"
        )


def _check_entry(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
    """Unpack one entry without keeping it: what the directory says of its size and checksum must be true."""
    with archive.open(entry) as stream:
        head = stream.read(PROLOG)
        while stream.read(CHUNK):
            pass
    if _brings_definitions(head):
        raise refuse("文件内含外部定义（DTD），不是正常的表格文件，不予打开。")


def _brings_definitions(head: bytes) -> bool:
    """Return whether a DTD stands before the root element of a part."""
    encoding = next((name for mark, name in _UNICODE_MARKS if head.startswith(mark)), "latin-1")
    text = _SET_ASIDE.sub("", head.decode(encoding, "replace"))
    root = _ROOT.search(text)
    before = text[: root.start()] if root else text
    return "<!" in before
