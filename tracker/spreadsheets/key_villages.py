"""Reading difficult villages in from a sheet (读入), in the columns in which the ledger comes out.

Each row is a problem; the rows of a village follow its code or its name. A village goes in whole or not at all.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any, BinaryIO

from sqlalchemy import select

from tracker.core.clock import local_date
from tracker.core.database import committed, db
from tracker.core.errors import DomainError
from tracker.core.text import normalise
from tracker.key_villages.models import VillageEntry
from tracker.key_villages.queries.facts import live_entry_at
from tracker.key_villages.rules.codes import (
    KIND_LABELS,
    VillageDutyKind,
)
from tracker.key_villages.service import entering, keeping
from tracker.key_villages.service.undoing import undo_entry
from tracker.people.models import Department, User
from tracker.people.queries import active_departments, staff_of
from tracker.places import queries as places
from tracker.places.models import Place
from tracker.spreadsheets.cells import Cells
from tracker.spreadsheets.workbook import Column, SheetRow, Table, Written, write_table

# What a sheet may call each field; the first name is that of the export.
FIELDS: Mapping[str, tuple[str, ...]] = {
    "number": ("编号", "台账编号"),
    "village": ("村（社区）", "村(社区)", "村", "村名", "行政村"),
    "code": ("区划代码", "代码"),
    "kind": ("类型", "类别"),
    "entered_on": ("入账日期", "列入日期", "决定日期"),
    "reason": ("入账理由", "列入原因", "理由"),
    "decided_by": ("决定人", "由谁决定"),
    "sponsor": ("包村领导", "县级包村领导"),
    "township": ("乡镇责任人", "乡镇负责人"),
    "liaison": ("联络员", "包村联络员"),
    "team": ("驻村工作组", "工作组"),
    "election_on": ("选举日", "选举日期"),
    "text": ("问题", "存在问题", "问题清单"),
    "department": ("责任单位", "承办单位"),
    "owner": ("责任人", "承办人"),
    "due_on": ("期限", "办结期限", "解决期限"),
}
REQUIRED = ("village", "kind", "reason", "decided_by", "entered_on")
PERSONS = {"sponsor": VillageDutyKind.SPONSOR, "township": VillageDutyKind.TOWNSHIP, "liaison": VillageDutyKind.LIAISON}


@dataclass
class PlannedVillage:
    """One village of a sheet: its rows, what was read of them, and why it cannot go in."""

    rows: list[SheetRow]
    place: Place | None = None
    known: str = ""
    reasons: list[str] = field(default_factory=list)
    given: dict[str, Any] = field(default_factory=dict)
    problems: list[entering.ListedProblem] = field(default_factory=list)

    @property
    def place_id(self) -> int | None:
        """The id of its place."""
        return self.place.id if self.place else None


@dataclass(frozen=True)
class VillagesPlan:
    """What reading a sheet would do: villages that go in, that stand there already, and that are refused."""

    table: Table
    villages: Sequence[PlannedVillage]

    @property
    def ready(self) -> list[PlannedVillage]:
        """The villages that go in."""
        return [each for each in self.villages if not each.reasons and not each.known]

    @property
    def known(self) -> list[PlannedVillage]:
        """The villages that stand on the ledger already."""
        return [each for each in self.villages if each.known and not each.reasons]

    @property
    def refused(self) -> list[PlannedVillage]:
        """The villages that cannot go in as they are written."""
        return [each for each in self.villages if each.reasons]


def plan_villages(table: Table, *, today: date) -> VillagesPlan:
    """Read a sheet and say what it would do; nothing is written. Raises DomainError where a column is missing."""
    where = _columns(table)
    people = _People(today)
    found: dict[str, PlannedVillage] = {}
    for row in table.rows:
        cells = Cells(
            {name: row.cells[at] for name, at in where.items() if at < len(row.cells)},
            {name: heads[0] for name, heads in FIELDS.items()},
            today=today,
        )
        key = cells.line("code", 20) or cells.line("village", 100) or f"第{row.number}行"
        village = found.setdefault(key, PlannedVillage([]))
        village.rows.append(row)
        _read(village, cells, people, first=len(village.rows) == 1)
        village.reasons += [f"第 {row.number} 行：{problem}" for problem in cells.problems]
    for village in found.values():
        if village.place is not None and not village.reasons:
            village.known = _known_as(village)
    return VillagesPlan(table, list(found.values()))


def _known_as(village: PlannedVillage) -> str:
    """Return the number under which a village stands on the ledger, or stood when the sheet came out of it."""
    number = village.given["number"]
    came_out = select(VillageEntry.number).where(
        VillageEntry.number == number, VillageEntry.place_id == village.place_id
    )
    if number and db.session.scalar(came_out):
        return str(number)
    standing = live_entry_at(places.subtree_ids(village.place)) if village.place else None
    return standing.number if standing else ""


def _columns(table: Table) -> dict[str, int]:
    """Return where each field stands; raises DomainError where one that is needed stands nowhere."""
    heads = [normalise(head) for head in table.header]
    found: dict[str, int] = {}
    for name, names in FIELDS.items():
        at = next((heads.index(normalise(each)) for each in names if normalise(each) in heads), None)
        if at is not None:
            found[name] = at
    missing = [FIELDS[name][0] for name in REQUIRED if name not in found]
    if missing:
        raise DomainError(f"表格缺少这些列：{'、'.join(missing)}。", field="file")
    return found


def _read(village: PlannedVillage, cells: Cells, people: "_People", *, first: bool) -> None:
    """Read one row into its village: the first says who answers for it, each says a problem, if any."""
    if first:
        _read_village(village, cells, people)
    text, unit = cells.line("text", entering.LONGEST_TEXT), cells.line("department", 100)
    if not text:
        return
    department = people.unit(unit, cells)
    owner = people.of(cells.line("owner", 40), department, cells)
    due = cells.moment("due_on", required=True, ahead=True)
    if department is not None and owner is not None and due is not None:
        village.problems.append(entering.ListedProblem(text, department.id, owner.id, due.day))


def _read_village(village: PlannedVillage, cells: Cells, people: "_People") -> None:
    for name in ("kind", "reason", "decided_by", "village"):
        cells.require(name)
    try:
        village.place = places.resolve_village(cells.line("code", 20) or cells.line("village", 100) or "")
    except DomainError as error:
        cells.problems.append(error.message)
    kind = {label: kind for kind, label in KIND_LABELS.items()}.get(cells.line("kind", 20) or "")
    if kind is None:
        cells.problems.append(f"类型应为{'、'.join(KIND_LABELS.values())}之一。")
    entered = cells.moment("entered_on", required=True)
    election = cells.moment("election_on", ahead=True)
    village.given = {
        "kind": kind,
        "number": cells.line("number", 40) or "",
        "reason": cells.line("reason", entering.LONGEST_REASON) or "",
        "decided_by": people.leader(cells.line("decided_by", 40), cells),
        "entered_on": entered.day if entered else None,
        "election_on": election.day if election else None,
        "team": cells.line("team", keeping.LONGEST_WORDS) or "",
        **{name: people.anybody(cells.line(name, 40), cells) for name in PERSONS},
    }


class _People:
    """The units and people of today by their names: an ambiguous name is a problem, never a guess."""

    def __init__(self, today: date) -> None:
        self.units = list(active_departments(today))
        posts = [post for unit in self.units for post in staff_of(unit, today=today)]
        self.staff = [(post.department_id, post.user) for post in posts]

    def unit(self, name: str | None, cells: Cells) -> Department | None:
        wanted = normalise(name or "")
        found = [unit for unit in self.units if wanted and wanted in (normalise(unit.name), normalise(unit.short_name))]
        if len(found) != 1:
            cells.problems.append(
                f"没有名为“{name or ''}”的责任单位。" if not found else f"名为“{name}”的单位不止一个。"
            )
        return found[0] if len(found) == 1 else None

    def of(self, name: str | None, unit: Department | None, cells: Cells) -> User | None:
        if unit is None:
            return None
        return self._one(name, [user for id_, user in self.staff if id_ == unit.id], f"{unit.short_name}没有", cells)

    def leader(self, name: str | None, cells: Cells) -> User | None:
        return self._one(name, [user for _, user in self.staff], "没有", cells)

    def anybody(self, name: str | None, cells: Cells) -> User | None:
        return self._one(name, [user for _, user in self.staff], "没有", cells) if name else None

    @staticmethod
    def _one(name: str | None, among: Sequence[User], none: str, cells: Cells) -> User | None:
        found = {user.id: user for user in among if normalise(user.name) == normalise(name or "")}
        if len(found) != 1:
            sentence = (
                f"{none}名为“{name or ''}”的在岗人员。" if not found else f"名为“{name}”的人不止一个，请先改得能区分。"
            )
            cells.problems.append(sentence)
            return None
        return next(iter(found.values()))


def run_villages(made: VillagesPlan, *, office: Department, by: User, now: datetime) -> tuple[str, int]:
    """Enter the villages that are ready, each in a transaction of its own; return the mark of the run and their number.

    Run again after it was broken off, it goes on: what stands on the ledger already is passed over.
    """
    mark = f"{local_date(now):%Y%m%d}-{now:%H%M%S}"
    count = 0
    for village in made.ready:
        with committed():
            _enter(village, mark, office=office, by=by, now=now)
        count += 1
    return mark, count


def _enter(village: PlannedVillage, mark: str, *, office: Department, by: User, now: datetime) -> None:
    given = village.given
    if village.place is None:
        raise ValueError("a village that is ready has a place")
    entry = entering.enter(
        village.place,
        office=office,
        kind=given["kind"],
        reason=given["reason"],
        decided_by=given["decided_by"],
        entered_on=given["entered_on"],
        by=by,
        now=now,
        problems=village.problems,
        imported_as=mark,
    )
    for name, duty in PERSONS.items():
        if given[name] is not None:
            keeping.give_duty(
                entry, duty, user_id=given[name].id, words="", started_on=given["entered_on"], by=by, now=now
            )
    if given["team"]:
        words = {"user_id": None, "words": given["team"]}
        keeping.give_duty(entry, VillageDutyKind.TEAM, started_on=given["entered_on"], by=by, now=now, **words)
    if given["election_on"]:
        entering.set_election(entry, election_on=given["election_on"], by=by, now=now, said="随台账读入。")


def undo_villages(mark: str, *, reason: str, by: User, now: datetime) -> int:
    """Withdraw the villages of a run (撤销读入), where nothing was done since; return how many.

    Raises DomainError where there is no such run, or somebody worked on one of them: then nothing changes.
    """
    rows = list(db.session.scalars(select(VillageEntry.id).where(VillageEntry.imported_as == mark)))
    if not rows:
        raise DomainError(f"没有编号为 {mark[:40]} 的读入。")
    with committed():
        for id_ in rows:
            undo_entry(db.session.get_one(VillageEntry, id_), reason=reason, by=by, now=now)
    return len(rows)


def write_refused_villages(made: VillagesPlan, target: Path | BinaryIO, *, by: str, at: datetime) -> Written:
    """Write the rows of the refused villages with the reasons (失败行): mend it and read it again."""
    columns = [
        Column("行号", 6),
        Column("原因", 40, wraps=True),
        *(Column(head or "（无表头）", 16) for head in made.table.header),
    ]
    rows = (
        [row.number, "".join(village.reasons) if row is village.rows[0] else "", *map(_as_read, row.cells)]
        for village in made.refused
        for row in village.rows
    )
    return write_table(target, "失败行", columns, rows, notes=[("来源", made.table.name)], by=by, at=at)


def _as_read(cell: Any) -> Any:
    return cell.date() if isinstance(cell, datetime) else cell
