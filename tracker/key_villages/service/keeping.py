"""包保、一村一策、关联信访: who answers for a village, its plans, and the matters that it stands for."""

from datetime import date, datetime, timedelta

from sqlalchemy import func, select

from tracker.cases.access.scope import NUMBERS_CLOSED, may_know
from tracker.cases.record.models import Case
from tracker.core.database import db, locked
from tracker.core.dates import long_date
from tracker.core.errors import DomainError
from tracker.core.text import normalise
from tracker.key_villages.access import duties_on, holder_of
from tracker.key_villages.models import VillageDuty, VillageEntry, VillageLink, VillagePlan, VillageProblem
from tracker.key_villages.rules.acts import VillageAct
from tracker.key_villages.rules.codes import DUTY_LABELS, PLAN_LABELS, SIGNING_DUTIES, PlanKind, VillageDutyKind
from tracker.key_villages.service.taking import taking
from tracker.people.models import User
from tracker.people.queries import reader_for
from tracker.people.rules import Role, does_case_work
from tracker.places import queries as places

LONGEST_WORDS, LONGEST_TITLE, LONGEST_PLAN, LONGEST_CHANGES = 200, 200, 20000, 500
NO_SUCH_CASE = "没有这个编号的信访事项，或者您无权查看。"


def give_duty(
    entry: VillageEntry,
    kind: VillageDutyKind,
    *,
    user_id: int | None,
    words: str,
    started_on: date,
    by: User,
    now: datetime,
    said: str = "",
    version: int | None = None,
) -> VillageDuty:
    """Let somebody answer for a village from a day on (明确包保); of those who sign, the one before ends with it.

    Raises DomainError for a person who cannot, or nobody.
    """
    with taking(entry, VillageAct.GIVE_DUTY, by=by, now=now, said=said, version=version) as step:
        person = able(kind, user_id, words, step.today)
        if started_on > step.today:
            raise DomainError("不能从以后的日期起，请到时再改。", field="started_on")
        before = holder_of(entry, kind, step.today) if kind in SIGNING_DUTIES else None
        if before is not None:
            _end(before, started_on - timedelta(days=1))
        row = VillageDuty(
            place_id=places.successor(entry.place).id,
            office_id=entry.office_id,
            kind=kind.value,
            user_id=person.id if person else None,
            user=person,
            words=words.strip() or None,
            started_on=started_on,
            given_at=now,
        )
        db.session.add(row)
        instead = f"，此前 {before.who}" if before else ""
        step.told.append(f"{DUTY_LABELS[kind]} {row.who}，{long_date(started_on)}起{instead}")
        return row


def able(kind: VillageDutyKind, user_id: int | None, words: str, today: date) -> User | None:
    """Return the person who is to answer for a village; a team may be in words alone. Raises DomainError."""
    person = db.session.get(User, user_id) if user_id else None
    if person is None:
        if kind in SIGNING_DUTIES:
            raise DomainError(f"请选择{DUTY_LABELS[kind]}。", field="person")
        if not 1 <= len(words.strip()) <= LONGEST_WORDS:
            raise DomainError(f"请写明{DUTY_LABELS[kind]}（1 至 {LONGEST_WORDS} 个字）。", field="words")
        return None
    reader = reader_for(person, today)
    if not reader.active or not does_case_work(reader):
        raise DomainError("请选择在岗、办理业务的人员。", field="person")
    if kind is VillageDutyKind.SPONSOR and not reader.holds(Role.LEAD_OFFICIAL, Role.PRINCIPAL_LEADER):
        raise DomainError("包村领导应是领办领导或者主要领导。", field="person")
    return person


def _end(duty: VillageDuty, last_day: date) -> None:
    duty.ended_on = max(last_day, duty.started_on - timedelta(days=1))


def end_as_never_given(duty: VillageDuty) -> None:
    """End a duty before it began: what was read in by mistake held on no day."""
    _end(locked(duty), duty.started_on - timedelta(days=1))


def end_duty(
    entry: VillageEntry, duty: VillageDuty, *, by: User, now: datetime, said: str, version: int | None = None
) -> None:
    """End what somebody answers for in a village (免去包保), from tomorrow on. Raises DomainError."""
    with taking(entry, VillageAct.END_DUTY, by=by, now=now, said=said, version=version) as step:
        if duty.id not in {each.id for each in duties_on(entry, step.today)}:
            raise DomainError("这项包保已经结束。")
        _end(locked(duty), step.today)
        step.told.append(f"{DUTY_LABELS[VillageDutyKind(duty.kind)]} {duty.who}")


def write_plan(
    entry: VillageEntry,
    *,
    number: int | None,
    kind: PlanKind,
    title: str,
    text: str,
    changes: str,
    by: User,
    now: datetime,
    version: int | None = None,
) -> VillagePlan:
    """Write a plan of a village (一村一策、预案), or the next version of one (`number`); earlier versions stay.

    Raises DomainError where something is missing; a further version says what changed.
    """
    with taking(entry, VillageAct.PLAN, by=by, now=now, version=version) as step:
        last = _last_version(entry, number) if number is not None else None
        if number is not None and last is None:
            raise DomainError("没有这份预案。")
        _check_plan(title, text, changes, further=last is not None)
        row = VillagePlan(
            entry_id=entry.id,
            number=number or _next_plan(entry),
            version=last.version + 1 if last else 1,
            kind=last.kind if last else kind.value,
            title=title.strip(),
            text=text.strip(),
            changes=changes.strip() or None,
            written_at=now,
            written_by_id=by.id,
        )
        db.session.add(row)
        step.told.append(f"{PLAN_LABELS[PlanKind(row.kind)]}：{row.title}，第 {row.version} 稿")
        return row


def _check_plan(title: str, text: str, changes: str, *, further: bool) -> None:
    if not 1 <= len(title.strip()) <= LONGEST_TITLE:
        raise DomainError(f"请填写名称（1 至 {LONGEST_TITLE} 个字）。", field="title")
    if not 1 <= len(text.strip()) <= LONGEST_PLAN:
        raise DomainError(f"请填写内容（1 至 {LONGEST_PLAN} 个字）。", field="text")
    if further and not 1 <= len(changes.strip()) <= LONGEST_CHANGES:
        raise DomainError(f"请写明这一稿改了什么（1 至 {LONGEST_CHANGES} 个字）。", field="changes")


def _last_version(entry: VillageEntry, number: int) -> VillagePlan | None:
    rows = select(VillagePlan).where(VillagePlan.entry_id == entry.id, VillagePlan.number == number)
    return db.session.scalars(rows.order_by(VillagePlan.version.desc())).first()


def _next_plan(entry: VillageEntry) -> int:
    highest = db.session.scalar(select(func.max(VillagePlan.number)).where(VillagePlan.entry_id == entry.id))
    return (highest or 0) + 1


def link(
    entry: VillageEntry,
    register_no: str,
    *,
    problem: VillageProblem | None,
    by: User,
    now: datetime,
    version: int | None = None,
) -> VillageLink:
    """Link a matter to a village (关联信访事项), perhaps to one of its problems; only one with an open number.

    What the person may not know of answers as what does not exist. Raises DomainError.
    """
    with taking(entry, VillageAct.LINK, by=by, now=now, version=version) as step:
        asked = select(Case).where(Case.register_no == normalise(register_no).upper(), may_know(step.reader))
        case = db.session.scalar(asked)
        if case is None:
            raise DomainError(NO_SUCH_CASE, field="register_no")
        if db.session.scalar(select(Case.id).where(Case.id == case.id, NUMBERS_CLOSED)) is not None:
            raise DomainError("检举控告和不公开编号的事项不进本台账，也不影响销号。", field="register_no")
        if case.village_id not in places.subtree_ids(places.successor(entry.place)):
            raise DomainError("这件信访事项不是这个村的，请先更正它的属地。", field="register_no")
        same = (VillageLink.entry_id == entry.id, VillageLink.case_id == case.id, VillageLink.ended_at.is_(None))
        if db.session.scalar(select(VillageLink.id).where(*same)) is not None:
            raise DomainError("这件已经关联。", field="register_no")
        row = VillageLink(
            entry_id=entry.id,
            case_id=case.id,
            register_no=case.register_no,
            problem_id=problem.id if problem else None,
            linked_at=now,
        )
        db.session.add(row)
        step.told.append(row.register_no + (f"，第 {problem.number} 个问题" if problem else ""))
        return row


def unlink(
    entry: VillageEntry, row: VillageLink, *, by: User, now: datetime, said: str, version: int | None = None
) -> None:
    """End a link that was made by mistake (取消关联). Raises DomainError."""
    with taking(entry, VillageAct.UNLINK, by=by, now=now, said=said, version=version) as step:
        if row.ended_at is not None or row.entry_id != entry.id:
            raise DomainError("这项关联已经取消。")
        locked(row).ended_at = now
        step.told.append(row.register_no)
