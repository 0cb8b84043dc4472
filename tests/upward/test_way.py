"""What is reported upward: hours, receipt, decision; put right, taken back, void; hidden with its matter."""

from datetime import timedelta

import pytest

from tests.conftest import Clock
from tests.upward.working import ago, clocks, entered, given, take, the
from tests.world.county import PEOPLE, County
from tests.world.rows import reader
from tracker.audit.queries import verify
from tracker.cases.acts.naming import AccusedEntry
from tracker.cases.record.rules.codes import Purpose
from tracker.core import clock as now_clock
from tracker.core.database import committed, db
from tracker.core.errors import DomainError, Forbidden, NotFound, StaleVersion
from tracker.deadlines.limits import LimitKind
from tracker.deadlines.own_limits import set_own
from tracker.deadlines.rules import is_late
from tracker.jobs.subjects import SUBJECTS
from tracker.jobs.ticking import tick
from tracker.notifications.models import Notice
from tracker.upward import service
from tracker.upward.access import known_upward, upward_of
from tracker.upward.models import UpwardReport
from tracker.upward.queries import to_report, upward_page, upward_reports
from tracker.upward.rules import OPEN_ACTS, Decision, UpwardAct, UpwardKind, UpwardStage, lag, stage_of
from tracker.upward.subject import UPWARD_REPORT

both = pytest.mark.both_databases


def seen(county: County, who: str) -> list[int]:
    return list(db.session.scalars(known_upward(reader(county.user(who)))))


@both
def test_from_its_discovery_to_its_receipt(county: County, clock: Clock) -> None:
    row = entered(county)
    assert stage_of(row) is UpwardStage.TO_REPORT
    (hours,) = clocks()
    assert (hours.due_at, hours.ended_on) == (row.discovered_at + timedelta(hours=4), None)
    assert to_report(reader(county.acceptor)) == 1
    assert to_report(reader(county.handler)) == to_report(reader(county.leader)) == 0
    clock.forward(hours=2)
    row = take(county, service.report_upward, row, at=now_clock.now(), document_no="晋信〔2026〕3号")
    (hours,) = clocks()
    assert (hours.met, is_late(hours, clock.today())) == (True, False)
    clock.forward(minutes=20)
    row = take(county, service.receive, row, at=now_clock.now(), received_by="值班室 王某")
    page = upward_page(row, reader(county.acceptor), now=now_clock.now())
    assert page.row.took
    assert page.row.took.words == "3 小时"
    assert page.received_after
    assert page.received_after.words == "3 小时 20 分钟"
    assert not page.row.is_late
    assert [line.act for line in page.trail] == ["receive", "report", "enter"]
    assert to_report(reader(county.acceptor)) == 0
    assert verify().wrong is None


@both
def test_the_hours_are_the_office_s_own_and_the_ladder_climbs(county: County, clock: Clock) -> None:
    with committed():
        set_own(
            LimitKind.UPWARD_REPORT,
            2,
            clock.today(),
            reason="县委办要求。",
            by=county.user("admin"),
            now=now_clock.now(),
        )
    row = entered(county)
    (hours,) = clocks()
    assert hours.due_at == row.discovered_at + timedelta(hours=2)
    clock.forward(days=1, hours=1)
    tick(now_clock.now())
    raised = db.session.query(Notice).filter_by(subject=UPWARD_REPORT.kind).all()
    assert raised
    assert all(row.title not in f"{each.why}{each.asked}{each.heading}" for each in raised)
    (shown,), _ = upward_reports(reader(county.acceptor), kind=None, page=1, now=now_clock.now())
    assert shown.is_late
    take(county, service.report_upward, row, at=now_clock.now(), document_no="")
    (hours,) = clocks()
    assert is_late(hours, clock.today())


@both
def test_what_is_asked_is_decided(county: County, clock: Clock) -> None:
    row = entered(county, kind=UpwardKind.ASK, wanted_by=clock.today() + timedelta(days=3))
    (awaited,) = clocks(LimitKind.UPWARD_DECISION)
    assert awaited.effective_due == clock.today() + timedelta(days=3)
    row = take(county, service.report_upward, row, at=now_clock.now(), document_no="")
    decided = {"decision": Decision.OTHER, "decided_by": "县委副书记", "ruling": "先行接谈，另案研究。"}
    row = take(county, service.decide, row, on=clock.today(), **decided)
    assert (row.decision, stage_of(row)) == ("other", UpwardStage.DECIDED)
    (awaited,) = clocks(LimitKind.UPWARD_DECISION)
    assert awaited.met
    row = take(county, service.take_back, row, said="登错了批复人。")
    assert (stage_of(row), row.ruling) == (UpwardStage.REPORTED, None)
    (awaited,) = clocks(LimitKind.UPWARD_DECISION)
    assert awaited.ended_on is None
    other = take(county, service.report_upward, entered(county), at=now_clock.now(), document_no="")
    with pytest.raises(DomainError, match="现在不能登记批复"):
        take(county, service.decide, other, on=clock.today(), **decided)
    assert verify().wrong is None


def test_a_step_entered_by_mistake_is_taken_back_and_the_hours_run_on(county: County, clock: Clock) -> None:
    row = take(county, service.report_upward, entered(county), at=now_clock.now(), document_no="")
    row = take(county, service.take_back, row, said="还没有报出。")
    assert stage_of(row) is UpwardStage.TO_REPORT
    first, second = clocks()
    assert (first.met, second.ended_on, second.due_at) == (True, None, first.due_at)


@both
def test_a_correction_counts_the_hours_again_and_keeps_what_was(county: County, clock: Clock) -> None:
    row = take(county, service.report_upward, entered(county), at=now_clock.now(), document_no="")
    earlier = ago(hours=9)
    row = take(
        county, service.correct, row, given=given(discovered_at=earlier, title="三十余人"), said="核对值班记录。"
    )
    assert row.title == "三十余人"
    (shown,), _ = upward_reports(reader(county.acceptor), kind=None, page=1, now=now_clock.now())
    assert shown.is_late, "nine hours are more than four"
    line = upward_page(row, reader(county.acceptor), now=now_clock.now()).trail[0]
    assert "标题原为“二十余人到县政府门前反映换届”" in str(line.told)
    assert line.said == "核对值班记录。"
    with pytest.raises(DomainError, match="没有改动"):
        take(county, service.correct, row, given=given(discovered_at=earlier, title="三十余人"), said="再核对。")
    assert verify().wrong is None


def test_what_was_entered_by_mistake_is_void_and_owes_nothing(county: County, clock: Clock) -> None:
    row = take(county, service.cancel, entered(county), said="重复登记。")
    assert stage_of(row) is UpwardStage.CANCELLED
    assert all(each.ended_on and not each.met for each in clocks())
    for act in OPEN_ACTS[UpwardStage.TO_REPORT]:
        assert act not in OPEN_ACTS[UpwardStage.CANCELLED]
    with pytest.raises(DomainError, match="现在不能上报"):
        take(county, service.report_upward, row, at=now_clock.now(), document_no="")


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"discovered_at": timedelta(hours=1)}, "discovered_time"),
        ({"kind": UpwardKind.OPINION}, "source"),
        ({"wanted_by": timedelta(days=1)}, "wanted_by"),
        ({"kind": UpwardKind.ASK, "wanted_by": timedelta(days=-2)}, "wanted_by"),
        ({"title": " "}, "title"),
        ({"organ": "市" * 101}, "organ"),
    ],
)
def test_what_is_wrong_has_its_sentence_and_changes_nothing(
    county: County, clock: Clock, changes: dict[str, object], name: str
) -> None:
    bases = {"discovered_at": now_clock.now(), "wanted_by": clock.today()}
    made = {key: bases[key] + value if isinstance(value, timedelta) else value for key, value in changes.items()}  # type: ignore[operator]
    with pytest.raises(DomainError) as refused:
        entered(county, **made)
    assert name in refused.value.errors
    db.session.rollback()
    assert db.session.query(UpwardReport).count() == 0


def test_moments_keep_their_order_and_a_stale_page_is_refused(county: County, clock: Clock) -> None:
    row = entered(county)
    for at in (ago(hours=3), now_clock.now() + timedelta(minutes=1)):
        with pytest.raises(DomainError):
            take(county, service.report_upward, row, at=at, document_no="")
        db.session.rollback()
    with pytest.raises(StaleVersion):
        take(county, service.cancel, row, said="重复。", version=row.version - 1)


@both
def test_who_may_not_know_of_its_matter_does_not_know_of_it(county: County, clock: Clock) -> None:
    """Another person reports in the office's name and is no reader of the accusation: to them there is nothing."""
    accusation = county.register("acceptor", purpose=Purpose.ACCUSATION, accused=[AccusedEntry("林一鸣", "县长")])
    number = county.case(accusation).register_no
    row = entered(county, case_no=number)
    open_one = entered(county, title="普通的一件")
    assert seen(county, "acceptor") == [row.id, open_one.id]
    for who in ("supervisor", "leader", "lead"):
        assert seen(county, who) == [open_one.id], who
        with pytest.raises(NotFound):
            upward_of(the(row.id).public_id, reader(county.user(who)))
    with pytest.raises(DomainError, match="没有这个编号"):
        take(county, service.link, open_one, who="supervisor", case_no=number)
    db.session.rollback()
    link = the(row.id).links[0]
    row = take(county, lambda report, **more: service.unlink(report, report.links[0], **more), row, said="关联错了。")
    assert link.id
    assert row.id in seen(county, "supervisor"), "negative control: the link hid it"
    told = upward_page(row, reader(county.supervisor), now=now_clock.now()).trail
    assert not any(number in f"{line.told}{line.said}" for line in told)


def test_only_who_answers_for_the_office_acts(county: County, clock: Clock) -> None:
    row = entered(county)
    acting = set()
    for who in PEOPLE:
        try:
            take(county, service.cancel, row, who=who, said="试。", version=row.version)
        except Forbidden:
            db.session.rollback()
        else:
            acting.add(who)
            row = entered(county)
    assert acting >= {"acceptor", "office_head", "supervisor"}
    assert acting.isdisjoint({"handler", "unit_head", "registrar", "leader", "stranger", "admin", "auditor"})


def test_how_long_is_said_as_people_say_it() -> None:
    begun = ago(days=3)
    for amount, words in (
        ({"minutes": 5}, "5 分钟"),
        ({"hours": 2}, "2 小时"),
        ({"hours": 1, "minutes": 1}, "1 小时 1 分钟"),
        ({"days": 2, "hours": 4}, "2 天 4 小时"),
        ({"days": 1}, "1 天"),
    ):
        took = lag(begun, begun + timedelta(**amount))
        assert took
        assert took.words == words
    assert lag(begun, None) is None


@both
def test_the_timer_sees_it_until_it_is_decided_or_void(county: County, clock: Clock) -> None:
    kept, gone = entered(county), take(county, service.cancel, entered(county), said="重复。")
    assert list(db.session.scalars(SUBJECTS.of(UPWARD_REPORT.kind).live())) == [kept.id]
    standing = SUBJECTS.of(UPWARD_REPORT.kind).standing(gone.id, None, None)
    assert (standing.gone, standing.confidential) == ("已作废", True)
    assert standing.may_know(reader(county.supervisor))
    assert not standing.may_know(reader(county.handler))
    with committed():
        SUBJECTS.of(UPWARD_REPORT.kind).lock([kept.id, gone.id])
    assert set(UpwardAct) >= {act for acts in OPEN_ACTS.values() for act in acts}
