"""The guards of the lifecycle: each looks at the facts and says in a sentence why the step is not lawful. Pure."""

from collections.abc import Callable

from tracker.cases.lifecycle.rules.actions import Guard
from tracker.cases.lifecycle.rules.approval import APPROVAL
from tracker.cases.lifecycle.rules.close_out import CheckState, checklist
from tracker.cases.lifecycle.rules.facts import Facts, WhoAsked
from tracker.cases.record.rules.codes import DIVERTED_ROUTES, FORWARDED_ROUTES, UNIT_ROUTES, MatterClass, Route, Track
from tracker.deadlines.limits import LimitKind
from tracker.people.rules import Role
from tracker.statutes.rules.provisions import P


def refusal(guards: tuple[Guard, ...], facts: Facts) -> str | None:
    """Return the sentence of the first guard that does not hold, or None."""
    for guard in guards:
        sentence = GUARDS[guard](facts)
        if sentence:
            return sentence
    return None


def _not_history(m: Facts) -> str | None:
    return "本件是读入的历史件，只作查阅和定属地，不能再走办理步骤。" if m.is_history else None


def _whole_import(_m: Facts) -> str | None:
    return "读入的历史件不单件撤销：请在“读入”页撤销整次读入。"


def _class_chosen(m: Facts) -> str | None:
    if not m.matter_class:
        return "请先分类，确定类别和途径。"
    if m.matter_class == MatterClass.CLAIM and m.route not in UNIT_ROUTES:
        return "本件应导入其他法定途径，不能按信访程序交办；途径有误请先“变更类别、途径”。"
    return None


def _accusation(m: Facts) -> str | None:
    accuses = m.matter_class == MatterClass.ACCUSATION
    return None if accuses else "只有检举控告类事项移交纪检监察机关或者其他有权处理的机关。"


def _not_accusation(m: Facts) -> str | None:
    if m.matter_class == MatterClass.ACCUSATION:
        basis = m.cite(P.T22_2, P.T30_1, P.T30_3)
        return f"检举控告类事项不得转交办理或撤回，应移交纪检监察机关或者其他有权处理的机关（{basis}）。"
    return None


def _statutory_route(m: Facts) -> str | None:
    if m.matter_class == MatterClass.CLAIM and m.route in DIVERTED_ROUTES:
        return None
    if m.route is Route.ENFORCEMENT:
        return f"申请查处、履行职责的事项不导入：请转送、交办负有职责的机关、单位（{m.cite(P.T22_1, P.T31_5)}）。"
    return f"只有应当通过其他法定途径处理的申诉求决事项才导入其他途径（{m.cite(P.T31_1_TO_4)}）。"


def _no_litigation_letter(m: Facts) -> str | None:
    """A letter goes to the organs of justice itself; who comes is told where to go (条例第二十二条第二款)."""
    if m.route is Route.LITIGATION and m.is_written:
        return f"涉法涉诉信件应当转送同级政法部门，请用“转送系统外机关”（{m.cite(P.T22_2)}）。"
    return None


def _forwarded_route(m: Facts) -> str | None:
    if m.matter_class == MatterClass.CLAIM and m.route in FORWARDED_ROUTES:
        return None
    return f"转送系统外机关的，是涉法涉诉和申请查处、履行职责的事项（{m.cite(P.T22_2, P.T31_1, P.T31_5)}）。"


def _within_objection(m: Facts) -> str | None:
    return None if m.clock(LimitKind.OBJECTION) else "本件已没有可用的异议期。"


def _no_second_return(m: Facts) -> str | None:
    if False in m.rulings:
        return "本单位的异议已经裁定不同意退回，不能再次退回。"
    return "本单位已经退回过一次，不能再次退回；仍有争议的，请报领导裁定。" if m.rulings else None


def _before_due(m: Facts) -> str | None:
    return None if m.clock(LimitKind.HANDLING) else "本件没有正在计算的 60 日办理期限，无须延长。"


def _not_extended(m: Facts) -> str | None:
    clock = m.clock(LimitKind.HANDLING)
    extended = clock is not None and clock.extended
    return f"办理期限只能延长一次，本件已经延长过（{m.cite(P.T34)}）。" if extended else None


def _vote_buying(m: Facts) -> str | None:
    return None if m.vote_buying else "本件没有贿选标记。"


def _serious(m: Facts) -> str | None:
    return None if m.vote_buying or m.is_urgent else "本件没有贿选标记，也不是紧急件。"


def _urgent(m: Facts) -> str | None:
    return None if m.is_urgent else "本件不是紧急件。"


def _not_urgent(m: Facts) -> str | None:
    return "本件已经是紧急件。" if m.is_urgent else None


def _unmark_asked(m: Facts) -> str | None:
    """Both main leaders take the mark away; where there is only one, the office's head asks and he decides."""
    if m.unmark_asked is WhoAsked.NOBODY:
        return "取消贿选标记须先由另一位主要领导提请（只有一位主要领导的，由信访部门负责人提请）。"
    if m.unmark_asked is WhoAsked.ME:
        return "提请和取消贿选标记应为两个不同的人，您是提请人。"
    if m.unmark_needs_leader:
        return "本地有两位主要领导的，取消贿选标记须两位都同意：请由另一位主要领导提请。"
    return None


def _not_vote_buying(m: Facts) -> str | None:
    return "本件已标记贿选：应交办并由主要领导领办，不能只作转送。" if m.vote_buying else None


def _reported(m: Facts) -> str | None:
    if m.vote_buying and not m.is_reported:
        return "贿选案件应当日先报告主要领导，再交办或移交。"
    return None


def _election_matter(m: Facts) -> str | None:
    return None if m.is_election else "本件不是选举事项；如登记有误，请先更正选举类型。"


def _receipt_missing(m: Facts) -> str | None:
    return None if m.awaits_receipt else "本件没有等着回执的移交、转送。"


def _not_transferred(m: Facts) -> str | None:
    return "本件已经移交纪检监察机关。" if m.is_transferred else None


def _within_review_window(m: Facts) -> str | None:
    if m.matter_class == MatterClass.ACCUSATION:
        return "检举控告类事项没有复查、复核。"
    clock = m.clock(LimitKind.REVIEW_WINDOW, LimitKind.RE_EXAMINATION_WINDOW)
    return None if clock else f"本件现在没有请求复查、复核的期限（{m.cite(P.T35, P.T36_1)}）。"


def _review_running(m: Facts) -> str | None:
    return None if m.is_reviewed else "没有正在进行的复查或复核。"


def _no_review_open(m: Facts) -> str | None:
    """The organ's decision on the answer that was served comes before a new answer, and before a second request."""
    if m.is_reviewed:
        return "信访人请求的复查（复核）还没有结论：结论登记以后再办，日期仍写实际办理的那一天。"
    return "复查（复核）意见还没有登记送达：登记以后再办。" if m.unserved_review else None


def _nothing_to_review(m: Facts) -> str | None:
    asked = m.is_reviewed or m.clock(LimitKind.REVIEW_WINDOW, LimitKind.RE_EXAMINATION_WINDOW)
    return "以前的答复，信访人还可以请求（已经请求）复查、复核，本件不能并案、作废。" if asked else None


def _unserved(kind: LimitKind, sentence: str) -> Callable[[Facts], str | None]:
    def check(m: Facts) -> str | None:
        return None if m.unserved_review is kind else sentence

    return check


def _paper_on_its_way(m: Facts) -> str | None:
    return None if m.has_paper_on_its_way else "没有尚未送达的告知书、答复文书。"


def _supported_points(m: Facts) -> str | None:
    return None if m.has_promises else "没有支持而尚未落实的诉求点。"


def _lead_named(m: Facts) -> str | None:
    if m.lead is None:
        return None
    if not m.lead.named:
        return "本件还没有指定领办领导，没有人能签批销号：请信访部门负责人先“指定、更换领办领导”。"
    if m.vote_buying and Role.PRINCIPAL_LEADER not in m.lead.roles:
        return "贿选案件由党政主要领导负责、牵头办理：请信访部门负责人先“指定、更换领办领导”，改由主要领导领办。"
    return None


def _checklist_complete(m: Facts) -> str | None:
    missing = [line for line in checklist(m.close_out) if line.state is CheckState.MISSING]
    if not missing:
        return None
    return "销号核对单还缺：" + "；".join(f"{line.label}（{line.words}）" for line in missing) + "。"


def _called_back(m: Facts) -> str | None:
    if m.unfit_to_call or m.is_called_back:
        return None
    return "答复送达以后还没有回访：请由承办单位以外的人先回访信访人。"


def _may_be_called(m: Facts) -> str | None:
    return f"{m.unfit_to_call}，不用回访。" if m.unfit_to_call else None


def _not_applicant(m: Facts) -> str | None:
    return "申请、审核、签批应为三个不同的人，您是本件的销号申请人。" if m.i_applied else None


def _not_checker(m: Facts) -> str | None:
    return "申请、审核、签批应为三个不同的人，您已在前面的环节签过意见。" if m.i_decided else None


def _last_merge(m: Facts) -> str | None:
    return None if m.is_last_merged else "只能撤销并入该件的最近一次并案，请先撤销后面的。"


def _nothing_merged(m: Facts) -> str | None:
    return "还有别的件并入本件，请先撤销那些并案。" if m.has_merged else None


def _void_asked(m: Facts) -> str | None:
    if m.void_asked is WhoAsked.NOBODY:
        return "作废须先由登记员、受理员申请，再由信访部门负责人办理。"
    return "申请作废和作废应为两个不同的人，您是申请人。" if m.void_asked is WhoAsked.ME else None


def _draft_to_sign(m: Facts) -> str | None:
    return None if m.drafts_wait_for_me else "没有待您签发的督办文书。"


def _draft_open(m: Facts) -> str | None:
    return None if m.drafts_wait_for_me or m.my_drafts_wait else "没有待您签发或者您拟稿的督办文书。"


def _unread_report(m: Facts) -> str | None:
    return None if m.awaits_my_reading else "没有需要您阅知的报告。"


def _others_have_it(m: Facts) -> str | None:
    """Nobody urges oneself, nor a unit above (条例第四十条: what is supervised is another's work)."""
    return "本件现在就在本单位（或者上级），催办、督办发给别的单位：请抓紧办理，或者报告领导。" if m.is_mine else None


def _paper_issued(m: Facts) -> str | None:
    return None if m.has_papers else "本件还没有文书。"


def _acceptance_untold(m: Facts) -> str | None:
    if not m.acceptance_stands:
        return None
    return (
        "受理告知书已经发出，或者受理以后已经延期、出具意见，受理不能撤销：不应由本单位办理的，导入其他途径，"
        "或者继续办理、在答复中写明；受理告知书的日期写错的，请信访部门“更正文书登记”。"
    )


def _just_signed_for(m: Facts) -> str | None:
    return "本单位的异议已经裁定，签收不再撤销。" if m.rulings else None


def _late_entry_to_check(m: Facts) -> str | None:
    return None if m.awaits_my_check else "没有等您核实的补录：本单位的补录、自己录入的，由别人核实。"


def _unit_has_it(m: Facts) -> str | None:
    return None if m.has_unit else "本件没有承办单位，由信访部门办理。"


def _unit_gone(m: Facts) -> str | None:
    return None if m.unit_is_gone else "承办单位没有撤销，也有在岗人员，不重新交办；有争议的由承办单位提出异议。"


def _side_running(track: Track, sentence: str) -> Callable[[Facts], str | None]:
    def check(m: Facts) -> str | None:
        return None if m.running(track) else sentence

    return check


def _clock_running(kind: LimitKind, sentence: str, *, runs: bool = True) -> Callable[[Facts], str | None]:
    def check(m: Facts) -> str | None:
        return None if bool(m.clock(kind)) is runs else sentence

    return check


GUARDS: dict[Guard, Callable[[Facts], str | None]] = {
    Guard.NOT_HISTORY: _not_history,
    Guard.WHOLE_IMPORT: _whole_import,
    Guard.CLASS_CHOSEN: _class_chosen,
    Guard.ACCUSATION: _accusation,
    Guard.NOT_ACCUSATION: _not_accusation,
    Guard.STATUTORY_ROUTE: _statutory_route,
    Guard.NO_LITIGATION_LETTER: _no_litigation_letter,
    Guard.FORWARDED_ROUTE: _forwarded_route,
    Guard.WITHIN_OBJECTION: _within_objection,
    Guard.NO_SECOND_RETURN: _no_second_return,
    Guard.BEFORE_DUE: _before_due,
    Guard.NOT_EXTENDED: _not_extended,
    Guard.SERIOUS: _serious,
    Guard.URGENT: _urgent,
    Guard.NOT_URGENT: _not_urgent,
    Guard.UNMARK_ASKED: _unmark_asked,
    Guard.VOTE_BUYING: _vote_buying,
    Guard.NOT_VOTE_BUYING: _not_vote_buying,
    Guard.REPORTED: _reported,
    Guard.ELECTION_MATTER: _election_matter,
    Guard.RECEIPT_MISSING: _receipt_missing,
    Guard.NOT_TRANSFERRED: _not_transferred,
    Guard.WITHIN_REVIEW_WINDOW: _within_review_window,
    Guard.REVIEW_RUNNING: _review_running,
    Guard.NO_REVIEW_OPEN: _no_review_open,
    Guard.NOTHING_TO_REVIEW: _nothing_to_review,
    Guard.RE_EXAMINATION_RUNNING: _clock_running(LimitKind.RE_EXAMINATION, "没有正在进行的复核。"),
    Guard.REVIEW_UNSERVED: _unserved(LimitKind.REVIEW, "没有尚未登记送达的复查意见。"),
    Guard.RE_EXAMINATION_UNSERVED: _unserved(LimitKind.RE_EXAMINATION, "没有尚未登记送达的复核意见。"),
    Guard.FEEDBACK_RUNNING: _clock_running(LimitKind.FEEDBACK, "没有正在计算的反馈时限。"),
    Guard.PAPER_ON_ITS_WAY: _paper_on_its_way,
    Guard.SUPERIOR_WAITS: _clock_running(LimitKind.SUPERIOR_REPORT, "没有等着报上级办结的要求。"),
    Guard.SUPPORTED_POINTS: _supported_points,
    Guard.LEAD_NAMED: _lead_named,
    Guard.CHECKLIST_COMPLETE: _checklist_complete,
    Guard.CALLED_BACK: _called_back,
    Guard.MAY_BE_CALLED: _may_be_called,
    Guard.NO_LOOK_BACK_PLANNED: _clock_running(
        LimitKind.PLANNED_LOOK_BACK, "已经另外安排、抽中了回头看，请先办那一次。", runs=False
    ),
    Guard.NOT_APPLICANT: _not_applicant,
    Guard.NOT_CHECKER: _not_checker,
    Guard.LAST_MERGE: _last_merge,
    Guard.NOTHING_MERGED: _nothing_merged,
    Guard.VOID_ASKED: _void_asked,
    Guard.UNREAD_REPORT: _unread_report,
    Guard.LATE_ENTRY_TO_CHECK: _late_entry_to_check,
    Guard.SIDE_TRACK_RUNNING: _side_running(Track.ASSISTANCE, "没有尚未反馈的协办。"),
    Guard.VALIDITY_RUNNING: _side_running(Track.ELECTION_VALIDITY, "没有正在进行的选举效力调查。"),
    Guard.OTHERS_HAVE_IT: _others_have_it,
    Guard.UNIT_HAS_IT: _unit_has_it,
    Guard.UNIT_GONE: _unit_gone,
    Guard.PAPER_ISSUED: _paper_issued,
    Guard.JUST_SIGNED_FOR: _just_signed_for,
    Guard.ACCEPTANCE_UNTOLD: _acceptance_untold,
    **APPROVAL,
    Guard.ORDER_OPEN: _clock_running(LimitKind.ORDER_REPLY, "没有未回复的催办、督办。"),
    Guard.DRAFT_TO_SIGN: _draft_to_sign,
    Guard.DRAFT_OPEN: _draft_open,
    Guard.INSTRUCTION_OPEN: _clock_running(LimitKind.INSTRUCTION, "没有未报告落实的批示。"),
}
