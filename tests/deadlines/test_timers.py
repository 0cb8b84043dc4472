"""The timers of the law in one typed table: from when, until what, what lengthens it, who owes it, its article.

Typed from the 信访工作条例 and the rules beside it, apart from the program; what the program does is read from its own
tables and must agree. What ends a clock without meeting it (撤回, 并案 …) stands in STEPS alone.
"""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

import pytest

from tracker.cases.lifecycle.rules.actions import Action
from tracker.cases.lifecycle.rules.lifecycle import REGISTRATION
from tracker.cases.lifecycle.rules.steps import STEPS
from tracker.deadlines.limits import LIMITS, OWNER_LABELS, LimitKind
from tracker.statutes.rules.citing import cited
from tracker.working_days.rules import Unit

ON = date(2026, 12, 1)
UNITS = {Unit.DAY: "日", Unit.WORKING_DAY: "工作日", Unit.FIXED: "指定日期", Unit.HOUR: "小时", Unit.MONTH: "个月"}
# What lengthens a timer beside its own extension.
LENGTHENED = {
    Action.MOVE_FEEDBACK: "交办机关变更",
    Action.HOLD_HEARING: "听证",
    Action.RECORD_FORCE_MAJEURE: "不可抗力",
}

# 序号 | 期限 | 长度 | 起算（何事之日） | 完成 | 延长 | 责任 | 依据
IN_LAW = """
2|转送、交办|15日|receipt today|交办 转送 移交 系统外 导入 不予受理 不再受理|不延长|信访部门|条例第二十二条第一款
4 | 告知是否受理 | 15日 | delivered_on | 受理 不予受理 不再受理 导入 | 不延长 | 承办单位 | 条例第二十三条第三款
5 | 提出异议 | 5工作日 | delivered_on | 异议 | 不延长 | 承办单位 | 条例第二十三条第三款
6 | 作出处理意见并送达 | 60日 | accepted_on | 意见 送达 | 延长30日 | 承办单位 | 条例第三十四条
7|反馈交办结果|指定日期|delivered_on today|办结报告 销号|交办机关变更|承办单位|交办函指定；条例第二十二条第一款第三项
8 | 信访人请求复查 | 30日 | served_on | 复查复核申请 | 不可抗力 | 信访人 | 条例第三十五条
9 | 作出复查意见 | 30日 | received_on | 复查复核结果 | 不延长 | 复查（复核）机关 | 条例第三十五条
10 | 信访人请求复核 | 30日 | served_on | 复查复核申请 | 不可抗力 | 信访人 | 条例第三十六条第一款
11|作出复核意见|30日|received_on|复查复核结果|听证|复查（复核）机关|条例第三十六条第一款、第三十六条第二款
13|回复督办|指定日期|today|回复督办|不延长|收到催办、督办的单位|催办单、督办单指定；条例第四十条第一款
17 | 答复代表建议 | 3个月 |  |  | 不延长 | 承办单位 | 代表法第五十一条
17a | 答复代表建议（六个月） | 6个月 |  |  | 不延长 | 承办单位 | 代表法第五十一条
14 | 向党政主要领导报告 | 0日 | today | 报告 | 不延长 | 信访部门 | 本单位规定（通知要求及时）
"""
# Limits that no timer of the law stands for: a date that a paper names, or the office's own number, shown as such.
BESIDE_LAW = frozenset(
    {
        *("收回后重新交办", "裁定退回异议", "重新作出处理意见并送达", "落实支持的诉求", "报上级办结", "协办反馈"),
        *(
            "选举效力调查反馈",
            "回头看",
            "第二次回头看",
            "另行安排的回头看",
            "定期督促检查",
            "落实批示",
            "取得移交、转送回执",
        ),
        *("整改督导发现", "复核督导整改", "重点难点村回头看", "重点难点村第二次回头看"),
        *("解决村里的问题", "审核、签批问题和整村销号", "报选举结果", "完成控制表上的任务"),
        *("报送日报、周报（零报告）", "上报重大事项、舆情、请示", "取得请示的批复"),
        *("再次答复代表建议", "提出代表建议会办意见", "决定代表建议是否退回", "落实代表建议的承诺事项"),
        *("整改共性问题", "反馈改进建议的采纳情况"),
    }
)
# Timers of the law that the program does not have, and why.
MISSING = {
    "1 登记": "没有法定天数",
    "2a 各级分解": "2022年条例没有写天数",
    "3 机关、单位直接收到的": "还没有由承办单位直接登记的来件",
    "12 复核以后": "不是期限，是不再受理的事由",
    "15 简易办理": "还没有简易办理",
    "16 检举控告的纪检办理": "由纪检监察机关计算",
    "18 12345 工单": "各地自行规定，以工单指定的反馈时限计算",
    "19 选民名单异议": "由村民选举委员会处理",
}
ENDS = {
    "交办": {"assign"}, "转送": {"refer"}, "移交": {"transfer_discipline"}, "系统外": {"forward"}, "导入": {"divert"},
    "不予受理": {"not_accept"}, "不再受理": {"no_longer_accept"}, "受理": {"accept"}, "异议": {"object"},
    "意见": {"issue_opinion"}, "送达": {"deliver", "serve_document"},
    "办结报告": {"report_result"}, "销号": {"sign_close_out"}, "复查复核申请": {"request_review"},
    "复查复核结果": {"conclude_review", "change_opinion", "remit", "dismiss_review"},
    "回复督办": {"answer_order"}, "报告": {"report_leaders"},
}  # fmt: skip


class Timer(NamedTuple):
    """A timer as it is typed or as the program has it."""

    label: str
    length: str
    since: frozenset[str]
    ends: frozenset[str]
    extension: str
    owner: str
    article: str


def typed() -> dict[str, Timer]:
    """Return the typed timers by their number."""
    found = {}
    for line in IN_LAW.strip().splitlines():
        number, label, length, since, ends, extension, owner, article = (cell.strip() for cell in line.split("|"))
        actions = frozenset(action for word in ends.split() for action in ENDS[word])
        found[number] = Timer(label, length, frozenset(since.split()), actions, extension, owner, article)
    return found


def of_program(kind: LimitKind) -> Timer:
    """Return a timer as STEPS, the registration and LIMITS have it."""
    limit = LIMITS[kind]
    own = f"延长{limit.extendable_days}日" if limit.extendable_days else ""
    moving = (row for row in STEPS if row.action in LENGTHENED)
    more = {LENGTHENED[row.action] for row in moving if kind in {*row.recounts, *(each.kind for each in row.starts)}}
    starts = [start for row in STEPS for start in row.starts if start.kind is kind]
    starts += [start for start in REGISTRATION if start.kind is kind]
    return Timer(
        limit.label,
        UNITS[limit.unit] if limit.unit is Unit.FIXED else f"{limit.amount}{UNITS[limit.unit]}",
        frozenset(start.since.value for start in starts),
        frozenset(row.action.value for row in STEPS if any(stop.kind is kind for stop in row.stops)),
        "、".join(filter(None, (own, *sorted(more)))) or "不延长",
        OWNER_LABELS[limit.owner],
        cited(limit.basis, on=ON),
    )


def labelled(kinds: Iterable[LimitKind]) -> set[str]:
    return {LIMITS[kind].label for kind in kinds}


@pytest.mark.parametrize("number", typed())
def test_a_timer_is_as_the_law_has_it(number: str) -> None:
    wanted = typed()[number]
    kind = next(kind for kind, limit in LIMITS.items() if limit.label == wanted.label)
    assert of_program(kind) == wanted


def test_every_limit_is_typed_or_named_as_the_offices_own() -> None:
    assert labelled(LimitKind) == {timer.label for timer in typed().values()} | BESIDE_LAW


def test_what_is_beside_the_law_says_so() -> None:
    """Its basis is a paper that names the day, or the office's own rule; never an article alone."""
    own = ("本单位规定", "指定")
    for kind in LimitKind:
        if LIMITS[kind].label in BESIDE_LAW:
            assert any(word in of_program(kind).article for word in own), kind


def test_a_wrong_line_is_found() -> None:
    wrong = typed()["10"]._replace(since=frozenset({"concluded_on"}))
    assert of_program(LimitKind.RE_EXAMINATION_WINDOW) != wrong


def test_the_list_of_the_law_has_no_gap() -> None:
    numbers = {*typed(), *(each.split()[0] for each in MISSING)}
    assert numbers == {*(str(number) for number in range(1, 20)), "2a", "17a"}
