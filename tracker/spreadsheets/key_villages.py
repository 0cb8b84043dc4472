"""Reading difficult villages in from a sheet (读入), in the columns in which the ledger comes out.

Each row is a problem; the rows of a village follow its code or its name. A village goes in whole or not at all, and
what could not be entered by hand stops in the trial, not half way through the run. Problems run since the entry.
"""

from collections.abc import Callable, Mapping, Sequence
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
from tracker.key_villages.rules.codes import ENDED, KIND_LABELS, STAGE_LABELS, VillageDutyKind, VillageStage
from tracker.key_villages.service import entering, keeping
from tracker.key_villages.service.undoing import undo_entry
from tracker.people.models import Department, User
from tracker.people.queries import active_departments, staff_of
from tracker.places import queries as places
from tracker.places.models import Place
from tracker.spreadsheets.cells import Cells
from tracker.spreadsheets.failed_rows import Failed, write_failed
from tracker.spreadsheets.workbook import SheetRow, Table, Written

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
    "state": ("状态", "办理状态"),
    "whole": ("整村状态",),
}
# What a sheet may say of a problem, or of a village, that is still worked on.
IN_HAND = frozenset({"", "在账", "办理中", "未销号"}) | {
    STAGE_LABELS[stage] for stage in VillageStage if stage not in ENDED
}
REQUIRED = ("village", "kind", "reason", "decided_by", "entered_on")
PERSONS = {"sponsor": VillageDutyKind.SPONSOR, "township": VillageDutyKind.TOWNSHIP, "liaison": VillageDutyKind.LIAISON}


@dataclass
class PlannedVillage:
    """One village of a sheet: its rows, what was read of them, and why it cannot go in.

    `over` are the sentences about problems that are struck off: no reason where the village stands on the ledger.
    """

    rows: list[SheetRow]
    place: Place | None = None
    known: str = ""
    over: list[str] = field(default_factory=list)
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


def plan_villages(table: Table, *, office: Department, today: date) -> VillagesPlan:
    """Read a sheet and say what it would do; nothing is written. Raises DomainError where a column is missing."""
    where = _columns(table)
    people = _People(office, today)
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
        _read(village, row, cells, people)
        village.reasons += [f"第 {row.number} 行：{problem}" for problem in cells.problems]
    for village in found.values():
        if village.place is not None:
            village.known = _known_as(village)
        if not village.known:
            village.reasons += _not_enterable(village)
    return VillagesPlan(table, list(found.values()))


def _not_enterable(village: PlannedVillage) -> list[str]:
    """Return why what can be read cannot stand on the ledger: it is over, or its days are in no order."""
    found, first = village.over[:], village.rows[0].number
    if village.given["whole"] not in IN_HAND:
        found.append(f"第 {first} 行：整村状态是“{village.given['whole']}”，只读入在账的村。")
    entered, election = village.given["entered_on"], village.given["election_on"]
    if entered and election and election < entered:
        found.append(f"第 {first} 行：选举日不能早于入账日期。")
    for problem in village.problems:
        if entered and problem.due_on < entered:
            found.append(f"第 {first} 行起：“{problem.text[:20]}”的期限不能早于入账日期。")
    return found


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


def _read(village: PlannedVillage, row: SheetRow, cells: Cells, people: "_People") -> None:
    """Read one row into its village: the first says who answers for it, each says a problem, if any."""
    if row is village.rows[0]:
        _read_village(village, cells, people)
    text, unit = cells.line("text", entering.LONGEST_TEXT), cells.line("department", 100)
    if not text:
        return
    if (state := cells.line("state", 20) or "") not in IN_HAND:
        village.over.append(f"第 {row.number} 行：问题的状态是“{state}”，只读入没有销号的，请从表中删去这一行。")
    department = people.unit(unit, cells)
    owner = people.of(cells.line("owner", 40), department, cells)
    due = cells.moment("due_on", required=True, ahead=True)
    if department is not None and owner is not None and due is not None:
        since = village.given["entered_on"]
        village.problems.append(entering.ListedProblem(text, department.id, owner.id, due.day, begun_on=since))


def _read_village(village: PlannedVillage, cells: Cells, people: "_People") -> None:
    for name in ("kind", "reason", "decided_by", "village"):
        cells.require(name)
    code, name = cells.line("code", 20) or "", cells.line("village", 100) or ""
    try:
        village.place = places.resolve_village(code or name)
    except DomainError as error:
        cells.problems.append(error.message)
    if village.place is not None and code and name and not places.search_villages(f"{code} {name}"):
        label = places.place_label(village.place).text
        cells.problems.append(f"区划代码 {code} 是{label}，和写的“{name[:30]}”不是一个村，请核对。")
    kind = {label: kind for kind, label in KIND_LABELS.items()}.get(cells.line("kind", 20) or "")
    if kind is None:
        cells.problems.append(f"类型应为{'、'.join(KIND_LABELS.values())}之一。")
    entered = cells.moment("entered_on", required=True)
    election = cells.moment("election_on", ahead=True)
    village.given = {
        "kind": kind,
        "number": cells.line("number", 40) or "",
        "whole": cells.line("whole", 20) or "",
        "reason": cells.line("reason", entering.LONGEST_REASON) or "",
        "decided_by": people.leader(cells.line("decided_by", 40), cells),
        "entered_on": entered.day if entered else None,
        "election_on": election.day if election else None,
        "team": cells.line("team", keeping.LONGEST_WORDS) or "",
        **{name: people.answering(duty, cells.line(name, 40), cells) for name, duty in PERSONS.items()},
    }


class _People:
    """The units and people of today by their names: an ambiguous name is a problem, never a guess."""

    def __init__(self, office: Department, today: date) -> None:
        self.office, self.today = office, today
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
        found = self._one(name, [user for _, user in self.staff], "没有", cells)
        return self._able(found, lambda leader: entering.may_decide(leader, self.office, self.today), cells)

    def answering(self, duty: VillageDutyKind, name: str | None, cells: Cells) -> User | None:
        if not name:
            return None
        found = self._one(name, [user for _, user in self.staff], "没有", cells)
        return self._able(found, lambda person: keeping.able(duty, person.id, "", self.today), cells)

    @staticmethod
    def _able(person: User | None, asked: Callable[[User], object], cells: Cells) -> User | None:
        """Return the person where the ledger takes them; what it says otherwise is a problem of the row."""
        try:
            if person is not None:
                asked(person)
        except DomainError as error:
            cells.problems.append(f"{person.name if person else ''}：{error.message}")
            return None
        return person

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


def undo_villages(mark: str, *, office: Department, reason: str, by: User, now: datetime) -> int:
    """Withdraw the villages that a run brought to an office (撤销读入), where nothing was done since; return how many.

    Raises DomainError where there is no such run, or somebody worked on one of them: then nothing changes.
    """
    brought = (VillageEntry.imported_as == mark, VillageEntry.office_id == office.id)
    rows = list(db.session.scalars(select(VillageEntry.id).where(*brought)))
    if not rows:
        raise DomainError(f"没有编号为 {mark[:40]} 的读入。")
    for id_ in rows:
        undo_entry(db.session.get_one(VillageEntry, id_), reason=reason, by=by, now=now)
    return len(rows)


def write_refused_villages(made: VillagesPlan, target: Path | BinaryIO, *, by: str, at: datetime) -> Written:
    """Write the rows of the refused villages with the reasons (失败行): mend it and read it again."""
    rows = [
        Failed(row.number, tuple(village.reasons) if row is village.rows[0] else (), row.cells)
        for village in made.refused
        for row in village.rows
    ]
    return write_failed(made.table, rows, target, width=16, by=by, at=at)
