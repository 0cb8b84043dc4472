"""立项、归并、整改、评估: what is done about a common problem."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, select

from tracker.cases.ledger.rules import Span
from tracker.cases.record.models import Case, Category
from tracker.cases.record.numbering import next_paper_no
from tracker.common_problems.access import offices_kept_by
from tracker.common_problems.models import CommonMatter, CommonProblem
from tracker.common_problems.queries.counting import before_and_after, candidates
from tracker.common_problems.rules.acts import (
    COMMON_ACT_LABELS,
    CommonAct,
    CommonStage,
)
from tracker.common_problems.service.clocks import begin_problem, clocks_of, end, tell
from tracker.common_problems.service.taking import CommonTaking, common_recorded, working_on, write_common_line
from tracker.core.clock import local_date
from tracker.core.database import db
from tracker.core.dates import long_date
from tracker.core.errors import DomainError, FieldErrors, Forbidden
from tracker.core.text import worded
from tracker.deadlines.service import run_on
from tracker.people.models import Department, User
from tracker.people.queries import answerable, reader_for
from tracker.places.models import Place

# The character of the numbers: 共〔2026〕1号.
SERIES = "共"
LONGEST_TEXT, LONGEST_MEASURE = 500, 1000
# What one has in common needs several.
LEAST_MATTERS = 2
A = CommonAct


@dataclass(frozen=True)
class CommonFound:
    """A common problem as a person founds it: of which kind and place, seen in which days, who does what until when."""

    category: Category
    place: Place
    span: Span
    text: str
    measure: str
    department_id: int
    user_id: int
    due_on: date
    cases: Collection[str]


def found(given: CommonFound, *, office: Department, by: User, now: datetime) -> CommonProblem:
    """Found a common problem from several distinct matters (立为共性问题).

    Raises Forbidden, FieldErrors, DomainError.
    """
    today = local_date(now)
    reader = reader_for(by, today)
    if office.id not in offices_kept_by(reader):
        raise Forbidden("共性问题应由信访部门（督查室）立项。")
    _check(given, today)
    owner, unit = answerable(given.user_id, given.department_id, today)
    row = CommonProblem(
        number=next_paper_no(now, office.id, SERIES, closed=False),
        office_id=office.id,
        category=given.category,
        place=given.place,
        since=given.span.since,
        until=given.span.until,
        text=worded(given.text, "共同的问题", LONGEST_TEXT, "text"),
        measure=worded(given.measure, "措施", LONGEST_MEASURE, "measure"),
        department_id=unit.id,
        department=unit,
        user_id=owner.id,
        owner=owner,
        founded_on=today,
        due_on=given.due_on,
        stage=CommonStage.OPEN.value,
        version=1,
    )
    db.session.add(row)
    db.session.flush()
    count = _gather(row, given.cases, by, now)
    if count < LEAST_MATTERS:
        raise DomainError(f"共性问题至少归并 {LEAST_MATTERS} 件不同的信访事项。", field="cases")
    begin_problem(row, on=today)
    told = [f"归并 {count} 件", f"{unit.short_name}{owner.name}，{long_date(row.due_on)}前"]
    line = write_common_line(row, A.FOUND, by, now, today, (None, row.stage), row.text, told)
    tell(row, line, owner=True, heading=COMMON_ACT_LABELS[A.FOUND], asked="请按措施整改，落实后登记。", now=now)
    common_recorded(row, A.FOUND, by, now)
    return row


def _check(given: CommonFound, today: date) -> None:
    errors = {}
    if given.span.until < given.span.since or given.span.until > today:
        errors["until"] = "起止日期不对：最后一天不能早于第一天，也不能晚于今天。"
    if given.due_on < today:
        errors["due_on"] = "期限不能早于今天。"
    if errors:
        raise FieldErrors(errors)


def _gather(row: CommonProblem, cases: Collection[str], by: User, now: datetime) -> int:
    """Put matters together that the person may know of, each once; return how many were added.

    Of another kind or place, closed, a repeat or unknown: all answer alike. Raises DomainError.
    """
    today = local_date(now)
    offered = candidates(row.category, row.place, Span(row.since, row.until), reader_for(by, today), today)
    chosen = {each.public_id: each for each in offered if each.public_id in cases}
    if len(chosen) != len(set(cases)):
        raise DomainError("所选的信访事项里有不是这一类、这个地方的，请重新选择。", field="cases")
    there = set(db.session.scalars(_kept(row)))
    added = [case for case in chosen.values() if case.id not in there]
    db.session.add_all(CommonMatter(problem_id=row.id, case_id=case.id, gathered_at=now) for case in added)
    db.session.flush()
    return len(added)


def _kept(row: CommonProblem) -> Select[Any]:
    return select(CommonMatter.case_id).where(CommonMatter.problem_id == row.id, CommonMatter.ended_at.is_(None))


def gather(
    row: CommonProblem, cases: Collection[str], *, said: str, by: User, now: datetime, version: int | None = None
) -> None:
    """Put more matters with a common problem (再归并事项). Raises what `working_on` raises."""
    with working_on(row, A.GATHER, by=by, now=now, said=said, version=version) as step:
        count = _gather(row, cases, by, now)
        if not count:
            raise DomainError("请选择还没有归并的信访事项。", field="cases")
        step.told.append(f"归并 {count} 件")


def leave_out(
    row: CommonProblem, cases: Collection[str], *, said: str, by: User, now: datetime, version: int | None = None
) -> None:
    """Take matters out that were put in by mistake (移出事项). Raises what `working_on` raises."""
    with working_on(row, A.LEAVE_OUT, by=by, now=now, said=said, version=version) as step:
        asked = select(CommonMatter).join(Case).where(CommonMatter.problem_id == row.id, Case.public_id.in_(cases))
        matters = db.session.scalars(asked.where(CommonMatter.ended_at.is_(None))).all()
        if not matters:
            raise DomainError("请选择要移出的信访事项。", field="cases")
        for each in matters:
            each.ended_at = now
        step.told.append(f"移出 {len(matters)} 件")


def correct(
    row: CommonProblem,
    *,
    text: str,
    measure: str,
    said: str,
    by: User,
    now: datetime,
    version: int | None = None,
) -> None:
    """Word the problem or the measure otherwise, with the reason (更正). Raises what `working_on` raises."""
    with working_on(row, A.CORRECT, by=by, now=now, said=said, version=version) as step:
        for name, label, longest, after in (
            ("text", "问题", LONGEST_TEXT, text),
            ("measure", "措施", LONGEST_MEASURE, measure),
        ):
            before, wanted = getattr(row, name), worded(after, label, longest, name)
            if before != wanted:
                step.told.append(f"{label}原：{before}")
                setattr(row, name, wanted)
        if not step.told:
            raise DomainError("没有改动。", field="said")


def hand_over(
    row: CommonProblem,
    *,
    department_id: int,
    user_id: int,
    said: str,
    by: User,
    now: datetime,
    version: int | None = None,
) -> None:
    """Give a common problem to another unit or person with its old day. Raises what `working_on` raises."""
    with working_on(row, A.HAND_OVER, by=by, now=now, said=said, version=version) as step:
        owner, unit = answerable(user_id, department_id, step.today)
        if (row.department_id, row.user_id) == (unit.id, owner.id):
            raise DomainError("责任单位和责任人没有改变。", field="owner")
        step.told.append(f"{row.owner.name} → {unit.short_name}{owner.name}")
        row.department, row.department_id, row.owner, row.user_id = unit, unit.id, owner, owner.id
        _again(row, step, A.HAND_OVER)


def reschedule(
    row: CommonProblem, *, due_on: date, said: str, by: User, now: datetime, version: int | None = None
) -> None:
    """Give a common problem another day, with the reason (改期). Raises what `working_on` raises."""
    with working_on(row, A.RESCHEDULE, by=by, now=now, said=said, version=version) as step:
        if due_on == row.due_on or due_on < step.today:
            raise DomainError("请填写今天或者以后的另一天。", field="due_on")
        step.told.append(f"{long_date(row.due_on)}改为{long_date(due_on)}")
        row.due_on = due_on
        _again(row, step, A.RESCHEDULE)


def _again(row: CommonProblem, step: CommonTaking, act: CommonAct) -> None:
    end(row, on=step.today, met=False, act=act)
    begin_problem(row, on=step.today)


def carry_out(
    row: CommonProblem, *, happened_on: date, said: str, by: User, now: datetime, version: int | None = None
) -> None:
    """Say that the measure was carried out, on which day (登记措施落实). Raises what `working_on` raises."""
    with working_on(row, A.CARRY_OUT, by=by, now=now, said=said, happened_on=happened_on, version=version):
        row.carried_out_on = happened_on
        end(row, on=happened_on, met=True, act=A.CARRY_OUT)


def send_back(row: CommonProblem, *, said: str, by: User, now: datetime, version: int | None = None) -> None:
    """Say that it was not carried out after all (退回): its clock runs as if never stopped. Raises as `working_on`."""
    with working_on(row, A.RETURN, by=by, now=now, said=said, version=version) as step:
        row.carried_out_on = None
        run_on(clocks_of(row)[-1], today=step.today)


def assess(row: CommonProblem, *, said: str, by: User, now: datetime, version: int | None = None) -> None:
    """Assess what the measure did (评估); the counts before and after stand in the trail. Raises as `working_on`."""
    with working_on(row, A.ASSESS, by=by, now=now, said=said, version=version) as step:
        counts = before_and_after(row, step.today)
        days = (counts.after_span.until - counts.after_span.since).days if counts.after_span else 0
        step.told.append(f"措施前 {counts.before} 件，措施后 {counts.after} 件（公开版，已过 {days} 日）")


def reopen(row: CommonProblem, *, said: str, by: User, now: datetime, version: int | None = None) -> None:
    """Take an assessment back (撤销评估). Raises what `working_on` raises."""
    with working_on(row, A.REOPEN, by=by, now=now, said=said, version=version):
        pass


def strike(row: CommonProblem, *, said: str, by: User, now: datetime, version: int | None = None) -> None:
    """Strike a common problem that was founded by mistake (撤销). Raises what `working_on` raises."""
    with working_on(row, A.STRIKE, by=by, now=now, said=said, version=version) as step:
        end(row, on=step.today, met=False, act=A.STRIKE)
