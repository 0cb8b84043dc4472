"""The words of the lifecycle: where people stand, what they do, what must hold. Pure."""

from enum import StrEnum


class Station(StrEnum):
    """Where a person stands towards one case."""

    REGISTRAR = "registrar"
    ACCEPTOR = "acceptor"
    OFFICE_HEAD = "office_head"
    UNIT_MEMBER = "unit_member"
    HANDLER = "handler"
    UNIT_HEAD = "unit_head"
    SIDE_UNIT = "side_unit"
    CHECKER = "checker"
    SUPERVISOR = "supervisor"
    LEAD_OFFICIAL = "lead_official"
    PRINCIPAL_LEADER = "principal_leader"


STATION_LABELS: dict[Station, str] = {
    Station.REGISTRAR: "登记员",
    Station.ACCEPTOR: "受理员",
    Station.OFFICE_HEAD: "信访部门负责人",
    Station.UNIT_MEMBER: "承办单位人员",
    Station.HANDLER: "承办人",
    Station.UNIT_HEAD: "承办单位负责人",
    Station.SIDE_UNIT: "协办或调查单位",
    Station.CHECKER: "承办单位以外的审核人（受理员、督查员）",
    Station.SUPERVISOR: "督查员",
    Station.LEAD_OFFICIAL: "领办领导",
    Station.PRINCIPAL_LEADER: "主要领导",
}


class Action(StrEnum):
    """Every act on a case."""

    REGISTER = "register"
    IMPORT = "import"
    TRIAGE = "triage"
    RECLASSIFY = "reclassify"
    CORRECT = "correct"
    CORRECT_PETITIONER = "correct_petitioner"
    CORRECT_RECEIPT = "correct_receipt"
    CORRECT_PAPER = "correct_paper"
    SET_PLACE = "set_place"
    SET_SUPERIOR_DAY = "set_superior_day"
    REPORT_SUPERIOR = "report_superior"
    NAME_ACCUSED = "name_accused"
    RAISE_LEVEL = "raise_level"
    SEAL_ACCUSATION = "seal_accusation"
    ASSIGN = "assign"
    REFER = "refer"
    SIGN_FOR = "sign_for"
    UNDO_SIGN_FOR = "undo_sign_for"
    OBJECT = "object"
    UPHOLD_OBJECTION = "uphold_objection"
    REFUSE_OBJECTION = "refuse_objection"
    CHANGE_HANDLER = "change_handler"
    CHANGE_LEAD = "change_lead"
    REASSIGN = "reassign"
    ACCEPT = "accept"
    UNDO_ACCEPT = "undo_accept"
    NOT_ACCEPT = "not_accept"
    NO_LONGER_ACCEPT = "no_longer_accept"
    WITHDRAW_REFUSAL = "withdraw_refusal"
    EXTEND = "extend"
    DRAFT_OPINION = "draft_opinion"
    DRAFT_NOT_ACCEPT = "draft_not_accept"
    DRAFT_NO_LONGER_ACCEPT = "draft_no_longer_accept"
    DRAFT_EXTENSION = "draft_extension"
    RETURN_DRAFT = "return_draft"
    REFER_DRAFT = "refer_draft"
    APPROVE_DRAFT = "approve_draft"
    DECLINE_DRAFT = "decline_draft"
    NOTE = "note"
    ASSIST = "assist"
    ASSIST_FEEDBACK = "assist_feedback"
    ISSUE_OPINION = "issue_opinion"
    DELIVER = "deliver"
    REPORT_RESULT = "report_result"
    MOVE_FEEDBACK = "move_feedback"
    SERVE_DOCUMENT = "serve_document"
    DIVERT = "divert"
    TRANSFER = "transfer_discipline"
    FORWARD = "forward"
    RECORD_RECEIPT = "receipt_discipline"
    TAKE_BACK = "take_back"
    WITHDRAW = "withdraw"
    MERGE = "merge"
    UNDO_MERGE = "undo_merge"
    ASK_VOID = "ask_void"
    VOID = "void"
    UNDO_IMPORT = "undo_import"
    MARK_URGENT = "mark_urgent"
    UNMARK_URGENT = "unmark_urgent"
    MARK_VOTE_BUYING = "mark_vote_buying"
    ASK_UNMARK = "ask_unmark"
    UNMARK_VOTE_BUYING = "unmark_vote_buying"
    REPORT_LEADERS = "report_leaders"
    READ_REPORT = "read_report"
    ASSIGN_VALIDITY = "assign_validity"
    CONCLUDE_VALIDITY = "conclude_validity"
    REQUEST_REVIEW = "request_review"
    CONCLUDE_REVIEW = "conclude_review"
    CHANGE_OPINION = "change_opinion"
    REMIT = "remit"
    DISMISS_REVIEW = "dismiss_review"
    SERVE_REVIEW = "serve_review"
    SERVE_RE_EXAMINATION = "serve_re_examination"
    HOLD_HEARING = "hold_hearing"
    RECORD_FORCE_MAJEURE = "record_force_majeure"
    CARRY_OUT = "carry_out"
    CONFIRM_FILE = "confirm_file"
    APPLY_CLOSE_OUT = "apply_close_out"
    CONFIRM_CLOSE_OUT = "confirm_close_out"
    CALL_BACK = "call_back"
    CHECK_CLOSE_OUT = "check_close_out"
    SIGN_CLOSE_OUT = "sign_close_out"
    RETURN_CLOSE_OUT = "return_close_out"
    PLAN_LOOK_BACK = "plan_look_back"
    LOOK_BACK_HOLDS = "look_back_holds"
    LOOK_BACK_REOPENS = "look_back_reopens"
    REOPEN = "reopen"
    URGE = "urge"
    SUPERVISE = "supervise"
    SIGN_ORDER = "sign_order"
    REFUSE_ORDER = "refuse_order"
    ANSWER_ORDER = "answer_order"
    WITHDRAW_ORDER = "withdraw_order"
    INSTRUCT = "instruct"
    REPORT_INSTRUCTION = "report_instruction"
    CHECK_UP = "check_up"
    CHECK_LATE_ENTRY = "check_late_entry"
    RECOUNT = "recount"
    TAKE_OVER = "take_over"
    SIDE_OVER = "side_over"


class Guard(StrEnum):
    """A condition that must hold besides state and station; the sentences are in cases/lifecycle/rules/guards."""

    NOT_HISTORY = "not_history"
    WHOLE_IMPORT = "whole_import"
    CLASS_CHOSEN = "class_chosen"
    ACCUSATION = "accusation"
    NOT_ACCUSATION = "not_accusation"
    STATUTORY_ROUTE = "statutory_route"
    NO_LITIGATION_LETTER = "no_litigation_letter"
    FORWARDED_ROUTE = "forwarded_route"
    WITHIN_OBJECTION = "within_objection"
    NO_SECOND_RETURN = "no_second_return"
    BEFORE_DUE = "before_due"
    NOT_EXTENDED = "not_extended"
    SERIOUS = "serious"
    URGENT = "urgent"
    NOT_URGENT = "not_urgent"
    UNMARK_ASKED = "unmark_asked"
    VOTE_BUYING = "vote_buying"
    NOT_VOTE_BUYING = "not_vote_buying"
    REPORTED = "reported"
    ELECTION_MATTER = "election_matter"
    RECEIPT_MISSING = "receipt_missing"
    NOT_TRANSFERRED = "not_transferred"
    WITHIN_REVIEW_WINDOW = "within_review_window"
    REVIEW_RUNNING = "review_running"
    NO_REVIEW_OPEN = "no_review_open"
    NOTHING_TO_REVIEW = "nothing_to_review"
    RE_EXAMINATION_RUNNING = "re_examination_running"
    REVIEW_UNSERVED = "review_unserved"
    RE_EXAMINATION_UNSERVED = "re_examination_unserved"
    PAPER_ON_ITS_WAY = "paper_on_its_way"
    SUPPORTED_POINTS = "supported_points"
    FEEDBACK_RUNNING = "feedback_running"
    SUPERIOR_WAITS = "superior_waits"
    LEAD_NAMED = "lead_named"
    CHECKLIST_COMPLETE = "checklist_complete"
    CALLED_BACK = "called_back"
    MAY_BE_CALLED = "may_be_called"
    NO_LOOK_BACK_PLANNED = "no_look_back_planned"
    NOT_APPLICANT = "not_applicant"
    NOT_CHECKER = "not_checker"
    LAST_MERGE = "last_merge"
    NOTHING_MERGED = "nothing_merged"
    VOID_ASKED = "void_asked"
    UNREAD_REPORT = "unread_report"
    LATE_ENTRY_TO_CHECK = "late_entry_to_check"
    SIDE_TRACK_RUNNING = "side_track_running"
    VALIDITY_RUNNING = "validity_running"
    OTHERS_HAVE_IT = "others_have_it"
    UNIT_HAS_IT = "unit_has_it"
    UNIT_GONE = "unit_gone"
    PAPER_ISSUED = "paper_issued"
    JUST_SIGNED_FOR = "just_signed_for"
    ACCEPTANCE_UNTOLD = "acceptance_untold"
    DRAFT_WAITS = "draft_waits"
    DRAFT_TO_REFER = "draft_to_refer"
    DRAFT_TO_APPROVE = "draft_to_approve"
    OPINION_APPROVED = "opinion_approved"
    NON_ACCEPTANCE_APPROVED = "non_acceptance_approved"
    NO_LONGER_APPROVED = "no_longer_approved"
    EXTENSION_APPROVED = "extension_approved"
    ORDER_OPEN = "order_open"
    DRAFT_TO_SIGN = "draft_to_sign"
    DRAFT_OPEN = "draft_open"
    INSTRUCTION_OPEN = "instruction_open"


GUARD_LABELS: dict[Guard, str] = {
    Guard.NOT_HISTORY: "不是读入的历史件",
    Guard.WHOLE_IMPORT: "一次读入整批撤销，读入后无人办理过",
    Guard.CLASS_CHOSEN: "已确定类别和途径",
    Guard.ACCUSATION: "属检举控告类",
    Guard.NOT_ACCUSATION: "不属检举控告类",
    Guard.STATUTORY_ROUTE: "应当通过其他法定途径处理",
    Guard.NO_LITIGATION_LETTER: "不是涉法涉诉信件",
    Guard.FORWARDED_ROUTE: "涉法涉诉，或者申请查处、履行职责",
    Guard.WITHIN_OBJECTION: "收到之日起 5 个工作日内",
    Guard.NO_SECOND_RETURN: "本单位未曾退回过本件",
    Guard.BEFORE_DUE: "办理期限届满前",
    Guard.NOT_EXTENDED: "未延期过",
    Guard.SERIOUS: "已标记贿选，或者重大紧急",
    Guard.URGENT: "是紧急件",
    Guard.NOT_URGENT: "不是紧急件",
    Guard.UNMARK_ASKED: "已由另一位主要领导（只有一位的，由信访部门负责人）提请",
    Guard.VOTE_BUYING: "已标记贿选",
    Guard.NOT_VOTE_BUYING: "未标记贿选",
    Guard.REPORTED: "贿选案件已报告主要领导",
    Guard.ELECTION_MATTER: "属选举事项",
    Guard.RECEIPT_MISSING: "有移交、转送尚无回执",
    Guard.NOT_TRANSFERRED: "尚未移交纪检监察机关",
    Guard.WITHIN_REVIEW_WINDOW: "在请求复查（复核）的 30 日内",
    Guard.REVIEW_RUNNING: "复查（复核）正在进行",
    Guard.NO_REVIEW_OPEN: "没有未结论、意见未送达的复查（复核）",
    Guard.NOTHING_TO_REVIEW: "没有信访人可以请求、已经请求复查（复核）的答复",
    Guard.RE_EXAMINATION_RUNNING: "复核正在进行",
    Guard.REVIEW_UNSERVED: "复查意见尚未登记送达",
    Guard.RE_EXAMINATION_UNSERVED: "复核意见尚未登记送达",
    Guard.FEEDBACK_RUNNING: "反馈时限正在计算",
    Guard.PAPER_ON_ITS_WAY: "有尚未送达的告知书、答复文书",
    Guard.SUPERIOR_WAITS: "上级要求了办结日期，尚未报上级",
    Guard.SUPPORTED_POINTS: "有支持而未落实的诉求点",
    Guard.LEAD_NAMED: "交给单位的已指定领办领导，贿选案件为主要领导",
    Guard.CHECKLIST_COMPLETE: "销号核对单前六项齐备",
    Guard.CALLED_BACK: "答复送达以后，已由承办单位以外的人回访（检举控告件、匿名件除外）",
    Guard.MAY_BE_CALLED: "不是检举控告件、匿名件",
    Guard.NO_LOOK_BACK_PLANNED: "没有另外安排、抽中而还没有办的回头看",
    Guard.NOT_APPLICANT: "不是销号申请人",
    Guard.NOT_CHECKER: "不是销号申请人、审核人",
    Guard.LAST_MERGE: "是并入该件的最近一次并案",
    Guard.NOTHING_MERGED: "没有别的件并入本件",
    Guard.VOID_ASKED: "已由另一人申请作废",
    Guard.UNREAD_REPORT: "有未阅的报告",
    Guard.LATE_ENTRY_TO_CHECK: "有待核实的补录，不是本单位的，也不是自己录入的",
    Guard.SIDE_TRACK_RUNNING: "协办尚未反馈",
    Guard.VALIDITY_RUNNING: "选举效力调查尚未结论",
    Guard.OTHERS_HAVE_IT: "在办理的单位不是自己所在的，也不是上级",
    Guard.UNIT_HAS_IT: "有承办单位",
    Guard.UNIT_GONE: "承办单位已经撤销，或者没有在岗人员",
    Guard.PAPER_ISSUED: "已有文书",
    Guard.JUST_SIGNED_FOR: "签收以后没有提出过异议",
    Guard.ACCEPTANCE_UNTOLD: "受理告知书没有发出，受理以后没有延期、出具意见",
    Guard.DRAFT_WAITS: "有等待签发的拟稿",
    Guard.DRAFT_TO_REFER: "贿选、重大紧急事项的拟稿，尚未报请审批",
    Guard.DRAFT_TO_APPROVE: "有已经报请审批的拟稿",
    Guard.OPINION_APPROVED: "贿选、重大紧急事项的，处理意见（答复）的拟稿已经主要领导审批",
    Guard.NON_ACCEPTANCE_APPROVED: "贿选、重大紧急事项的，不予受理的拟稿已经主要领导审批",
    Guard.NO_LONGER_APPROVED: "贿选、重大紧急事项的，不再受理的拟稿已经主要领导审批",
    Guard.EXTENSION_APPROVED: "贿选、重大紧急事项的，延期的拟稿已经主要领导审批",
    Guard.ORDER_OPEN: "有未回复的催办、督办",
    Guard.DRAFT_TO_SIGN: "有待自己签发的督办文书",
    Guard.DRAFT_OPEN: "有待自己签发或者自己拟稿、尚未签发的督办文书",
    Guard.INSTRUCTION_OPEN: "有未报告落实的批示",
}
