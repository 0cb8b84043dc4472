"""登记交办: a suggestion is entered from its 转办函 and given to a unit; its marks; corrections of what was entered."""

from dataclasses import dataclass
from datetime import date, datetime

from tracker.cases.record.numbering import next_paper_no
from tracker.core.clock import local_date
from tracker.core.database import db
from tracker.core.dates import long_date
from tracker.core.errors import DomainError, FieldErrors, Forbidden
from tracker.deadlines.limits import LimitKind
from tracker.deadlines.service import begin_on
from tracker.people.models import Department, User
from tracker.people.queries import answerable, reader_for
from tracker.people.rules import Role, area
from tracker.suggestions.access import keeps
from tracker.suggestions.models import DeputySuggestion, SuggestionUnit
from tracker.suggestions.rules.acts import SUGGESTION_ACT_LABELS, SuggestionAct, SuggestionPart
from tracker.suggestions.rules.codes import SuggestionStage, UnitPart
from tracker.suggestions.service.clocks import ANSWERS, begin, clocks_of, end, running, tell
from tracker.suggestions.service.taking import acting, recorded, write_line

# The character of our own numbers: 建〔2026〕12号.
SERIES = "建"
LONGEST_CONTENT = 20000
LEADING = (Role.LEAD_OFFICIAL, Role.PRINCIPAL_LEADER)


@dataclass(frozen=True)
class SuggestionPaper:
    """A suggestion as its paper has it; what the paper does not say is empty."""

    title: str
    congress: str
    assigned_on: date
    transfer_letter: str = ""
    suggestion_no: str = ""
    session: str = ""
    lead_deputy: str = ""
    joint_deputies: str = ""
    content: str = ""


# What of a paper is text: its words, how long it may be, whether it must be there, whether its change is told.
TEXTS: dict[str, tuple[str, int, bool, bool]] = {
    "title": ("标题", 200, True, True),
    "congress": ("哪一级人大", 100, True, True),
    "transfer_letter": ("转办函", 200, False, True),
    "suggestion_no": ("建议号", 40, False, True),
    "session": ("届次", 100, False, True),
    "lead_deputy": ("领衔代表", 60, False, True),
    "joint_deputies": ("联名代表", 1000, False, True),
    "content": ("内容", LONGEST_CONTENT, False, False),
}


@dataclass(frozen=True)
class SuggestionGiven:
    """To whom a suggestion is given: the unit that answers, its person, since when; who leads it (perhaps nobody)."""

    department_id: int
    user_id: int
    given_on: date
    leader: User | None = None
    six_months: bool = False
    key_on: date | None = None
    committee: str = ""


def enter(
    paper: SuggestionPaper, given: SuggestionGiven, *, office: Department, by: User, now: datetime
) -> DeputySuggestion:
    """Enter a suggestion and give it to a unit (登记交办); its months run from the day of 交办.

    Raises Forbidden, FieldErrors, DomainError.
    """
    today = local_date(now)
    if not keeps(reader_for(by, today), office.id):
        raise Forbidden("代表建议应由信访部门（督查室）登记。")
    _check(paper, today)
    owner, unit = answerable(given.user_id, given.department_id, today)
    if not paper.assigned_on <= given.given_on <= today:
        raise DomainError(f"送交日期应在{long_date(paper.assigned_on)}和今天之间。", field="given_on")
    _check_key(given.key_on, given.committee, paper.assigned_on, today)
    if given.leader is not None:
        _check_leader(given.leader, office, today)
    row = DeputySuggestion(
        number=next_paper_no(now, office.id, SERIES, closed=False),
        office_id=office.id,
        assigned_on=paper.assigned_on,
        lengthened_on=paper.assigned_on if given.six_months else None,
        key_on=given.key_on,
        committee=given.committee.strip() or None,
        leader_id=given.leader.id if given.leader else None,
        entered_by_id=by.id,
        entered_at=now,
        stage=SuggestionStage.IN_HAND.value,
        version=1,
        **{name: getattr(paper, name).strip() or None for name in TEXTS},
    )
    row.units = [SuggestionUnit(part=UnitPart.LEAD.value, department_id=unit.id, user_id=owner.id, department=unit,
                                owner=owner, given_on=given.given_on)]  # fmt: skip
    db.session.add(row)
    db.session.flush()
    db.session.refresh(row, ["leader"])
    begin(row, _months(row), on=row.assigned_on, unit=row.lead)
    told = [f"交{unit.short_name}{owner.name}主办"]
    told += [f"{row.leader.name}领办"] if row.leader else []
    told += [f"重点督办，{row.committee}对口督办"] if row.key_on else []
    line = write_line(row, SuggestionAct.ENTER, by=by, now=now, on=row.assigned_on, told=told)
    heading = SUGGESTION_ACT_LABELS[SuggestionAct.ENTER]
    asked = "代表建议由您单位主办，请按期答复；不属于本单位办理的，在规定的工作日内提出。"
    tell(row, line, SuggestionPart.OWNER, heading=heading, asked=asked, now=now)
    tell(row, line, SuggestionPart.LEADER, heading=heading, asked="代表建议由您领办，请督促按期答复。", now=now)
    db.session.flush()
    recorded(row, SuggestionAct.ENTER, by=by, now=now)
    return row


def _months(row: DeputySuggestion) -> LimitKind:
    return LimitKind.SUGGESTION_LONG_ANSWER if row.lengthened_on else LimitKind.SUGGESTION_ANSWER


def _check(paper: SuggestionPaper, today: date) -> None:
    errors = {}
    for name, (label, longest, needed, _told) in TEXTS.items():
        length = len(getattr(paper, name).strip())
        if needed and not length:
            errors[name] = f"请填写{label}。"
        elif length > longest:
            errors[name] = f"{label}最多 {longest} 个字。"
    if paper.assigned_on > today:
        errors["assigned_on"] = "交办日期不能晚于今天。"
    if errors:
        raise FieldErrors(errors)


def _check_key(key_on: date | None, committee: str, assigned_on: date, today: date) -> None:
    if key_on is None and committee.strip():
        raise DomainError("请填写列为重点督办的日期。", field="key_on")
    if key_on is not None and not committee.strip():
        raise DomainError("请填写对口督办的委员会。", field="committee")
    if len(committee.strip()) > 100:
        raise DomainError("对口督办的委员会最多 100 个字。", field="committee")
    if key_on is not None and key_on > today:
        raise DomainError("列为重点督办的日期不能晚于今天。", field="key_on")


def _check_leader(leader: User, office: Department, today: date) -> None:
    if office.id not in area(reader_for(leader, today), *LEADING):
        raise DomainError("领办领导应是本地的领导，请选择领办领导或者主要领导。", field="leader")


def correct(
    row: DeputySuggestion, paper: SuggestionPaper, *, said: str, by: User, now: datetime, version: int | None = None
) -> None:
    """Correct what was entered of a paper (更正登记), with the reason; another day of 交办 counts the months again.

    What the text said before is read by who keeps the suggestions alone. Raises what `acting` raises, FieldErrors.
    """
    with acting(row, SuggestionAct.CORRECT, by=by, now=now, said=said, version=version) as step:
        _check(paper, step.today)
        for name, (label, _longest, _needed, is_told) in TEXTS.items():
            before, after = getattr(row, name), getattr(paper, name).strip() or None
            if before == after:
                continue
            if is_told:
                step.told.append(f"{label}“{before or '无'}”改为“{after or '无'}”")
            else:
                step.told.append(f"{label}已更正，原文另存")
                step.kept = before
            setattr(row, name, after)
        if paper.assigned_on != row.assigned_on:
            _move_assignment(row, paper.assigned_on, step.told, step.today)
        if not step.told:
            raise DomainError("没有改动。", field="said")


def _move_assignment(row: DeputySuggestion, day: date, told: list[str], today: date) -> None:
    after = [each.given_on for each in row.units] + [each.answered_on for each in row.given]
    if day > min(after):
        raise DomainError(f"交办日期不能晚于{long_date(min(after))}（送交或者答复）。", field="assigned_on")
    told.append(f"交办日期{long_date(row.assigned_on)}改为{long_date(day)}")
    row.assigned_on = day
    for clock in clocks_of(row, LimitKind.SUGGESTION_ANSWER, LimitKind.SUGGESTION_LONG_ANSWER):
        begin_on(clock, day, today=today)


def name_leader(
    row: DeputySuggestion, leader: User, *, said: str, by: User, now: datetime, version: int | None = None
) -> None:
    """Say which leader leads a suggestion (明确领办领导). Raises what `acting` raises."""
    with acting(row, SuggestionAct.NAME_LEADER, by=by, now=now, said=said, version=version) as step:
        _check_leader(leader, row.office, step.today)
        if row.leader_id == leader.id:
            raise DomainError("领办领导没有改变。", field="leader")
        step.told.append(f"领办领导 {row.leader.name if row.leader else '无'} 改为 {leader.name}")
        row.leader, row.leader_id = leader, leader.id


def mark_key(
    row: DeputySuggestion,
    *,
    key_on: date,
    committee: str,
    said: str,
    by: User,
    now: datetime,
    version: int | None = None,
) -> None:
    """Mark a suggestion as a key one (列为重点督办), and which committee supervises it. Raises what `acting` raises."""
    with acting(row, SuggestionAct.MARK_KEY, by=by, now=now, said=said, happened_on=key_on, version=version) as step:
        if row.key_on is not None:
            raise DomainError("已经列为重点督办；登记错了的，先撤销上一步。", field="key_on")
        _check_key(key_on, committee, row.assigned_on, step.today)
        row.key_on, row.committee = key_on, committee.strip()
        step.told.append(f"{row.committee}对口督办")


def lengthen(
    row: DeputySuggestion, *, agreed_on: date, said: str, by: User, now: datetime, version: int | None = None
) -> None:
    """Let the six months count in place of three (同意延至六个月): agreed within the three, from the same 交办.

    Raises what `acting` raises.
    """
    with acting(row, SuggestionAct.LENGTHEN, by=by, now=now, said=said, happened_on=agreed_on, version=version) as step:
        (short,) = running(row, LimitKind.SUGGESTION_ANSWER)
        if agreed_on > short.effective_due:
            raise DomainError(f"应在三个月的期限（{long_date(short.effective_due)}）以内同意。", field="happened_on")
        end(row, *ANSWERS, on=agreed_on, met=False, act=SuggestionAct.LENGTHEN)
        row.lengthened_on = agreed_on
        clock = begin(row, _months(row), on=row.assigned_on, unit=row.lead)
        step.told.append(f"期限{long_date(short.effective_due)}改为{long_date(clock.effective_due)}")
