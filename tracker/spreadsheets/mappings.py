"""MAPPINGS: which column of somebody else's table is what with us. One row for each kind of table."""

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from tracker.cases.access.naming.lexicon import ACCUSING
from tracker.cases.intake.rules.history import DayAndHour, HistoryRow, days_taken
from tracker.cases.record.rules.codes import Channel, Purpose
from tracker.core.errors import DomainError
from tracker.core.text import normalise
from tracker.spreadsheets.cells import Cells
from tracker.spreadsheets.workbook import SheetRow, Table

LONGEST_TITLE = 200
TITLE_OF_SUMMARY = 40
NOTICED = 8
_PUNCTUATION = "()（）[]【】*＊:：,，、\"'“”<>《》/-_"


@dataclass(frozen=True)
class Mapped:
    """One column: our field, the headings it goes by (the first is shown), whether it must be there."""

    field: str
    headings: tuple[str, ...]
    required: bool = False

    @property
    def label(self) -> str:
        """The heading as it is shown."""
        return self.headings[0]


@dataclass(frozen=True)
class Mapping:
    """A kind of table: its columns, how a row of it is read, and what is assumed where it says nothing."""

    name: str
    label: str
    columns: tuple[Mapped, ...]
    read: Callable[[Cells], HistoryRow | None]
    assumptions: tuple[str, ...]


@dataclass(frozen=True)
class Matched:
    """Where each field stands in a table, and what the user should be told of its columns."""

    positions: dict[str, int]
    notices: tuple[str, ...]


def match_columns(table: Table, mapping: Mapping) -> Matched:
    """Return where the columns of a mapping stand in a table, headings compared without width, spaces and marks.

    Raises DomainError that names every required column that is missing.
    """
    places: dict[str, list[int]] = {}
    for position, heading in enumerate(table.header):
        places.setdefault(_folded(heading), []).append(position)
    positions, taken, notices = {}, set(), []
    for column in mapping.columns:
        found = [place for heading in column.headings for place in places.get(_folded(heading), ())]
        if found:
            positions[column.field] = found[0]
            taken.update(found)
        if len(found) > 1:
            notices.append(f"“{column.label}”有 {len(found)} 列，取左起第 {found[0] + 1} 列。")
    missing = [column.label for column in mapping.columns if column.required and column.field not in positions]
    if missing:
        raise DomainError(
            f"表头（第 {table.header_row} 行）缺少：{'、'.join(missing)}；“{mapping.label}”的表头应有这些列，"
            "请核对文件，或者换一种对应表。",
            field="file",
        )
    unread = [heading for place, heading in enumerate(table.header) if heading and place not in taken]
    if unread:
        notices.append(
            f"没有读的列：{'、'.join(h[:20] for h in unread[:NOTICED])}{'等' if len(unread) > NOTICED else ''}。"
        )
    return Matched(positions, tuple(notices))


def _folded(heading: str) -> str:
    return normalise(heading).translate({ord(mark): None for mark in _PUNCTUATION})


def read_row(row: SheetRow, mapping: Mapping, matched: Matched, *, today: date) -> tuple[HistoryRow | None, list[str]]:
    """Return the row as a matter of history, or None and the sentences that say what is wrong with it."""
    values = {field: row.cells[at] for field, at in matched.positions.items() if at < len(row.cells)}
    cells = Cells(values, {column.field: column.label for column in mapping.columns}, today=today)
    read = mapping.read(cells)
    return (None, cells.problems) if cells.problems else (read, [])


def _headline(title: str | None, summary: str | None) -> tuple[str, str]:
    """Return title and text of a matter; a missing title is the beginning of the text, one too long is kept in it."""
    if not title:
        first = " ".join((summary or "").split())
        title = first if len(first) <= TITLE_OF_SUMMARY else first[: TITLE_OF_SUMMARY - 1] + "…"
    if len(title) <= LONGEST_TITLE:
        return title, summary or title
    return title[: LONGEST_TITLE - 1] + "…", f"{title}\n\n{summary or ''}".strip()


def _liuyan(cells: Cells) -> HistoryRow | None:
    """Read one message of a question platform with its official reply (网上留言及答复)."""
    title, summary = cells.line("title", 2000), cells.text("summary")
    if not title and not summary:
        cells.problems.append("留言主题和留言详情都是空的。")
    received, answered = cells.moment("received", required=True), cells.moment("answered")
    answer = cells.text("answer")
    if answered and not answer:
        cells.problems.append("有答复时间，没有答复意见。")
    if answer and not answered and not cells.problems:
        cells.problems.append("有答复意见，没有答复时间。")
    _check_order(cells, received, answered)
    source_no, name = cells.line("source_no", 60), cells.line("petitioner_name", 60)
    if cells.problems or received is None:
        return None
    title, summary = _headline(title, summary)
    return HistoryRow(
        source_no=_plain(source_no),
        received=received,
        title=title,
        summary=summary,
        channel=Channel.ONLINE,
        purpose=_purpose_of_title(title),
        answered=answered,
        answer=answer,
        petitioner_name=name,
    )


def _check_order(cells: Cells, received: DayAndHour | None, answered: DayAndHour | None) -> None:
    if received and answered:
        try:
            days_taken(received, answered)
        except DomainError as error:
            cells.problems.append(error.message)


def _purpose_of_title(title: str) -> Purpose:
    """Return the purpose by the petitioner's own word in the title: 咨询, 建议; 求决 otherwise."""
    if "咨询" in title:
        return Purpose.CONSULTATION
    return Purpose.SUGGESTION if "建议" in title else Purpose.SETTLEMENT


def _plain(number: str | None) -> str | None:
    """Return a number with full-width digits made plain: 2554 and ２５５４ are the same message."""
    return unicodedata.normalize("NFKC", number) if number else None


PROVINCE_CHANNELS = {
    "来信": Channel.LETTER,
    "来访": Channel.VISIT,
    "网上": Channel.ONLINE,
    "网上投诉": Channel.ONLINE,
    "手机": Channel.ONLINE,
    "微信": Channel.ONLINE,
    "领导信箱": Channel.ONLINE,
    "电话": Channel.CALL,
    "来电": Channel.CALL,
    "走访": Channel.VISIT,
    "其他": Channel.OTHER,
}
PROVINCE_PURPOSES = {
    "申诉": Purpose.APPEAL,
    "求决": Purpose.SETTLEMENT,
    "意见建议": Purpose.SUGGESTION,
    "建议意见": Purpose.SUGGESTION,
    "揭发控告": Purpose.ACCUSATION,
    "检举控告": Purpose.ACCUSATION,
    "咨询": Purpose.CONSULTATION,
    "其他": Purpose.OTHER,
}
PROVINCE_FACTS = ("state", "finished", "first_time", "collective", "registered_on", "registered_in", "registered_by")
PROVINCE_OFFICE = "省信访信息系统"


def _province(cells: Cells) -> HistoryRow | None:
    """Read one row that the province's system exports (省信访信息系统导出表)."""
    for field in ("source_no", "summary"):
        cells.require(field)
    received, due = cells.moment("received", required=True), cells.moment("due", ahead=True)
    lines = {field: cells.line(field, longest) for field, longest in _PROVINCE_LINES.items()}
    people, summary, category = cells.people("people_count"), cells.text("summary"), cells.line("category", 200)
    channel = _code(cells, "channel", lines["channel"], PROVINCE_CHANNELS, Channel.OTHER)
    purpose = _province_purpose(cells, lines["purpose"], category)
    facts = {field: text for field in PROVINCE_FACTS if (text := cells.line(field, 200))}
    if cells.problems or received is None:
        return None
    title, summary = _headline(None, summary)
    place, number = lines["place"], _plain(lines["source_no"])
    return HistoryRow(
        source_no=number,
        received=received,
        title=title,
        summary=summary,
        channel=channel,
        purpose=purpose,
        petitioner_name=lines["petitioner_name"],
        phone=lines["phone"],
        address=lines["address"],
        people_count=people,
        category=tuple(unicodedata.normalize("NFKC", category or "").split("_")) if category else (),
        village_code=place if place and len(place) == 12 and place.isascii() and place.isdecimal() else None,
        place_note=place,
        superior_office=PROVINCE_OFFICE,
        superior_no=number,
        superior_due_on=due.day if due else None,
        facts=facts,
    )


def _code(cells: Cells, field: str, written: str | None, known: dict[str, Any], empty: Any) -> Any:
    """Return the code of a written value; one that the mapping does not know stops the row: unknown is not harmless."""
    key = normalise(written or "").strip(_PUNCTUATION)
    if not key:
        return empty
    if key not in known:
        label = "信访形式" if field == "channel" else "信访目的"
        cells.problems.append(f"不认识的{label}“{written}”，认识的有：{'、'.join(known)}。")
    return known.get(key, empty)


def _province_purpose(cells: Cells, written: str | None, category: str | None) -> Purpose:
    """Return the purpose; one that says 举报、检举、控告、揭发, or whose category does, is an accusation."""
    if any(word in f"{written or ''}\n{category or ''}" for word in ACCUSING):
        return Purpose.ACCUSATION
    return Purpose(_code(cells, "purpose", written, PROVINCE_PURPOSES, Purpose.OTHER))


_PROVINCE_LINES = {
    "source_no": 60,
    "channel": 40,
    "purpose": 40,
    "petitioner_name": 60,
    "phone": 40,
    "address": 200,
    "place": 100,
}


MAPPINGS: dict[str, Mapping] = {
    "liuyan": Mapping(
        "liuyan",
        "网上留言及答复",
        (
            Mapped("source_no", ("留言编号", "编号")),
            Mapped("petitioner_name", ("留言用户", "留言人")),
            Mapped("title", ("留言主题", "主题"), required=True),
            Mapped("received", ("留言时间",), required=True),
            Mapped("summary", ("留言详情", "留言内容"), required=True),
            Mapped("answer", ("答复意见", "答复内容"), required=True),
            Mapped("answered", ("答复时间",), required=True),
        ),
        _liuyan,
        (
            "信访形式记为“网上”，人数记为 1 人，属地待定。",
            "信访目的：主题里写“咨询”的记咨询，写“建议”的记意见建议，其余记求决。",
            "答复用时按留言到答复的整日数计（满 24 小时为一日），不因节假日顺延。",
        ),
    ),
    "province": Mapping(
        "province",
        "省信访信息系统导出表",
        (
            Mapped("source_no", ("信访件编号",), required=True),
            Mapped("petitioner_name", ("姓名",)),
            Mapped("people_count", ("信访人数", "人数")),
            Mapped("address", ("住址",)),
            Mapped("phone", ("手机号码", "电话")),
            Mapped("place", ("问题属地", "问题归属地")),
            Mapped("purpose", ("信访目的",)),
            Mapped("category", ("内容分类",)),
            Mapped("received", ("信访日期",), required=True),
            Mapped("registered_on", ("登记日期",)),
            Mapped("due", ("限办时间",)),
            Mapped("channel", ("信访形式",), required=True),
            Mapped("summary", ("概况",), required=True),
            Mapped("finished", ("是否办结",)),
            Mapped("first_time", ("是否全国初次信访",)),
            Mapped("collective", ("联名信或集体访",)),
            Mapped("state", ("信访件状态",)),
            Mapped("registered_in", ("登记部门",)),
            Mapped("registered_by", ("登记人",)),
        ),
        _province,
        (
            "表里没有答复日期：各件都记为没有答复的历史件，“信访件状态”“是否办结”原样留在过程里。",
            "“限办时间”记为上级要求的办结日期；问题属地是 12 位村（社区）代码的直接定属地，其余原样留作线索。",
            "信访目的、内容分类写举报、检举、控告、揭发的，按检举控告件保密，只有举报专办岗位可以看。",
            "不认识的信访目的、信访形式不读入，列在失败行里。",
        ),
    ),
}


def mapping_named(name: str) -> Mapping:
    """Return a mapping by its name; raises DomainError that names those there are."""
    if name not in MAPPINGS:
        some: Sequence[str] = [f"{mapping.name}（{mapping.label}）" for mapping in MAPPINGS.values()]
        raise DomainError(f"没有名为“{name[:30]}”的对应表，可用的有：{'、'.join(some)}。", field="mapping")
    return MAPPINGS[name]
