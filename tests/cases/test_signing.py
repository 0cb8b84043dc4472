"""拟稿、签发 (use D34, law §2.1): what goes to the petitioner is drafted by the handler and signed by the head."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import select

from tests.conftest import Clock
from tests.web.arranging import arrange
from tests.web.browsing import filled, form_of, take
from tests.web.stories import WORKED, A, act, answered
from tests.world.county import County
from tests.world.matters import Matter
from tracker.audit import Event, record
from tracker.audit.queries import verify
from tracker.cases.access.rules import may_open_identity, may_see
from tracker.cases.access.scope import matter_of
from tracker.cases.acts import answers, office, refusals, sidetracks, signing, unit
from tracker.cases.acts.serving import ServedNotice
from tracker.cases.lifecycle.rules.actions import Action, Station
from tracker.cases.lifecycle.rules.grounds import RefusalGround
from tracker.cases.lifecycle.rules.lifecycle import SIGNED
from tracker.cases.lifecycle.rules.steps import STEPS
from tracker.cases.record.models import ActDraft, Case, CaseStep, Document
from tracker.cases.record.rules.codes import Confidentiality, Result, Status
from tracker.core import clock as core_clock
from tracker.core.database import committed, db
from tracker.core.errors import DomainError, Forbidden
from tracker.deadlines.limits import LimitKind
from tracker.jobs.sending import deliver
from tracker.notifications.models import Delivery, Notice
from tracker.people.models import User
from tracker.people.queries import reader_for

HEADS = {Station.UNIT_HEAD, Station.OFFICE_HEAD}
SAID = signing.Wording({"text": "事实清楚。"}, [("查明的事实和处理意见", "事实清楚。")])


def opinion(matter: Matter) -> tuple[answers.Opinion, dict[int, answers.PointAnswer]]:
    points = {p.id: answers.PointAnswer(Result.EXPLAINED, "已说明。") for p in matter.case.demand_points}
    return answers.Opinion("阳访意〔2026〕1号", "依据。", "事实。"), points


def drafted(matter: Matter, action: Action = Action.DRAFT_OPINION) -> ActDraft:
    with committed():
        return signing.draft(matter.case, action, SAID, by=matter.county.handler, now=core_clock.now())


def outcomes(matter: Matter) -> list[str | None]:
    of_case = select(ActDraft.outcome).where(ActDraft.case_id == matter.case.id)
    return list(db.session.scalars(of_case.order_by(ActDraft.id)))


class TestWhoSigns:
    """D34: the handler issued alone, and typed who had signed."""

    def test_what_is_drafted_is_signed_by_heads_alone(self) -> None:
        assert {row.drafts for row in STEPS} - {None} == SIGNED
        assert {Action.ISSUE_OPINION, Action.NOT_ACCEPT, Action.NO_LONGER_ACCEPT, Action.EXTEND} == SIGNED
        assert all(row.by <= HEADS for row in STEPS if row.action in SIGNED)

    def test_the_handler_cannot_issue_alone(self, county: County) -> None:
        accepted, signed_for = Matter(county).until("accept"), Matter(county).until("sign_for")
        triaged = Matter(county).until("triage")
        notice, now = ServedNotice("1号", core_clock.today()), core_clock.now()
        given: dict[str, Any] = {"by": county.handler, "now": now}
        ground = {"ground": RefusalGround.OTHER_ROUTE, "organ": "法院", "reason": "已判决。"}
        with pytest.raises(Forbidden, match="承办单位负责人"), committed():
            answers.issue_opinion(accepted.case, *opinion(accepted), **given)
        with pytest.raises(Forbidden, match="承办单位负责人"), committed():
            unit.extend(accepted.case, notice, days=30, reason="待审计。", **given)
        with pytest.raises(Forbidden, match="承办单位负责人"), committed():
            refusals.not_accept(signed_for.case, notice, **ground, **given)
        with pytest.raises(Forbidden, match="信访部门负责人"), committed():
            refusals.not_accept(triaged.case, notice, **ground, **given | {"by": county.acceptor})

    def test_the_document_names_the_signer_in_the_post_of_the_day(self, county: County) -> None:
        matter = Matter(county).until("answer")
        paper = db.session.scalars(select(Document).where(Document.kind == "opinion")).one()
        post = county.unit_head.posts_on(core_clock.today())[0]
        assert (paper.signer, paper.signer_post) == (county.unit_head.name, f"{post.department.name} {post.title}")
        assert paper.signed_on == core_clock.today()
        line = db.session.scalars(
            select(CaseStep).where(CaseStep.case_id == matter.case.id, CaseStep.action == Action.ISSUE_OPINION)
        ).one()
        assert line.facts["drafter"] == county.unit_head.name, "nobody drafted it for him: he is named as both"
        assert verify().wrong is None

    def test_a_notice_of_acceptance_is_signed_by_nobody_here(self, county: County) -> None:
        """The control."""
        Matter(county).until("accept")
        paper = db.session.scalars(select(Document).where(Document.kind == "acceptance_notice")).one()
        assert (paper.signer, paper.signer_post) == (None, None)


@pytest.mark.both_databases
class TestDraft:
    def test_it_moves_nothing_and_clocks_run_on(self, county: County, clock: Clock) -> None:
        matter = Matter(county).until("accept")
        before = matter.clock(LimitKind.HANDLING)
        row = drafted(matter)
        after = matter.clock(LimitKind.HANDLING)
        assert before is not None
        assert after is not None
        assert (before.id, after.ended_on, matter.case.status) == (after.id, None, Status.ACCEPTED)
        assert (row.act, row.outcome, row.drafted_by_id) == ("issue_opinion", None, county.handler.id)
        assert verify().wrong is None

    def test_its_text_is_not_readable_in_the_database(self, county: County) -> None:
        drafted(Matter(county).until("accept"))
        stored = db.session.execute(sa.text("SELECT content FROM act_draft")).scalar_one()
        assert "事实清楚".encode() not in bytes(stored)

    def test_a_new_version_replaces_it_and_signing_ends_it(self, county: County) -> None:
        matter = Matter(county).until("accept")
        drafted(matter)
        drafted(matter)
        assert outcomes(matter) == ["replaced", None]
        with committed():
            matter.answer()
        assert outcomes(matter) == ["replaced", "signed"]
        line = db.session.scalars(
            select(CaseStep).where(CaseStep.case_id == matter.case.id, CaseStep.action == Action.ISSUE_OPINION)
        ).one()
        assert line.facts["drafter"] == county.handler.name
        assert county.unit_head.name in line.facts["signer"]
        assert verify().wrong is None

    def test_what_the_matter_moved_on_from_is_pointless(self, county: County) -> None:
        matter = Matter(county).until("accept")
        drafted(matter, Action.DRAFT_EXTENSION)
        with committed():
            matter.answer()
        assert outcomes(matter) == ["pointless"]

    def test_it_is_returned_with_a_reason_once(self, county: County) -> None:
        matter = Matter(county).until("accept")
        drafted(matter)
        given: dict[str, Any] = {"by": county.unit_head, "now": core_clock.now(), "reason": "请写明条款。"}
        with pytest.raises(Forbidden), committed():
            signing.return_draft(matter.case, Action.ISSUE_OPINION, **given | {"by": county.handler})
        with committed():
            signing.return_draft(matter.case, Action.ISSUE_OPINION, **given)
        row = db.session.scalars(select(ActDraft)).one()
        assert (row.outcome, row.returned_because) == ("returned", "请写明条款。")
        with pytest.raises(DomainError, match="没有等待签发的拟稿"), committed():
            signing.return_draft(matter.case, Action.ISSUE_OPINION, **given)

    def test_the_guards_of_the_day_of_signing_decide(self, county: County, clock: Clock) -> None:
        """Drafted in time and signed after the days were over, an extension is refused, and the draft waits on."""
        matter = Matter(county).until("accept")
        drafted(matter, Action.DRAFT_EXTENSION)
        handling = matter.clock(LimitKind.HANDLING)
        assert handling is not None
        while clock.today() <= handling.effective_due:
            clock.forward(days=1)
        notice, today = ServedNotice("延1号", clock.today()), clock.today()
        with pytest.raises(DomainError, match="届满后不能再延长"), committed():
            unit.extend(matter.case, notice, by=county.unit_head, now=clock.now(), days=30, reason="审计。")
        assert outcomes(matter) == [None]
        assert today - handling.effective_due == timedelta(days=1)

    def test_who_must_act_is_told(self, county: County) -> None:
        matter = Matter(county).until("accept")
        drafted(matter)
        with committed():
            signing.return_draft(
                matter.case, Action.ISSUE_OPINION, by=county.unit_head, now=core_clock.now(), reason="请改。"
            )
        told = db.session.execute(select(Notice.heading, Notice.told).where(Notice.case_id == matter.case.id)).all()
        assert {("待签发", "unit_head"), ("拟稿退回修改", "owner")} <= {(row.heading, row.told) for row in told}


class TestApproval:
    """A grave matter: 拟稿、单位负责人报请、主要领导审批、签发."""

    def grave(self, county: County) -> Matter:
        matter = Matter(county).until("accept")
        with committed():
            sidetracks.mark_urgent(matter.case, by=county.acceptor, now=core_clock.now(), reason="三十余人聚集。")
        return matter

    def given(self, county: County, who: str) -> dict[str, Any]:
        return {"by": getattr(county, who), "now": core_clock.now()}

    def test_the_head_alone_cannot_sign(self, county: County) -> None:
        matter = self.grave(county)
        with pytest.raises(DomainError, match="须经主要领导审批后签发：请先拟稿"), committed():
            answers.issue_opinion(matter.case, *opinion(matter), **self.given(county, "unit_head"))
        drafted(matter)
        with committed():
            signing.refer_draft(matter.case, Action.ISSUE_OPINION, **self.given(county, "unit_head"))
        with pytest.raises(DomainError, match="主要领导还没有审批"), committed():
            answers.issue_opinion(matter.case, *opinion(matter), **self.given(county, "unit_head"))

    def test_a_matter_that_is_not_grave_is_signed_as_before(self, county: County) -> None:
        """The control."""
        matter = Matter(county).until("accept")
        drafted(matter)
        with pytest.raises(DomainError, match="只有贿选、重大紧急事项的拟稿才报"), committed():
            signing.refer_draft(matter.case, Action.ISSUE_OPINION, **self.given(county, "unit_head"))
        with committed():
            matter.answer()
        assert matter.case.status == Status.OPINION_ISSUED

    @pytest.mark.both_databases
    def test_approved_it_is_signed_and_the_trail_names_all(self, county: County) -> None:
        matter = self.grave(county)
        row = drafted(matter)
        with pytest.raises(DomainError, match="没有等待主要领导审批"), committed():
            signing.approve_draft(matter.case, Action.ISSUE_OPINION, **self.given(county, "leader"))
        with committed():
            signing.refer_draft(matter.case, Action.ISSUE_OPINION, **self.given(county, "unit_head"))
        with pytest.raises(Forbidden, match="主要领导"), committed():
            signing.approve_draft(matter.case, Action.ISSUE_OPINION, **self.given(county, "unit_head"))
        with committed():
            signing.approve_draft(matter.case, Action.ISSUE_OPINION, **self.given(county, "leader"))
        with committed():
            matter.answer()
        db.session.expire_all()
        assert (row.stage, row.outcome) == ("approved", "signed")
        line = db.session.scalars(
            select(CaseStep).where(CaseStep.case_id == matter.case.id, CaseStep.action == Action.ISSUE_OPINION)
        ).one()
        assert (line.facts["drafter"], line.facts["approver"]) == (county.handler.name, county.leader.name)
        assert verify().wrong is None

    def test_a_changed_draft_is_approved_anew(self, county: County) -> None:
        matter = self.grave(county)
        drafted(matter)
        with committed():
            signing.refer_draft(matter.case, Action.ISSUE_OPINION, **self.given(county, "unit_head"))
        with committed():
            signing.approve_draft(matter.case, Action.ISSUE_OPINION, **self.given(county, "leader"))
        drafted(matter)
        with pytest.raises(DomainError, match="须经主要领导审批"), committed():
            answers.issue_opinion(matter.case, *opinion(matter), **self.given(county, "unit_head"))

    def test_without_a_main_leader_it_says_who_is_missing_and_the_mark_can_be_taken_away(self, county: County) -> None:
        matter = self.grave(county)
        drafted(matter)
        with committed():
            county.leader.disabled_at = core_clock.now()
            record(Event.USER_DISABLED, by=None, now=core_clock.now(), payload={})
        with pytest.raises(DomainError, match="没有可以审批的主要领导"), committed():
            signing.refer_draft(matter.case, Action.ISSUE_OPINION, **self.given(county, "unit_head"))
        with committed():
            sidetracks.unmark_urgent(matter.case, by=county.office_head, now=core_clock.now(), reason="人群已经散去。")
        with committed():
            matter.answer()
        assert matter.case.status == Status.OPINION_ISSUED

    def test_of_a_closed_matter_the_leader_reads_what_is_told_and_not_who_told_it(self, county: County) -> None:
        matter = self.grave(county)
        drafted(matter)
        with committed():
            office.raise_level(
                matter.case,
                level=Confidentiality.SENSITIVE,
                by=county.acceptor,
                now=core_clock.now(),
                reason="涉及隐私。",
            )
        leader = reader_for(county.leader, core_clock.today())
        assert not may_see(leader, matter_of(matter.case)), "the control"
        with committed():
            signing.refer_draft(matter.case, Action.ISSUE_OPINION, **self.given(county, "unit_head"))
        seen = matter_of(matter.case)
        assert may_see(leader, seen)
        assert not may_open_identity(leader, seen)

    def test_whoever_must_act_is_told_and_named(self, county: County, clock: Clock) -> None:
        matter = self.grave(county)
        drafted(matter)
        with committed():
            signing.refer_draft(matter.case, Action.ISSUE_OPINION, **self.given(county, "unit_head"))
        assert "待审批" in told(matter, clock, county.leader)
        page = county.browser("handler").get(f"/cases/{matter.case.public_id}").text
        assert f"已报请主要领导审批，等主要领导 {county.leader.name}" in page
        mine = county.browser("leader").get(f"/cases/{matter.case.public_id}").text
        assert "审批同意" in mine
        assert "审批退回" in mine
        with committed():
            signing.approve_draft(matter.case, Action.ISSUE_OPINION, **self.given(county, "leader"))
        assert "已审批，待签发" in told(matter, clock, county.unit_head)

    def test_the_head_of_the_office_is_told_what_the_office_drafted(self, county: County, clock: Clock) -> None:
        """What waits for the head's signature before a unit has the matter waits for the office's head."""
        matter = Matter(county).until("triage")
        with committed():
            signing.draft(matter.case, Action.DRAFT_NOT_ACCEPT, SAID, by=county.acceptor, now=core_clock.now())
        assert "待签发" in told(matter, clock, county.office_head)


def told(matter: Matter, clock: Clock, who: User) -> set[str]:
    """Return what a person has in their inbox of a matter, some working hours later."""
    clock.forward(days=3)
    deliver(core_clock.now(), ways={})
    found = select(Notice.heading).join(Delivery).where(Notice.case_id == matter.case.id, Delivery.user_id == who.id)
    return set(db.session.scalars(found))


def the_case(county: County) -> str:
    return arrange(county, county.register(), [*WORKED, act("handler", A.DRAFT_OPINION, answered("explained"))])


class TestOnPages:
    def test_the_page_shows_the_draft_and_names_who_signs(self, county: County) -> None:
        case = the_case(county)
        page = county.browser("handler").get(f"/cases/{case}").text
        assert "经查，情况属实。" in page
        assert f"待签发，等负责人 {county.unit_head.name}" in page
        assert "steps/draft_opinion" in page
        assert f"/cases/{case}/steps/issue_opinion" not in page
        head = county.browser("unit_head").get(f"/cases/{case}").text
        assert "审阅签发" in head
        assert "退回修改" in head

    def test_signing_takes_what_was_drafted_and_nothing_else(self, county: County) -> None:
        case = the_case(county)
        browser = county.browser("unit_head")
        address = f"/cases/{case}/steps/issue_opinion"
        page = browser.get(address).text
        assert "经查，情况属实。" in page
        assert '<textarea id="text"' not in page
        sent = filled(form_of(browser.get(address), address), {"happened_on": "今天"})
        answer = browser.post(address, data={**sent, "text": "改过的"})
        assert answer.status_code == 303
        paper = db.session.scalars(select(Document).where(Document.kind == "opinion")).one()
        assert "经查，情况属实。" in (paper.text or "")
        assert "改过的" not in (paper.text or "")

    def test_a_draft_changed_meanwhile_makes_the_page_of_the_head_stale(self, county: County) -> None:
        case = the_case(county)
        version = db.session.scalars(select(Case.version).where(Case.public_id == case)).one()
        arrange(county, case, [act("handler", A.DRAFT_OPINION, answered("supported"))])
        browser, address = county.browser("unit_head"), f"/cases/{case}/steps/issue_opinion"
        sent = filled(form_of(browser.get(address), address), {})
        answer = browser.post(address, data={**sent, "version": str(version)})
        assert answer.status_code == 409
        assert not db.session.scalars(select(Document).where(Document.kind == "opinion")).all()

    def test_what_was_returned_is_gone_on_with(self, county: County) -> None:
        case = the_case(county)
        returned = {"act": "issue_opinion", "reason": "请写明条款。"}
        arrange(county, case, [act("unit_head", A.RETURN_DRAFT, returned)])
        browser = county.browser("handler")
        assert "退回修改：请写明条款。" in browser.get(f"/cases/{case}").text
        assert "经查，情况属实。" in browser.get(f"/cases/{case}/steps/draft_opinion").text

    def test_what_is_missing_is_said_at_its_field(self, county: County) -> None:
        case = arrange(county, county.register(), WORKED)
        answer = take(county.browser("handler"), case, A.DRAFT_OPINION, {"text": "经查。"})
        assert answer.status_code == 422
        assert "请填写法律、政策依据。" in answer.text
        assert not db.session.scalars(select(ActDraft)).all()
