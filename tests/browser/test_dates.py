"""What the script echoes while a date is typed: the day that the server will read, whatever the time of year."""

from datetime import date

import pytest
from playwright.sync_api import Page

from tests.core.test_text_and_dates import WITHOUT_YEAR
from tracker.core.dates import Meaning, long_date, parse_date, weekday
from tracker.core.errors import DomainError

pytestmark = pytest.mark.browser
TYPED = [
    *sorted({typed for typed, *_ in WITHOUT_YEAR}),
    *("20261120", "2026-11-20", "2026/11/20", "2026.11.20", "2026年11月20日", "2026 年 11 月 20 日"),
    *("11月20号", "12/30", "２０２６１１２０", "１２月３０日", "２０２６．１１．２０"),
    *("今天", "今日", "昨天", "昨日", "前天", "明天", "明日"),
    *("20270229", "20261399", "0-1", "1999-12-31", "2101-01-01", "0000-01-01", "0050-01-01"),
    *("六月初三", "1", "-1", "20261120日", "constructor"),
]
REFUSED = {
    "没有": "没有这一天，请核对日期",
    "看不懂": "看不懂这个日期，可写 20261120",
    "超出范围": "日期超出范围（2000 年至 2100 年）",
}


def server_words(typed: str, today: date, meaning: Meaning) -> str:
    """Return what the server makes of a text, in the words of the echo."""
    try:
        day = parse_date(typed, today, meaning)
    except DomainError as error:
        return next(words for begun, words in REFUSED.items() if begun in error.message)
    return f"{long_date(day)} {weekday(day)}"


def page_of_days(today: date) -> str:
    """Return a page with a field for every text and every meaning, filled in already."""
    fields = (
        f'<div><input data-date="" data-meaning="{meaning}" value="{typed}"><output class="echo"></output></div>'
        for typed in TYPED
        for meaning in Meaning
    )
    script = '<script src="/static/ledger.js" defer></script>'
    return (
        f'<!doctype html><html data-today="{today}"><meta charset="utf-8">{script}<body>{"".join(fields)}</body></html>'
    )


@pytest.mark.parametrize("today", sorted({today for _, today, *_ in WITHOUT_YEAR}), ids=str)
def test_the_echo_is_what_the_server_reads(page: Page, today: date) -> None:
    page.route("**/days", lambda route: route.fulfill(body=page_of_days(today), content_type="text/html"))
    page.goto("/days")
    page.wait_for_function("Array.from(document.querySelectorAll('output')).every((echo) => echo.textContent)")
    echoes = iter(page.locator("output").all_inner_texts())
    wrong = {}
    for typed in TYPED:
        for meaning in Meaning:
            shown, meant = next(echoes), server_words(typed, today, meaning)
            if shown != meant:
                wrong[typed, meaning.value] = (shown, meant)
    assert wrong == {}
