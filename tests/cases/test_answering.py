"""What a unit answers with (答复的文书): the paper, its words and the rights that are told follow class and route."""

import pytest
from sqlalchemy import select

from tests.web.browsing import form_of
from tests.world.county import County
from tests.world.matters import Matter
from tracker.cases.lifecycle.rules.lifecycle import clock_applies
from tracker.cases.page.prints import case_slip
from tracker.cases.record.models import Document
from tracker.cases.record.rules.answering import ANSWER_PAPERS, ANSWERS, answer_of, papers_of
from tracker.cases.record.rules.codes import DIVERTED_ROUTES, DocumentKind, MatterClass, Route
from tracker.core import clock
from tracker.core.database import committed, db
from tracker.deadlines.limits import LimitKind

C, R = MatterClass, Route
KINDS = [(C.CLAIM, R.PETITION), (C.CLAIM, R.ENFORCEMENT), (C.SUGGESTION, None)]
NAMES = {
    (C.CLAIM, R.PETITION): "信访处理意见书",
    (C.CLAIM, R.ENFORCEMENT): "履行职责答复书",
    (C.SUGGESTION, None): "建议意见回复",
}


@pytest.mark.parametrize("route", [None, *Route])
@pytest.mark.parametrize("of", list(MatterClass))
def test_a_review_is_told_of_exactly_where_the_window_for_it_is_counted(of: MatterClass, route: Route | None) -> None:
    """T§35 is about 信访处理意见 alone: whoever is told of 复查 has its 30 days, and nobody else."""
    told = "".join(words for words, _basis in answer_of(of, route).told)
    counted = clock_applies(LimitKind.REVIEW_WINDOW, matter_class=of, route=route, serious=False)
    assert ("请求复查" in told) is counted


def test_every_kind_that_a_unit_answers_has_its_paper() -> None:
    assert {key: answer.label for key, answer in ANSWERS.items()} == NAMES
    assert len(ANSWER_PAPERS) == len(ANSWERS)
    assert all(not answer_of(C.CLAIM, route).told for route in DIVERTED_ROUTES)
    assert papers_of(DocumentKind.OPINION) == ANSWER_PAPERS
    assert papers_of(DocumentKind.ACCEPTANCE_NOTICE) == (DocumentKind.ACCEPTANCE_NOTICE,)
    assert papers_of(None) == ()


@pytest.mark.parametrize(("of", "route"), KINDS)
def test_the_paper_is_called_by_what_the_matter_is(county: County, of: MatterClass, route: Route | None) -> None:
    """The form, the paper on file, the page and the slip say the same; 复查 is promised to a petition alone."""
    matter, name = Matter(county), NAMES[of, route]
    with committed():
        matter.triage(matter_class=of, route=route)
    for act in ("assign", "sign_for", "accept"):
        with committed():
            getattr(matter, act)()
    address = f"/cases/{matter.case.public_id}/steps/draft_opinion"
    form = county.browser("handler").get(address).text
    assert f"{name}文号" in form
    assert form_of(county.browser("handler").get(address), address)
    for words, _basis in ANSWERS[of, route].told:
        assert words in form
    with committed():
        matter.answer()
    paper = db.session.scalars(select(Document).order_by(Document.id.desc())).first()
    assert paper is not None
    assert paper.kind == ANSWERS[of, route].paper
    assert name in county.browser("handler").get(f"/cases/{matter.case.public_id}").text
    with committed():
        matter.deliver()
    slip = "".join(case_slip(matter.case.id, today=clock.today()).next)
    assert ("请求复查" in slip) is (route is R.PETITION)
    assert ("行政复议" in slip) is (route is R.ENFORCEMENT)
    assert (matter.clock(LimitKind.REVIEW_WINDOW) is not None) is (route is R.PETITION)


def test_what_is_missing_is_asked_for_by_the_name_of_the_paper(county: County) -> None:
    matter = Matter(county)
    with committed():
        matter.triage(matter_class=C.CLAIM, route=R.ENFORCEMENT)
    for act in ("assign", "sign_for", "accept"):
        with committed():
            getattr(matter, act)()
    address = f"/cases/{matter.case.public_id}/steps/issue_opinion"
    answer = county.browser("unit_head").submit(address, {"document_no": "", "text": ""})
    assert answer.status_code == 422
    assert "请填写履行职责答复书文号" in answer.text
