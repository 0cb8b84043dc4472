"""日报、周报: a report on the screen, its numbers with their rows, filing and issuing, for whoever may."""

import re
from html import unescape
from typing import Any

import pytest
from sqlalchemy import select

from tests.client import Client
from tests.conftest import Clock
from tests.databases import writing
from tests.reports.issuing import CLOSED, files, issued, opened, week
from tests.reports.world import nov
from tests.web.browsing import filled, form_of
from tests.world.county import County
from tests.world.rows import a_case, kept
from tracker.audit.models import AuditEvent
from tracker.cases.record.models import Case, NamedReader
from tracker.core import clock as now_clock
from tracker.core.database import db
from tracker.reports.issues.models import Report, ReportFiling, ReportNumber
from tracker.reports.rules.kinds import ReportKind, unpacked

both = pytest.mark.both_databases
NUMBER = re.compile(r'<a class="figure" href="([^"]+/numbers/(\w+))">(\d+)</a>')
TOTAL = re.compile(r"共 (\d+) [件村]")
BEYOND = re.compile(r"另有 (\d+) [件个]不在您的知悉范围内")
WHO = ("registrar", "acceptor", "office_head", "supervisor", "lead", "leader", "unit_head", "town_head")


@pytest.fixture
def worked(county: County, clock: Clock) -> County:
    """Give the county with its week."""
    week(county)
    return county


def address(report: Report) -> str:
    return f"/reports/{report.public_id}"


def numbers(browser: Client, report: Report) -> dict[str, tuple[str, int]]:
    """Return the numbers of a report as a person reads it: by code the address and the number."""
    page = browser.get(address(report)).text
    return {code: (unescape(href), int(count)) for href, code, count in NUMBER.findall(page)}


def sent(browser: Client, page: str, **typed: Any) -> Any:
    """Fill in the form of a page and send it."""
    return browser.post(page, data=filled(form_of(browser.get(page), ""), typed))


def printed(county: County, *args: str) -> str:
    """Return what a command prints."""
    result = county.new_client().application.test_cli_runner().invoke(args=list(args))
    assert result.exit_code == 0, result.output
    return str(result.output)


def listed(page: str) -> int:
    found = TOTAL.search(page)
    return int(found[1]) if found else len(re.findall("<tr data-row>", page))


@both
def test_every_number_opens_exactly_its_rows_for_whoever_reads(worked: County) -> None:
    report = opened(worked)
    files(worked, "civil", "handler")
    drafted = numbers(worked.browser("acceptor"), report)
    issued(worked, report)
    for who in WHO:
        browser = worked.browser(who)
        found = numbers(browser, report)
        assert {code: count for code, (_, count) in found.items()} == {code: n for code, (_, n) in drafted.items()}
        for code, (href, count) in found.items():
            page = browser.get(href).text
            beyond = BEYOND.search(page)
            rows = {"visitors": 2, "visitors_before": 1}.get(code, count)
            assert listed(page) + (int(beyond[1]) if beyond else 0) == rows, (who, code)
            if who == "office_head":
                assert not beyond


def test_a_draft_is_for_who_works_on_it_and_opens_its_rows(worked: County) -> None:
    report = opened(worked)
    for href, count in numbers(worked.browser("office_head"), report).values():
        page = worked.browser("office_head").get(href).text
        assert listed(page) == count or "visitors" in href
    for who in ("unit_head", "registrar", "lead"):
        assert worked.browser(who).get(address(report)).status_code == 404
        assert report.public_id not in worked.browser(who).get("/reports").text


def test_what_has_become_closed_is_in_no_list_and_no_word_tells_it_apart(worked: County) -> None:
    report = issued(worked, opened(worked))
    case = db.session.scalars(select(Case).where(Case.received_on == nov(16), Case.level == "ordinary")).one()
    number, public = case.register_no, worked.ids
    writing().get_one(Case, case.id).level = "accusation"
    kept(NamedReader(case_id=case.id, user_id=public["acceptor"], because="专办", added_at=now_clock.now()))
    writing().commit()
    for who, beyond in (("acceptor", None), ("office_head", None), ("unit_head", 2)):
        page = worked.browser(who).get(f"{address(report)}/numbers/letters").text
        assert number not in page
        found = BEYOND.search(page)
        assert (int(found[1]) if found else None) == beyond, who


@both
def test_two_worlds_read_the_same_open_report(worked: County) -> None:
    """With and without what is closed no page of a report differs in a character, for several readers."""
    report = opened(worked)

    def pages() -> list[str]:
        found = []
        for who in ("acceptor", "office_head", "leader"):
            browser = worked.browser(who)
            hrefs = [href for href, _ in numbers(browser, report).values()]
            found += [browser.get(page).text for page in (address(report), "/reports", *hrefs)]
        return [re.sub(r'value="[^"]{40,}"|[\w-]{22,}', "", page) for page in found]

    with_them = pages()
    for case in db.session.scalars(select(Case).where((Case.level != "ordinary") | (Case.people_count == 50))).all():
        writing().get_one(Case, case.id).status = "voided"
    writing().commit()
    assert pages() == with_them
    a_case(worked, received_on=nov(20))
    writing().commit()
    assert pages() != with_them


@both
def test_a_report_is_begun_filed_for_and_issued_by_the_forms(worked: County) -> None:
    keeper, head = worked.browser("acceptor"), worked.browser("office_head")
    assert "还没有日报、周报" in keeper.get("/reports").text
    typed = {"kind": "week", "day": "20261120", "campaign_on": "20260301", "edition": "open"}
    begun = sent(keeper, "/reports/new", **typed)
    assert begun.status_code == 303, begun.text
    report = db.session.scalars(select(Report)).one()
    filing = db.session.scalars(select(ReportFiling).where(ReportFiling.department_id == worked.ids["civil"])).one()
    page = worked.browser("unit_head").get("/reports/filings").text
    assert "未报，已过截止时间" in page
    assert sent(worked.browser("unit_head"), f"/reports/filings/{filing.public_id}", what="zero").status_code == 303
    page = keeper.get(address(report)).text
    assert "县民政局</a><span>零报告　迟报" in page
    assert "未报 <a" in page
    assert "签发</a>" not in worked.browser("checker").get(address(report)).text
    assert sent(head, f"{address(report)}/issue", next_too="y").status_code == 303
    page = head.get(address(report)).text
    assert "2026年第 1 期" in page
    assert "日志首位" in page
    assert "已签发" in page
    assert len(db.session.scalars(select(Report)).all()) == 2
    assert sent(keeper, f"{address(report)}/cancel", said="开错").status_code == 422


def test_what_is_wrong_gets_a_sentence_at_its_field_and_changes_nothing(worked: County) -> None:
    keeper = worked.browser("acceptor")
    answer = sent(keeper, "/reports/new", kind="day", day="20990101", edition="open")
    assert answer.status_code == 422
    assert "还没有到这一期。" in answer.text
    answer = sent(keeper, "/reports/new", kind="week", day="20261120", edition="confidential")
    assert answer.status_code == 422
    assert db.session.scalars(select(Report)).all() == []
    opened(worked)
    filing = db.session.scalars(select(ReportFiling).where(ReportFiling.department_id == worked.ids["civil"])).one()
    answer = sent(worked.browser("handler"), f"/reports/filings/{filing.public_id}", what="some")
    assert answer.status_code == 422
    assert worked.browser("stranger").get(f"/reports/filings/{filing.public_id}").status_code == 404
    assert (
        worked.browser("acceptor").get(f"{address(db.session.scalars(select(Report)).one())}/numbers/x").status_code
        == 404
    )


def test_a_confidential_report_is_opened_by_those_named_alone(worked: County) -> None:
    report = issued(worked, opened(worked, edition=CLOSED, readers=[worked.leader]))
    page = worked.browser("leader").get(address(report)).text
    assert "内部版（含检举控告，不足 5 的不列数）" in page
    assert "不足 5" in page
    rows = worked.browser("leader").get(f"{address(report)}/numbers/committee").text
    assert "不在您的知悉范围内" not in rows
    read = db.session.scalars(select(AuditEvent).where(AuditEvent.kind == "report.read")).all()
    assert {event.actor_id for event in read} == {worked.ids["leader"]}
    assert len(read) == 2
    for who in ("office_head", "supervisor", "lead", "unit_head"):
        assert worked.browser(who).get(address(report)).status_code == 404
        assert report.public_id not in worked.browser(who).get("/reports").text


def test_the_list_has_a_second_page(worked: County) -> None:
    for number in range(51):
        kept(
            Report(
                office_id=worked.ids["office"], kind="day", edition="open", since=nov(1), until=nov(1),
                cut_off_at=now_clock.now(), opened_at=now_clock.now(), opened_by_id=worked.ids["acceptor"],
                cancelled_at=now_clock.now(), version=number + 1,
            )
        )  # fmt: skip
    writing().commit()
    page = worked.browser("acceptor").get("/reports?page=2").text
    assert page.count("<tr data-row>") == 1
    assert "第 2 页，共 2 页" in page


@both
def test_the_command_prints_the_sentences_and_who_has_not_filed(worked: County) -> None:
    asked = ["report", "week", "--at", "2026-11-20"]
    said = printed(worked, *asked)
    assert "信访工作周报　草稿　阳城县信访局" in said
    assert "本期没有布置报送。" in said
    report = opened(worked)
    files(worked, "civil", "handler")
    issued(worked, report)
    a_case(worked, received_on=nov(20))
    writing().commit()
    said = printed(worked, *asked)
    assert "信访工作周报　2026年第 1 期　阳城县信访局" in said
    assert "收到信访信件 3 件，其中来信 1 件、来电 1 件、网上 1 件；" in said
    assert "反映村委会换届选举的信访事件 2 起（不含检举控告），均得到妥善处理。" in said
    assert "　收到信访信件 3 件，上周 1 件（＋2），去年同周 0 件（—）" in said
    assert "未报：县自然资源局、润城镇" in said
    assert "信访情况年度报告　草稿" in printed(worked, "report", "annual", "--office", "县信访局")


@pytest.mark.parametrize(
    ("args", "sentence"),
    [(["report"], "请写明哪种报告"), (["report", "month"], "请写明哪种报告"),
     (["report", "day", "--office", "某局"], "请用 --office"), (["report", "day", "--at", "x"], "日期")],
)  # fmt: skip
def test_a_command_that_cannot_be_done_says_why(worked: County, args: list[str], sentence: str) -> None:
    result = worked.new_client().application.test_cli_runner().invoke(args=args)
    assert result.exit_code != 0
    assert sentence in result.output


def test_frozen_rows_are_what_the_page_lists(worked: County) -> None:
    report = issued(worked, opened(worked, ReportKind.DAY))
    row = db.session.scalars(
        select(ReportNumber).where(ReportNumber.report_id == report.id, ReportNumber.code == "letters")
    ).one()
    page = worked.browser("office_head").get(f"{address(report)}/numbers/letters").text
    case = db.session.get_one(Case, unpacked(row.rows)[0])
    assert case.register_no in page
