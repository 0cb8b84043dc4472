"""统计: the page opens for whoever has the duty, each number opens its list, and nothing closed changes a character."""

import io
import re
from datetime import date
from html import unescape
from typing import Any

import openpyxl
import pytest
from flask import current_app
from sqlalchemy import select

from tests.conftest import Clock
from tests.databases import Ids, writing
from tests.reports.world import BUILT
from tests.world.county import County
from tests.world.county import build as build_county
from tests.world.rows import category, kept
from tracker.audit.models import AuditEvent
from tracker.cases.ledger.rules import Cohort
from tracker.cases.record.models import AccusedParty, Case, NamedReader
from tracker.core import clock
from tracker.core.database import db

NUMBER = re.compile(r'<a href="(/cases\?[^"]+)">(\d+)</a>')
TOTAL = re.compile(r"共 (\d+) 件")
WHO = ("registrar", "acceptor", "office_head", "supervisor", "lead", "leader", "unit_head", "town_head")
ADDRESSES = ("/statistics", "/statistics?period=month&day=20261110", "/statistics?period=week")


def build() -> Ids:
    """Build the county with everything that figures count, and what they do not."""
    county = County(build_county(), current_app.test_client)  # type: ignore[arg-type]
    kinds = [category("民政"), category("村务管理", category("农村农业"))]
    for arranged in dict.fromkeys(BUILT.values()):
        arranged(county)
    for number, case in enumerate(db.session.scalars(select(Case).order_by(Case.id))):
        case.category_id = kinds[number % 2].id if number % 3 else None
        case.village_id = (county.village, county.other_village)[number % 2].id if number % 4 else None
    writing().commit()
    return county.ids


IMAGES = {"filled": build}


@pytest.fixture
def filled(county: County, clock: Clock) -> County:
    """Give the county with everything that figures count, and what they do not."""
    return county


def hide(county: County) -> int:
    """Make what is closed void, as if it had never come; return how many there were."""
    named = select(AccusedParty.case_id)
    hidden = writing().scalars(select(Case).where((Case.level != "ordinary") | Case.id.in_(named))).all()
    for case in hidden:
        case.status = "voided"
    return len(hidden)


def told(page: str) -> str:
    """Return a page without the tokens of its forms."""
    return re.sub(r'value="[^"]{40,}"|[\w-]{22,}', "", page)


@pytest.mark.both_databases(address=(ADDRESSES[1],))
@pytest.mark.parametrize("address", ADDRESSES)
def test_every_number_opens_exactly_its_list(filled: County, address: str) -> None:
    """For who sees all open matters the list has the number; for others it says how many lie beyond their scope."""
    head = filled.browser("office_head")
    numbers = {unescape(href): int(number) for href, number in NUMBER.findall(head.get(address).text)}
    assert len(numbers) > 30
    for href, number in numbers.items():
        page = head.get(href).text
        if "counted=visitors" not in href:
            assert int(TOTAL.search(page)[1]) == number, href  # type: ignore[index]
        assert "不在您的知悉范围内" not in page


@pytest.mark.parametrize("who", ["unit_head", "lead", "town_head", "supervisor"])
def test_whoever_sees_less_is_told_how_much_more_there_is(filled: County, who: str) -> None:
    browser = filled.browser(who)
    numbers = {unescape(href): int(number) for href, number in NUMBER.findall(browser.get(ADDRESSES[1]).text)}
    assert numbers
    for href, number in list(numbers.items())[::4]:
        if "counted=visitors" in href:
            continue
        page = browser.get(href).text
        beyond = re.search(r"另有 (\d+) 件不在您的知悉范围内", page)
        assert int(TOTAL.search(page)[1]) + (int(beyond[1]) if beyond else 0) == number, href  # type: ignore[index]


def test_the_page_is_the_same_for_everybody_who_opens_it(filled: County) -> None:
    pages = set()
    for who in WHO:
        page = told(filled.browser(who).get("/statistics").text)
        pages.add(page[page.index('<div class="indices">') : page.index("</main>")])
    assert len(pages) == 1


@pytest.mark.parametrize("who", ["office_head", "unit_head", "leader"])
def test_with_and_without_what_is_closed_every_page_is_the_same(filled: County, who: str) -> None:
    browser = filled.browser(who)
    numbers = {unescape(href) for href, _ in NUMBER.findall(browser.get("/statistics").text)}
    addresses = [*ADDRESSES, *sorted(numbers)[::7]]
    with_them = [told(browser.get(address).text) for address in addresses]
    assert hide(filled) > 12
    assert [told(browser.get(address).text) for address in addresses] == with_them
    # Negative control: what is open would be seen.
    case = writing().scalars(select(Case).where(Case.received_on == date(2026, 11, 2), Case.channel == "visit")).one()
    case.status = "voided"
    assert told(browser.get("/statistics").text) != with_them[0]


def test_a_named_reader_sees_no_closed_matter_behind_a_number(filled: County) -> None:
    """Who may open a closed matter meets it in the ledger, and not in the list of an open number."""
    hidden = (
        writing().scalars(select(Case).where(Case.level == "accusation", Case.received_on == date(2026, 11, 8))).one()
    )
    kept(NamedReader(case_id=hidden.id, user_id=filled.ids["office_head"], because="专办", added_at=clock.now()))
    browser = filled.browser("office_head")
    counted = "counted=received.all.20261108.20261108"
    assert hidden.register_no in browser.get(f"/cases?{counted}").text
    page = browser.get(f"/cases?edition=open&{counted}").text
    assert "公开版（不含检举控告）" in page
    assert hidden.register_no not in page


@pytest.mark.parametrize("who", ["handler", "admin", "security", "auditor"])
def test_who_has_no_duty_for_it_does_not_open_it(county: County, who: str) -> None:
    browser = county.browser(who)
    assert browser.get("/statistics").status_code == 403
    assert browser.get("/statistics/export").status_code == 403
    assert "/statistics" not in browser.get("/account").text


def test_a_county_without_matters_says_so(county: County) -> None:
    page = county.browser("supervisor").get("/statistics").text
    assert "这一期还没有可以统计的" in page
    assert "100.0%" not in page
    assert "0.0%" not in page
    assert "公开版（不含检举控告）" in page


def test_a_period_to_come_and_the_first_year_are_empty_and_no_failure(filled: County) -> None:
    for address in ("period=year&day=2099-01-01", "period=year&day=2000-01-01", "period=twelve&day=2000-01-02"):
        page = filled.browser("supervisor").get(f"/statistics?{address}")
        assert page.status_code == 200, address
        assert not re.search(r'href="/cases\?[^"]*counted=', page.text), address


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("period=century", "没有这种期间，已按近 12 个月统计。"),
        ("period=month&day=2026-02-30", "没有“2026-02-30”这一天，请核对日期，已按近 12 个月统计。"),
        ("period=between&since=20260101", "请填写截止日，已按近 12 个月统计。"),
        ("period=between&since=20260301&until=20260201", "起始日晚于截止日，请核对，已按近 12 个月统计。"),
        ("period=between&since=20010101&until=20260201", "起止日期最多相隔 5 年，已按近 12 个月统计。"),
        ("place=nowhere", "“属地”在系统里找不到，已忽略。"),
        ("place={village}", "统计按县、乡镇看，不按村看，已忽略。"),
        ("place=none", "统计按县、乡镇看，不按村看，已忽略。"),
        ("office=x", "“登记机关”在系统里找不到，已忽略。"),
    ],
)
def test_what_cannot_be_read_gets_a_sentence_and_keeps_what_was_typed(
    county: County, address: str, sentence: str
) -> None:
    page = county.browser("supervisor").get(f"/statistics?{address.format(village=county.village.public_id)}")
    assert page.status_code == 200
    assert sentence in page.text
    assert "2026-02-30" in page.text or "2026-02-30" not in address


def test_a_township_is_chosen_in_its_line_and_taken_away_again(filled: County) -> None:
    browser = filled.browser("supervisor")
    town = filled.township.public_id
    page = browser.get("/statistics?period=month&day=20261110").text
    assert f"/statistics?period=month&amp;day=20261110&amp;place={town}" in page
    narrowed = browser.get(f"/statistics?period=month&day=20261110&place={town}").text
    assert f"place={town}" in narrowed
    assert "去掉这个条件" in narrowed
    whole, part = (int(NUMBER.search(each[each.index('class="num sum"') :])[2]) for each in (page, narrowed))  # type: ignore[index]
    assert 0 < part
    assert whole


def test_the_table_says_what_the_page_says_and_is_recorded(filled: County) -> None:
    answer = filled.browser("supervisor").get("/statistics/export?period=month&day=20261110")
    assert answer.status_code == 200
    book = openpyxl.load_workbook(io.BytesIO(answer.data))
    rows = [list(row) for row in book.worksheets[0].iter_rows(values_only=True)]
    found: dict[str, Any] = {row[1]: row for row in rows if row[0] in ("受理", "办理", "监督追责", "预防")}
    assert found["按期答复率"][4:6] == [5, 12]
    assert found["群众参评率"][4:7] == [0, 0, None]
    notes = {row[0]: row[1] for row in book["说明"].iter_rows(values_only=True)}
    assert notes["期间"] == "2026年11月1日至2026年11月30日"
    assert notes["版本"] == "公开版（不含检举控告）"
    assert notes["导出人"] == "郝明"
    event = db.session.scalars(select(AuditEvent).where(AuditEvent.kind == "figures.exported")).one()
    assert event.actor_id == filled.ids["supervisor"]


def test_every_figure_of_a_share_stands_on_the_page_with_its_counting(filled: County) -> None:
    page = filled.browser("lead").get("/statistics").text
    for words in ("按期答复率", "一次性化解率", "派错率（异议成立）", "复核改变率", "群众参评率", "口径全文"):
        assert words in page, words
    assert f"{clock.today().month}月" in page
    assert Cohort.ANSWERED in page
