"""零报告: zero is filed with who and when; not filed is never zero, climbs the ladder, and is undone by filing."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.conftest import Clock
from tests.reports.issuing import composed, files, issued, opened, told
from tests.reports.world import nov
from tests.world.county import County
from tests.world.rows import reader
from tracker.core import clock as now_clock
from tracker.core.clock import at_local
from tracker.core.database import committed, db
from tracker.core.errors import DomainError, Forbidden
from tracker.deadlines.local import LocalNumber
from tracker.deadlines.models import Deadline
from tracker.deadlines.own_limits import set_own
from tracker.deadlines.queries import clock_of
from tracker.deadlines.rules import is_late
from tracker.jobs import notices
from tracker.jobs.subjects import SUBJECTS
from tracker.jobs.ticking import tick
from tracker.notifications.models import Delivery, Notice
from tracker.people.queries import reader_for
from tracker.people.service import disable_user
from tracker.reports.issues.models import Report, ReportFiling
from tracker.reports.issues.subject import REPORT_FILING
from tracker.reports.rules.kinds import ReportKind

both = pytest.mark.both_databases


def filing(county: County, unit: str) -> ReportFiling:
    """Return what a unit owes or filed, read afresh."""
    db.session.expire_all()
    rows = select(ReportFiling).where(ReportFiling.department_id == county.ids[unit])
    return db.session.scalars(rows.order_by(ReportFiling.id)).one()


def clock_of_unit(county: County, unit: str) -> Deadline:
    row = select(Deadline).where(Deadline.subject == REPORT_FILING.kind)
    return db.session.scalars(row.where(Deadline.owner_department_id == county.ids[unit])).one()


def test_a_filing_says_who_and_when_and_ends_its_clock(county: County, clock: Clock) -> None:
    opened(county, ReportKind.DAY, day=nov(21))
    clock.set(at_local(nov(21), 16))
    files(county, "civil", "handler")
    clock.set(at_local(nov(21), 17, 1))
    files(county, "land", "stranger", "接待咨询 2 人次。")
    row, late = filing(county, "civil"), filing(county, "land")
    assert (row.zero, row.said, row.is_late) == (True, None, False)
    assert row.filed_by is not None
    assert (row.filed_by.name, row.filed_at) == ("王海燕", at_local(nov(21), 16))
    assert (late.zero, late.said, late.is_late) == (False, "接待咨询 2 人次。", True)
    for unit, lateness in (("civil", False), ("land", True), ("town", True)):
        assert is_late(clock_of(clock_of_unit(county, unit)), clock.today(), clock.now()) is lateness
    assert filing(county, "town").filed_at is None
    assert filing(county, "town").zero is None


def test_what_was_filed_is_changed_until_the_issue_and_keeps_its_time(county: County, clock: Clock) -> None:
    report = opened(county)
    files(county, "civil", "handler")
    first = filing(county, "civil").filed_at
    clock.forward(hours=1)
    files(county, "civil", "unit_head", "化解纠纷 1 起。")
    row = filing(county, "civil")
    assert (row.filed_at, row.zero, row.said) == (first, False, "化解纠纷 1 起。")
    issued(county, report)
    with pytest.raises(DomainError, match="已经签发"):
        files(county, "civil", "handler")
    files(county, "town", "town_head")
    assert filing(county, "town").is_late


def test_only_the_unit_files_and_words_go_with_what_they_say(county: County, clock: Clock) -> None:
    opened(county)
    with pytest.raises(Forbidden):
        files(county, "civil", "stranger")
    with pytest.raises(DomainError, match="请写明情况"):
        files(county, "civil", "handler", " ")
    assert filing(county, "civil").filed_at is None


@both
def test_missing_climbs_the_ladder_and_filing_undoes_it(county: County, clock: Clock) -> None:
    clock.set(at_local(nov(23), 9))
    opened(county, ReportKind.DAY, day=nov(23))
    files(county, "civil", "handler")
    for day in (23, 24, 25, 26, 27):
        clock.set(at_local(nov(day), 9, 30))
        tick(now_clock.now())
        notices.send_notices()
    rows = db.session.scalars(select(Notice).where(Notice.subject == REPORT_FILING.kind)).all()
    about = {row.subject_id for row in rows}
    assert about == {filing(county, "land").id, filing(county, "town").id}
    copies = db.session.scalars(
        select(Delivery).join(Delivery.notice).where(Notice.subject == REPORT_FILING.kind)
    ).all()
    told_people = {copy.user_id for copy in copies}
    assert {county.ids["town_head"], county.ids["land_head"], county.ids["supervisor"]} <= told_people
    assert county.ids["unit_head"] not in told_people
    files(county, "town", "town_head")
    with committed():
        SUBJECTS.of(REPORT_FILING.kind).lock(about)
    assert set(db.session.scalars(REPORT_FILING.live())) == {filing(county, "land").id}
    before = len(rows)
    clock.set(at_local(nov(30), 9, 30))
    tick(now_clock.now())
    after = db.session.scalars(select(Notice).where(Notice.subject_id == filing(county, "town").id)).all()
    assert len(after) <= before


@both
def test_who_may_know_of_a_filing(county: County, clock: Clock) -> None:
    opened(county)
    row = filing(county, "civil")
    subject = SUBJECTS.of(REPORT_FILING.kind)
    for who, sees in (("handler", True), ("unit_head", True), ("acceptor", True), ("supervisor", True),
                      ("leader", True), ("stranger", False), ("town_head", False), ("admin", False)):  # fmt: skip
        person = reader(county.user(who))
        assert (row.id in set(db.session.scalars(subject.known(person)))) is sees, who
        assert subject.standing(row.id, None, None).may_know(person) is sees, who
    ids = {each.id for each in db.session.scalars(select(ReportFiling))}
    assert set(subject.words(ids)) == ids
    assert subject.units(ids)[row.id] == county.ids["civil"]
    head = reader_for(county.unit_head, clock.today())
    assert set(db.session.scalars(subject.own(head, clock.today()))) == {row.id}
    with committed():
        assert set(subject.free(ids)) == ids
    assert "信访工作周报（11月14日至11月20日）" in subject.words({row.id})[row.id].number


def test_the_hour_and_the_day_of_the_week_are_the_office_s_own(county: County, clock: Clock) -> None:
    now = now_clock.now()
    for kind, amount in ((LocalNumber.REPORT_HOUR, 12), (LocalNumber.REPORT_WEEKDAY, 4)):
        with committed():
            set_own(kind, amount, nov(21), reason="县信访局通知", by=county.admin, now=now)
    report = opened(county, day=nov(24))
    assert (report.since, report.until) == (nov(20), nov(26))
    assert report.cut_off_at == at_local(nov(26), 12)
    for kind, amount, sentence in ((LocalNumber.REPORT_HOUR, 24, "0 至 23"), (LocalNumber.REPORT_WEEKDAY, 8, "1 至 7")):
        with pytest.raises(Exception, match=sentence), committed():
            set_own(kind, amount, nov(22), reason="试", by=county.admin, now=now + timedelta(hours=1))


def test_where_the_week_ends_earlier_from_now_on_no_day_is_in_two_issues(county: County, clock: Clock) -> None:
    report = opened(county)
    with committed():
        set_own(LocalNumber.REPORT_WEEKDAY, 3, nov(21), reason="县信访局通知", by=county.admin, now=now_clock.now())
    issued(county, report, next_too=True)
    following = db.session.scalars(select(Report).where(Report.id != report.id)).one()
    assert (following.since, following.until) == (nov(21), nov(25))
    with pytest.raises(DomainError, match="已经有了"):
        opened(county, day=nov(24))


def test_who_is_missing_stands_in_the_report_by_name(county: County, clock: Clock) -> None:
    report = opened(county)
    assert told(composed(report))[-1].endswith(
        "应报单位 3 个，已报 0 个，其中零报告 0 个；未报 3 个：县民政局、县自然资源局、润城镇。未报不作零报告统计。"
    )
    for unit, who in (("civil", "handler"), ("land", "stranger"), ("town", "town_head")):
        files(county, unit, who)
    assert "未报" not in told(composed(report))[-1]


@both
def test_what_a_unit_without_people_owes_is_listed_to_the_office_that_asked(county: County, clock: Clock) -> None:
    opened(county)
    owed = filing(county, "civil").id

    def lists_it(key: str) -> bool:
        own = REPORT_FILING.own(reader_for(county.user(key), now_clock.today()), now_clock.today())
        return owed in set(db.session.scalars(own))

    assert [lists_it(key) for key in ("unit_head", "acceptor", "land_head")] == [True, False, False]
    with committed():
        for person in (county.handler, county.colleague, county.unit_head):
            disable_user(person, by=county.admin, now=now_clock.now(), reason="调离")
    assert [lists_it(key) for key in ("acceptor", "office_head", "land_head")] == [True, True, False]
