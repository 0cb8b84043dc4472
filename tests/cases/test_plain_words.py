"""The sentence at the top of a case."""

from dataclasses import replace
from datetime import date

import pytest

from tracker.cases.intake.rules.plain_words import Course, plain_words
from tracker.cases.record.rules.codes import LedgerStatus, MatterClass, Route, Status

TODAY = date(2026, 11, 21)
CLAIM = Course(
    Status.SIGNED_FOR,
    LedgerStatus.OPEN,
    received_on=date(2026, 11, 2),
    matter_class=MatterClass.CLAIM,
    route=Route.PETITION,
)
ACCEPTED = replace(CLAIM, status=Status.ACCEPTED, accepted_on=date(2026, 11, 10))


def test_an_accepted_claim_counts_from_receipt_and_from_acceptance() -> None:
    assert plain_words(ACCEPTED, TODAY) == "受理后一般 60 日内作出处理意见；今天是收到后的第 19 日，受理后的第 11 日。"


@pytest.mark.parametrize(
    ("course", "words"),
    [
        (CLAIM, "受理后一般 60 日内作出处理意见；今天是收到后的第 19 日，尚未受理。"),
        (replace(CLAIM, received_on=TODAY), "受理后一般 60 日内作出处理意见；今天是收到的当日，尚未受理。"),
        (
            replace(ACCEPTED, extension_days=30),
            "受理后一般 60 日内作出处理意见，已延长 30 日；今天是收到后的第 19 日，受理后的第 11 日。",
        ),
        (
            replace(ACCEPTED, status=Status.DELIVERED, answered_on=date(2026, 11, 20)),
            "答复已经送达，从受理到送达共 10 日；今天是收到后的第 19 日。",
        ),
        (
            replace(CLAIM, status=Status.REGISTERED, matter_class=None, route=None),
            "信访部门收到后 15 日内转送、交办或者告知去向；今天是收到后的第 19 日。",
        ),
        (
            replace(CLAIM, matter_class=MatterClass.ACCUSATION, route=None),
            "检举控告类事项由有权处理的机关依规依纪依法办理和告知，不适用 60 日期限；今天是收到后的第 19 日。",
        ),
        (
            replace(CLAIM, matter_class=MatterClass.SUGGESTION, route=None),
            "建议意见类事项没有法定的办理天数，以交办函指定的时限为准；今天是收到后的第 19 日。",
        ),
        (
            replace(CLAIM, route=Route.ARBITRATION),
            "本件应导入其他法定途径，办理期限按该途径的规定；今天是收到后的第 19 日。",
        ),
        (
            replace(CLAIM, route=Route.ENFORCEMENT),
            "由负有职责的机关、单位依法履行或者答复，期限按其法定职责的规定；今天是收到后的第 19 日。",
        ),
        (
            replace(CLAIM, route=Route.LITIGATION),
            "涉法涉诉事项由政法部门按法律规定的程序处理，不适用 60 日期限；今天是收到后的第 19 日。",
        ),
        (replace(CLAIM, status=Status.NOT_ACCEPTED), "已告知不予受理；今天是收到后的第 19 日。"),
        (replace(CLAIM, status=Status.MERGED), "本件已并入另一件办理，编号和收到日期保留，照计件数。"),
        (replace(CLAIM, status=Status.VOIDED), "本件登记已作废，编号不再使用。"),
        (
            replace(ACCEPTED, ledger=LedgerStatus.CLOSED, closed_on=date(2026, 11, 20)),
            "本件于 2026年11月20日销号，从收到到销号共 18 日。",
        ),
        (
            replace(ACCEPTED, history=True, answered_on=date(2026, 11, 20)),
            "读入的历史件，只作查阅：从收到到答复历时 18 日。",
        ),
        (replace(CLAIM, history=True), "读入的历史件，只作查阅；来源没有答复日期。"),
    ],
)
def test_the_sentence_fits_the_stage(course: Course, words: str) -> None:
    assert plain_words(course, TODAY) == words


def test_a_clock_put_back_breaks_nothing() -> None:
    assert "今天是收到的当日" in plain_words(CLAIM, date(2026, 1, 1))
