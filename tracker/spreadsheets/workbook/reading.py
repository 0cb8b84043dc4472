"""Reading: what kind of file it is by its content, within the limits, or a sentence that says why not."""

from pathlib import Path

from tracker.spreadsheets.workbook.containers import check_container, is_locked
from tracker.spreadsheets.workbook.separated import read_separated
from tracker.spreadsheets.workbook.sheets import read_sheets
from tracker.spreadsheets.workbook.tables import LIMITS, MEGABYTE, Limits, Table, refuse

ZIP = b"PK\x03\x04"
OLE = bytes.fromhex("d0cf11e0a1b11ae1")
WORKBOOK_ENDINGS = ("xlsx", "xls", "et")
TEXT_ENDINGS = ("csv", "txt", "tsv")
RESAVE = "请用表格软件打开后另存为 xlsx 再试。"


def read_table(source: Path | bytes, name: str, *, limits: Limits = LIMITS) -> Table:
    """Read the first sheet that holds anything (xlsx, xls, csv); `name` is what the user calls the file.

    Raises DomainError with a sentence for whatever is broken, hostile, too large or no spreadsheet at all.
    """
    ending = name.rsplit(".", 1)[-1].casefold() if "." in name else ""
    if ending not in WORKBOOK_ENDINGS + TEXT_ENDINGS:
        raise refuse(f"不收“.{ending[:12] or '无扩展名'}”类型的文件，请另存为 xlsx、xls 或 csv 再试。")
    content = _content(source, limits)
    if ending in TEXT_ENDINGS:
        if content.startswith((ZIP, OLE)):
            raise refuse(f"文件名是 .{ending}，内容却不是文本，{RESAVE}")
        return read_separated(content, name, limits)
    if content.startswith(ZIP):
        check_container(content, limits)
    elif not content.startswith(OLE):
        raise refuse(f"文件名是 .{ending}，内容却不是 Excel 工作簿，{RESAVE}")
    elif is_locked(content):
        raise refuse("文件设有打开密码，请在表格软件里去掉密码，另存后再试。")
    return read_sheets(content, name, limits)


def _content(source: Path | bytes, limits: Limits) -> bytes:
    """Return the file's bytes, never more than the limit."""
    if isinstance(source, bytes):
        content = source
    else:
        try:
            with source.open("rb") as file:
                content = file.read(limits.file_bytes + 1)
        except OSError:
            raise refuse(f"打不开文件 {source.name}，请核对文件名和权限。") from None
    if not content:
        raise refuse("文件是空的，没有可读的内容。")
    if len(content) > limits.file_bytes:
        raise refuse(f"文件超过 {limits.file_bytes // MEGABYTE} MB，请分成几个文件再读入。")
    return content
