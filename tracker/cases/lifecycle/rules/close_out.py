"""The close-out checklist (销号核对单, domain.md §2.2): a gate that no path can go round. Pure."""

from dataclasses import dataclass
from enum import StrEnum

from tracker.cases.record.rules.codes import RESULTS_TO_CARRY_OUT, Status

NO_RECEIPT = "接收移交、转送的机关尚无回执"


class CheckState(StrEnum):
    """State of one line."""

    DONE = "done"
    MISSING = "missing"
    NOT_APPLICABLE = "not_applicable"


class Satisfaction(StrEnum):
    """评价 that the petitioner gives in a call-back."""

    SATISFIED = "satisfied"
    BASICALLY = "basically"
    DISSATISFIED = "dissatisfied"
    NOT_RATED = "not_rated"


SATISFACTION_LABELS: dict[Satisfaction, str] = {
    Satisfaction.SATISFIED: "满意",
    Satisfaction.BASICALLY: "基本满意",
    Satisfaction.DISSATISFIED: "不满意",
    Satisfaction.NOT_RATED: "未评价",
}


class CheckItem(StrEnum):
    """The lines that gate the application; the approvals come after them."""

    ENDED = "ended"
    CARRIED_OUT = "carried_out"
    POINTS_ANSWERED = "points_answered"
    NO_REVIEW = "no_review"
    NO_LOOSE_ENDS = "no_loose_ends"
    TWO_TRACKS = "two_tracks"
    FILE_COMPLETE = "file_complete"


CHECK_LABELS: dict[CheckItem, str] = {
    CheckItem.ENDED: "办理程序已终了，文书已送达或已有回执",
    CheckItem.CARRIED_OUT: "支持的诉求已落实",
    CheckItem.POINTS_ANSWERED: "诉求点逐项答复",
    CheckItem.NO_REVIEW: "没有正在进行的复查、复核",
    CheckItem.NO_LOOSE_ENDS: "没有未结的督办、协办、选举效力调查和重件，没有待核实的补录",
    CheckItem.TWO_TRACKS: "贿选双线办结：已报告主要领导、选举效力有结论、纪检有回执",
    CheckItem.FILE_COMPLETE: "一案一档齐全",
}


@dataclass(frozen=True)
class CheckLine:
    """One line of the checklist with what the program saw."""

    item: CheckItem
    state: CheckState
    words: str

    @property
    def label(self) -> str:
        """The condition in the office's words."""
        return CHECK_LABELS[self.item]


@dataclass(frozen=True)
class CloseOutFacts:
    """What the checklist asks of a case."""

    status: Status
    opinion_served: bool = False
    notice_told: bool = False
    receipted: bool = False
    receipts_missing: int = 0
    discipline_receipted: bool = False
    withdrawal_kept: bool = False
    anonymous: bool = False
    point_results: tuple[str | None, ...] = ()
    points_not_carried_out: int = 0
    reviews_running: int = 0
    reviews_unserved: int = 0
    review_window_running: bool = False
    side_tracks_open: int = 0
    orders_open: int = 0
    open_repeats: int = 0
    late_entries_open: int = 0
    report_owed: bool = False
    vote_buying: bool = False
    reported_and_read: bool = False
    validity_concluded: bool = False
    file_confirmed_by: str | None = None


def _reviews(facts: CloseOutFacts) -> CheckLine:
    """No 复查 or 复核 runs, and the petitioner has what was decided.

    Where a matter ends otherwise than by a new answer, the days in which the old one can be reviewed are over.
    """
    words = f"正在进行 {facts.reviews_running} 项"
    if facts.reviews_unserved:
        words += "，复查（复核）意见尚未登记送达"
    if facts.review_window_running:
        words += "，信访人请求复查（复核）原答复的期限还在计算"
    open_ = facts.reviews_running or facts.reviews_unserved or facts.review_window_running
    return _line(CheckItem.NO_REVIEW, not open_, words)


def _loose_ends(facts: CloseOutFacts) -> CheckLine:
    """Nothing beside the main line is open, and what is major and urgent was reported (条例第二十五条)."""
    left = (facts.orders_open, facts.side_tracks_open, facts.open_repeats, facts.late_entries_open)
    words = (
        f"督办、批示未回复 {facts.orders_open} 项，协办、选举效力调查未反馈 {facts.side_tracks_open} 项，"
        f"未结重件 {facts.open_repeats} 件，补录待核实 {facts.late_entries_open} 项"
    )
    if facts.report_owed:
        words += "，还没有向主要领导报告"
    return _line(CheckItem.NO_LOOSE_ENDS, not any(left) and not facts.report_owed, words)


def checklist(facts: CloseOutFacts) -> tuple[CheckLine, ...]:
    """Return the lines of the checklist, in order."""
    return (
        _ended(facts),
        _carried_out(facts),
        _points(facts),
        _reviews(facts),
        _loose_ends(facts),
        _two_tracks(facts),
        _file(facts),
    )


def complete(lines: tuple[CheckLine, ...]) -> bool:
    """Return whether nothing is missing."""
    return all(line.state is not CheckState.MISSING for line in lines)


def _line(item: CheckItem, done: bool, words: str) -> CheckLine:
    return CheckLine(item, CheckState.DONE if done else CheckState.MISSING, words if not done else "系统核对")


def _ended(facts: CloseOutFacts) -> CheckLine:
    told = facts.notice_told or facts.anonymous
    checks: dict[Status, tuple[bool, str]] = {
        Status.DELIVERED: (facts.opinion_served, "答复的文书未送达"),
        Status.DIVERTED: (told, "告知书未送达，也未写明为何无法告知"),
        Status.NOT_ACCEPTED: (told, "不予受理告知书未送达，也未写明为何无法告知"),
        Status.NO_LONGER_ACCEPTED: (
            facts.notice_told or facts.anonymous,
            "不再受理告知书未送达，也未写明为何无法告知",
        ),
        Status.TRANSFERRED: (facts.receipted, NO_RECEIPT),
        Status.WITHDRAWN: (facts.withdrawal_kept, "缺撤回声明"),
    }
    done, missing = checks.get(facts.status, (False, "办理程序尚未终了"))
    if done and facts.receipts_missing:
        done, missing = False, NO_RECEIPT
    return _line(CheckItem.ENDED, done, missing)


def _points(facts: CloseOutFacts) -> CheckLine:
    total = len(facts.point_results)
    if facts.status is not Status.DELIVERED:
        return CheckLine(CheckItem.POINTS_ANSWERED, CheckState.NOT_APPLICABLE, "没有答复，不适用")
    answered = sum(result is not None for result in facts.point_results)
    state = CheckState.DONE if total and answered == total else CheckState.MISSING
    return CheckLine(CheckItem.POINTS_ANSWERED, state, f"{answered} / {total}")


def _carried_out(facts: CloseOutFacts) -> CheckLine:
    supported = sum(result in RESULTS_TO_CARRY_OUT for result in facts.point_results)
    if facts.status is not Status.DELIVERED or not supported:
        return CheckLine(CheckItem.CARRIED_OUT, CheckState.NOT_APPLICABLE, "没有支持的诉求")
    done = supported - facts.points_not_carried_out
    state = CheckState.DONE if facts.points_not_carried_out == 0 else CheckState.MISSING
    return CheckLine(CheckItem.CARRIED_OUT, state, f"{done} / {supported}")


def _two_tracks(facts: CloseOutFacts) -> CheckLine:
    if not facts.vote_buying:
        return CheckLine(CheckItem.TWO_TRACKS, CheckState.NOT_APPLICABLE, "不涉及贿选")
    missing = [
        words
        for done, words in (
            (facts.reported_and_read, "主要领导未全部阅知"),
            (facts.validity_concluded, "选举效力未有结论"),
            (facts.discipline_receipted, "纪检未有回执"),
        )
        if not done
    ]
    return _line(CheckItem.TWO_TRACKS, not missing, "；".join(missing))


def _file(facts: CloseOutFacts) -> CheckLine:
    if facts.file_confirmed_by:
        return CheckLine(CheckItem.FILE_COMPLETE, CheckState.DONE, f"{facts.file_confirmed_by} 确认")
    return CheckLine(CheckItem.FILE_COMPLETE, CheckState.MISSING, "承办人尚未确认")
