"""Serious matters, their marks and reports, and whom one calls back (findings law B5, B10, B11)."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from tests.conftest import Clock
from tests.people.factories import SINCE, make_user
from tests.world.county import County
from tests.world.matters import Matter
from tracker.cases.access.rules import may_open_identity
from tracker.cases.access.scope import matter_of
from tracker.cases.acts import close_out, sidetracks
from tracker.cases.lifecycle.case_file import case_file
from tracker.cases.page.close_out import close_out as sheet
from tracker.cases.record.models import Assignment, LeaderReport
from tracker.cases.record.rules.codes import Confidentiality, MatterClass, Purpose
from tracker.cases.record.rules.serious import ReportOrgan, ValidityResult
from tracker.core import clock as core_clock
from tracker.core.database import committed, db
from tracker.core.errors import DomainError, Forbidden
from tracker.deadlines.limits import LimitKind
from tracker.people.models import User
from tracker.people.queries import reader_for
from tracker.people.rules import Role
from tracker.people.service import give_post


def refused(act: object, *args: object, **given: object) -> str:
    with pytest.raises((DomainError, Forbidden)) as error, committed():
        act(*args, **given)  # type: ignore[operator]
    return error.value.message


def by(person: User, reason: str = "见附件。") -> dict[str, object]:
    return {"by": person, "now": core_clock.now(), "reason": reason}


class TestMajorAndUrgent:
    """B5: 紧急 had no clock, and could be reported to nobody (条例第二十五条)."""

    def test_registered_as_urgent_it_has_the_clock_of_a_report(self, county: County) -> None:
        matter = Matter(county, urgency="urgent")
        clock = matter.clock(LimitKind.LEADER_REPORT)
        assert clock is not None
        given = {"by": county.registrar, "now": core_clock.now(), "text": "三十余人聚集。"}
        organs = (ReportOrgan.GOVERNMENT, ReportOrgan.SUPERIOR)
        today = core_clock.today()
        with committed():
            sidetracks.report_to_leaders(
                matter.case,
                organs=organs,
                discovered_on=today,
                received_on=today,
                **given,  # type: ignore[arg-type]
            )
        report = db.session.scalars(select(LeaderReport)).one()
        assert (report.organs, report.discovered_on, report.received_on) == ("government,superior", today, today)
        assert clock.met

    def test_an_ordinary_one_has_none(self, county: County) -> None:
        """The control."""
        matter = Matter(county)
        assert matter.clock(LimitKind.LEADER_REPORT) is None
        given = {"by": county.registrar, "now": core_clock.now(), "text": "报告。"}
        assert "不是紧急件" in refused(sidetracks.report_to_leaders, matter.case, **given)

    def test_marked_later_it_has_the_clock_and_unmarked_it_has_none(self, county: County) -> None:
        matter = Matter(county).until("accept")
        with committed():
            sidetracks.mark_urgent(matter.case, **by(county.acceptor))  # type: ignore[arg-type]
        clock = matter.clock(LimitKind.LEADER_REPORT)
        assert clock is not None
        assert "已经是紧急件" in refused(sidetracks.mark_urgent, matter.case, **by(county.acceptor))
        with committed():
            sidetracks.unmark_urgent(matter.case, **by(county.office_head))  # type: ignore[arg-type]
        assert (clock.ended_on, clock.met) == (core_clock.today(), False)

    def test_days_that_cannot_be_are_refused(self, county: County) -> None:
        matter = Matter(county, urgency="urgent")
        given = {"by": county.registrar, "now": core_clock.now(), "text": "三十余人聚集。"}
        tomorrow = core_clock.today() + timedelta(days=1)
        assert "发现日期" in refused(sidetracks.report_to_leaders, matter.case, discovered_on=tomorrow, **given)
        assert "对方收到" in refused(sidetracks.report_to_leaders, matter.case, received_on=core_clock.today(), **given)


class TestVoteBuying:
    """B10: a matter that accuses stayed ordinary; one leader unmarked it; a bureau judged the election."""

    def test_the_mark_raises_the_level(self, county: County) -> None:
        marked = Matter(county)
        with committed():
            sidetracks.mark_vote_buying(marked.case, **by(county.registrar))  # type: ignore[arg-type]
        assert marked.case.level == Confidentiality.SENSITIVE
        assert Matter(county, vote_buying=True).case.level == Confidentiality.SENSITIVE
        assert Matter(county).case.level == Confidentiality.ORDINARY, "the control"

    def other_leader(self, county: County) -> User:
        with committed():
            person = make_user("magistrate", "高远")
            post = {"department": county.county, "role": Role.PRINCIPAL_LEADER, "started_on": SINCE}
            give_post(person, by=None, now=core_clock.now(), **post)  # type: ignore[arg-type]
        return person

    def reported(self, county: County) -> Matter:
        matter = Matter(county, vote_buying=True)
        with committed():
            given = {"by": county.registrar, "now": core_clock.now(), "text": "请客送礼。"}
            sidetracks.report_to_leaders(matter.case, **given)  # type: ignore[arg-type]
        return matter

    def test_both_main_leaders_take_the_mark_away(self, county: County) -> None:
        other = self.other_leader(county)
        case = self.reported(county).case
        assert "先由另一位" in refused(sidetracks.unmark_vote_buying, case, **by(county.leader))
        with committed():
            sidetracks.ask_unmark(case, **by(county.office_head))  # type: ignore[arg-type]
        assert "两位都同意" in refused(sidetracks.unmark_vote_buying, case, **by(county.leader))
        with committed():
            sidetracks.ask_unmark(case, **by(county.leader))  # type: ignore[arg-type]
        assert "两个不同的人" in refused(sidetracks.unmark_vote_buying, case, **by(county.leader))
        with committed():
            sidetracks.unmark_vote_buying(case, **by(other))  # type: ignore[arg-type]
        assert not case.vote_buying

    def test_where_there_is_one_leader_the_head_of_the_office_asks(self, county: County) -> None:
        case = self.reported(county).case
        with committed():
            sidetracks.ask_unmark(case, **by(county.office_head))  # type: ignore[arg-type]
        with committed():
            sidetracks.unmark_vote_buying(case, **by(county.leader))  # type: ignore[arg-type]
        assert not case.vote_buying

    def test_only_a_government_judges_the_election_with_result_number_and_day(self, county: County) -> None:
        matter = Matter(county).until("triage")
        due = {"handler_id": None, "due_on": date(2026, 12, 10)}
        asked = {"by": county.acceptor, "now": core_clock.now(), **due}
        for bureau in (county.civil, county.land):
            sentence = refused(sidetracks.assign_validity, matter.case, department_id=bureau.id, **asked)
            assert "乡级或者县级人民政府" in sentence
        with committed():
            sidetracks.assign_validity(matter.case, department_id=county.town.id, **asked)  # type: ignore[arg-type]
        early = sidetracks.Finding(ValidityResult.INVALID, "润政〔2026〕9号", core_clock.today() - timedelta(days=1))
        assert "交办之日" in refused(sidetracks.conclude_validity, matter.case, early, **by(county.town_head))
        finding = sidetracks.Finding(ValidityResult.INVALID, "润政〔2026〕9号", core_clock.today())
        with committed():
            sidetracks.conclude_validity(matter.case, finding, **by(county.town_head))  # type: ignore[arg-type]
        row = db.session.scalars(select(Assignment).where(Assignment.case_id == matter.case.id)).one()
        assert (row.validity_result, row.conclusion_no, row.concluded_on) == (
            *("invalid", "润政〔2026〕9号"),
            core_clock.today(),
        )


class TestCallBack:
    """B11: demanded of accusations, by people who could not open the number, and satisfied before the answer."""

    def called(self, matter: Matter, day: date) -> None:
        given = {"reached": True, "satisfaction": None, "reason": "已收到。", "now": core_clock.now()}
        with committed():
            close_out.call_back(matter.case, by=matter.county.checker, called_on=day, **given)  # type: ignore[arg-type]

    def test_a_call_follows_the_service_of_the_answer(self, county: County, clock: Clock) -> None:
        matter = Matter(county).until("accept")
        clock.forward(days=3)
        for step in ("answer", "deliver", "carry_out", "confirm_file", "apply", "confirm"):
            with committed():
                getattr(matter, step)()
        early = core_clock.today() - timedelta(days=1)
        given = {"reached": True, "satisfaction": None, "by": county.checker, "called_on": early}
        sentence = refused(close_out.call_back, matter.case, now=core_clock.now(), reason="已收到。", **given)
        assert "出具处理意见之日" in sentence
        assert "还没有回访" in refused(matter.check)
        self.called(matter, core_clock.today())
        with committed():
            matter.check()

    def test_anonymous_letters_and_accusations_are_called_by_nobody(self, county: County) -> None:
        for changes, why in (
            ({"anonymous": True, "petitioners": []}, "匿名件没有回访对象"),
            ({"purpose": Purpose.ACCUSATION}, "检举控告件不回访"),
        ):
            matter = Matter(county, **changes)
            if "purpose" in changes:
                with committed():
                    matter.triage(matter_class=MatterClass.ACCUSATION, route=None)
            reader = reader_for(county.acceptor, core_clock.today())
            line = sheet(case_file(matter.case.id, reader)).checks[-1]
            assert (line.state, line.words) == ("none", f"不适用：{why}")

    def test_who_must_call_may_open_the_number(self, county: County) -> None:
        matter = Matter(county).until("confirm_file")
        reader = reader_for(county.supervisor, core_clock.today())
        assert not may_open_identity(reader, matter_of(matter.case)), "the control: nobody is to be called yet"
        with committed():
            matter.apply()
        assert may_open_identity(reader, matter_of(matter.case))
        for step in ("confirm", "call_back", "check"):
            with committed():
                getattr(matter, step)()
        assert not may_open_identity(reader, matter_of(matter.case)), "the call was made"
