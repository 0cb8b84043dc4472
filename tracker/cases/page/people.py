"""The people of a case: who petitions and who is complained of (masked), who may know, who has read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from tracker.audit.models import AuditEvent
from tracker.audit.service import READINGS
from tracker.cases.acts.identity import OpenedPeople
from tracker.cases.acts.naming import is_word
from tracker.cases.page.trail import when
from tracker.cases.record.models import AccusedParty
from tracker.cases.record.rules.codes import PETITIONER_KIND_LABELS, PetitionerKind, SubjectStatus
from tracker.core.database import db
from tracker.people.models import Department, Post, User
from tracker.petitioners.queries import ANONYMOUS, masked
from tracker.petitioners.rules import masked_name

READERS_SHOWN = 30


@dataclass(frozen=True)
class ShownPerson:
    """One petitioner, masked or opened; opened, also what they were registered as before (更正前)."""

    kind: str
    name: str
    identity_no: str
    phone: str
    address: str
    earlier: tuple[str, ...] = ()


@dataclass(frozen=True)
class ShownAccused:
    """One 被反映人 or 被反映单位; `state` says whether a match with a user or a unit shuts somebody out."""

    name: str
    position: str
    state: str


@dataclass(frozen=True)
class CaseReader:
    """One person who opened the case: how often, and when last."""

    name: str
    times: int
    last: str


# The gravest state of a name's matches first.
_BLOCKS = {
    SubjectStatus.CONFIRMED: "已核实，回避",
    SubjectStatus.PROVISIONAL: "可能是系统内人员或单位，待核实，先行回避",
    SubjectStatus.CLEARED: "已排除同名",
}


_ASKED = "系统内没有找到是谁，待核实，核实以前不交任何单位"


def petitioners(case_id: int) -> tuple[ShownPerson, ...]:
    """Return the petitioners of a case, masked (脱敏)."""
    return tuple(
        ShownPerson(kind_words(each.kind), each.name, each.identity_no, each.phone, each.address)
        for each in masked(case_id)
    )


def kind_words(kind: str) -> str:
    """Return 信访人, 代表人, 联名人, 代理人."""
    return PETITIONER_KIND_LABELS[PetitionerKind(kind)]


def accused(rows: Sequence[AccusedParty], *, opened: bool = False) -> tuple[ShownAccused, ...]:
    """Return who is complained of (被反映人), each name once, whomever in the system it may mean.

    Names are covered like the petitioners' until somebody opens them.
    """
    by_name: dict[str, list[AccusedParty]] = {}
    for each in rows:
        by_name.setdefault(each.name, []).append(each)
    return tuple(_shown_accused(name, meant, opened) for name, meant in by_name.items())


def _shown_accused(name: str, meant: Sequence[AccusedParty], opened: bool) -> ShownAccused:
    statuses = {each.status for each in meant}
    state = next((words for status, words in _BLOCKS.items() if status in statuses), "")
    if not any(each.is_matched for each in meant):
        state = _settled(meant[0])
    position = next((each.position_held for each in meant if each.position_held), "")
    return ShownAccused(name if opened else masked_name(name), position if opened else "", state)


@dataclass(frozen=True)
class ShownPeople:
    """The people of a case unmasked, for one answer."""

    petitioners: tuple[ShownPerson, ...]
    accused: tuple[ShownAccused, ...]


def opened(people: OpenedPeople) -> ShownPeople:
    """Return opened people ready for the page."""
    return ShownPeople(
        petitioners=tuple(
            ShownPerson(
                *(kind_words(each.kind), each.name or ANONYMOUS, each.identity_no, each.phone, each.address),
                earlier=each.earlier,
            )
            for each in people.petitioners
        ),
        accused=accused(people.accused, opened=True),
    )


@dataclass(frozen=True)
class Meant:
    """One user or unit that an accused's name may mean, with what was decided."""

    row_id: int
    name: str
    position: str
    meant: str
    state: str
    undecided: bool
    quoted: str
    is_word: bool


def meant(case_id: int, today: date) -> tuple[Meant, ...]:
    """Return whom the names of the accused may mean (核实被反映人). Two queries."""
    rows = db.session.execute(
        select(AccusedParty, User, Department)
        .outerjoin(User, User.id == AccusedParty.user_id)
        .outerjoin(Department, Department.id == AccusedParty.department_id)
        .where(AccusedParty.case_id == case_id)
        .order_by(AccusedParty.id)
        .options(selectinload(User.posts).joinedload(Post.department))
    )
    return tuple(_meant(row, user, department, today) for row, user, department in rows)


def _meant(row: AccusedParty, user: User | None, department: Department | None, today: date) -> Meant:
    whom = f"{user.name}（{user.acting_as(today)}）" if user else department.name if department else ""
    return Meant(
        row_id=row.id,
        name=row.name,
        position=row.position_held or "",
        meant=whom,
        state=_BLOCKS[SubjectStatus(row.status)] if row.is_matched and row.status else _settled(row),
        undecided=row.is_open,
        quoted=row.quoted or "",
        is_word=is_word(row.name),
    )


def _settled(row: AccusedParty) -> str:
    """Return what is known of somebody whom nobody in the system bears the name of."""
    if row.is_open:
        return _ASKED
    return "已排除" if row.status == SubjectStatus.CLEARED else "已核实，不在系统内任职"


def readers(case_id: int, today: date) -> tuple[CaseReader, ...]:
    """Return who has read the case (谁看过本件), the latest first; from the log of readings. One query."""
    last = func.max(AuditEvent.at_utc)
    rows = db.session.execute(
        select(User.name, func.count(), last)
        .join(User, User.id == AuditEvent.actor_id)
        .where(AuditEvent.log_id == READINGS, AuditEvent.case_id == case_id)
        .group_by(User.id, User.name)
        .order_by(last.desc())
        .limit(READERS_SHOWN)
    )
    return tuple(CaseReader(name, times, when(at, today.year)) for name, times, at in rows)
