"""日历订阅 in the page: the address is shown once, opens for whoever has it, and stands in no log."""

import logging
import re
from collections.abc import Callable
from pathlib import Path

import icalendar
import pytest
from flask import Flask
from sqlalchemy import select

from tests.client import Client
from tests.web.browsing import take
from tests.web.test_security_headers import ALWAYS, OTHER, common
from tests.world.county import County
from tracker.audit.models import AuditEvent
from tracker.audit.queries import verify
from tracker.core import clock
from tracker.core.database import committed, db
from tracker.people import service
from tracker.supervision.papers.models import CalendarFeed
from tracker.web.frame import access
from tracker.web.office import calendar_feed

ADDRESS = re.compile(r'value="http://localhost(/calendar/([\w-]{43})\.ics)"')
PROJECT = Path(__file__).resolve().parents[2]


def made(browser: Client) -> str:
    """Make an address and return its path."""
    found = ADDRESS.search(browser.submit("/account/feed").text)
    assert found
    return found[1]


def summaries(answer: object) -> list[str]:
    calendar = icalendar.Calendar.from_ical(answer.data)  # type: ignore[attr-defined]
    return [str(event["summary"]) for event in calendar.walk("VEVENT")]


def same_as_unknown(client: Client, path: str) -> bool:
    """Say whether an address answers exactly like one that never was."""
    answers = [client.get(path), client.get("/calendar/" + "x" * 43 + ".ics"), client.get("/calendar/x.ics")]
    shown = [(a.status_code, common(a), a.text.replace(a.headers["X-Request-ID"], "")) for a in answers]
    return shown[0] == shown[1] == shown[2] and shown[0][0] == 404


def test_an_address_gives_ones_own_calendar_to_anybody_who_has_it(
    county: County, new_client: Callable[[], Client]
) -> None:
    case = county.register()
    path = made(county.browser("acceptor"))
    answer = new_client().get(path)
    assert (answer.status_code, answer.mimetype) == (200, "text/calendar")
    assert common(answer) == {**ALWAYS, "Content-Security-Policy": OTHER, "Cache-Control": "no-store"}
    assert "Set-Cookie" not in answer.headers
    found = summaries(answer)
    assert len(found) == 1
    assert found[0].endswith(" 转送、交办 到期")
    assert case not in answer.text
    for personal in ("上庄村", "延秀兰", "选民", "李晓梅", "信访局"):
        assert personal not in answer.text


def test_the_address_is_shown_once_and_kept_as_a_hash(county: County) -> None:
    browser = county.browser("acceptor")
    token = made(browser).removeprefix("/calendar/").removesuffix(".ics")
    for page in ("/account/feed", "/account", "/"):
        assert token not in browser.get(page, follow_redirects=True).text
    assert "使用中" in browser.get("/account/feed").text
    kept = db.session.scalars(select(CalendarFeed)).one()
    assert token not in str(vars(kept))
    assert all(token.encode() not in bytes(payload) for payload in db.session.scalars(select(AuditEvent.payload)))
    assert verify().wrong is None


def test_an_ended_renewed_or_powerless_address_answers_like_an_unknown_one(
    county: County, new_client: Callable[[], Client]
) -> None:
    county.register()
    browser, outside = county.browser("acceptor"), new_client()
    old, new = made(browser), made(browser)
    assert same_as_unknown(outside, old)
    assert outside.get(new).status_code == 200
    with committed():
        service.disable_user(county.acceptor, by=county.office_head, now=clock.now(), reason="离职")
    assert same_as_unknown(outside, new)


def test_ended_by_hand(county: County, new_client: Callable[[], Client]) -> None:
    browser, outside = county.browser("handler"), new_client()
    path = made(browser)
    assert outside.get(path).status_code == 200
    assert browser.submit("/account/feed/end", page="/account/feed").status_code == 303
    assert "已停用" in browser.get("/account/feed").text
    assert same_as_unknown(outside, path)
    again = browser.submit("/account/feed/end", page="/account/feed", follow_redirects=True)
    assert "没有正在使用的订阅地址" in again.text


def test_the_calendar_follows_access_at_once(county: County, new_client: Callable[[], Client]) -> None:
    case = county.register()
    path = made(county.browser("supervisor"))
    assert len(summaries(new_client().get(path))) == 1
    take(county.browser("acceptor"), case, "raise_level", {"level": "sensitive", "reason": "涉及隐私。"})
    assert summaries(new_client().get(path)) in ([], ["信访待办到期"])


def test_who_sees_no_cases_makes_no_address(administrator: Client) -> None:
    assert administrator.get("/account/feed").status_code == 403
    assert administrator.post("/account/feed").status_code == 403
    assert "日历订阅" not in administrator.get("/account").text


def test_who_sees_cases_finds_the_section_on_his_account(county: County) -> None:
    assert "/account/feed" in county.browser("handler").get("/account").text


# The address is a secret: no log of ours holds it


@pytest.mark.parametrize("place", ["view", "guard"])
def test_a_failure_is_logged_without_the_address(
    county: County,
    app: Flask,
    new_client: Callable[[], Client],
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    place: str,
) -> None:
    path = made(county.browser("handler"))

    def fail(*_args: object) -> None:
        raise RuntimeError("the disk is gone")

    monkeypatch.setattr(calendar_feed, "reader_of_feed", fail) if place == "view" else monkeypatch.setattr(
        access, "access_of", fail
    )
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    with caplog.at_level(logging.DEBUG):
        assert new_client().get(path).status_code == 500
    assert "the disk is gone" in caplog.text, "nothing was logged, so nothing was tested"
    assert "calendar_feed.feed" in caplog.text
    assert path.removeprefix("/calendar/").removesuffix(".ics") not in caplog.text


def test_the_server_writes_no_access_log() -> None:
    settings = (PROJECT / "deploy" / "gunicorn.conf.py").read_text(encoding="utf-8")
    assert "accesslog" not in settings
    assert "access_log" not in settings
