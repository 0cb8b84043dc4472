"""读入: matters of an earlier ledger or platform, entered as history. They send nothing and start no live clock.

An answered row is 已答复, its lateness kept as it was; it is not struck off (销号), for nothing goes round the gate.
Which case came with which import stands on its row; an import can be undone as a whole while nobody has acted on it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, select

from tracker import audit
from tracker.audit import Event
from tracker.cases.access.named_readers import open_named_list
from tracker.cases.access.naming.known import directory_of
from tracker.cases.acts.accused import write_down
from tracker.cases.acts.naming import NamedAccused, Told, is_word, read_row
from tracker.cases.intake.rules.history import MEASURED, HistoryRow, counted_from
from tracker.cases.lifecycle.positions import position_of
from tracker.cases.lifecycle.rules.actions import STATION_LABELS, Action, Station
from tracker.cases.lifecycle.rules.lifecycle import find
from tracker.cases.lifecycle.rules.positions import stations
from tracker.cases.lifecycle.rules.steps import STEPS
from tracker.cases.lifecycle.stepping import trail_line
from tracker.cases.record.categories.queries import CategoryNames
from tracker.cases.record.models import Case, DemandPoint, Document, ImportRun
from tracker.cases.record.numbering import hold, next_register_no
from tracker.cases.record.rules.codes import Confidentiality, DocumentKind, LedgerStatus, Purpose, ServiceMethod, Status
from tracker.cases.record.rules.series import REGISTER, Series, is_closed
from tracker.cases.record.search import reindex
from tracker.core.clock import local_date
from tracker.core.database import db
from tracker.core.errors import DomainError, Forbidden
from tracker.deadlines.service import keep_clock
from tracker.people.models import Department, User
from tracker.people.queries import reader_for
from tracker.people.rules import DepartmentKind, Reader, Role
from tracker.petitioners.service import PetitionerEntry, enter
from tracker.places.models import VILLAGE
from tracker.places.queries import by_code, successor

LONGEST_POINT = 500
IMPORTED = "读入"
KEYS_AT_ONCE = 500


@dataclass(frozen=True)
class Keyed:
    """A row with the key by which it is known again."""

    key: str
    row: HistoryRow


def known_keys(keys: Sequence[str]) -> set[str]:
    """Return which of the keys were imported before (and not undone)."""
    known: set[str] = set()
    for start in range(0, len(keys), KEYS_AT_ONCE):
        some = keys[start : start + KEYS_AT_ONCE]
        known.update(db.session.scalars(select(Case.import_key).where(Case.import_key.in_(some))))
    return known


def start_import(
    mapping: str, *, office: Department, file_name: str, file_sha256: str, by: User | None, now: datetime
) -> ImportRun:
    """Begin an import (读入): its cases point to it. The caller enters the first of them in the same transaction.

    Raises Forbidden for a person who is not 受理员 of the office; None stands for the system.
    """
    if by is not None and not _accepts_for(office, reader_for(by, local_date(now))):
        raise Forbidden(f"只有{office.name}的受理员可以读入历史件。")
    run = ImportRun(
        mapping=mapping,
        file_name=file_name[:255],
        file_sha256=file_sha256,
        started_at=now,
        started_by_id=by.id if by else None,
        created=0,
        skipped=0,
        failed=0,
    )
    db.session.add(run)
    db.session.flush()
    return run


def _accepts_for(office: Department, reader: Reader) -> bool:
    return any(
        post.role is Role.ACCEPTOR
        and post.department_kind is DepartmentKind.PETITION_OFFICE
        and post.department_id == office.id
        for post in reader.posts
    )


def import_history_cases(
    run: ImportRun, rows: Sequence[Keyed], *, office: Department, by: User | None, now: datetime
) -> list[Case]:
    """Enter a batch of rows that are not known yet, with their search entries; return the new cases."""
    known = known_keys([keyed.key for keyed in rows])
    fresh = [keyed for keyed in rows if keyed.key not in known]
    run.created += len(fresh)
    run.skipped += len(rows) - len(fresh)
    if not fresh:
        audit.record(Event.CASES_IMPORT_FINISHED, by=by, now=now, payload={"run": run.id, "skipped": len(rows)})
        return []
    weighed = _weigh(fresh, office, local_date(now))
    hold(now, (_series(each, office) for each in weighed))
    categories = CategoryNames(local_date(now))
    cases = [
        import_history_case(each, run=run, office=office, categories=categories, by=by, now=now) for each in weighed
    ]
    reindex(Case.id.in_([case.id for case in cases]))
    return cases


@dataclass(frozen=True)
class Weighed:
    """A row with whom it complains of, and the question that its words open (举报、检举、控告、揭发)."""

    keyed: Keyed
    meant: NamedAccused

    @property
    def level(self) -> Confidentiality:
        """How confidential it is: closed where it accuses, and where its words say so until somebody has looked."""
        closed = self.keyed.row.purpose is Purpose.ACCUSATION or any(is_word(each.name) for each in self.meant.named)
        return Confidentiality.ACCUSATION if closed else Confidentiality.ORDINARY


def _weigh(rows: Sequence[Keyed], office: Department, today: date) -> list[Weighed]:
    """Read whom rows complain of; everybody who may be meant is looked up once for all."""
    people = directory_of(office.id)
    weighed = []
    for keyed in rows:
        row = keyed.row
        told = Told(row.received.day, today, texts=(row.title, row.summary), accusing=row.purpose is Purpose.ACCUSATION)
        weighed.append(Weighed(keyed, read_row(told, office_id=office.id, directory=people)))
    return weighed


def import_history_case(
    weighed: Weighed, *, run: ImportRun, office: Department, categories: CategoryNames, by: User | None, now: datetime
) -> Case:
    """Enter one matter as history (历史件): its number, texts, answer and kept clocks, one line of the log."""
    keyed, row = weighed.keyed, weighed.keyed.row
    case = _new_case(weighed, run, office, categories, by, now)
    db.session.add(case)
    db.session.flush()
    db.session.add(_demand_point(case, row))
    if row.answer and row.answered:
        db.session.add(_answer(case, row))
    _keep_clocks(case, row)
    if weighed.meant.named:
        write_down(case, weighed.meant, by=by, now=now)
    if case.level == Confidentiality.ACCUSATION:
        open_named_list(case, by=None, because=IMPORTED, now=now, tell=False)
    unit = office.name if by else ""
    facts = {"register_no": case.register_no, "source_no": row.source_no, "source": run.file_name, **row.facts}
    db.session.add(trail_line(case, Action.IMPORT, by=by, unit=unit, at=now, facts=facts))
    if row.petitioner_name or row.phone or row.address:
        enter(case.id, [PetitionerEntry(name=row.petitioner_name, phone=row.phone, address=row.address)])
    audit.record(
        Event.CASE_IMPORTED,
        by=by,
        now=now,
        case_id=case.id,
        payload={"register_no": case.register_no, "run": run.id, "key": keyed.key},
    )
    return case


def _new_case(
    weighed: Weighed, run: ImportRun, office: Department, categories: CategoryNames, by: User | None, now: datetime
) -> Case:
    keyed, row = weighed.keyed, weighed.keyed.row
    answered = row.answered.day if row.answered and row.answer else None
    series = _series(weighed, office)
    return Case(
        register_no=next_register_no(now, office.id, closed=series.closed, year=series.year),
        office_id=office.id,
        registered_at=now,
        registered_by_id=by.id if by else None,
        received_on=row.received.day,
        channel=row.channel.value,
        source_no=row.source_no,
        superior_office=row.superior_office,
        superior_no=row.superior_no,
        superior_due_on=row.superior_due_on,
        title=row.title,
        summary=row.summary,
        purpose=row.purpose.value,
        category_id=categories.find(row.category),
        people_count=row.people_count,
        anonymous=row.petitioner_name is None,
        village_id=_village_id(row.village_code),
        place_note=row.place_note,
        level=weighed.level.value,
        status=(Status.DELIVERED if answered else Status.REGISTERED).value,
        answered_on=answered,
        import_run_id=run.id,
        import_key=keyed.key,
    )


def _series(weighed: Weighed, office: Department) -> Series:
    closed = is_closed(weighed.level, shuts_out=weighed.meant.shuts_out)
    return Series(office.id, REGISTER, weighed.keyed.row.received.day.year, closed)


def _village_id(code: str | None) -> int | None:
    """Return the village of a code as it is today; None leaves the matter 属地待定."""
    place = by_code(code) if code else None
    return successor(place).id if place is not None and place.level == VILLAGE else None


def _demand_point(case: Case, row: HistoryRow) -> DemandPoint:
    return DemandPoint(case_id=case.id, position=1, text=row.title[:LONGEST_POINT], answered_on=case.answered_on)


def _answer(case: Case, row: HistoryRow) -> Document:
    return Document(
        case_id=case.id,
        kind=DocumentKind.OPINION.value,
        issued_on=case.answered_on,
        text=row.answer,
        served_on=case.answered_on,
        service_method=ServiceMethod.ELECTRONIC.value,
        service_note="按读入的表格记载",
    )


def _keep_clocks(case: Case, row: HistoryRow) -> None:
    """Keep the two spans that an answer is measured by as they ended, so that lists and reports find it late or not."""
    if row.answered is None or case.answered_on is None:
        return
    started_on = counted_from(row.received, row.answered)
    for kind in MEASURED:
        keep_clock(
            kind, case_id=case.id, subject="case", subject_id=case.id, started_on=started_on, ended_on=row.answered.day
        )


def finish_import(run: ImportRun, *, failed: int, skipped: int, by: User | None, now: datetime) -> None:
    """Write the figures of an import (读入完成) on its row and into the log."""
    run.failed = failed
    run.skipped += skipped
    counts = {"created": run.created, "skipped": run.skipped, "failed": failed}
    audit.record(
        Event.CASES_IMPORT_FINISHED, by=by, now=now, payload={"run": run.id, "sha256": run.file_sha256, **counts}
    )


def check_undo(run: ImportRun, *, reason: str, by: User, now: datetime) -> None:
    """Return whether an import can be undone as a whole (撤销读入), before its first case is.

    Raises DomainError where somebody has acted on one of its cases, or nothing is left to undo, Forbidden for who is
    not of the office.
    """
    if not reason:
        raise DomainError("请写明撤销的理由。", field="reason")
    first = db.session.scalars(_standing(run).limit(1)).first()
    if first is None:
        raise DomainError("这次读入的件都已经作废，没有可以撤销的。")
    _refuse_strangers(first, by, local_date(now))
    columns = (Case.register_no, Case.version, Case.status, Case.ledger_status)
    rows = db.session.execute(select(*columns).where(*_not_void(run)).order_by(Case.id))
    acted = [row.register_no for row in rows if not _is_untouched(row)]
    if acted:
        some = "、".join(acted[:3]) + ("等" if len(acted) > 3 else "")
        raise DomainError(f"读入后已有人办理过 {len(acted)} 件（{some}），这次读入不能整批撤销。")


def undo_next(run: ImportRun, *, limit: int, reason: str, by: User, now: datetime) -> int:
    """Declare the next cases of an import void (作废); return how many. Nothing is deleted, no number used again.

    The keys are given up, so that the file can be imported again when it is right. Raises DomainError where somebody
    acted on one of them just now: those before it stay void.
    """
    cases = _cases_of(run, limit=limit)
    for case in cases:
        if not _is_untouched(case):
            raise DomainError(f"{case.register_no} 刚刚有人办理，撤销到这一件为止；以前各件已经作废。")
        _void(case, run, reason, by=by, now=now)
    return len(cases)


def _cases_of(run: ImportRun, *, limit: int) -> list[Case]:
    rows = _standing(run).limit(limit).with_for_update().execution_options(populate_existing=True)
    return list(db.session.scalars(rows))


def _standing(run: ImportRun) -> Select[Case]:
    return select(Case).where(*_not_void(run)).order_by(Case.id)


def _not_void(run: ImportRun) -> tuple[ColumnElement[bool], ...]:
    return (Case.import_run_id == run.id, Case.status != Status.VOIDED)


def _refuse_strangers(case: Case, by: User, today: date) -> None:
    row = next(step for step in STEPS if step.action is Action.UNDO_IMPORT)
    if not row.by & stations(reader_for(by, today), position_of(case)):
        who = "、".join(STATION_LABELS[station] for station in Station if station in row.by)
        raise Forbidden(f"“{row.label}”应由{who}办理。")


def _is_untouched(case: Any) -> bool:
    """Return whether nobody has acted on an imported case: the case, or these columns of it."""
    void = find(Action.UNDO_IMPORT, Status(case.status), LedgerStatus(case.ledger_status))
    return case.version == 1 and void is not None


def _void(case: Case, run: ImportRun, reason: str, *, by: User, now: datetime) -> None:
    before, key = (case.status, case.ledger_status), case.import_key
    case.status, case.import_key = Status.VOIDED.value, None
    case.version += 1
    unit = case.office.name
    line = trail_line(case, Action.UNDO_IMPORT, by=by, unit=unit, at=now, before=before, reason=reason, facts={})
    db.session.add(line)
    payload = {
        "action": Action.UNDO_IMPORT.value,
        "from": list(before),
        "to": [case.status, case.ledger_status],
        "version": case.version,
        "run": run.id,
        "key": key,
    }
    audit.record(Event.CASE_STEPPED, by=by, now=now, case_id=case.id, payload=payload, text=reason)
