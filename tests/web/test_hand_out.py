"""一起分类并交办: chosen in the ledger, previewed with reasons, given out each by itself; what failed stays listed."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from tests.web.browsing import filled, form_of
from tests.web.stories import CLAIM, act, given_to
from tests.web.test_error_pages import told
from tests.web.test_steps import tell
from tests.world.county import County
from tracker.audit.queries import verify
from tracker.cases.acts.naming import AccusedEntry
from tracker.cases.lifecycle.rules.actions import Action
from tracker.cases.page.hand_out import MOST_AT_ONCE
from tracker.cases.record.models import Assignment, Case, CaseStep
from tracker.cases.record.rules.codes import Purpose
from tracker.core.database import db

PREVIEW, GIVE = "/cases/triage/selection/preview", "/cases/triage/selection"
LIST = "/cases?status=registered&history=without"
WORDS = "请逐件核实，书面答复。"


def chosen(county: County, cases: list[str], who: str = "acceptor") -> TestResponse:
    ledger = county.browser(who).get(LIST)
    fields = MultiDict(form_of(ledger, "/supervision/urge/preview").fields)
    fields.setlist("case", cases)
    return county.browser(who).post(PREVIEW, data=fields)


def order(county: County, page: TestResponse, **more: Any) -> MultiDict[str, Any]:
    given = given_to("civil", "handler", "lead")(county, db.session.scalars(select(Case).limit(1)).one())
    return filled(form_of(page, GIVE), {**given, "proposal": WORDS, **more})


def given_out() -> list[tuple[int, str | None]]:
    db.session.expire_all()
    rows = db.session.execute(select(Assignment.case_id, Assignment.proposal).order_by(Assignment.id))
    return [(row[0], row[1]) for row in rows]


def actions(case: Case) -> list[str]:
    return list(db.session.scalars(select(CaseStep.action).where(CaseStep.case_id == case.id).order_by(CaseStep.id)))


def test_the_list_of_those_to_classify_offers_it(county: County) -> None:
    county.register()
    assert "一起分类、交办…" in county.browser("acceptor").get(LIST).text
    assert "一起分类、交办…" not in county.browser("acceptor").get("/cases").text
    assert "一起分类、交办…" not in county.browser("supervisor").get(LIST).text


def test_the_preview_says_what_each_gets_and_which_are_refused_and_why(county: County) -> None:
    claim = county.register(title="求决的事")
    suggestion = county.register(title="建议的事", purpose=Purpose.SUGGESTION)
    unclear = county.register(title="咨询的事", purpose=Purpose.CONSULTATION)
    accusation = county.register(title="检举的事", purpose=Purpose.ACCUSATION)
    classed = county.register(title="分过类的事")
    tell(county, classed, CLAIM)
    bribed = county.register(title="贿选的事", election_type="committee", vote_buying=True)
    page = chosen(county, [claim, suggestion, unclear, accusation, classed, bribed])
    assert page.status_code == 200
    assert form_of(page, GIVE).fields.getlist("case") == [claim, suggestion]
    for words in (
        "申诉求决类",
        "建议意见类",
        "登记的信访目的是“咨询”，不能预选类别，请逐件分类。",
        "检举控告类事项不得转交办理",
        "本件现在是“待交办”，不能“分类”。",
        "贿选案件应当日先报告主要领导",
    ):
        assert words in page.text
    hidden = chosen(county, [claim, accusation], who="checker")
    assert "有 1 件没有找到，或者您无权查看" in hidden.text
    assert "检举的事" not in hidden.text


@pytest.mark.both_databases
def test_each_is_given_out_with_lines_of_its_own(county: County) -> None:
    claim, suggestion = county.register(), county.register(purpose=Purpose.SUGGESTION)
    answer = county.browser("acceptor").post(GIVE, data=order(county, chosen(county, [claim, suggestion])))
    assert answer.location == LIST, told(answer.text)
    assert "已分类并交办 2 件：XF-2026-000001、XF-2026-000002。" in county.browser("acceptor").get(LIST).text
    assert given_out() == [(county.case(each).id, WORDS) for each in (claim, suggestion)]
    for case, matter_class, route in ((claim, "claim", "petition"), (suggestion, "suggestion", None)):
        row = county.case(case)
        assert (row.status, row.matter_class, row.route) == ("assigned", matter_class, route)
        assert actions(row) == ["register", "triage", "assign"]
    assert verify().wrong is None


def test_what_was_touched_since_the_preview_stays_with_its_reason(county: County) -> None:
    kept, going = county.register(), county.register()
    fields = order(county, chosen(county, [kept, going]))
    tell(county, kept, act("checker", Action.CORRECT, {"title": "更正后的标题", "reason": "写错了。"}))
    answer = county.browser("acceptor").post(GIVE, data=fields)
    ledger = county.browser("acceptor").get(answer.location).text
    assert "没有办的 1 件，还在列表里——XF-2026-000001：您打开页面以后，别人已经办理过本件。" in ledger
    assert "更正后的标题" in ledger
    assert (county.case(kept).status, county.case(going).status) == ("registered", "assigned")
    assert actions(county.case(kept)) == ["register", "correct"]


def test_nobody_gets_what_is_said_of_them(county: County) -> None:
    plain = county.register()
    against = county.register(accused=[AccusedEntry("阳城县民政局", None)])
    page = chosen(county, [plain, against])
    assert 'data-initials="ycxmzj"' not in page.text
    assert f'<option value="{county.ids["civil"]}"' not in page.text
    forged = filled(form_of(page, GIVE), {"proposal": WORDS})
    forged.update(given_to("civil", "handler", "lead")(county, db.session.scalars(select(Case).limit(1)).one()))
    assert county.browser("acceptor").post(GIVE, data=forged).status_code == 422
    assert given_out() == []


def test_a_forged_accusation_goes_nowhere(county: County) -> None:
    plain, accusation = county.register(), county.register(purpose=Purpose.ACCUSATION)
    fields = order(county, chosen(county, [plain]))
    fields.setlist("case", [accusation])
    fields.setlist("seen", [str(county.case(accusation).version)])
    answer = county.browser("acceptor").post(GIVE, data=fields)
    assert answer.status_code in (422, 403)
    assert given_out() == []
    assert county.case(accusation).status == "registered"


def test_it_is_done_once_however_often_it_is_sent(county: County) -> None:
    case = county.register()
    fields = order(county, chosen(county, [case]))
    first = county.browser("acceptor").post(GIVE, data=fields)
    again = county.browser("acceptor").post(GIVE, data=fields)
    assert first.location == again.location == LIST
    assert len(given_out()) == 1


@pytest.mark.parametrize(
    ("more", "where"),
    [({"department": ""}, ["department"]), ({"lead_official": "", "due_on": "昨天"}, ["lead_official"])],
)
def test_a_mistake_keeps_what_was_typed(county: County, more: dict[str, Any], where: list[str]) -> None:
    case = county.register()
    answer = county.browser("acceptor").post(GIVE, data=order(county, chosen(county, [case]), **more))
    assert answer.status_code == 422
    assert told(answer.text) == where
    assert WORDS in answer.text
    assert given_out() == []


def test_nothing_and_too_many_are_refused(county: County) -> None:
    county.register()
    assert "还没有选中信访事项" in chosen(county, []).text
    assert (
        f"一次最多一起分类、交办 {MOST_AT_ONCE} 件"
        in chosen(county, [f"{n:022d}" for n in range(MOST_AT_ONCE + 1)]).text
    )


def test_the_day_is_that_of_the_upper_level_that_comes_first(county: County) -> None:
    page = chosen(county, [county.register(), county.register()])
    assert form_of(page, GIVE).fields["due_on"] == date(2027, 1, 20).isoformat()
