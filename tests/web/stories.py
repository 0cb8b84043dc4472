"""Whole stories of cases, as lists of acts: who takes which, filling in what. Together they take every act there is."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO
from typing import Any

from flask import current_app
from sqlalchemy import select

from tests.databases import Ids
from tests.web.browsing import take
from tests.world.county import THE_DAY, County, build
from tracker.cases.lifecycle.rules.actions import Action
from tracker.cases.record.models import Case, Document
from tracker.core import clock
from tracker.core.database import committed, db
from tracker.people.service import close_department

Fields = dict[str, Any]
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


def upload(name: str) -> tuple[BytesIO, str]:
    """Return a small PDF to upload under a name."""
    return BytesIO(PDF), name


@dataclass(frozen=True)
class Act:
    """One act of a story. `fields` may need the county and the case, for ids."""

    who: str
    action: Action
    fields: Fields | Callable[[County, Case], Fields]

    def filled(self, county: County, case: Case) -> Fields:
        """Return what is filled in; files are named, their content is made here."""
        fields = dict(self.fields(county, case) if callable(self.fields) else self.fields)
        if "files" in fields:
            fields["files"] = [upload(name) for name in fields["files"]]
        return fields


def act(who: str, action: Action, fields: Fields | Callable[[County, Case], Fields] | None = None) -> Act:
    """Return one act."""
    return Act(who, action, fields or {})


def given_to(unit: str, handler: str | None, lead: str | None) -> Callable[[County, Case], Fields]:
    """Return the fields of 交办 and 转送."""

    def fields(county: County, _case: Case) -> Fields:
        chosen = {"department": str(county.ids[unit])}
        chosen |= {"handler": str(county.ids[handler])} if handler else {}
        return chosen | ({"lead_official": str(county.ids[lead])} if lead else {})

    return fields


def _assign(unit: str = "civil", handler: str = "handler", lead: str = "lead") -> Act:
    given = given_to(unit, handler, lead)
    dates = {"due_on": "12月20日", "delivered_on": "今天", "letter_no": "阳信交〔2026〕1号"}
    return act("acceptor", A.ASSIGN, lambda county, case: given(county, case) | dates)


def answered(result: str) -> Callable[[County, Case], Fields]:
    def fields(_county: County, case: Case) -> Fields:
        points = {f"answer-{p.id}": f"已核实：{p.text}" for p in case.demand_points}
        results = {f"result-{p.id}": result for p in case.demand_points}
        paper = {
            "document_no": "阳访意〔2026〕1号",
            "text": "经查，情况属实。",
            "basis": "村民委员会组织法。",
        }
        return points | results | paper

    return fields


def _done(_county: County, case: Case) -> Fields:
    return {f"note-{p.id}": f"已落实诉求点 {p.position}" for p in case.demand_points} | {"carried_out_on": "今天"}


def _of_paper(event: str, **fields: str) -> Callable[[County, Case], Fields]:
    """Return the fields of what became of the latest paper that has not reached the petitioner."""

    def filled(_county: County, case: Case) -> Fields:
        last = select(Document.id).where(Document.case_id == case.id).order_by(Document.id.desc())
        paper = db.session.scalars(last.limit(1)).one()
        return {"document": str(paper), "event": event, "happened_on": "今天", **fields}

    return filled


def the_other_than(case: Case) -> str:
    """Return the number of the case that was registered last besides."""
    others = select(Case.register_no).where(Case.id != case.id).order_by(Case.id.desc())
    return db.session.scalars(others.limit(1)).one()


def latest_paper(case: Case) -> str:
    """Return the latest document of a case, as a form names it."""
    return str(
        db.session.scalars(select(Document.id).where(Document.case_id == case.id).order_by(Document.id)).all()[-1]
    )


def _handler(who: str) -> Callable[[County, Case], Fields]:
    return lambda county, _case: {"handler": str(county.ids[who])}


A = Action
CLAIM = act("acceptor", A.TRIAGE, {"matter_class": "claim", "route": "petition"})
SIGNED_FOR = act("handler", A.SIGN_FOR)
HANDED_OVER = {"sent_on": "今天", "method": "in_person", "served_to": "延秀兰"}
SERVED = HANDED_OVER | {"document_no": "阳访受〔2026〕1号"}
POSTED = {"sent_on": "今天", "method": "post", "proof": "EMS 1234"}
REFUSED = {"ground": "other_route", "organ": "阳城县人民法院", "reason": "已经判决，应申请再审。"}
NO_LONGER = {"ground": "after_re_examination", "opinion_no": "晋访核〔2025〕3号", "reason": "已经复核。"}
EXTENSION = {"days": "20", "document_no": "阳访延〔2026〕1号", "reason": "需要鉴定。"}
DISCIPLINE = {
    "to": "discipline", "organ": "阳城县纪委监委", "materials_list": "来信原件一份。", "handed_over_on": "今天",
    "cadres": "told", "personnel": "中共阳城县委组织部", "personnel_told_on": "今天",
}  # fmt: skip
FORWARDED = {
    "organ": "阳城县人民法院", "paper_no": "阳信转〔2026〕1号", "materials_list": "来信一份。",
    "handed_over_on": "今天",
}  # fmt: skip
ACCEPTED = act("handler", A.ACCEPT, SERVED)
WORKED = [CLAIM, _assign(), SIGNED_FOR, ACCEPTED]
DELIVERED = [
    *WORKED,
    act("unit_head", A.ISSUE_OPINION, answered("explained")),
    act(
        "handler",
        A.DELIVER,
        {"served_on": "今天", "method": "in_person", "served_to": "延秀兰", "proof": "", "files": ["送达回证.pdf"]},
    ),
]
ASKED = {"organ": "阳城县人民政府", "requested_on": "今天", "received_on": "今天"}
REVIEW_SERVED = {"served_on": "今天", "method": "post", "served_to": "延秀兰", "proof": "EMS 5678"}
A_DAY = {"first_on": "今天", "last_on": "今天"}
CLOSED = [
    act("handler", A.CONFIRM_FILE, {"note": "登记表、笔录、意见书、回证"}),
    act("handler", A.APPLY_CLOSE_OUT, {"reason": "办理完毕，申请销号。"}),
    act("unit_head", A.CONFIRM_CLOSE_OUT, {"reason": "情况属实，同意。"}),
    act("acceptor", A.CALL_BACK, {"called_on": "今天", "satisfaction": "satisfied", "reason": "信访人表示收到答复。"}),
    act("acceptor", A.CHECK_CLOSE_OUT, {"reason": "材料齐全。"}),
    act("lead", A.SIGN_CLOSE_OUT, {"reason": "同意销号。"}),
]


def build_at_work() -> Ids:
    """Build the county with a matter that was told through its pages until it is being handled (办理中)."""
    ids = build()
    county = County(ids, current_app.test_client)  # type: ignore[arg-type]
    with clock.frozen(THE_DAY):
        public_id = county.register()
        for each in WORKED:
            case = county.case(public_id)
            answer = take(county.browser(each.who), public_id, each.action, each.filled(county, case))
            assert answer.status_code == 303, each.action
    return ids | {"case": case.id}


def _unit_closes(county: County, _case: Case) -> Fields:
    """The unit is closed behind the back of the matter, and somebody notes it."""
    with committed():
        if county.civil.valid_to is None:
            before = clock.today() - timedelta(days=1)
            now = clock.now()
            close_department(county.civil, valid_to=before, successor=None, by=county.admin, now=now, reason="改革。")
    return {"reason": "承办单位已经撤销。"}


# After it no other story can be told in the same county.
CLOSES_A_UNIT = "the unit is closed"
STORIES: dict[str, list[Act]] = {
    "closed and reopened": [
        *WORKED,
        act("unit_head", A.EXTEND, POSTED | EXTENSION),
        act("handler", A.SERVE_DOCUMENT, _of_paper("returned", reason="查无此人。")),
        act("handler", A.SERVE_DOCUMENT, _of_paper("sent", method="post", proof="EMS 1235")),
        act("acceptor", A.SERVE_DOCUMENT, _of_paper("served", method="post", served_to="延秀兰", proof="EMS 1235")),
        act(
            "acceptor",
            A.ASSIST,
            lambda county, _case: {"department": str(county.ids["town"]), "due_on": "12月1日", "reason": "核对底册。"},
        ),
        act("town_head", A.ASSIST_FEEDBACK, {"reason": "底册已经核对。", "files": ["底册.pdf"]}),
        act("acceptor", A.MOVE_FEEDBACK, {"due_on": "1月10日", "reason": "县民政局申请：等待鉴定。"}),
        act("handler", A.NOTE, {"reason": "入户走访十四户。", "files": ["笔录一.pdf", "笔录二.pdf"]}),
        act(
            "unit_head", A.CHANGE_HANDLER, lambda c, case: _handler("colleague")(c, case) | {"reason": "原承办人外出。"}
        ),
        act("unit_head", A.CHANGE_HANDLER, lambda c, case: _handler("handler")(c, case) | {"reason": "原承办人返岗。"}),
        act(
            "office_head",
            A.CHANGE_LEAD,
            lambda county, _case: {"lead_official": str(county.ids["lead"]), "reason": "分工调整。"},
        ),
        act("unit_head", A.ISSUE_OPINION, answered("supported")),
        act(
            "handler",
            A.DELIVER,
            POSTED | {"served_on": "今天", "served_to": "延秀兰"},
        ),
        act(
            "acceptor",
            A.CORRECT_PAPER,
            lambda _county, case: {
                "document": latest_paper(case),
                "document_no": "阳访意〔2026〕2号",
                "reason": "笔误。",
            },
        ),
        act("handler", A.CARRY_OUT, _done),
        act(
            "handler",
            A.REPORT_RESULT,
            {"report_no": "阳民报〔2026〕1号", "reported_on": "今天", "reason": "已经办结。"},
        ),
        act("handler", A.CONFIRM_FILE, {"note": "登记表、笔录、意见书、回证"}),
        act("handler", A.APPLY_CLOSE_OUT, {"reason": "诉求已经落实，申请销号。"}),
        act("unit_head", A.RETURN_CLOSE_OUT, {"reason": "落实照片不全。"}),
        *CLOSED[1:],
        act("supervisor", A.PLAN_LOOK_BACK, {"due_on": "2026年12月28日", "reason": "群众来电询问。"}),
        act("supervisor", A.LOOK_BACK_HOLDS, {"result": "holds", "reason": "到村走访，没有反弹。"}),
        act("office_head", A.REOPEN, {"reason": "信访人提出新的事实。"}),
    ],
    "objection refused, not accepted": [
        CLAIM,
        _assign(),
        SIGNED_FOR,
        act("handler", A.UNDO_SIGN_FOR, {"reason": "点错了。"}),
        SIGNED_FOR,
        act("handler", A.ACCEPT, {"accepted_on": "今天", "sent_on": "", "untold": "住址不清"}),
        act("acceptor", A.UNDO_ACCEPT, {"reason": "看错了件，点错了受理。"}),
        act("handler", A.OBJECT, {"reason": "不属于民政部门职权。"}),
        act("acceptor", A.REFUSE_OBJECTION, {"reason": "属于基层政权工作。"}),
        act("unit_head", A.NOT_ACCEPT, SERVED | REFUSED),
        act("office_head", A.WITHDRAW_REFUSAL, {"reason": "来信反映的是判决以后的村务公开，应当受理。"}),
        _assign(),
        SIGNED_FOR,
        act("acceptor", A.SEAL_ACCUSATION, {"reason": "附件举报村主任收钱拉票。"}),
    ],
    "objection upheld, no longer accepted": [
        CLAIM,
        _assign(),
        act("unit_head", A.OBJECT, {"reason": "不属于民政部门职权。"}),
        act("acceptor", A.UPHOLD_OBJECTION, {"reason": "同意退回，改派乡镇。"}),
        _assign("town", "town_head"),
        act("town_head", A.SIGN_FOR),
        act(
            "town_head",
            A.NO_LONGER_ACCEPT,
            SERVED | NO_LONGER,
        ),
    ],
    "vote buying on two tracks": [
        act(
            "acceptor",
            A.CORRECT,
            {"election_type": "committee", "election_stage": "voting", "reason": "漏填选举类型。"},
        ),
        act("registrar", A.MARK_VOTE_BUYING, {"reason": "来信反映请客送礼。"}),
        act("registrar", A.REPORT_LEADERS, {"reason": "来信反映候选人请客送礼，按规定当日报告。"}),
        act("leader", A.READ_REPORT),
        act("acceptor", A.TRIAGE, {"matter_class": "accusation"}),
        act(
            "office_head",
            A.TRANSFER,
            DISCIPLINE,
        ),
        act(
            "acceptor",
            A.RECORD_RECEIPT,
            {"proved_by": "receipt", "receipt_no": "阳纪收〔2026〕1号", "received_by": "冯强", "received_on": "今天"},
        ),
        act(
            "acceptor",
            A.ASSIGN_VALIDITY,
            lambda county, _case: {"department": str(county.ids["town"]), "due_on": "12月5日"},
        ),
        act(
            "town_head",
            A.CONCLUDE_VALIDITY,
            {"result": "valid", "document_no": "润政〔2026〕9号", "reason": "选举程序合法，选举有效。"},
        ),
        act("acceptor", A.CONFIRM_FILE, {"note": "来信、移交清单、回执、结论"}),
        act("office_head", A.NOTE, {"reason": "纪检反馈仍在核查。"}),
    ],
    "vote buying unmarked": [
        act("acceptor", A.CORRECT, {"election_type": "both", "reason": "漏填选举类型。"}),
        act("acceptor", A.MARK_VOTE_BUYING, {"reason": "来信反映请客。"}),
        act("acceptor", A.REPORT_LEADERS, {"reason": "当日报告。"}),
        act("leader", A.READ_REPORT),
        act("office_head", A.ASK_UNMARK, {"reason": "经核不属贿选。"}),
        act("leader", A.UNMARK_VOTE_BUYING, {"reason": "经核不属贿选。"}),
        act("acceptor", A.MARK_URGENT, {"reason": "三十余人聚集。"}),
        act(
            "acceptor",
            A.REPORT_LEADERS,
            {"government": "1", "conference": "1", "received_on": "今天", "reason": "已派人到场。"},
        ),
        act("office_head", A.UNMARK_URGENT, {"reason": "已经平息。"}),
    ],
    "drafted, returned, drafted again, signed": [
        *WORKED,
        act("handler", A.DRAFT_EXTENSION, EXTENSION),
        act("unit_head", A.EXTEND, POSTED),
        act("handler", A.DRAFT_OPINION, answered("supported")),
        act("unit_head", A.RETURN_DRAFT, {"act": "issue_opinion", "reason": "请写明法律依据的条款。"}),
        act("handler", A.DRAFT_OPINION, {"basis": "村民委员会组织法第十四条。"}),
        act("unit_head", A.ISSUE_OPINION),
    ],
    "grave: drafted, referred, declined, approved, signed": [
        CLAIM,
        act("acceptor", A.MARK_URGENT, {"reason": "三十余人聚集。"}),
        _assign(),
        SIGNED_FOR,
        ACCEPTED,
        act("handler", A.DRAFT_OPINION, answered("supported")),
        act("unit_head", A.REFER_DRAFT, {"act": "issue_opinion"}),
        act("leader", A.DECLINE_DRAFT, {"act": "issue_opinion", "reason": "请写明办结的时间。"}),
        act("handler", A.DRAFT_OPINION, {"basis": "村民委员会组织法第十四条。"}),
        act("unit_head", A.REFER_DRAFT, {"act": "issue_opinion"}),
        act("leader", A.APPROVE_DRAFT, {"act": "issue_opinion", "reason": "同意。"}),
        act("unit_head", A.ISSUE_OPINION),
    ],
    "refusals drafted and signed": [
        CLAIM,
        _assign(),
        SIGNED_FOR,
        act("handler", A.DRAFT_NOT_ACCEPT, REFUSED | {"document_no": "阳访告〔2026〕1号"}),
        act("unit_head", A.NOT_ACCEPT, HANDED_OVER),
        act("office_head", A.WITHDRAW_REFUSAL, {"reason": "应当受理。"}),
        _assign(),
        SIGNED_FOR,
        act("handler", A.DRAFT_NO_LONGER_ACCEPT, NO_LONGER),
        act("unit_head", A.NO_LONGER_ACCEPT, HANDED_OVER),
    ],
    "review upheld, re-examination remits": [
        *DELIVERED,
        act(
            "acceptor",
            A.REQUEST_REVIEW,
            {"organ": "阳城县人民政府", "requested_on": "今天", "received_on": "今天"},
        ),
        act("acceptor", A.CONCLUDE_REVIEW, {"concluded_on": "今天", "reason": "维持原意见。"}),
        act(
            "acceptor",
            A.SERVE_REVIEW,
            {"served_on": "今天", "method": "post", "served_to": "延秀兰", "proof": "EMS 5678"},
        ),
        act(
            "acceptor",
            A.REQUEST_REVIEW,
            {"organ": "晋城市人民政府", "requested_on": "今天", "received_on": "今天"},
        ),
        act("acceptor", A.REMIT, {"concluded_on": "今天", "due_on": "1月10日", "reason": "撤销，责令重新办理。"}),
        act(
            "unit_head",
            A.ISSUE_OPINION,
            answered("partly"),
        ),
    ],
    "struck off, reviewed, upheld twice": [
        act("registrar", A.SET_SUPERIOR_DAY, {"due_on": "1月20日", "reason": "市信访局来函要求。"}),
        *DELIVERED,
        act(
            "acceptor",
            A.REPORT_SUPERIOR,
            {"report_no": "阳信报〔2026〕1号", "reported_on": "今天", "reason": "已答复。"},
        ),
        *CLOSED,
        act("acceptor", A.REQUEST_REVIEW, ASKED),
        act("acceptor", A.CONCLUDE_REVIEW, {"concluded_on": "今天", "reason": "维持原意见。"}),
        act("acceptor", A.SERVE_REVIEW, REVIEW_SERVED),
        act("acceptor", A.RECORD_FORCE_MAJEURE, A_DAY | {"reason": "暴雨断路。"}),
        act("acceptor", A.REQUEST_REVIEW, ASKED | {"organ": "晋城市人民政府"}),
        act("acceptor", A.HOLD_HEARING, A_DAY | {"reason": "在市信访局听证。", "files": ["听证笔录.pdf"]}),
        act("acceptor", A.CONCLUDE_REVIEW, {"concluded_on": "今天", "reason": "维持复查意见。"}),
        act("acceptor", A.SERVE_RE_EXAMINATION, REVIEW_SERVED),
    ],
    "review changes the opinion": [
        *DELIVERED,
        act("acceptor", A.REQUEST_REVIEW, ASKED),
        act(
            "acceptor",
            A.CHANGE_OPINION,
            lambda _county, case: (
                {f"result-{case.demand_points[0].id}": "supported"} | {"concluded_on": "今天", "reason": "应予补登。"}
            ),
        ),
        act("acceptor", A.SERVE_REVIEW, REVIEW_SERVED),
        act(
            "handler",
            A.CARRY_OUT,
            lambda county, case: {
                each: said for each, said in _done(county, case).items() if each != f"note-{case.demand_points[1].id}"
            },
        ),
        act("acceptor", A.REQUEST_REVIEW, ASKED | {"organ": "晋城市人民政府"}),
        act("acceptor", A.DISMISS_REVIEW, {"concluded_on": "今天", "reason": "不属于复核范围。"}),
    ],
    "entered late": [
        CLAIM,
        act(
            "acceptor",
            A.ASSIGN,
            lambda county, case: (
                given_to("civil", "handler", "lead")(county, case)
                | {"due_on": "2026年11月20日", "delivered_on": "11月18日", "letter_no": "阳信交〔2026〕2号"}
            ),
        ),
        SIGNED_FOR,
        act("handler", A.ACCEPT, SERVED | {"accepted_on": "11月18日", "sent_on": "11月18日"}),
        act("unit_head", A.ISSUE_OPINION, lambda c, case: answered("explained")(c, case) | {"happened_on": "11月19日"}),
        act(
            "handler",
            A.DELIVER,
            {"served_on": "11月19日", "method": "in_person", "served_to": "延秀兰", "proof": "回证1号"},
        ),
        act("handler", A.REPORT_RESULT, {"report_no": "阳民报1号", "reported_on": "11月20日", "reason": "已办结。"}),
        act(
            "acceptor",
            A.CHECK_LATE_ENTRY,
            {"finding": "upheld", "proof": "收文登记 11月20日", "reason": "收文登记簿记明。"},
        ),
    ],
    "forwarded, sent back, forwarded again": [
        act("acceptor", A.TRIAGE, {"matter_class": "claim", "route": "litigation"}),
        act("acceptor", A.FORWARD, FORWARDED),
        act("acceptor", A.TAKE_BACK, {"happened_on": "今天", "reason": "属检察机关法律监督。"}),
        act("office_head", A.FORWARD, FORWARDED | {"organ": "阳城县人民检察院", "paper_no": ""}),
        act(
            "acceptor",
            A.RECORD_RECEIPT,
            {"received_on": "今天", "proved_by": "proof", "no_receipt": "EMS 1234 签收回单"},
        ),
        act("acceptor", A.CONFIRM_FILE, {"note": "来信、转送函、签收回单"}),
    ],
    "another route": [
        act("registrar", A.CORRECT, {"title": "反映上庄村选民登记遗漏十四户", "people_count": "3", "reason": "笔误。"}),
        act(
            "registrar",
            A.CORRECT,
            lambda _county, case: {
                **{"channel": "superior", "superior_office": "市信访局", "superior_no": "晋信转〔2026〕5号"},
                **{"purpose": "appeal", f"point-{case.demand_points[0].id}": "补登遗漏的十四户选民。"},
                "reason": "登记时选错了信访形式。",
            },
        ),
        act(
            "acceptor", A.SET_PLACE, lambda county, _case: {"village_text": "上庄村", "village": "", "village_was": ""}
        ),
        act(
            "registrar",
            A.NAME_ACCUSED,
            {"accused_name": ["某村民", ""], "accused_position": ["村委会主任", ""], "reason": "来信写明。"},
        ),
        act(
            "acceptor",
            A.CORRECT_PETITIONER,
            lambda _county, case: {
                "person": str(case.petitioners[0].id),
                "phone": "13903561235",
                "reason": "来电更正号码。",
            },
        ),
        act("office_head", A.CORRECT_RECEIPT, {"received_on": "11月17日", "reason": "收文登记是 17 日。"}),
        act("acceptor", A.RAISE_LEVEL, {"level": "sensitive", "reason": "涉及人员较多。"}),
        CLAIM,
        act(
            "acceptor",
            A.RECLASSIFY,
            {"matter_class": "claim", "route": "administrative", "reason": "应当申请行政复议。"},
        ),
        act("acceptor", A.DIVERT, {"organ": "阳城县司法局", "sent_on": "", "untold": "住址不清"}),
    ],
    "referred and withdrawn": [
        CLAIM,
        act("acceptor", A.REFER, given_to("civil", None, None)),
        act("unit_head", A.SIGN_FOR, _handler("handler")),
        act("acceptor", A.WITHDRAW, {"reason": "信访人书面撤回。", "files": ["撤回声明.pdf"]}),
    ],
    "merged, taken apart, void": [
        act("acceptor", A.MERGE, lambda _county, case: {"into": the_other_than(case), "reason": "同人同事。"}),
        act("acceptor", A.UNDO_MERGE, {"reason": "不是同一件事。"}),
        act("registrar", A.ASK_VOID, {"reason": "重复登记。"}),
        act("office_head", A.VOID, lambda _county, case: {"same_as": the_other_than(case), "reason": "重复登记。"}),
    ],
    "urged, supervised, instructed": [
        *WORKED,
        act("supervisor", A.CHECK_UP, {"asked": "请于月底前办结。", "reason": "已入户核实，尚未答复。"}),
        act("acceptor", A.URGE),
        act("office_head", A.WITHDRAW_ORDER, {"reason": "发错了单位。"}),
        act("supervisor", A.SUPERVISE, {"level": "interview", "reason": "拖延不办，建议约谈。"}),
        act("leader", A.REFUSE_ORDER, {"reason": "先发红色督办单。"}),
        act("supervisor", A.SUPERVISE, {"level": "red", "reason": "拖延不办，限期书面说明。"}),
        act("office_head", A.SIGN_ORDER),
        act("handler", A.ANSWER_ORDER, {"reason": "已经入户核实，本周答复。", "files": ["情况说明.pdf"]}),
        act("lead", A.INSTRUCT, {"phrase": "listen", "words": "结果报我。", "files": ["手写批示.pdf"]}),
        act("handler", A.REPORT_INSTRUCTION, {"reason": "已当面听取信访人意见。"}),
        act("leader", A.INSTRUCT, {"phrase": "read"}),
    ],
    "recurred after the close-out": [
        *DELIVERED,
        *CLOSED,
        act("supervisor", A.LOOK_BACK_REOPENS, {"incomplete": "水渠只修了一半。", "reason": "问题反弹。"}),
    ],
    CLOSES_A_UNIT: [
        *WORKED,
        act("acceptor", A.NOTE, _unit_closes),
        act("acceptor", A.REASSIGN, lambda c, case: given_to("land", "stranger", None)(c, case) | {"reason": "划转。"}),
    ],
}
