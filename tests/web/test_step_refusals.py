"""Acts that cannot be taken, or were taken already: the sentence, and nothing typed is lost."""

import threading
from typing import Any

import pytest
from sqlalchemy import func, select
from werkzeug.datastructures import MultiDict

from tests.web.arranging import arrange
from tests.web.browsing import filled, form_of, take
from tests.web.naughty import STRINGS, UNREADABLE
from tests.web.stories import CLAIM, DELIVERED, SIGNED_FOR, WORKED, act, given_to, upload
from tests.web.test_steps import tell
from tests.world.county import County
from tracker.cases.lifecycle.rules.actions import Action
from tracker.cases.record.models import Attachment, CaseStep
from tracker.core.database import db

NOTE = {"reason": "入户走访十四户，核对底册。"}


@pytest.fixture
def case(at_work: str) -> str:
    """Give the matter that is being handled."""
    return at_work


def told(county: County, acts: list[Any]) -> str:
    """Tell a story and return the case."""
    return arrange(county, county.register(), acts)


def address(case: str, action: str) -> str:
    """Return the address of an act."""
    return f"/cases/{case}/steps/{action}"


def count(county: County, case: str, action: Action) -> int:
    """Return how often an act was taken."""
    case_id = county.case(case).id
    rows = select(func.count()).select_from(CaseStep).where(CaseStep.case_id == case_id, CaseStep.action == action)
    return db.session.scalar(rows) or 0


def opened(county: County, who: str, case: str, action: str, fields: dict[str, Any]) -> MultiDict[str, Any]:
    """Open the page of an act and fill it in, without sending it yet."""
    return filled(form_of(county.browser(who).get(address(case, action)), address(case, action)), fields)


def test_the_wrong_person_is_told_whose_act_it_is(county: County) -> None:
    case = told(county, [CLAIM])
    for answer in (
        county.browser("supervisor").get(address(case, "assign")),
        county.browser("supervisor").post(address(case, "assign"), data=with_token(county, "supervisor")),
    ):
        assert answer.status_code == 403
        assert "“交办”应由受理员、信访部门负责人办理。" in answer.text
    assert county.case(case).status == "triaged"


def with_token(county: County, who: str) -> dict[str, str]:
    """Return a form token and nothing else."""
    page = county.browser(who).get("/account")
    return {"csrf_token": form_of(page, "/sign-out").fields["csrf_token"]}


def test_a_step_the_table_does_not_have(county: County) -> None:
    case = told(county, [CLAIM])
    for answer in (
        county.browser("acceptor").get(address(case, "sign_close_out")),
        county.browser("acceptor").post(address(case, "merge_all"), data=with_token(county, "acceptor")),
    ):
        assert answer.status_code in (404, 422)
    refused = county.browser("acceptor").get(address(case, "sign_close_out"))
    assert refused.status_code == 422
    assert "本件现在是“待交办”，不能“签批销号”。" in refused.text
    for action in ("register", "import", "undo_import", "x" * 300, "assign%00"):
        assert county.browser("acceptor").get(address(case, action)).status_code in (400, 404)


def test_a_guard_says_why_not(county: County) -> None:
    case = told(county, DELIVERED)
    refused = county.browser("handler").get(address(case, "apply_close_out"))
    assert refused.status_code == 422
    assert "销号核对单还缺：一案一档齐全（承办人尚未确认）" in refused.text


def test_what_is_missing_is_said_at_its_field_and_the_rest_is_kept(county: County) -> None:
    case = told(county, [CLAIM])
    chosen = given_to("civil", "handler", None)(county, county.case(case))
    page = take(
        county.browser("acceptor"),
        case,
        "assign",
        chosen | {"lead_official": "", "due_on": "2月30日", "letter_no": "阳信交 9 号"},
    )
    assert page.status_code == 422
    again = form_of(page, address(case, "assign"))
    assert again.fields["department"] == str(county.ids["civil"])
    assert again.fields["handler"] == str(county.ids["handler"])
    assert again.fields["due_on"] == "2月30日"
    assert again.fields["letter_no"] == "阳信交 9 号"
    assert 'id="lead_official-error"' in page.text
    assert "没有“2月30日”这一天" in page.text


def test_what_the_law_refuses_is_said_at_its_field(county: County) -> None:
    case = told(county, [CLAIM])
    fields = given_to("civil", "handler", "lead")(county, county.case(case))
    wrong = fields | {"handler": str(county.ids["town_head"]), "due_on": "20261101", "delivered_on": "20261201"}
    page = take(county.browser("acceptor"), case, "assign", wrong)
    assert page.status_code == 422
    for words in ("温凯现在不在县民政局任职", "反馈时限不能早于送达承办单位之日", "与今天之间：写实际办理的那一天"):
        assert words in page.text
    assert county.case(case).status == "triaged"


def test_files_survive_a_refused_sending(county: County, case: str) -> None:
    page = take(county.browser("handler"), case, "note", {"reason": "", "files": [upload("笔录.pdf")]})
    assert page.status_code == 422
    assert "笔录.pdf" in page.text
    again = filled(form_of(page, address(case, "note")), NOTE)
    assert county.browser("handler").post(address(case, "note"), data=again).status_code == 303
    names = db.session.scalars(select(Attachment.name).where(Attachment.case_id == county.case(case).id)).all()
    assert names == ["笔录.pdf"]


@pytest.mark.both_databases
def test_a_stale_page_shows_what_changed_and_keeps_what_was_typed(county: County, case: str) -> None:
    mine = opened(county, "handler", case, "note", NOTE)
    take(county.browser("unit_head"), case, "extend", {"days": "30", "document_no": "延 1 号", "reason": "需要鉴定。"})
    page = county.browser("handler").post(address(case, "note"), data=mine)
    assert page.status_code == 409
    for words in ("您打开页面以后，本件被别人办理过", "延长办理期限", "张建军", "需要鉴定。"):
        assert words in page.text
    assert "登记</b>" not in page.text, "only what is new"
    again = form_of(page, address(case, "note"))
    assert again.fields["reason"] == NOTE["reason"]
    assert count(county, case, Action.NOTE) == 0
    assert county.browser("handler").post(address(case, "note"), data=again.fields).status_code == 303
    assert count(county, case, Action.NOTE) == 1


def test_what_came_too_late_can_be_added_as_a_note(county: County) -> None:
    case = told(county, [CLAIM, *WORKED[1:2]])
    mine = opened(county, "handler", case, "sign_for", {})
    tell(county, case, SIGNED_FOR)
    page = county.browser("handler").post(address(case, "sign_for"), data=mine)
    assert page.status_code == 409
    assert "本件现在是“待受理”，不能“签收”。" in page.text
    note = county.browser("handler").post(
        address(case, "sign_for"), data={**form_of(page, address(case, "sign_for")).fields, "resolve": "note"}
    )
    assert note.status_code == 200
    assert "承办人：王海燕" in form_of(note, address(case, "note")).fields["reason"]
    kept = form_of(note, address(case, "note"))
    assert county.browser("handler").post(address(case, "note"), data=kept.fields).status_code == 303


def test_only_a_note_from_a_page_whose_act_is_still_lawful(county: County, case: str) -> None:
    fields = {"days": "10", "document_no": "延 2 号", "reason": "证据未齐。"}
    mine = opened(county, "unit_head", case, "extend", fields)
    take(county.browser("handler"), case, "note", NOTE)
    page = county.browser("unit_head").post(address(case, "extend"), data=mine)
    assert page.status_code == 409
    assert "只加说明" in page.text
    sent = {**form_of(page, address(case, "extend")).fields, "resolve": "note"}
    note = form_of(county.browser("unit_head").post(address(case, "extend"), data=sent), address(case, "note"))
    for words in ("告知书文号：延 2 号", "理由：证据未齐。", "延长：10 日"):
        assert words in note.fields["reason"]


def test_a_page_without_a_version_is_stale(county: County, case: str) -> None:
    mine = opened(county, "handler", case, "note", NOTE)
    for version in ("", "x", "²", "99999999999999999999999"):
        mine["version"] = version
        assert county.browser("handler").post(address(case, "note"), data=mine).status_code in (409, 422)
    assert count(county, case, Action.NOTE) == 0


def test_a_double_click_takes_one_step(county: County, case: str) -> None:
    mine = opened(county, "handler", case, "note", NOTE)
    answers = [county.browser("handler").post(address(case, "note"), data=mine) for _click in range(3)]
    assert [answer.status_code for answer in answers] == [303, 303, 303]
    assert {answer.location for answer in answers} == {f"/cases/{case}"}
    assert count(county, case, Action.NOTE) == 1
    assert "没有重复办理" in county.browser("handler").get(f"/cases/{case}").text


def test_the_same_form_with_other_content_is_not_swallowed(county: County, case: str) -> None:
    """Two tabs of one form: what the second says is shown again, as on every stale page."""
    browser = county.browser("handler")
    sent = opened(county, "handler", case, "note", NOTE)
    assert browser.post(f"/cases/{case}/steps/note", data=sent).status_code == 303
    other = browser.post(f"/cases/{case}/steps/note", data={**sent, "reason": "另一份说明，不能丢。"})
    assert other.status_code == 409
    assert "另一份说明，不能丢。" in other.text


@pytest.mark.both_databases
def test_two_sendings_at_the_same_moment_take_one_step(county: County, case: str) -> None:
    browser = county.browser("handler")
    mine = opened(county, "handler", case, "note", NOTE)
    name = browser.application.config["SESSION_COOKIE_NAME"]
    cookie = browser.get_cookie(name)
    assert cookie
    answers: list[int] = []
    ready = threading.Barrier(3)

    def send() -> None:
        other = county.new_client()
        other.set_cookie(name, cookie.value)
        ready.wait()
        answers.append(other.post(address(case, "note"), data=mine.to_dict()).status_code)

    db.session.commit()
    threads = [threading.Thread(target=send) for _each in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [303, 303, 303]
    assert count(county, case, Action.NOTE) == 1


def test_who_may_not_see_the_case_any_more_is_led_home(county: County) -> None:
    case = told(county, [CLAIM, *WORKED[1:2]])
    mine = opened(county, "unit_head", case, "object", {"reason": "不属于民政部门职权。"})
    assert county.browser("unit_head").post(address(case, "object"), data=mine).location == f"/cases/{case}"
    take(county.browser("acceptor"), case, "uphold_objection", {"reason": "同意退回。"})
    again = county.browser("unit_head").post(address(case, "object"), data=mine)
    assert (again.status_code, again.location) == (303, "/")
    assert county.browser("unit_head").get(f"/cases/{case}").status_code == 404


def test_the_dates_are_said_before_saving(county: County) -> None:
    case = told(county, [CLAIM])
    browser = county.browser("acceptor")
    page = browser.get(address(case, "assign")).text
    assert "起算“告知是否受理”：15 日，至 2026年12月7日 周一" in page
    echo = browser.get(f"{address(case, 'assign')}/dates/delivered_on?text=11月20日")
    objection, acceptance = "提出异议 5 个工作日，至 2026年11月27日 周五", "告知是否受理 15 日，至 2026年12月7日 周一"
    assert echo.json == {"text": f"2026年11月20日 周五；{objection}；{acceptance}"}
    wrong = browser.get(f"{address(case, 'assign')}/dates/delivered_on?text=2月30日")
    assert wrong.json == {"text": "没有“2月30日”这一天，请核对日期。"}
    assert browser.get(f"{address(case, 'assign')}/dates/due_on?text=今天").status_code == 404


def test_the_office_has_days_of_its_own_to_give_it_out_again(county: County) -> None:
    case = told(county, [CLAIM, *WORKED[1:2], act("unit_head", Action.OBJECT, {"reason": "不属于民政部门职权。"})])
    page = county.browser("acceptor").get(address(case, "uphold_objection")).text
    assert "起算“收回后重新交办”：5 个工作日，至 2026年11月27日 周五" in page


def test_each_number_of_days_says_where_it_leads(county: County, case: str) -> None:
    page = county.browser("unit_head").get(address(case, "extend")).text
    assert "30 日，至 2027年2月19日（暂定）" in page


def test_the_pickers_tell_what_lies_with_whom_and_leave_out_the_accused(county: County) -> None:
    told(county, WORKED)
    case = told(county, [CLAIM])
    fields = {"accused_name": ["温凯"], "accused_position": [""], "reason": "来信写明。"}
    page = county.browser("acceptor").get(address(case, "assign")).text
    assert "王海燕（承办人）　在办 1" in page
    assert "县民政局　在办 1" in page
    assert "温凯" in page
    take(county.browser("acceptor"), case, "name_accused", fields)
    page = county.browser("acceptor").get(address(case, "assign")).text
    assert "温凯" not in page
    assert "王海燕" in page


def test_whatever_is_typed_breaks_nothing(county: County) -> None:
    case = county.register()
    browser = county.browser("acceptor")
    for number, text in enumerate(STRINGS):
        fields = dict.fromkeys(("title", "summary", "place_note", "reason"), text)
        answer = take(browser, case, "correct", fields | {"new_points": [text, ""], "people_count": str(number + 1)})
        assert answer.status_code in (303, 422), (text, answer.status)
        everywhere = fields | {"people_count": text, "new_points": [text, text]}
        assert take(browser, case, "correct", everywhere).status_code in (303, 422), text
    shown = browser.get(f"/cases/{case}")
    assert shown.status_code == 200
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in shown.text
    for markup in ("<script>alert(1)", "<img src=x", '" onfocus=alert'):
        assert markup not in shown.text


def test_what_cannot_be_kept_is_refused_at_the_edge(county: County, case: str) -> None:
    for text in UNREADABLE:
        mine = opened(county, "handler", case, "note", {"reason": text})
        assert county.browser("handler").post(address(case, "note"), data=mine).status_code == 400


def test_values_that_the_page_did_not_offer(county: County) -> None:
    case = told(county, [CLAIM])
    fields = given_to("civil", "handler", "lead")(county, county.case(case)) | {"due_on": "12月20日"}
    for name, value in (
        ("department", "999999"),
        ("handler", "1 OR 1=1"),
        ("lead_official", str(county.ids["handler"])),
    ):
        answer = take(county.browser("acceptor"), case, "assign", fields | {name: value})
        assert answer.status_code == 422
        assert f'id="{name}-error"' in answer.text
