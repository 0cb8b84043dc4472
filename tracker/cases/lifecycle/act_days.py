"""The day of an act (办理日期): it lies between the act before it and today; clocks start and stop by it."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

from tracker.cases.lifecycle.case_file import CaseFile
from tracker.cases.lifecycle.rules.step_rows import StepRule
from tracker.cases.lifecycle.rules.step_sets import WITH_UNIT, S
from tracker.cases.lifecycle.step_clocks import Taking
from tracker.core.dates import long_date
from tracker.core.errors import DomainError
from tracker.deadlines.limits import LIMITS, LimitKind
from tracker.deadlines.models import Deadline
from tracker.deadlines.queries import is_over
from tracker.deadlines.service import last_day


class Earliest(NamedTuple):
    """The day before which an act cannot have happened, and what that day is called."""

    what: str
    day: date


def act_before(file: CaseFile, row: StepRule) -> Earliest:
    """Return the day of the act before a step: the latest that is known of what must have come first.

    Acts without a day of their own (分类、签收) are none: they are entered when somebody gets round to it.
    """
    return max(reversed(tuple(_known(file, row))), key=lambda each: each.day)


def _known(file: CaseFile, row: StepRule) -> Iterator[Earliest]:
    case, given = file.case, file.case.assignment
    yield Earliest("收到日期", case.received_on)
    awaited = {stop.kind for stop in row.stops}
    for clock in file.running:
        if clock.kind in awaited:
            yield Earliest(f"“{LIMITS[LimitKind(clock.kind)].label}”起算之日", clock.started_on)
    if given is not None and case.status in WITH_UNIT:
        yield Earliest("送达承办单位之日", given.delivered_on)
    if given is not None and case.status in (S.SIGNED_FOR, S.OBJECTED):
        for objection in file.objections:
            if objection.assignment_id == given.id:
                yield Earliest("裁定异议之日", objection.ruled_on or objection.filed_on)
    if case.accepted_on is not None and case.status in (S.ACCEPTED, S.OPINION_ISSUED, S.DELIVERED):
        yield Earliest("受理之日", case.accepted_on)
    if case.status in (S.OPINION_ISSUED, S.DELIVERED) and (opinion := file.answer):
        yield Earliest("出具处理意见之日", opinion.issued_on)


def act_day(step: Taking, day: date | None, field: str, since: Earliest | None = None) -> date:
    """Let a step stand on the day on which it happened, today where none is named; return it.

    `since` is given where the act rests on something else than the act before it. Raises DomainError at the field.
    """
    day = day or step.today
    if wrong := wrong_day(day, since or act_before(step.file, step.row), step.today):
        raise DomainError(wrong, field=field)
    step.happened_on = day
    return day


def wrong_day(day: date, since: Earliest, today: date) -> str:
    """Return the one sentence about a day on which an act cannot have happened; empty where it can."""
    if since.day <= day <= today:
        return ""
    return f"日期应在{since.what}（{long_date(since.day)}）与今天之间：写实际办理的那一天。"


def window_is_over(window: Deadline, day: date) -> bool:
    """Return whether the days of a window were over on a day: never while it stands still (期间不计)."""
    return day > last_day(window) and is_over(window, day)


def within_window(step: Taking, window: Deadline, day: date, *, field: str, over: str) -> None:
    """Refuse what was done after the days of a window; what was done within them is taken, however late it is typed.

    `over` says whose days were over. Raises DomainError.
    """
    if window_is_over(window, day):
        raise DomainError(f"{over}已于 {long_date(last_day(window))} 届满。", field=field)


def prove_late(
    step: Taking, window: Deadline, proof: str | None, materials: Sequence[object], *, field: str = "proof"
) -> None:
    """Ask for a number or a file where an act is typed after its window, with a day within it (补录须有凭据).

    Raises DomainError.
    """
    if window_is_over(window, step.today) and not proof and not materials:
        raise DomainError("期满以后补录的，请填写函件（邮件）编号，或者上传凭据。", field=field)
