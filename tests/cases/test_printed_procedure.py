"""办事规程: what is printed of the steps and of the spans of time is what the tables hold. Pure."""

from datetime import date

import pytest

from tracker.cases.lifecycle.rules.actions import STATION_LABELS
from tracker.cases.lifecycle.rules.printed import ENDED_WORDS, StepLine, ended_words, limit_lines, step_sections
from tracker.cases.lifecycle.rules.step_rows import ENDED
from tracker.cases.lifecycle.rules.steps import SECTIONS, STEPS
from tracker.cases.record.rules.codes import STATUS_LABELS, Status
from tracker.deadlines.limits import LIMITS, NOT_OF_MATTERS, LimitKind
from tracker.statutes.rules.citing import cited
from tracker.statutes.rules.provisions import Basis, Provision


def cite(basis: Basis) -> str:
    return cited(basis, date(2026, 11, 27))


def as_shipped(kind: LimitKind) -> tuple[int, str]:
    return LIMITS[kind].amount, cite(LIMITS[kind].basis)


def lines() -> list[StepLine]:
    return [line for section in step_sections(cite).values() for line in section]


def line_of(label: str) -> StepLine:
    return next(line for line in lines() if line.label == label)


def test_every_step_and_every_span_has_its_line_in_the_order_of_the_tables() -> None:
    assert [line.label for line in lines()] == [step.label for step in STEPS]
    assert list(step_sections(cite)) == list(SECTIONS)
    assert [line.label for line in limit_lines(as_shipped)] == [
        limit.label for kind, limit in LIMITS.items() if kind not in NOT_OF_MATTERS
    ]


def test_a_step_is_told_whole() -> None:
    assert line_of("交办") == StepLine(
        label="交办",
        instead_of="",
        froms="待交办",
        to="待签收",
        by="受理员、信访部门负责人",
        guards=("已确定类别和途径", "不属检举控告类", "贿选案件已报告主要领导"),
        clocks=(
            "起算“提出异议”（自送达承办单位之日）",
            "起算“告知是否受理”（自送达承办单位之日）",
            "起算“反馈交办结果”（自送达承办单位之日，到文书指定之日）",
            "起算“定期督促检查”（自办理当日）",
            "办结“转送、交办”、“收回后重新交办”",
        ),
        issues="交办函",
        basis="条例第二十二条第一款第三项",
        provisions=(Provision.T22_1_3,),
    )
    assert line_of("受理").clocks[1] == "办结“告知是否受理”（以发出之日（邮寄的以邮戳为准）为准）"
    assert line_of("转送").instead_of == "交办"
    assert line_of("催办").clocks[-1] == "前一份不再计“回复督办”"
    assert line_of("同意退回，改派").clocks[-1] == "不再计“告知是否受理”、“反馈交办结果”、“定期督促检查”"


@pytest.mark.parametrize(
    ("label", "froms", "to"),
    [
        ("签批销号", "程序已终结（待领办领导签批）", "已销号"),
        ("登记回头看：反复，重新办理", "程序已终结（已销号）", "待交办（在办）"),
        ("阅知报告", "除已并案、已作废外各环节（不论是否销号）", "不变"),
        ("批示", "除已并案、已作废外各环节（未销号）", "不变"),
        ("并案", "待分类、待交办", "已并案"),
        ("申请销号", "程序已终结", "已申请销号"),
    ],
)
def test_states_are_named_or_told_by_the_few_that_are_left_out(label: str, froms: str, to: str) -> None:
    assert (line_of(label).froms, line_of(label).to) == (froms, to)


def test_who_may_take_a_step() -> None:
    assert line_of("补充办理情况").by == "办理本件的各岗位"
    assert line_of("阅知报告").by == "主要领导"
    named = {name for line in lines() for name in STATION_LABELS.values() if name in line.by}
    assert named == set(STATION_LABELS.values())


def test_ended_is_explained_by_its_states() -> None:
    assert set(ended_words().split("、")) == {STATUS_LABELS[state] for state in ENDED}
    assert ENDED_WORDS not in ended_words()
    assert STATUS_LABELS[Status.ACCEPTED] not in ended_words()


def test_a_span_of_time_is_told_whole() -> None:
    handling = next(line for line in limit_lines(as_shipped) if line.label == "作出处理意见并送达")
    assert (handling.length, handling.owner, handling.extendable, handling.rolls, handling.nature, handling.basis) == (
        "60日", "承办单位", "至多 30 日", "顺延", "应当办的", "条例第三十四条",
    )  # fmt: skip
    assert (handling.started_by, handling.met_by) == (
        "受理",
        "出具处理意见（答复）；登记送达；登记文书发出、送达、退回",
    )
    told = {line.label: line for line in limit_lines(as_shipped)}
    assert told["转送、交办"].started_by.startswith("登记；登记回头看：反复，重新办理；")
    assert "同意退回，改派" in told["收回后重新交办"].started_by.split("；")
    assert told["回复督办"].length == "文书指定之日"
    assert told["信访人请求复查"].nature == "可以用的，过期作罢"
    assert (told["向党政主要领导报告"].length, told["向党政主要领导报告"].rolls) == ("当日", "不顺延")
    assert told["重新作出处理意见并送达"].length == "30日，文书指定了的到指定之日"
    assert told["裁定退回异议"].extendable == "不可延长"


def test_every_span_begins_with_a_step_and_is_met_by_one() -> None:
    assert [line.label for line in limit_lines(as_shipped) if not line.started_by or not line.met_by] == []
