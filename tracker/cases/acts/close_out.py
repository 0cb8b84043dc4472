"""销号: applied for, confirmed, checked with a call-back, signed — four stations, three people, one gate."""

from datetime import date, datetime
from typing import NamedTuple

from tracker.cases.access.named_readers import open_to
from tracker.cases.acts.hands import back_to_office
from tracker.cases.acts.outcomes import take_back_answer
from tracker.cases.lifecycle.act_days import act_day
from tracker.cases.lifecycle.rules.actions import Action
from tracker.cases.lifecycle.rules.close_out import CheckItem, Satisfaction
from tracker.cases.lifecycle.step_clocks import Taking
from tracker.cases.lifecycle.stepping import taking
from tracker.cases.record.models import CallBack, Case, ChecklistTick, CloseOutDecision, LookBack
from tracker.cases.record.rules.reviewing import FOUND_LABELS, LOOK_BACK_LABELS, LookBackResult
from tracker.core.database import db
from tracker.core.dates import long_date
from tracker.core.errors import DomainError
from tracker.deadlines.limits import LIMITS, LimitKind
from tracker.people.models import User
from tracker.people.rules import Role

APPLIED, CONFIRMED, CHECKED, SIGNED = "applied", "confirmed", "checked", "signed"
STATION_WORDS = {APPLIED: "承办人申请", CONFIRMED: "承办单位负责人", CHECKED: "信访部门审核", SIGNED: "领办领导签批"}
_RETURNING = {"close_out_requested": CONFIRMED, "close_out_confirmed": CHECKED, "close_out_checked": SIGNED}


def confirm_file(case: Case, *, by: User, now: datetime, note: str, version: int | None = None) -> None:
    """Vouch that the file is complete (一案一档)."""
    with taking(case, Action.CONFIRM_FILE, by=by, now=now, version=version) as step:
        vouched = ChecklistTick(case_id=case.id, round=case.round, item=CheckItem.FILE_COMPLETE.value)
        tick = step.file.file_tick or vouched
        tick.ticked_at, tick.ticked_by_id, tick.note = now, by.id, note[:200]
        db.session.add(tick)
        step.facts.update(note=note[:200])


def apply_for_close_out(case: Case, *, by: User, now: datetime, reason: str, version: int | None = None) -> None:
    """Apply for close-out with the report of the result (申请销号、办结报告)."""
    with taking(case, Action.APPLY_CLOSE_OUT, by=by, now=now, version=version, reason=reason) as step:
        _decide(step, APPLIED, agreed=True, opinion=reason, attempt=_attempt(step) + 1)


def confirm_close_out(case: Case, *, by: User, now: datetime, reason: str, version: int | None = None) -> None:
    """Agree as the head of the handling unit (承办单位负责人审核)."""
    with taking(case, Action.CONFIRM_CLOSE_OUT, by=by, now=now, version=version, reason=reason) as step:
        _decide(step, CONFIRMED, agreed=True, opinion=reason)
        open_to(Role.SUPERVISOR, case, because="销号审核", by=by, now=now)


def call_back(
    case: Case,
    *,
    by: User,
    now: datetime,
    called_on: date,
    reached: bool,
    satisfaction: str | None,
    reason: str,
    version: int | None = None,
) -> None:
    """Record a call-back of the petitioner by somebody outside the handling unit (回访).

    Raises DomainError for a day that cannot be and an unknown evaluation.
    """
    with taking(case, Action.CALL_BACK, by=by, now=now, version=version, reason=reason) as step:
        act_day(step, called_on, "called_on")
        if step.file.answered and called_on < step.file.answered:
            served = long_date(step.file.answered)
            raise DomainError(f"答复 {served} 才送达，回访应在送达以后。", field="called_on")
        if satisfaction and satisfaction not in set(Satisfaction):
            raise DomainError("请从列表里选择评价。", field="satisfaction")
        row = CallBack(
            case_id=case.id,
            round=case.round,
            called_on=called_on,
            called_by_id=by.id,
            reached=reached,
            satisfaction=satisfaction if reached else None,
            note=reason,
        )
        db.session.add(row)
        step.facts.update(reached=reached, satisfaction=satisfaction or "")


def check_close_out(case: Case, *, by: User, now: datetime, reason: str, version: int | None = None) -> None:
    """Agree as the petition office, after a call-back (信访部门审核)."""
    with taking(case, Action.CHECK_CLOSE_OUT, by=by, now=now, version=version, reason=reason) as step:
        _decide(step, CHECKED, agreed=True, opinion=reason)
        if case.lead is None:
            open_to(Role.PRINCIPAL_LEADER, case, because="签批销号", by=by, now=now)


def sign_close_out(case: Case, *, by: User, now: datetime, reason: str, version: int | None = None) -> None:
    """Sign the close-out as the lead official (领办领导签批): 办结一起，销号一起."""
    with taking(case, Action.SIGN_CLOSE_OUT, by=by, now=now, version=version, reason=reason) as step:
        _decide(step, SIGNED, agreed=True, opinion=reason)
        case.closed_on, case.closed_by_id = step.today, by.id
        if case.assignment is not None:
            case.assignment.ended_on, case.assignment.ended_because = step.today, "closed"
        # Where it was closed to them since they checked it: they look back at it.
        open_to(Role.SUPERVISOR, case, because="回头看", by=by, now=now)


def return_close_out(case: Case, *, by: User, now: datetime, reason: str, version: int | None = None) -> None:
    """Refuse at any station with reasons (退回补办); the old dates stay."""
    station = _RETURNING.get(case.ledger_status, APPLIED)
    with taking(case, Action.RETURN_CLOSE_OUT, by=by, now=now, version=version, reason=reason) as step:
        _decide(step, station, agreed=False, opinion=reason)


def _attempt(step: Taking) -> int:
    """Return the number of this round's latest attempt at 销号; 0 before the first."""
    return max((each.attempt for each in step.file.attempt), default=0)


def _decide(step: Taking, station: str, *, agreed: bool, opinion: str, attempt: int | None = None) -> None:
    row = CloseOutDecision(
        case_id=step.case.id,
        round=step.case.round,
        attempt=attempt or _attempt(step),
        station=station,
        agreed=agreed,
        opinion=opinion,
        decided_at=step.now,
        decided_by_id=step.by.id,
    )
    db.session.add(row)
    step.facts.update(station=STATION_WORDS[station], agreed=agreed)


class FoundAgain(NamedTuple):
    """What a look back found (看到的问题): of each kind in words, empty where nothing."""

    gaps: str = ""
    unresolved: str = ""
    incomplete: str = ""

    @property
    def what(self) -> str:
        """What was found, by its kinds."""
        return "、".join(label for label, words in zip(FOUND_LABELS.values(), self, strict=True) if words)


NOTHING_FOUND = FoundAgain()


def plan_look_back(
    case: Case, *, by: User, now: datetime, due_on: date, reason: str, drawn: str = "", version: int | None = None
) -> None:
    """Let a matter that was struck off be looked back at once more (安排回头看); `drawn` is the seed that drew it.

    Raises DomainError for a day that is over.
    """
    with taking(case, Action.PLAN_LOOK_BACK, by=by, now=now, version=version, reason=reason) as step:
        if due_on < step.today:
            raise DomainError("回头看的期限不能早于今天。", field="due_on")
        step.due_on = due_on
        step.facts.update(due_on=long_date(due_on), drawn=drawn)


def look_back(
    case: Case,
    *,
    by: User,
    now: datetime,
    result: LookBackResult,
    reason: str,
    found: FoundAgain = NOTHING_FOUND,
    version: int | None = None,
) -> None:
    """Record a look-back (回头看): it holds, or the matter came back (反复) and is opened again as a new round.

    It is the one that is due first of those that wait. Raises DomainError where something was found and yet it holds.
    """
    action = Action.LOOK_BACK_REOPENS if result is LookBackResult.RECURRED else Action.LOOK_BACK_HOLDS
    with taking(case, action, by=by, now=now, version=version, reason=reason) as step:
        if result is LookBackResult.HOLDS and found.what:
            raise DomainError(f"发现了{found.what}的，结果不能是稳定。", field="result")
        row = LookBack(
            case_id=case.id,
            round=case.round,
            looked_on=step.today,
            looked_by_id=by.id,
            result=result.value,
            note=reason,
            deadline_id=step.turn.id if step.turn else None,
            **{name: words or None for name, words in found._asdict().items()},
        )
        db.session.add(row)
        which = LIMITS[LimitKind(step.turn.kind)].label if step.turn else ""
        step.facts.update(result=LOOK_BACK_LABELS[result], which=which, found=found.what)
        if action is Action.LOOK_BACK_REOPENS:
            _new_round(step)


def reopen(case: Case, *, by: User, now: datetime, reason: str, version: int | None = None) -> None:
    """Open a closed case again as a new round (重新办理): same number, the old round stays readable."""
    with taking(case, Action.REOPEN, by=by, now=now, version=version, reason=reason) as step:
        _new_round(step)


def _new_round(step: Taking) -> None:
    case = step.case
    case.round += 1
    back_to_office(step)
    case.accepted_on = case.closed_on = case.closed_by_id = None
    take_back_answer(step)
    step.facts.update(round=case.round)
