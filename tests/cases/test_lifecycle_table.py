"""The lifecycle, typed again from the law and the office's practice, and compared with STEPS row by row."""

import pytest

from tracker.cases.lifecycle.rules.actions import GUARD_LABELS, STATION_LABELS, Action, Guard, Station
from tracker.cases.lifecycle.rules.guards import GUARDS
from tracker.cases.lifecycle.rules.lifecycle import REGISTRATION, clock_applies, find, open_rows
from tracker.cases.lifecycle.rules.step_rows import ENDED, StepRule
from tracker.cases.lifecycle.rules.step_sets import GONE
from tracker.cases.lifecycle.rules.steps import STEPS
from tracker.cases.record.rules.codes import LEDGER_STATUS_LABELS, STATUS_LABELS, LedgerStatus, Status
from tracker.deadlines.limits import LIMITS, NOT_OF_MATTERS, LimitKind

# from · action · to · who, in the words of the Regulations (条例) and of the notice on election petitions.
PROCEDURE = """
待分类 | 分类 | 待交办 | 受理员 信访部门负责人
待交办 | 移交有权处理的机关 | 已移交有权机关 | 信访部门负责人
待交办 | 转送系统外机关 | 已移交有权机关 | 受理员 信访部门负责人
已移交有权机关 | 登记接收机关退回 | 待交办 | 受理员 信访部门负责人
待交办 | 导入其他途径 | 已导入其他途径 | 受理员 信访部门负责人
待交办 | 交办 | 待签收 | 受理员 信访部门负责人
待交办 | 转送 | 待签收 | 受理员 信访部门负责人
待交办 | 拟稿：不予受理 | 待交办 | 受理员 信访部门负责人
待交办 | 不予受理 | 不予受理 | 信访部门负责人
待交办 | 拟稿：不再受理 | 待交办 | 受理员 信访部门负责人
待交办 | 不再受理 | 不再受理 | 信访部门负责人
不予受理 | 撤销不予受理、不再受理、导入 | 待交办 | 信访部门负责人
不再受理 | 撤销不予受理、不再受理、导入 | 待交办 | 信访部门负责人
已导入其他途径 | 撤销不予受理、不再受理、导入 | 待交办 | 信访部门负责人
待签收 | 转为检举控告件 | 待交办 | 受理员 信访部门负责人
待受理 | 转为检举控告件 | 待交办 | 受理员 信访部门负责人
办理中 | 转为检举控告件 | 待交办 | 受理员 信访部门负责人
待送达 | 转为检举控告件 | 待交办 | 受理员 信访部门负责人
已答复 | 转为检举控告件 | 待交办 | 受理员 信访部门负责人
不予受理 | 转为检举控告件 | 待交办 | 受理员 信访部门负责人
不再受理 | 转为检举控告件 | 待交办 | 受理员 信访部门负责人
已导入其他途径 | 转为检举控告件 | 待交办 | 受理员 信访部门负责人
已移交有权机关 | 转为检举控告件 | 待交办 | 受理员 信访部门负责人
已撤回 | 转为检举控告件 | 待交办 | 受理员 信访部门负责人
办理中 | 撤销受理 | 待受理 | 受理员 信访部门负责人
待受理 | 撤销签收 | 待签收 | 承办人 承办单位负责人
待签收 | 签收 | 待受理 | 承办单位人员 承办人 承办单位负责人
待签收 | 提出异议（申请退回） | 退回待裁定 | 承办人 承办单位负责人
待受理 | 提出异议（申请退回） | 退回待裁定 | 承办人 承办单位负责人
退回待裁定 | 同意退回，改派 | 待交办 | 受理员 信访部门负责人
退回待裁定 | 不同意退回 | 待受理 | 受理员 信访部门负责人
待受理 | 受理 | 办理中 | 承办人 承办单位负责人
待受理 | 导入其他途径 | 已导入其他途径 | 受理员 信访部门负责人 承办人 承办单位负责人
办理中 | 导入其他途径 | 已导入其他途径 | 受理员 信访部门负责人 承办人 承办单位负责人
待受理 | 拟稿：不予受理 | 待受理 | 承办人 承办单位负责人
待受理 | 不予受理 | 不予受理 | 承办单位负责人
待受理 | 拟稿：不再受理 | 待受理 | 承办人 承办单位负责人
待受理 | 不再受理 | 不再受理 | 承办单位负责人
办理中 | 拟稿：处理意见（答复） | 办理中 | 承办人 承办单位负责人
办理中 | 出具处理意见（答复） | 待送达 | 承办单位负责人
办理中 | 拟稿：延长办理期限 | 办理中 | 承办人 承办单位负责人
办理中 | 退回修改 | 办理中 | 承办单位负责人
待受理 | 退回修改 | 待受理 | 承办单位负责人
待交办 | 退回修改 | 待交办 | 承办单位负责人
办理中 | 报请主要领导审批 | 办理中 | 承办单位负责人
待受理 | 报请主要领导审批 | 待受理 | 承办单位负责人
待交办 | 报请主要领导审批 | 待交办 | 承办单位负责人
办理中 | 审批同意 | 办理中 | 主要领导
待受理 | 审批同意 | 待受理 | 主要领导
待交办 | 审批同意 | 待交办 | 主要领导
办理中 | 审批退回，修改 | 办理中 | 主要领导
待受理 | 审批退回，修改 | 待受理 | 主要领导
待交办 | 审批退回，修改 | 待交办 | 主要领导
办理中 | 延长办理期限 | 办理中 | 承办单位负责人
待送达 | 登记送达 | 已答复 | 承办人 承办单位负责人
待分类 | 并案 | 已并案 | 受理员 信访部门负责人
待交办 | 并案 | 已并案 | 受理员 信访部门负责人
已并案 | 撤销并案 | 待分类 | 受理员 信访部门负责人
待分类 | 作废 | 已作废 | 信访部门负责人
待交办 | 作废 | 已作废 | 信访部门负责人
待分类 | 登记撤回 | 已撤回 | 受理员 信访部门负责人
待交办 | 登记撤回 | 已撤回 | 受理员 信访部门负责人
待签收 | 登记撤回 | 已撤回 | 受理员 信访部门负责人
待受理 | 登记撤回 | 已撤回 | 受理员 信访部门负责人
退回待裁定 | 登记撤回 | 已撤回 | 受理员 信访部门负责人
办理中 | 登记撤回 | 已撤回 | 受理员 信访部门负责人
已答复 | 复查（复核）撤销，责令重新办理 | 办理中 | 受理员 信访部门负责人
"""
# What is typed above and moves nothing.
UNMOVED = {
    "延长办理期限",
    "退回修改",
    *("报请主要领导审批", "审批同意", "审批退回，修改"),
    *(f"拟稿：{what}" for what in ("不予受理", "不再受理", "处理意见（答复）", "延长办理期限")),
}
CLOSE_OUT = """
在办 | 申请销号 | 已申请销号 | 承办人
退回补办 | 申请销号 | 已申请销号 | 承办人
已申请销号 | 审核同意销号 | 单位已审，待信访部门审核 | 承办单位负责人
单位已审，待信访部门审核 | 审核通过 | 待领办领导签批 | 承办单位以外的审核人（受理员、督查员）
待领办领导签批 | 签批销号 | 已销号 | 领办领导
已申请销号 | 退回补办 | 退回补办 | 承办单位负责人
单位已审，待信访部门审核 | 退回补办 | 退回补办 | 承办单位以外的审核人（受理员、督查员）
待领办领导签批 | 退回补办 | 退回补办 | 领办领导 信访部门负责人
已销号 | 安排回头看 | 已销号 | 信访部门负责人 督查员
已销号 | 登记回头看 | 已销号 | 承办单位以外的审核人（受理员、督查员）
已销号 | 登记回头看：反复，重新办理 | 在办 | 承办单位以外的审核人（受理员、督查员）
已销号 | 重新办理（新一轮） | 在办 | 信访部门负责人
已销号 | 登记复查（复核）申请（销号后） | 销号后复查、复核中 | 受理员 信访部门负责人
销号后复查、复核中 | 登记复查（复核）意见：维持 | 销号后复查、复核中 | 受理员 信访部门负责人
销号后复查、复核中 | 登记复查意见送达，恢复销号 | 已销号 | 受理员 信访部门负责人
销号后复查、复核中 | 登记复核意见送达，恢复销号 | 已销号 | 受理员 信访部门负责人
销号后复查、复核中 | 登记不予受理复查（复核）（销号后） | 已销号 | 受理员 信访部门负责人
销号后复查、复核中 | 登记复查（复核）意见：变更 | 在办 | 受理员 信访部门负责人
退回补办 | 登记复查（复核）意见：变更 | 在办 | 受理员 信访部门负责人
已申请销号 | 登记复查（复核）意见：变更 | 在办 | 受理员 信访部门负责人
单位已审，待信访部门审核 | 登记复查（复核）意见：变更 | 在办 | 受理员 信访部门负责人
待领办领导签批 | 登记复查（复核）意见：变更 | 在办 | 受理员 信访部门负责人
销号后复查、复核中 | 复查（复核）撤销，责令重新办理 | 在办 | 受理员 信访部门负责人
"""
# clock · the actions that start it · the actions whose act it waits for (registration starts two by itself)
CLOCKS = """
转送、交办 | 登记回头看：反复，重新办理/重新办理（新一轮）/撤销并案 \
 | 移交有权处理的机关/转送系统外机关/导入其他途径/交办/转送/不予受理/不再受理
收回后重新交办 | 同意退回，改派/转为检举控告件/撤销不予受理、不再受理、导入/登记接收机关退回 \
 | 移交有权处理的机关/转送系统外机关/导入其他途径/交办/转送/不予受理/不再受理
提出异议 | 交办/转送 | 提出异议（申请退回）
裁定退回异议 | 提出异议（申请退回） | 同意退回，改派/不同意退回
告知是否受理 | 交办/转送 | 受理/不予受理/不再受理/导入其他途径
作出处理意见并送达 | 受理 | 出具处理意见（答复）/登记送达/登记文书发出、送达、退回
重新作出处理意见并送达 | 复查（复核）撤销，责令重新办理 | 出具处理意见（答复）/登记送达/登记文书发出、送达、退回
反馈交办结果 | 交办/变更反馈时限 | 报送办结报告/签批销号
落实支持的诉求 | 登记送达/登记复查（复核）意见：变更 | 登记落实情况
报上级办结 | 登记、更正上级要求办结日期/撤销并案 | 报上级办结/签批销号
协办反馈 | 增加协办单位 | 协办反馈
取得移交、转送回执 | 移交有权处理的机关/移交纪检监察机关（双线办理）/转送系统外机关 | 登记移交、转送回执
选举效力调查反馈 | 交选举效力调查 | 登记选举效力调查结论
回复督办 | 催办/督办/签发督办文书 | 回复催办、督办
定期督促检查 | 交办/转送/登记复查（复核）意见：变更/复查（复核）撤销，责令重新办理/督促检查 | 督促检查
落实批示 | 批示 | 报告批示落实情况
向党政主要领导报告 | 标记贿选/标记重大紧急/撤销并案 | 报告主要领导
作出复查意见 | 登记复查（复核）申请/登记复查（复核）申请（销号后） \
 | 登记复查（复核）意见：维持/登记复查（复核）意见：变更\
/复查（复核）撤销，责令重新办理/登记不予受理复查（复核）/登记不予受理复查（复核）（销号后）\
/登记复查（复核）意见：变更（重新办理中）/复查（复核）撤销原意见（重新办理中）
信访人请求复核 | 登记复查意见送达/登记复查意见送达，恢复销号 | 登记复查（复核）申请/登记复查（复核）申请（销号后）
回头看 | 签批销号/登记不予受理复查（复核）（销号后）/登记复查意见送达，恢复销号/登记复核意见送达，恢复销号 \
 | 登记回头看/登记回头看：反复，重新办理
第二次回头看 | 签批销号/登记不予受理复查（复核）（销号后）/登记复查意见送达，恢复销号/登记复核意见送达，恢复销号 \
 | 登记回头看/登记回头看：反复，重新办理
另行安排的回头看 | 安排回头看 | 登记回头看/登记回头看：反复，重新办理
"""


def _lines(text: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]


def _status(label: str) -> Status:
    return next(s for s, words in STATUS_LABELS.items() if words == label)


def _started(row: StepRule) -> set[LimitKind]:
    return {start.kind for start in row.starts}


def _ledger(label: str) -> LedgerStatus:
    return next(s for s, words in LEDGER_STATUS_LABELS.items() if words == label)


def _action(label: str) -> Action:
    return next(row.action for row in STEPS if row.label == label)


@pytest.mark.parametrize("line", _lines(PROCEDURE), ids=" ".join)
def test_procedure_rows_are_as_the_law_has_them(line: list[str]) -> None:
    before, label, after, who = line
    row = find(_action(label), _status(before), LedgerStatus.OPEN)
    assert row is not None
    assert row.label == label
    assert (row.to or _status(before)) == _status(after)
    assert {STATION_LABELS[s] for s in row.by} == set(who.split())


@pytest.mark.parametrize("line", _lines(CLOSE_OUT), ids=" ".join)
def test_close_out_rows_are_as_the_office_has_them(line: list[str]) -> None:
    before, label, after, who = line
    row = find(_action(label), Status.DELIVERED, _ledger(before))
    assert row is not None
    assert row.label == label
    assert (row.ledger_to or _ledger(before)) == _ledger(after)
    assert {STATION_LABELS[s] for s in row.by} == set(who.split())


@pytest.mark.parametrize("line", _lines(CLOCKS), ids=lambda line: line[0])
def test_each_clock_starts_and_stops_with_its_events(line: list[str]) -> None:
    kind = next(k for k, limit in LIMITS.items() if limit.label == line[0])
    assert {row.label for row in STEPS if kind in _started(row)} == set(line[1].split("/"))
    assert {row.label for row in STEPS if kind in {stop.kind for stop in row.stops}} == set(line[2].split("/"))


def test_every_change_of_procedure_is_in_the_typed_table() -> None:
    """Whoever adds a way into a state adds it above too."""
    typed = {(line[1], line[2]) for line in _lines(PROCEDURE)}
    moving = {(row.label, STATUS_LABELS[row.to]) for row in STEPS if row.to is not None}
    rounds = {("登记回头看：反复，重新办理", "待交办"), ("重新办理（新一轮）", "待交办"), ("撤销读入", "已作废")}
    assert moving == {pair for pair in typed if pair[0] not in UNMOVED} | rounds


def test_only_the_signature_closes_a_case_and_only_from_the_checked_state() -> None:
    """Beside what gives back the old seal to a matter that was struck off before 复查 or 复核 was asked for."""
    back = [row for row in STEPS if row.ledger_froms == {LedgerStatus.UNDER_REVIEW}]
    assert all(row.ledger_to is LedgerStatus.CLOSED for row in back)
    into = [row for row in STEPS if row.ledger_to is LedgerStatus.UNDER_REVIEW]
    assert [(row.action, row.ledger_froms) for row in into] == [(Action.REQUEST_REVIEW, {LedgerStatus.CLOSED})]
    closing = [row for row in STEPS if row.ledger_to is LedgerStatus.CLOSED and row not in back]
    assert [row.action for row in closing] == [Action.SIGN_CLOSE_OUT]
    assert closing[0].ledger_froms == {LedgerStatus.CHECKED}
    assert closing[0].by == {Station.LEAD_OFFICIAL}
    assert {Guard.CHECKLIST_COMPLETE, Guard.CALLED_BACK, Guard.NOT_CHECKER} <= set(closing[0].guards)
    applying = [row for row in STEPS if row.ledger_to is LedgerStatus.REQUESTED]
    assert all(Guard.CHECKLIST_COMPLETE in row.guards and row.froms == ENDED for row in applying)


def test_every_state_can_be_reached_and_left() -> None:
    reached = {Status.REGISTERED} | {row.to for row in STEPS if row.to}
    assert reached == set(Status)
    left = {status for row in STEPS if row.to or row.ledger_to for status in row.froms}
    assert left == set(Status) - {Status.VOIDED}
    ledgers = {LedgerStatus.OPEN} | {row.ledger_to for row in STEPS if row.ledger_to}
    assert ledgers == set(LedgerStatus)


def test_a_case_that_is_gone_allows_nothing_but_the_undo() -> None:
    for ledger in LedgerStatus:
        assert open_rows(Status.VOIDED, ledger, frozenset(Station)) == []
        assert {row.action for row in open_rows(Status.MERGED, ledger, frozenset(Station))} <= {Action.UNDO_MERGE}
    assert GONE == {Status.MERGED, Status.VOIDED}


def test_every_word_guard_and_clock_of_the_table_exists() -> None:
    assert set(GUARDS) == set(Guard) == set(GUARD_LABELS)
    assert set(STATION_LABELS) == set(Station)
    assert {guard for row in STEPS for guard in row.guards} == set(Guard)
    begun_by_registration = {start.kind for start in REGISTRATION}
    assert begun_by_registration == {LimitKind.OFFICE_REFERRAL, LimitKind.LEADER_REPORT, LimitKind.SUPERIOR_REPORT}
    assert {kind for row in STEPS for kind in _started(row)} | begun_by_registration == set(LIMITS) - NOT_OF_MATTERS
    assert set(LIMITS) == set(LimitKind)
    ended = {stop.kind for row in STEPS for stop in (*row.stops, *row.cancels)}
    assert ended == set(LimitKind) - NOT_OF_MATTERS, "a limit without a stop event"


def test_states_and_action_name_one_row() -> None:
    """Two rows of one action never overlap, so a step is never ambiguous."""
    for one in STEPS:
        for other in STEPS:
            if one is not other and one.action is other.action:
                assert not (one.froms & other.froms and one.ledger_froms & other.ledger_froms)


@pytest.mark.parametrize(
    ("kind", "matter_class", "route", "applies"),
    [
        (LimitKind.HANDLING, "claim", "petition", True),
        (LimitKind.HANDLING, "claim", "litigation", False),
        (LimitKind.HANDLING, "suggestion", None, False),
        (LimitKind.REVIEW_WINDOW, "suggestion", None, False),
        (LimitKind.REVIEW_WINDOW, "claim", "petition", True),
        (LimitKind.ACCEPTANCE, "accusation", None, False),
        (LimitKind.ACCEPTANCE, "suggestion", None, True),
        (LimitKind.LEADER_REPORT, "claim", "petition", False),
        (LimitKind.FEEDBACK, "suggestion", None, True),
    ],
)
def test_only_claims_on_the_petition_route_have_the_sixty_days(
    kind: LimitKind, matter_class: str, route: str | None, applies: bool
) -> None:
    assert clock_applies(kind, matter_class=matter_class, route=route, serious=False) is applies


@pytest.mark.parametrize("promises", [True, False])
def test_what_was_supported_is_to_be_carried_out(promises: bool) -> None:
    kind = LimitKind.CARRYING_OUT
    assert clock_applies(kind, matter_class="suggestion", route=None, serious=False, promises=promises) is promises


@pytest.mark.parametrize("status", sorted(ENDED))
def test_only_what_was_handled_is_looked_back_at(status: Status) -> None:
    given = {"matter_class": "claim", "route": "petition", "serious": False, "status": status}
    handled = status in (Status.DELIVERED, Status.TRANSFERRED)
    for kind in (LimitKind.LOOK_BACK, LimitKind.SECOND_LOOK_BACK, LimitKind.PLANNED_LOOK_BACK):
        assert clock_applies(kind, **given) is handled  # type: ignore[arg-type]


def test_vote_buying_starts_the_report_of_the_same_day() -> None:
    assert clock_applies(LimitKind.LEADER_REPORT, matter_class="claim", route="petition", serious=True)
    assert LIMITS[LimitKind.LEADER_REPORT].amount == 0
