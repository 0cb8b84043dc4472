"""The lifecycle as one table (办理流程表). A step that is not in STEPS cannot be taken by page, import or bulk.

Each row: who may take which action from where to where, on which article, under which guards, and which clocks
it starts and stops. The law is the 信访工作条例 unless another source is named. Pure.
"""

from dataclasses import dataclass

from tracker.cases.rules.actions import Action, Guard, Station
from tracker.cases.rules.codes import LedgerStatus, MatterClass, Route, Status
from tracker.deadlines.limits import LimitKind


@dataclass(frozen=True)
class Step:
    """One row of the lifecycle. `to` or `ledger_to` None: that track stays where it is.

    `stops` are clocks whose act this is; `cancels` are clocks that become pointless with it.
    """

    action: Action
    label: str
    froms: frozenset[Status]
    to: Status | None
    by: frozenset[Station]
    ledger_froms: frozenset[LedgerStatus]
    ledger_to: LedgerStatus | None = None
    guards: tuple[Guard, ...] = ()
    starts: tuple[LimitKind, ...] = ()
    stops: tuple[LimitKind, ...] = ()
    cancels: tuple[LimitKind, ...] = ()
    reason: bool = False
    basis: str = ""

    @property
    def moves(self) -> bool:
        """Whether it moves a track."""
        return self.to is not None or self.ledger_to is not None


S, L, By, G, K = Status, LedgerStatus, Station, Guard, LimitKind

ENDED = frozenset({S.DELIVERED, S.DIVERTED, S.NOT_ACCEPTED, S.NO_LONGER_ACCEPTED, S.TRANSFERRED, S.WITHDRAWN})
GONE = frozenset({S.MERGED, S.VOIDED})
LIVE = frozenset(S) - GONE
BEFORE_ASSIGNMENT = frozenset({S.REGISTERED, S.TRIAGED})
WITH_UNIT = frozenset({S.ASSIGNED, S.SIGNED_FOR, S.OBJECTED, S.ACCEPTED, S.OPINION_ISSUED, S.DELIVERED})
BEFORE_OPINION = frozenset({S.REGISTERED, S.TRIAGED, S.ASSIGNED, S.SIGNED_FOR, S.OBJECTED, S.ACCEPTED})
AT_WORK = frozenset({L.OPEN, L.RETURNED})
OPEN_LEDGER = frozenset(L) - {L.CLOSED}
ANY_LEDGER = frozenset(L)
OFFICE = frozenset({By.ACCEPTOR, By.OFFICE_HEAD})
SUPERVISED = (K.ORDER_REPLY, K.INSTRUCTION)
ALL_STOP = (K.OFFICE_REFERRAL, K.OBJECTION, K.RULING, K.ACCEPTANCE, K.HANDLING, K.FEEDBACK, *SUPERVISED)
NEVER_BEGUN = (K.OFFICE_REFERRAL, K.LEADER_REPORT, *SUPERVISED)


def _row(
    action: Action,
    label: str,
    froms: Status | frozenset[Status],
    to: Status | None,
    by: Station | frozenset[Station],
    *,
    ledger: LedgerStatus | frozenset[LedgerStatus] = AT_WORK,
    ledger_to: LedgerStatus | None = None,
    guards: tuple[Guard, ...] = (),
    starts: tuple[LimitKind, ...] = (),
    stops: tuple[LimitKind, ...] = (),
    cancels: tuple[LimitKind, ...] = (),
    reason: bool = False,
    basis: str = "",
) -> Step:
    return Step(
        action=action,
        label=label,
        froms=froms if isinstance(froms, frozenset) else frozenset({froms}),
        to=to,
        by=by if isinstance(by, frozenset) else frozenset({by}),
        ledger_froms=ledger if isinstance(ledger, frozenset) else frozenset({ledger}),
        ledger_to=ledger_to,
        guards=guards,
        starts=starts,
        stops=stops,
        cancels=cancels,
        reason=reason,
        basis=basis,
    )


A = Action
UNIT = frozenset({By.HANDLER, By.UNIT_HEAD})
EVERYBODY = frozenset(Station)

# fmt: off
# The order is the order of the buttons: the first lawful row is the main one.
STEPS: tuple[Step, ...] = (
    # Office: what is it, and where does it go
    _row(A.TRIAGE, "分类", S.REGISTERED, S.TRIAGED, OFFICE, guards=(G.NOT_HISTORY,),
         basis="第二十二条、第二十八条至第三十一条"),
    _row(
        A.REPORT_LEADERS, "报告主要领导", LIVE, None, OFFICE | {By.REGISTRAR}, ledger=OPEN_LEDGER,
        guards=(G.VOTE_BUYING,), stops=(K.LEADER_REPORT,), reason=True, basis="贿选案件当日报告（换届信访工作通知）",
    ),
    _row(
        A.TRANSFER_DISCIPLINE, "移交纪检监察机关", S.TRIAGED, S.TRANSFERRED, By.OFFICE_HEAD,
        guards=(G.ACCUSATION, G.REPORTED), stops=(K.OFFICE_REFERRAL,), basis="第二十二条第二款、第三十条",
    ),
    _row(
        A.DIVERT, "导入其他途径", S.TRIAGED, S.DIVERTED, OFFICE,
        guards=(G.STATUTORY_ROUTE,), stops=(K.OFFICE_REFERRAL,), basis="第三十一条第一项至第五项",
    ),
    _row(
        A.ASSIGN, "交办", S.TRIAGED, S.ASSIGNED, OFFICE,
        guards=(G.CLASS_CHOSEN, G.NOT_ACCUSATION, G.REPORTED), starts=(K.OBJECTION, K.ACCEPTANCE, K.FEEDBACK),
        stops=(K.OFFICE_REFERRAL,), basis="第二十二条第一款第三项",
    ),
    _row(
        A.REFER, "转送", S.TRIAGED, S.ASSIGNED, OFFICE,
        guards=(G.CLASS_CHOSEN, G.NOT_ACCUSATION, G.NOT_VOTE_BUYING), starts=(K.OBJECTION, K.ACCEPTANCE),
        stops=(K.OFFICE_REFERRAL,), basis="第二十二条第一款第一项、第二项",
    ),
    _row(
        A.UPHOLD_OBJECTION, "同意退回，改派", S.OBJECTED, S.TRIAGED, OFFICE, reason=True,
        starts=(K.OFFICE_REFERRAL,), stops=(K.RULING,), cancels=(K.ACCEPTANCE, K.FEEDBACK), basis="第二十三条第三款",
    ),
    _row(
        A.REFUSE_OBJECTION, "不同意退回", S.OBJECTED, S.SIGNED_FOR, OFFICE, reason=True,
        stops=(K.RULING,), basis="第二十三条第三款",
    ),
    # Unit: sign for, object, accept or not
    _row(A.SIGN_FOR, "签收", S.ASSIGNED, S.SIGNED_FOR, UNIT | {By.UNIT_MEMBER}),
    _row(
        A.ACCEPT, "受理", S.SIGNED_FOR, S.ACCEPTED, UNIT,
        starts=(K.HANDLING,), stops=(K.ACCEPTANCE,), cancels=(K.OBJECTION,), basis="第二十三条第三款、第三十四条",
    ),
    _row(
        A.OBJECT, "提出异议（申请退回）", frozenset({S.ASSIGNED, S.SIGNED_FOR}), S.OBJECTED, UNIT,
        guards=(G.WITHIN_OBJECTION, G.NO_SECOND_RETURN), starts=(K.RULING,), stops=(K.OBJECTION,), reason=True,
        basis="第二十三条第三款",
    ),
    _row(
        A.NOT_ACCEPT, "不予受理", S.SIGNED_FOR, S.NOT_ACCEPTED, UNIT,
        stops=(K.ACCEPTANCE,), cancels=(K.OBJECTION,), reason=True, basis="第十九条第三款、第二十三条、第三十一条",
    ),
    _row(
        A.NO_LONGER_ACCEPT, "不再受理", S.SIGNED_FOR, S.NO_LONGER_ACCEPTED, UNIT,
        stops=(K.ACCEPTANCE,), cancels=(K.OBJECTION,), reason=True, basis="第三十六条第三款",
    ),
    # Unit: work, answer, deliver
    _row(A.ISSUE_OPINION, "出具处理意见", S.ACCEPTED, S.OPINION_ISSUED, UNIT, basis="第三十二条、第三十四条"),
    _row(
        A.DELIVER, "登记送达", S.OPINION_ISSUED, S.DELIVERED, UNIT,
        starts=(K.REVIEW_WINDOW,), stops=(K.HANDLING,), basis="第三十四条、第三十五条",
    ),
    _row(
        A.EXTEND, "延长办理期限", S.ACCEPTED, None, By.UNIT_HEAD,
        guards=(G.BEFORE_DUE, G.NOT_EXTENDED), reason=True, basis="第三十四条",
    ),
    _row(A.CARRY_OUT, "登记落实情况", S.DELIVERED, None, UNIT, guards=(G.SUPPORTED_POINTS,), basis="第三十二条第二款"),
    # Close-out: four stations
    _row(A.CONFIRM_FILE, "确认一案一档齐全", ENDED, None, UNIT, basis="一案一档"),
    _row(
        A.APPLY_CLOSE_OUT, "申请销号", ENDED, None, By.HANDLER, ledger_to=L.REQUESTED,
        guards=(G.NOT_HISTORY, G.CHECKLIST_COMPLETE), stops=(K.FEEDBACK,), reason=True, basis="销号管理",
    ),
    _row(
        A.CONFIRM_CLOSE_OUT, "审核同意销号", ENDED, None, By.UNIT_HEAD, ledger=L.REQUESTED, ledger_to=L.CONFIRMED,
        guards=(G.NOT_APPLICANT,), reason=True, basis="销号管理",
    ),
    _row(A.CALL_BACK, "登记回访", ENDED, None, By.CHECKER, ledger=frozenset({L.REQUESTED, L.CONFIRMED}), reason=True),
    _row(
        A.CHECK_CLOSE_OUT, "审核通过", ENDED, None, By.CHECKER, ledger=L.CONFIRMED, ledger_to=L.CHECKED,
        guards=(G.CHECKLIST_COMPLETE, G.CALLED_BACK, G.NOT_APPLICANT), reason=True, basis="销号管理",
    ),
    _row(
        A.SIGN_CLOSE_OUT, "签批销号", ENDED, None, By.LEAD_OFFICIAL, ledger=L.CHECKED, ledger_to=L.CLOSED,
        guards=(G.CHECKLIST_COMPLETE, G.CALLED_BACK, G.NOT_CHECKER), starts=(K.LOOK_BACK,), reason=True,
        basis="销号管理",
    ),
    _row(A.RETURN_CLOSE_OUT, "退回补办", ENDED, None, By.UNIT_HEAD, ledger=L.REQUESTED, ledger_to=L.RETURNED,
         reason=True),
    _row(A.RETURN_CLOSE_OUT, "退回补办", ENDED, None, By.CHECKER, ledger=L.CONFIRMED, ledger_to=L.RETURNED,
         reason=True),
    _row(A.RETURN_CLOSE_OUT, "退回补办", ENDED, None, By.LEAD_OFFICIAL, ledger=L.CHECKED, ledger_to=L.RETURNED,
         reason=True),
    _row(
        A.LOOK_BACK_HOLDS, "登记回头看：稳定", ENDED, None, By.CHECKER, ledger=L.CLOSED, stops=(K.LOOK_BACK,),
        reason=True,
    ),
    _row(
        A.LOOK_BACK_REOPENS, "登记回头看：反弹或落实不到位", ENDED, S.TRIAGED, By.CHECKER, ledger=L.CLOSED,
        ledger_to=L.OPEN, starts=(K.OFFICE_REFERRAL,), stops=(K.LOOK_BACK,), cancels=(K.REVIEW_WINDOW,), reason=True,
    ),
    _row(
        A.REOPEN, "重新办理（新一轮）", ENDED, S.TRIAGED, By.OFFICE_HEAD, ledger=L.CLOSED, ledger_to=L.OPEN,
        starts=(K.OFFICE_REFERRAL,), cancels=(K.LOOK_BACK, K.REVIEW_WINDOW), reason=True,
    ),
    # Vote buying, elections, discipline
    _row(A.READ_REPORT, "阅知报告", LIVE, None, By.PRINCIPAL_LEADER, ledger=ANY_LEDGER, guards=(G.UNREAD_REPORT,)),
    _row(
        A.TRANSFER_DISCIPLINE, "移交纪检（双线办理）", WITH_UNIT - {S.OBJECTED}, None, By.OFFICE_HEAD,
        guards=(G.VOTE_BUYING, G.NOT_TRANSFERRED), basis="换届信访工作通知",
    ),
    _row(
        A.RECEIPT_DISCIPLINE, "登记移交回执", LIVE, None, OFFICE, ledger=OPEN_LEDGER,
        guards=(G.RECEIPT_MISSING,), basis="换届信访工作通知",
    ),
    _row(
        A.ASSIGN_VALIDITY, "交选举效力调查", LIVE - {S.REGISTERED}, None, OFFICE, ledger=AT_WORK,
        guards=(G.ELECTION_MATTER,), starts=(K.VALIDITY,), basis="村民委员会组织法第十七条",
    ),
    _row(
        A.CONCLUDE_VALIDITY, "登记选举效力调查结论", LIVE, None, By.SIDE_UNIT, ledger=OPEN_LEDGER,
        guards=(G.VALIDITY_RUNNING,), stops=(K.VALIDITY,), reason=True, basis="村民委员会组织法第十七条",
    ),
    _row(
        A.MARK_VOTE_BUYING, "标记贿选", LIVE, None, OFFICE | {By.REGISTRAR}, ledger=OPEN_LEDGER,
        guards=(G.NOT_VOTE_BUYING, G.ELECTION_MATTER), starts=(K.LEADER_REPORT,), reason=True,
    ),
    _row(
        A.UNMARK_VOTE_BUYING, "取消贿选标记", LIVE, None, By.PRINCIPAL_LEADER, ledger=OPEN_LEDGER,
        guards=(G.VOTE_BUYING,), cancels=(K.LEADER_REPORT,), reason=True,
    ),
    # Review by the organ above
    _row(
        A.REQUEST_REVIEW, "登记复查（复核）申请", S.DELIVERED, None, OFFICE, ledger=OPEN_LEDGER,
        guards=(G.WITHIN_REVIEW_WINDOW,), starts=(K.REVIEW, K.RE_EXAMINATION),
        stops=(K.REVIEW_WINDOW, K.RE_EXAMINATION_WINDOW), basis="第三十五条、第三十六条",
    ),
    _row(
        A.REQUEST_REVIEW, "登记复查（复核）申请（销号后）", S.DELIVERED, None, OFFICE, ledger=L.CLOSED,
        ledger_to=L.OPEN,
        guards=(G.WITHIN_REVIEW_WINDOW,), starts=(K.REVIEW, K.RE_EXAMINATION),
        stops=(K.REVIEW_WINDOW, K.RE_EXAMINATION_WINDOW), cancels=(K.LOOK_BACK,), basis="第三十五条、第三十六条",
    ),
    _row(
        A.CONCLUDE_REVIEW, "登记复查（复核）意见", S.DELIVERED, None, OFFICE, ledger=OPEN_LEDGER,
        guards=(G.REVIEW_RUNNING,), starts=(K.RE_EXAMINATION_WINDOW,), stops=(K.REVIEW, K.RE_EXAMINATION),
        basis="第三十五条、第三十六条",
    ),
    _row(
        A.REMIT, "复查（复核）撤销，责令重新办理", S.DELIVERED, S.ACCEPTED, OFFICE, ledger=OPEN_LEDGER,
        ledger_to=L.OPEN,
        guards=(G.REVIEW_RUNNING,), starts=(K.HANDLING,), stops=(K.REVIEW, K.RE_EXAMINATION), reason=True,
        basis="第三十五条、第三十六条",
    ),
    # Supervision (条例第三十九条、第四十条): papers to the unit, and what leaders write
    _row(
        A.ANSWER_ORDER, "回复催办、督办", LIVE, None, UNIT | OFFICE | {By.UNIT_MEMBER}, ledger=OPEN_LEDGER,
        guards=(G.ORDER_OPEN,), reason=True, basis="第四十条",
    ),
    _row(
        A.REPORT_INSTRUCTION, "报告批示落实情况", LIVE, None, UNIT | OFFICE, ledger=OPEN_LEDGER,
        guards=(G.INSTRUCTION_OPEN,), reason=True, basis="领导批示",
    ),
    _row(
        A.INSTRUCT, "批示", LIVE, None, frozenset({By.LEAD_OFFICIAL, By.PRINCIPAL_LEADER}), ledger=OPEN_LEDGER,
        guards=(G.NOT_HISTORY,), starts=(K.INSTRUCTION,), reason=True, basis="第四条、第十八条",
    ),
    _row(
        A.URGE, "催办", LIVE, None, OFFICE | {By.CHECKER}, ledger=OPEN_LEDGER,
        guards=(G.NOT_HISTORY,), starts=(K.ORDER_REPLY,), reason=True, basis="第四十条",
    ),
    _row(
        A.SUPERVISE, "督办", LIVE, None, frozenset({By.CHECKER, By.OFFICE_HEAD}), ledger=OPEN_LEDGER,
        guards=(G.NOT_HISTORY,), starts=(K.ORDER_REPLY,), reason=True, basis="第三十九条、第四十条",
    ),
    _row(
        A.WITHDRAW_ORDER, "撤回催办、督办", LIVE, None, frozenset({By.CHECKER, By.OFFICE_HEAD}), ledger=OPEN_LEDGER,
        guards=(G.ORDER_OPEN,), reason=True,
    ),
    # Beside the main line
    _row(A.ASSIST, "增加协办单位", frozenset({S.ASSIGNED, S.SIGNED_FOR, S.ACCEPTED}), None, OFFICE,
         guards=(G.NOT_ACCUSATION,), starts=(K.ASSISTANCE,), basis="第二十四条"),
    _row(A.ASSIST_FEEDBACK, "协办反馈", WITH_UNIT, None, By.SIDE_UNIT, ledger=OPEN_LEDGER,
         guards=(G.SIDE_TRACK_RUNNING,), stops=(K.ASSISTANCE,), reason=True, basis="第二十四条"),
    _row(A.NOTE, "补充办理情况", LIVE - {S.REGISTERED}, None, EVERYBODY, ledger=OPEN_LEDGER, reason=True),
    _row(A.CHANGE_HANDLER, "更换承办人", WITH_UNIT - {S.OBJECTED},
         None, By.UNIT_HEAD, reason=True),
    _row(A.CHANGE_LEAD, "更换领办领导", WITH_UNIT, None, By.OFFICE_HEAD, reason=True),
    _row(A.RECLASSIFY, "变更类别、途径", BEFORE_OPINION - {S.REGISTERED}, None, OFFICE, reason=True,
         guards=(G.NOT_HISTORY,), basis="第二十八条至第三十一条"),
    _row(A.SET_PLACE, "确定属地", LIVE, None, OFFICE | {By.REGISTRAR}, ledger=OPEN_LEDGER),
    _row(A.CORRECT, "更正登记信息", BEFORE_OPINION, None, OFFICE | {By.REGISTRAR}, ledger=AT_WORK, reason=True),
    _row(A.NAME_ACCUSED, "补充被反映人", LIVE, None, OFFICE | {By.REGISTRAR}, ledger=OPEN_LEDGER, reason=True),
    _row(A.RAISE_LEVEL, "提高保密级别", LIVE, None, OFFICE, ledger=OPEN_LEDGER, reason=True),
    _row(A.MERGE, "并案", BEFORE_ASSIGNMENT, S.MERGED, OFFICE, cancels=NEVER_BEGUN,
         reason=True,
         guards=(G.NOT_HISTORY,), basis="同人同事"),
    _row(A.UNDO_MERGE, "撤销并案", S.MERGED, S.REGISTERED, OFFICE, starts=(K.OFFICE_REFERRAL, K.LEADER_REPORT),
         reason=True,
         guards=(G.LAST_MERGE,)),
    _row(A.WITHDRAW, "登记撤回", BEFORE_OPINION, S.WITHDRAWN, OFFICE, guards=(G.NOT_ACCUSATION, G.NOT_HISTORY),
         cancels=ALL_STOP, reason=True, basis="信访人书面申请"),
    _row(A.VOID, "作废", BEFORE_ASSIGNMENT, S.VOIDED, By.OFFICE_HEAD, cancels=NEVER_BEGUN, reason=True),
    _row(A.UNDO_IMPORT, "撤销导入", frozenset({S.REGISTERED, S.DELIVERED}), S.VOIDED, OFFICE, ledger=L.OPEN,
         guards=(G.WHOLE_IMPORT,), reason=True),
)
# fmt: on


def find(action: Action, status: Status, ledger: LedgerStatus) -> Step | None:
    """Return the row for an action from these states; None where the table has no such step."""
    return next((s for s in STEPS if s.action == action and status in s.froms and ledger in s.ledger_froms), None)


def open_rows(status: Status, ledger: LedgerStatus, stations: frozenset[Station]) -> list[Step]:
    """Return the rows a person at these stations could take from here, in the order of the table."""
    return [s for s in STEPS if status in s.froms and ledger in s.ledger_froms and s.by & stations]


def clock_applies(
    kind: LimitKind,
    *,
    matter_class: str | None,
    route: str | None,
    vote_buying: bool,
    anonymous: bool,
    reviewing: LimitKind | None = None,
) -> bool:
    """Say whether a clock that a step may start exists for this matter.

    Only claims on the petition route have the 60 days, and the review ladder (条例第三十一条第六项、第三十四条);
    accusations are told under the discipline rules (第二十三条末款).
    """
    if kind in (LimitKind.HANDLING, LimitKind.REVIEW_WINDOW):
        return matter_class == MatterClass.CLAIM and route == Route.PETITION
    if kind is LimitKind.ACCEPTANCE:
        return matter_class != MatterClass.ACCUSATION
    if kind is LimitKind.LEADER_REPORT:
        return vote_buying
    if kind in (LimitKind.REVIEW, LimitKind.RE_EXAMINATION, LimitKind.RE_EXAMINATION_WINDOW):
        return kind == reviewing
    return True
