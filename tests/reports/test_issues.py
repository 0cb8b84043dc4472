"""日报、周报: every sentence counted by hand; issuing freezes; nothing closed changes a character of the open one."""

from datetime import date

import pytest
from sqlalchemy import select

from tests.cases.counting import statements
from tests.conftest import Clock
from tests.databases import writing
from tests.key_villages.working import Ledger
from tests.reports.issuing import CLOSED, composed, files, hidden, issued, opened, told, week
from tests.reports.world import nov, old
from tests.world.county import County
from tests.world.rows import a_case, kept, reader
from tracker.audit.models import AuditEvent
from tracker.audit.queries import verify
from tracker.cases.record.models import AccusedParty, Case
from tracker.core import clock as now_clock
from tracker.core.database import committed, db
from tracker.core.errors import DomainError, Forbidden, NotFound, StaleVersion
from tracker.deadlines.models import Deadline
from tracker.places.models import Place
from tracker.places.service import merge_villages
from tracker.reports.issues import service
from tracker.reports.issues.access import report_of, visible_to
from tracker.reports.issues.models import Report, ReportFiling, ReportNumber
from tracker.reports.issues.numbers import rows_behind
from tracker.reports.issues.queries import rows_page
from tracker.reports.rules.kinds import ReportKind, unpacked
from tracker.reports.rules.numbers import NUMBERS

both = pytest.mark.both_databases
OVERALL = (
    "本周（11月14日至11月20日 17 时），收到信访信件 3 件，其中来信 1 件、来电 1 件、网上 1 件；"
    "接待来访 2 批次、8 人次。交办、转送 1 件，答复 2 件，其中按期 1 件；销号 1 件。期末在办 7 件，逾期 1 件。"
    "件、批次、人次、起分别统计，不相加。"
)
ELECTIONS = (
    "换届工作开始以来（自2026年3月1日起），受理反映村党组织换届问题的信访件 1 起、"
    "反映村委会换届选举的信访事件 2 起（不含检举控告），均得到妥善处理。"
)
TABLE = [
    ("收到信访信件", "件", 3, 1, "＋2", 0, "—"),
    ("接待来访", "批次", 2, 1, "＋1", 0, "—"),
    ("接待来访", "人次", 8, 4, "＋4", 0, "—"),
    ("交办、转送", "件", 1, 0, "—", 0, "—"),
    ("答复", "件", 2, 0, "—", 0, "—"),
    ("其中按期", "件", 1, 0, "—", 0, "—"),
    ("销号", "件", 1, 0, "—", 0, "—"),
    ("期末在办", "件", 7, 3, "＋4", 0, "—"),
    ("期末逾期", "件", 1, 1, "0", 0, "—"),
]


@pytest.fixture
def worked(county: County, clock: Clock) -> County:
    """Give the county with its week."""
    week(county)
    return county


def frozen(report: Report) -> dict[str, tuple[int, list[int]]]:
    """Return the numbers of an issue with their rows."""
    rows = db.session.scalars(select(ReportNumber).where(ReportNumber.report_id == report.id))
    return {row.code: (row.count, unpacked(row.rows)) for row in rows}


@both
def test_every_sentence_is_what_was_counted_by_hand(worked: County) -> None:
    report = opened(worked)
    files(worked, "civil", "handler")
    found = composed(report)
    assert [each.heading for each in found.sections] == [
        "一、总的情况", "二、换届选举信访", "三、督办和批示", "四、报送情况",
    ]  # fmt: skip
    assert told(found) == [
        OVERALL,
        ELECTIONS,
        "本周应转送、交办 0 件，其中按期 0 件；应回复催办、督办 0 件，其中按期 0 件；"
        "应报批示落实情况 0 件，其中按期 0 件。",
        "应报单位 3 个，已报 1 个，其中零报告 1 个；迟报 1 个：县民政局；未报 2 个：县自然资源局、润城镇。"
        "未报不作零报告统计。",
    ]
    table = [
        (row[0], row[1], *(found.values[row[at]].count if at in (2, 3, 5) else row[at] for at in range(2, 7)))
        for row in found.sections[0].rows
    ]
    assert table == TABLE
    assert found.withheld == []


def test_the_last_clause_stands_only_while_it_is_true(worked: County) -> None:
    report = opened(worked)
    again = db.session.scalars(select(Case).where(Case.election_type == "party_branch")).one()
    again = writing().get_one(Case, again.id)
    again.ledger_status = "open"
    writing().commit()
    found = composed(report)
    assert told(found)[1].endswith("（不含检举控告），其中 2 起已得到妥善处理，1 起正在办理。")
    assert "还有 1 起在办" in found.withheld[0]
    again = writing().get_one(Case, again.id)
    again.ledger_status = "closed_out"
    writing().commit()
    assert told(composed(report))[1] == ELECTIONS


def test_without_elections_nothing_is_said_of_them(worked: County) -> None:
    assert "换届" not in "".join(told(composed(opened(worked, campaign_on=None))))


def test_a_day_says_what_falls_due(worked: County) -> None:
    found = composed(opened(worked, ReportKind.DAY))
    assert told(found)[0].startswith(
        "本日（11月20日 17 时），收到信访信件 1 件，其中来电 1 件；接待来访 0 批次、0 人次。"
    )
    assert told(found)[1] == "3 日内到期 0 件。"


@both
def test_a_year_says_what_the_law_asks_for(worked: County) -> None:
    found = composed(opened(worked, ReportKind.ANNUAL))
    said = told(found)
    assert said[0].startswith("本年（2026年1月1日至2026年12月31日），收到信访信件 10 件")
    assert said[1].startswith("按内容分类，不同事项（重件不重复计）：尚未分类 ")
    assert said[2] == "反映机关、单位的事项有的不公开，本版不列，见内部版。"
    assert found.withheld == ["改进工作、完善政策、追究责任的建议和采纳情况：系统里没有登记，请另附。"]


# --- issuing freezes


def move_on(county: County) -> None:
    """Let things happen after the issue: late data, void matters, reopened ones, merged villages."""
    a_case(county, received_on=nov(19))
    first = db.session.scalars(select(Case).where(Case.received_on == nov(14), Case.level == "ordinary")).one()
    first.status = "voided"
    for case in db.session.scalars(select(Case).where(Case.election_type == "party_branch")):
        case.ledger_status, case.round = "open", 2
    writing().commit()
    with committed():
        gone, into = (db.session.get_one(Place, county.ids[key]) for key in ("village", "other_village"))
        merge_villages(gone, into, on=now_clock.today(), by=county.admin, now=now_clock.now(), reason="并村")


@both
def test_what_is_issued_never_changes(worked: County, clock: Clock) -> None:
    report = issued(worked, opened(worked))
    body, numbers = report.body, frozen(report)
    assert numbers["letters"] == (3, sorted(numbers["letters"][1]))
    assert numbers["visitors"][0] == 8
    assert len(numbers["visitors"][1]) == 2
    assert {code for code, (count, rows) in numbers.items() if "visitors" not in code and count != len(rows)} == set()
    move_on(worked)
    clock.forward(days=30)
    again = db.session.get_one(Report, report.id)
    assert (again.body, frozen(again)) == (body, numbers)
    assert verify().wrong is None


def test_an_issue_has_its_number_its_query_and_the_head_of_the_log(worked: County, clock: Clock) -> None:
    first = issued(worked, opened(worked, day=nov(13)))
    second = issued(worked, opened(worked))
    day = issued(worked, opened(worked, ReportKind.DAY))
    assert [(each.year, each.number) for each in (first, second, day)] == [(2026, 1), (2026, 2), (2026, 1)]
    assert second.log_head
    assert len(second.log_head) == 12
    assert first.log_head != second.log_head
    query = db.session.scalars(
        select(ReportNumber.query).where(ReportNumber.report_id == second.id, ReportNumber.code == "letters")
    ).one()
    assert query.endswith(f"office={worked.office.public_id}&edition=open&counted=letters.all.20261114.20261120")
    assert {row.kind for row in db.session.scalars(select(AuditEvent)) if row.kind.startswith("report.")}


def test_every_number_of_the_ledger_is_counted_in_one_statement(worked: County) -> None:
    report = opened(worked)
    with statements() as asked:
        composed(report)
    assert len(asked) < 25


@both
def test_late_data_go_into_the_next_issue_with_a_note(worked: County, clock: Clock) -> None:
    issued(worked, opened(worked))
    a_case(worked, received_on=nov(19))
    visit = db.session.scalars(select(Case).where(Case.people_count == 7)).one()
    visit.people_count = 6
    writing().commit()
    clock.forward(days=7)
    found = composed(opened(worked, day=nov(27)))
    said = told(found)
    assert said[-4:] == [
        "第 1 期收到信访信件 3 件，应为 4 件：补录、更正增加 1 件。",
        "第 1 期接待来访 8 人次，应为 7 人次：更正了人数。",
        "第 1 期期末在办 7 件，应为 8 件：补录、更正增加 1 件。",
        "第 1 期原文不改，本期上周栏用更正后的数。",
    ]
    assert found.values["letters_before"].count == 4
    assert found.values["visitors_before"].count == 7


def test_what_only_went_on_is_no_correction(worked: County, clock: Clock) -> None:
    """A clock that ran is met, a matter is struck off, after the issue: the issue was right."""
    issued(worked, opened(worked))
    late = db.session.scalars(select(Deadline).where(Deadline.ended_on.is_(None), Deadline.kind == "handling")).first()
    assert late is not None
    late = writing().get_one(Deadline, late.id)
    late.ended_on, late.met = nov(23), True
    case = writing().get_one(Case, late.case_id)
    case.ledger_status, case.closed_on = "closed_out", nov(24)
    writing().commit()
    clock.forward(days=7)
    assert "更正" not in "".join(told(composed(opened(worked, day=nov(27)))))


@both
def test_what_becomes_closed_is_not_told_by_a_correction(worked: County, clock: Clock) -> None:
    issued(worked, opened(worked))
    case = db.session.scalars(select(Case).where(Case.received_on == nov(16), Case.level == "ordinary")).one()
    case = writing().get_one(Case, case.id)
    case.level = "accusation"
    writing().commit()
    clock.forward(days=7)
    following = opened(worked, day=nov(27))
    found = composed(following)
    assert "更正" not in "".join(told(found))
    assert found.values["letters_before"].count == 3
    # Negative control: one that is void is told.
    case = writing().get_one(Case, case.id)
    case.level, case.status = "ordinary", "voided"
    writing().commit()
    assert "应为 2 件：更正减少 1 件" in "".join(told(composed(following)))


# --- editions


def test_with_and_without_what_is_closed_the_open_edition_is_the_same(worked: County) -> None:
    reports = [opened(worked, kind) for kind in ReportKind]
    with_them = [composed(report) for report in reports]
    closed = [*db.session.scalars(select(Case).where((Case.level != "ordinary") | (Case.people_count == 50)))]
    assert len(closed) == 4
    for case in closed:
        writing().get_one(Case, case.id).status = "voided"
    writing().commit()
    for report, before in zip(reports, with_them, strict=True):
        found = composed(report)
        assert (found.sections, found.values, found.withheld) == (before.sections, before.values, before.withheld)
    # Negative control: what is open would be seen.
    a_case(worked, received_on=nov(20))
    writing().commit()
    assert all(composed(report).values != before.values for report, before in zip(reports, with_them, strict=True))


@both
def test_the_confidential_edition_counts_them_too_and_says_no_small_number(worked: County) -> None:
    report = opened(worked, edition=CLOSED, readers=[worked.leader])
    found = composed(report)
    said = told(found)
    assert said[0].startswith("本周（11月14日至11月20日 17 时），收到信访信件 6 件；接待来访 不足 5 批次、58 人次。")
    assert "受理反映村党组织换届问题的信访件 不足 5 起、反映村委会换届选举的信访事件 5 起。" in said[1]
    assert "妥善" not in said[1]
    assert "不含检举控告" not in "".join(said)
    assert "换届信访还有 不足 5 起在办" in found.withheld[0]
    rows = {row[2]: row[4] for row in found.sections[0].rows}
    assert rows["letters"] == "—"
    assert not [each for each in found.sections if "报送" in each.heading]


@both
def test_only_those_named_know_of_a_confidential_report_and_nobody_it_complains_of(worked: County) -> None:
    report = opened(worked, edition=CLOSED, readers=[worked.leader, worked.unit_head])
    ids = {who for who in ("acceptor", "leader", "unit_head", "office_head", "supervisor", "lead", "auditor")
           if db.session.scalar(select(Report.id).where(visible_to(reader(worked.user(who)))))}  # fmt: skip
    assert ids == {"acceptor", "leader", "unit_head"}
    assert report_of(report.public_id, reader(worked.leader)).id == report.id
    # 县民政局 is complained of: its head is named, and the report does not exist.
    for who in ("unit_head", "office_head"):
        with pytest.raises(NotFound):
            report_of(report.public_id, reader(worked.user(who)))
    report = issued(worked, report)
    with pytest.raises(NotFound):
        report_of(report.public_id, reader(worked.unit_head))
    kept(AccusedParty(case_id=hidden(worked)[0].id, name="林一鸣", user_id=worked.ids["leader"]))
    writing().commit()
    assert report_of(report.public_id, reader(worked.leader)).id == report.id, "counted after the issue"


def test_a_confidential_report_is_begun_by_who_handles_accusations_for_somebody(worked: County) -> None:
    with pytest.raises(Forbidden):
        opened(worked, edition=CLOSED, readers=[worked.leader], by=worked.checker)
    with pytest.raises(DomainError, match="报送给谁"):
        opened(worked, edition=CLOSED)


@both
def test_an_open_issue_is_read_by_its_area_a_draft_by_who_works_on_it(worked: County) -> None:
    report = opened(worked)

    def readers() -> set[str]:
        asked = (
            "acceptor",
            "office_head",
            "supervisor",
            "leader",
            "unit_head",
            "town_head",
            "handler",
            "auditor",
            "admin",
        )
        found = {}
        for who in asked:
            found[who] = db.session.scalar(select(Report.id).where(visible_to(reader(worked.user(who)))))
        return {who for who, seen in found.items() if seen}

    drafts = {"acceptor", "office_head", "supervisor", "leader"}
    assert readers() == drafts
    issued(worked, report)
    assert readers() == drafts | {"unit_head", "town_head"}


# --- what is refused


@both
def test_what_cannot_be_begun_or_issued_is_refused_with_a_sentence(worked: County, clock: Clock) -> None:
    with pytest.raises(Forbidden):
        opened(worked, by=worked.unit_head)
    with pytest.raises(DomainError, match="还没有到"):
        opened(worked, day=date(2026, 12, 24))
    with pytest.raises(DomainError, match="不能晚于"):
        opened(worked, campaign_on=date(2026, 12, 1))
    running = opened(worked, day=nov(27))
    with pytest.raises(DomainError, match="截止时间（2026年11月27日 17 时）以后才能签发"):
        issued(worked, running)
    report = opened(worked)
    with pytest.raises(DomainError, match="已经有了"):
        opened(worked)
    with pytest.raises(StaleVersion):
        issued(worked, report, version=7)
    with committed(), pytest.raises(Forbidden):
        service.issue(db.session.get_one(Report, report.id), by=worked.acceptor, now=now_clock.now())
    issued(worked, report)
    with pytest.raises(DomainError, match="已经签发"):
        issued(worked, report)
    with pytest.raises(DomainError, match="以前的"):
        opened(worked, day=nov(13))


@both
def test_issuing_may_begin_the_next_of_the_series(worked: County) -> None:
    report = issued(worked, opened(worked), next_too=True)
    following = db.session.scalars(select(Report).where(Report.id != report.id)).one()
    assert (following.since, following.until, following.issued_at) == (nov(21), nov(27), None)
    assert following.campaign_on == report.campaign_on
    assert db.session.scalars(select(ReportFiling).where(ReportFiling.report_id == following.id)).all()


@both
def test_a_report_begun_by_mistake_is_cancelled_and_nobody_owes_anything(worked: County) -> None:
    report = opened(worked)
    with committed():
        service.cancel_report(
            db.session.get_one(Report, report.id), said="开错了", by=worked.acceptor, now=now_clock.now()
        )
    running = select(Deadline).where(Deadline.subject == service.FILING, Deadline.ended_on.is_(None))
    assert db.session.scalars(running).all() == []
    assert opened(worked).id != report.id
    with pytest.raises(DomainError, match="已经取消"):
        _file_for(worked, report)


def _file_for(county: County, report: Report) -> None:
    with committed():
        filing = db.session.scalars(
            select(ReportFiling).where(
                ReportFiling.report_id == report.id, ReportFiling.department_id == county.ids["civil"]
            )
        ).one()
        service.file_report(filing, zero=True, said="", by=county.handler, now=now_clock.now())


def test_an_own_election_before_the_campaign_is_not_counted(worked: County) -> None:
    old(worked, election_type="committee", received_on=date(2026, 2, 1))
    writing().commit()
    assert told(composed(opened(worked)))[1] == ELECTIONS


def test_every_row_of_the_table_of_numbers_is_printed_in_some_report(worked: County) -> None:
    printed: set[str] = set()
    for kind in ReportKind:
        printed |= {each.code for each in composed(opened(worked, kind)).used}
    assert set(NUMBERS) - printed <= {"settled", "unsettled", "channel_superior", "channel_other"}


@both
def test_a_confidential_year_names_units_complained_of_often_in_their_order_and_no_small_number(worked: County) -> None:
    for day in range(1, 6):
        case = a_case(worked, received_on=nov(day))
        kept(AccusedParty(case_id=case.id, name="县自然资源局", department_id=worked.ids["land"]))
    writing().commit()
    found = composed(opened(worked, ReportKind.ANNUAL, edition=CLOSED, readers=[worked.leader]))
    assert told(found)[2] == "被反映的机关、单位，按机构顺序，不是排名：县自然资源局 5 件。"
    number = next(each for each in found.used if each.label == "县自然资源局")
    assert len(rows_behind(number)) == 5
    assert "县民政局" not in "".join(told(found))


@both
def test_difficult_villages_are_counted_without_their_names(county: County, clock: Clock) -> None:
    entry = Ledger(county).enter("公开三年收支明细")
    report = opened(county, day=nov(21))
    assert "台账 1 村，本周入账 1 村，本周销号 0 村，累计销号 0 村。" in told(composed(report))
    page = rows_page(report, "villages", reader(county.acceptor), page=1, now=clock.now())
    assert ([each.id for each in page.villages], page.beyond) == ([entry], 0)
    page = rows_page(report, "villages", reader(county.land_head), page=1, now=clock.now())
    assert (page.villages, page.beyond) == ([], 1)
