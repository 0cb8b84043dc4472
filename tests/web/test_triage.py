"""分类并交办: one page for both acts, in one transaction, through a list; nothing gets past the guards of the acts."""

import json
from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from tests.cases.counting import statements
from tests.conftest import Clock
from tests.web.browsing import filled, form_of
from tests.web.stories import CLAIM, act, given_to, upload
from tests.web.test_error_pages import told
from tests.web.test_registration import a_form
from tests.web.test_steps import tell
from tests.world.county import County
from tracker.audit import Event
from tracker.audit.models import AuditEvent
from tracker.cases.lifecycle.rules.actions import Action
from tracker.cases.record.models import Assignment, Attachment, Case, CaseStep, Document
from tracker.cases.record.rules.codes import Channel, Purpose
from tracker.core.database import db

PAGE, SENDING = 38, 77
LIST = "status=registered&history=without"
WORDS = "请县民政局核实三户的选民资格，书面答复。"


def address(case: str, query: str = LIST) -> str:
    return f"/cases/{case}/triage?{query}"


def opened(county: County, case: str, who: str = "acceptor", query: str = LIST) -> TestResponse:
    return county.browser(who).get(address(case, query))


def typed(county: County, **more: Any) -> dict[str, Any]:
    given = given_to("civil", "handler", "lead")(county, db.session.scalars(select(Case).limit(1)).one())
    return {**given, "proposal": WORDS, **more}


def sending(county: County, case: str, page: TestResponse | None = None, **more: Any) -> MultiDict[str, Any]:
    """Return what the page sends after it was filled in; `act` is the button."""
    button = more.pop("act", "assign")
    page = page or opened(county, case)
    fields = filled(form_of(page, f"/cases/{case}/triage"), typed(county, **more))
    fields["act"] = button
    return fields


def sent(county: County, case: str, **more: Any) -> TestResponse:
    return county.browser("acceptor").post(f"/cases/{case}/triage", data=sending(county, case, **more))


def steps(case: Case) -> list[str]:
    return list(db.session.scalars(select(CaseStep.action).where(CaseStep.case_id == case.id).order_by(CaseStep.id)))


def kept() -> tuple[int, ...]:
    """Return how many lines and rows there are."""
    return tuple(
        db.session.scalar(select(func.count()).select_from(of)) or 0 for of in (CaseStep, Assignment, Document)
    )


def test_both_acts_in_one_sending_each_with_its_own_lines(county: County) -> None:
    case = county.register(title="反映选民登记遗漏")
    answer = sent(county, case, files=[upload("函.pdf")])
    assert answer.status_code == 303, told(answer.text)
    row = county.case(case)
    assert (row.status, row.matter_class, row.route) == ("assigned", "claim", "petition")
    assert steps(row) == ["register", "triage", "assign"]
    given = db.session.scalars(select(Assignment)).one()
    assert (given.handler_id, given.proposal, given.due_on) == (county.ids["handler"], WORDS, date(2027, 1, 20))
    stepped = select(AuditEvent).where(AuditEvent.kind == Event.CASE_STEPPED).order_by(AuditEvent.seq)
    logged = db.session.scalars(stepped).all()
    assert [json.loads(each.payload)["action"] for each in logged] == ["triage", "assign"]
    last = db.session.scalars(select(CaseStep).where(CaseStep.action == "assign")).one()
    assert db.session.scalars(select(Attachment.step_id)).one() == last.id
    assert WORDS in county.browser("handler").get(f"/cases/{case}").text


def test_the_unit_reads_what_is_proposed_where_it_acts(county: County) -> None:
    case = county.register()
    sent(county, case)
    assert WORDS in county.browser("handler").get(f"/cases/{case}/steps/sign_for").text


@pytest.mark.parametrize(
    ("purpose", "matter_class", "route"),
    [
        (Purpose.SETTLEMENT, "claim", "petition"),
        (Purpose.APPEAL, "claim", "petition"),
        (Purpose.SUGGESTION, "suggestion", ""),
        (Purpose.ACCUSATION, "accusation", ""),
        (Purpose.CONSULTATION, None, ""),
        (Purpose.OTHER, None, ""),
    ],
)
def test_the_class_follows_the_purpose(county: County, purpose: Purpose, matter_class: str | None, route: str) -> None:
    case = county.register(purpose=purpose)
    fields = form_of(opened(county, case), f"/cases/{case}/triage").fields
    assert (fields.get("matter_class"), fields.get("route", "")) == (matter_class, route)


def test_the_letter_stands_beside_the_form_and_the_petitioner_is_masked(county: County) -> None:
    case = county.register(title="反映选民登记遗漏", summary="来信反映选民名单漏登三户。")
    page = opened(county, case).text
    assert "来信反映选民名单漏登三户。" in page
    assert "补登遗漏的三户" in page or county.case(case).demand_points[0].text in page
    assert "按办理期限 60 日" in page
    people = [each.name for each in county.case(case).petitioners]
    assert people
    assert not any(name and name in page for name in people)


def test_the_limit_of_the_upper_level_is_proposed_where_it_is_earlier(county: County) -> None:
    case = county.register(channel=Channel.SUPERIOR, superior_office="市信访局", superior_due_on=date(2026, 12, 18))
    page = opened(county, case)
    assert form_of(page, f"/cases/{case}/triage").fields["due_on"] == "2026-12-13"
    assert "上级要求 2026年12月18日 办结，提前 5 日代拟" in page.text


@pytest.mark.parametrize(
    ("more", "where"),
    [
        ({"department": ""}, ["department"]),
        ({"handler": "", "lead_official": "", "due_on": ""}, ["lead_official", "handler", "due_on"]),
        ({"matter_class": None, "route": ""}, ["matter_class"]),
        ({"due_on": "2026-11-01"}, ["due_on"]),
        ({"route": "litigation"}, []),
        ({"matter_class": "accusation", "route": ""}, []),
        ({"act": "triage"}, ["proposal"]),
    ],
)
def test_what_one_act_refuses_undoes_the_other_and_all_is_kept(
    county: County, more: dict[str, Any], where: list[str]
) -> None:
    case = county.register()
    before = kept()
    answer = sent(county, case, **more)
    assert answer.status_code == 422
    assert [name for name in told(answer.text) if name] == where
    assert WORDS in answer.text
    assert kept() == before
    assert county.case(case).status == "registered"


def test_an_accusation_goes_to_no_unit_by_any_button(county: County) -> None:
    """Named so by the clerk, or found out by the acceptor: the guards of the acts hold, and only the class remains."""
    for case in (county.register(purpose=Purpose.ACCUSATION), county.register()):
        for button in ("assign", "refer"):
            answer = sent(county, case, matter_class="accusation", route="", act=button)
            assert answer.status_code == 422
            assert "检举控告类事项不得转交办理" in answer.text
        answer = sent(county, case, matter_class="accusation", route="", act="triage", proposal="")
        assert answer.status_code == 303, told(answer.text)
        row = county.case(case)
        assert (row.status, row.level, row.assignment_id) == ("triaged", "accusation", None)
        assert steps(row) == ["register", "triage"]


def test_who_may_not_know_or_not_decide_gets_no_page(county: County) -> None:
    sealed = county.register(purpose=Purpose.ACCUSATION)
    plain = county.register()
    assert opened(county, sealed, "checker").status_code == 404
    assert opened(county, plain, "handler").status_code == 404
    assert opened(county, plain, "registrar").status_code == 403
    assert "逐件分类" not in county.browser("registrar").get(f"/cases?{LIST}").text


def test_a_referral_names_no_date_and_no_leader(county: County) -> None:
    case = county.register()
    assert sent(county, case, act="refer", handler="", lead_official="").status_code == 303
    given = db.session.scalars(select(Assignment)).one()
    assert (given.mode, given.due_on, given.proposal) == ("referral", None, WORDS)
    assert steps(county.case(case)) == ["register", "triage", "refer"]


def test_one_goes_through_the_list_and_is_told_its_end(county: County) -> None:
    first, second, third = (county.register(title=f"第 {n} 件", received_on=date(2026, 11, n)) for n in (16, 17, 18))
    hidden = county.register(purpose=Purpose.ACCUSATION, title="检举", received_on=date(2026, 11, 15))
    acceptor = county.browser("checker")
    begun = acceptor.get(f"/cases/triage?{LIST}")
    assert begun.location == address(first), "who may not know of the accusation never comes to it"
    page = acceptor.get(begun.location)
    assert "待分类第 <b>1</b> 件，共 <b>3</b> 件" in page.text
    assert "后面还有 2 件" in page.text
    assert hidden not in page.text
    assert address(second).replace("&", "&amp;") in page.text
    answer = acceptor.post(f"/cases/{first}/triage", data=sending(county, first, page))
    assert answer.location == address(second)
    page = acceptor.get(answer.location)
    assert "已办理“分类并交办”：XF-2026-000001" in page.text
    assert "待分类第 <b>1</b> 件，共 <b>2</b> 件" in page.text
    page = acceptor.get(address(third))
    assert "待分类第 <b>2</b> 件，共 <b>2</b> 件，这是最后一件" in page.text
    answer = acceptor.post(f"/cases/{third}/triage", data=sending(county, third, page))
    assert answer.location == f"/cases?{LIST}"
    assert "列表到头了，前面还有 1 件没有办。" in acceptor.get(answer.location).text
    answer = acceptor.post(f"/cases/{second}/triage", data=sending(county, second, acceptor.get(address(second))))
    assert "这个列表办完了。" in acceptor.get(answer.location).text
    assert acceptor.get(f"/cases/triage?{LIST}").location == f"/cases?{LIST}"


@pytest.mark.both_databases
def test_the_list_is_the_one_that_was_narrowed(county: County) -> None:
    near, far = county.register(title="近的"), county.register(title="远的", village_id=county.ids["other_village"])
    query = f"{LIST}&place={county.other_village.public_id}&sort=received"
    ledger = county.browser("acceptor").get(f"/cases?{query}").text
    assert "逐件分类、交办" in ledger
    begun = county.browser("acceptor").get(f"/cases/triage?{query}")
    assert f"/cases/{far}/triage?" in begun.location
    page = county.browser("acceptor").get(begun.location).text
    assert "共 <b>1</b> 件" in page
    assert (
        "本件不在这个列表里"
        in county.browser("acceptor").get(f"/cases/{near}/triage?{begun.location.split('?')[1]}").text
    )


def test_sent_again_it_leads_on_and_does_nothing(county: County) -> None:
    case, other = county.register(), county.register()
    fields = sending(county, case)
    first = county.browser("acceptor").post(f"/cases/{case}/triage", data=fields)
    before = kept()
    again = county.browser("acceptor").post(f"/cases/{case}/triage", data=fields)
    assert again.location == first.location == address(other)
    assert kept() == before


def test_what_somebody_else_did_meanwhile_is_shown(county: County) -> None:
    case = county.register()
    fields = sending(county, case)
    tell(county, case, CLAIM)
    answer = county.browser("acceptor").post(f"/cases/{case}/triage", data=fields)
    assert answer.status_code == 409
    assert "本件被别人办理过" in answer.text
    assert WORDS in answer.text
    note = MultiDict(form_of(answer, f"/cases/{case}/triage").fields)
    note["resolve"] = "note"
    offered = county.browser("acceptor").post(f"/cases/{case}/triage", data=note)
    assert f"拟办意见：{WORDS}" in offered.text
    assert f'action="/cases/{case}/steps/note"' in offered.text


def test_a_change_beside_it_can_be_looked_at_and_gone_over(county: County) -> None:
    case = county.register()
    fields = sending(county, case, act="refer")
    tell(county, case, act("acceptor", Action.CORRECT, {"title": "更正后的标题", "reason": "写错了。"}))
    answer = county.browser("acceptor").post(f"/cases/{case}/triage", data=fields)
    assert answer.status_code == 409
    assert 'name="act" value="refer"' in answer.text
    over = filled(form_of(answer, f"/cases/{case}/triage"), {})
    over["act"] = "refer"
    assert county.browser("acceptor").post(f"/cases/{case}/triage", data=over).status_code == 303
    assert steps(county.case(case))[-2:] == ["triage", "refer"]


def test_a_draft_of_it_is_gone_on_with_in_its_list(county: County) -> None:
    case, _other = county.register(), county.register()
    fields = sending(county, case)
    told_so = county.browser("acceptor").post(
        "/drafts", data={**fields, "draft-address": f"/cases/{case}/triage", "draft-title": "分类并交办"}
    )
    assert told_so.status_code in (200, 204), told_so.text
    desk = county.browser("acceptor").get("/").text
    place = desk.index(f"/cases/{case}/triage?draft=")
    resumed = county.browser("acceptor").get(desk[place : desk.index('"', place)])
    assert form_of(resumed, f"/cases/{case}/triage").fields["proposal"] == WORDS
    assert "共 <b>2</b> 件" in resumed.text


@pytest.mark.parametrize(("who", "then"), [("acceptor", "/triage"), ("registrar", "")])
def test_who_gives_out_goes_on_with_it_after_registration(county: County, who: str, then: str) -> None:
    browser = county.browser(who)
    fields = {
        **a_form(category=None),
        "submission": form_of(browser.get("/cases/new"), "/cases/new").fields["submission"],
    }
    answer = browser.submit("/cases/new", fields)
    case = db.session.scalars(select(Case.public_id)).one()
    assert answer.location == f"/cases/{case}{then}"
    assert ("分类并交办" in browser.get(f"/cases/{case}").text) is (who == "acceptor")


def test_queries_are_counted(county: County, clock: Clock) -> None:
    case = county.register()
    for _ in range(3):
        county.register()
    opened(county, case)
    fields = sending(county, case)
    with statements() as run:
        opened(county, case)
    assert len(run) == PAGE, "\n".join(run)
    with statements() as run:
        county.browser("acceptor").post(f"/cases/{case}/triage", data=fields)
    assert len(run) == SENDING, "\n".join(run)
