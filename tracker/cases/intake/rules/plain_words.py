"""The sentence at the top of a case: how long it may take, and which day it is. Pure."""

from dataclasses import dataclass
from datetime import date

from tracker.cases.record.rules.codes import LedgerStatus, MatterClass, Route, Status
from tracker.deadlines.limits import LIMITS, LimitKind

HANDLING_DAYS = LIMITS[LimitKind.HANDLING].amount
REFERRAL_DAYS = LIMITS[LimitKind.OFFICE_REFERRAL].amount


@dataclass(frozen=True)
class Course:
    """The dates of a case as far as the sentence needs them."""

    status: Status
    ledger: LedgerStatus
    received_on: date
    accepted_on: date | None = None
    answered_on: date | None = None
    closed_on: date | None = None
    finalized_on: date | None = None
    matter_class: str | None = None
    route: str | None = None
    extension_days: int = 0
    history: bool = False


def plain_words(course: Course, today: date) -> str:
    """Return how long the matter may take and which day it is (受理后一般 60 日内…今天是收到后的第 19 日)."""
    if course.history:
        return _history(course)
    if course.ledger is LedgerStatus.CLOSED and course.closed_on:
        days = _days(course.received_on, course.closed_on)
        final = "；复核意见已经送达，已终结" if course.finalized_on else ""
        return f"{_day(course.closed_on)}销号，从收到到销号共 {days} 日{final}。"
    if course.finalized_on:
        return f"复核意见已于 {course.finalized_on.month}月{course.finalized_on.day}日送达，本件已终结，等办理销号。"
    if course.status in _STOPPED:
        return _STOPPED[course.status]
    return f"{_span(course)}；{_count(course, today)}。"


_STOPPED = {
    Status.MERGED: "本件已并入另一件办理，编号和收到日期保留，照计件数。",
    Status.VOIDED: "本件登记已作废，编号不再使用。",
}


def _history(course: Course) -> str:
    if course.answered_on is None:
        return "读入的历史件，只作查阅；来源没有答复日期。"
    return f"读入的历史件，只作查阅：从收到到答复历时 {_days(course.received_on, course.answered_on)} 日。"


def _span(course: Course) -> str:
    if course.answered_on and course.accepted_on:
        return f"答复已经送达，从受理到送达共 {_days(course.accepted_on, course.answered_on)} 日"
    if course.status in _ENDED:
        return _ENDED[course.status]
    if course.matter_class is None:
        return f"信访部门收到后 {REFERRAL_DAYS} 日内转送、交办或者告知去向"
    if course.matter_class == MatterClass.ACCUSATION:
        return "检举控告类事项由有权处理的机关依规依纪依法办理和告知，不适用 60 日期限"
    if course.matter_class == MatterClass.SUGGESTION:
        return "建议意见类事项没有法定的办理天数，以交办函指定的时限为准"
    if course.route != Route.PETITION:
        return _OTHER_ROUTES.get(course.route or "", "本件应导入其他法定途径，办理期限按该途径的规定")
    longer = f"，已延长 {course.extension_days} 日" if course.extension_days else ""
    return f"受理后一般 {HANDLING_DAYS} 日内作出处理意见{longer}"


_OTHER_ROUTES = {
    Route.LITIGATION.value: "涉法涉诉事项由政法部门按法律规定的程序处理，不适用 60 日期限",
    Route.ENFORCEMENT.value: "由负有职责的机关、单位依法履行或者答复，期限按其法定职责的规定",
}
_ENDED = {
    Status.DIVERTED: "已导入其他法定途径，办理期限按该途径的规定",
    Status.NOT_ACCEPTED: "已告知不予受理",
    Status.NO_LONGER_ACCEPTED: "已告知不再受理",
    Status.TRANSFERRED: "已移交、转送有权处理的机关，由其依规依法办理和告知",
    Status.WITHDRAWN: "信访人已书面撤回",
}


def _count(course: Course, today: date) -> str:
    received = f"今天是收到{_nth(course.received_on, today)}"
    if course.accepted_on and not course.answered_on:
        return f"{received}，受理{_nth(course.accepted_on, today)}"
    waits = course.matter_class == MatterClass.CLAIM and course.route == Route.PETITION
    return f"{received}，尚未受理" if waits and not course.accepted_on and course.status not in _ENDED else received


def _nth(start: date, today: date) -> str:
    """Return 后的第 19 日; the day itself is day zero and does not count (民法典第二百零一条)."""
    days = _days(start, today)
    return f"后的第 {days} 日" if days else "的当日"


def _days(start: date, end: date) -> int:
    return max(0, (end - start).days)


def _day(day: date) -> str:
    return f"本件于 {day.year}年{day.month}月{day.day}日"
