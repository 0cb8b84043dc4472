"""The ledger of difficult villages as a table (导出): a row for each problem, in the columns in which it is read."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from tracker import audit
from tracker.core.clock import local_date
from tracker.core.database import db
from tracker.key_villages.access import duties_of, visible_to
from tracker.key_villages.models import VillageEntry, VillageProblem
from tracker.key_villages.rules.codes import KIND_LABELS, STAGE_LABELS, VillageKind, VillageStage
from tracker.key_villages.rules.layers import LEDGER_DUTIES
from tracker.people.models import User
from tracker.people.rules import Reader
from tracker.places.models import Place
from tracker.spreadsheets.workbook import Column, Written, write_table

TITLE = "重点难点村台账"
# Heading and width.
COLUMNS = (
    ("编号", 14), ("乡镇", 10), ("村（社区）", 14), ("区划代码", 14), ("类型", 8), ("入账日期", 12),
    ("入账理由", 30), ("决定人", 10), ("包村领导", 10), ("乡镇责任人", 10), ("联络员", 10), ("驻村工作组", 16),
    ("选举日", 12), ("问题序号", 8), ("问题", 40), ("责任单位", 14), ("责任人", 10), ("期限", 12),
    ("状态", 10), ("销号日期", 12), ("进展", 30), ("整村状态", 10),
)  # fmt: skip


def export_villages(reader: Reader | None, target: Path | BinaryIO, *, by: str, now: datetime) -> Written:
    """Write the ledger as a person may see it (None: all of it, for commands only), a row for each problem.

    The caller records it before a byte leaves. Raises OSError.
    """
    today = local_date(now)
    seen = () if reader is None else (visible_to(reader, today),)
    asked = select(VillageEntry).where(VillageEntry.stage != VillageStage.WITHDRAWN.value, *seen)
    given = (
        joinedload(VillageEntry.place).joinedload(Place.parent),
        joinedload(VillageEntry.decided_by),
        selectinload(VillageEntry.problems).options(
            joinedload(VillageProblem.department), joinedload(VillageProblem.owner)
        ),
    )
    entries = list(db.session.scalars(asked.options(*given).order_by(VillageEntry.id)))
    duties = duties_of(entries, today)
    columns = [Column(heading, width, wraps=width >= 30) for heading, width in COLUMNS]
    rows = (row for entry in entries for row in _rows(entry, {each.kind: each.who for each in duties[entry.id]}))
    notes = [("范围", "全部" if reader is None else "导出人可以查看的村"), ("检举控告", "不进本台账")]
    return write_table(target, TITLE, columns, rows, notes=notes, by=by, at=now)


def _rows(entry: VillageEntry, duties: Mapping[str, str]) -> Iterator[list[Any]]:
    place = entry.place
    head = [
        *(entry.number, place.parent.short_name if place.parent else "", place.short_name, place.code),
        *(KIND_LABELS[VillageKind(entry.kind)], entry.entered_on, entry.reason, entry.decided_by.name),
        *(duties.get(duty, "") for duty in LEDGER_DUTIES),
        entry.election_on,
    ]
    whole = STAGE_LABELS[VillageStage(entry.stage)]
    listed = [each for each in entry.problems if each.stage != VillageStage.WITHDRAWN]
    if not listed:
        yield [*head, None, "", "", "", None, "", None, "", whole]
    for each in listed:
        yield [
            *head,
            *(each.number, each.text, each.department.short_name, each.owner.name, each.due_on),
            *(STAGE_LABELS[VillageStage(each.stage)], each.struck_off_on, each.progress or "", whole),
        ]


def record_export(written: Written, *, by: User | None, now: datetime) -> None:
    """Write into the log of readings that the ledger was exported."""
    audit.record_reading(
        audit.Event.LEDGER_EXPORTED, by=by, now=now, payload={"rows": written.rows, "filters": [], "ledger": "village"}
    )
