"""Refusals leave a trace, alike for what is hidden and for what never was; so many are enough."""

import json
import re

from sqlalchemy import select

from tests.conftest import Clock
from tests.world.county import County
from tracker.audit.models import AuditEvent
from tracker.cases.record.rules.codes import Purpose
from tracker.core.database import db
from tracker.web.frame.refusals import REFUSALS


def refused() -> list[tuple[int | None, dict[str, object]]]:
    """Return the refusals on record: which matter, and what was asked."""
    db.session.rollback()
    rows = db.session.scalars(select(AuditEvent).where(AuditEvent.kind == "case.denied").order_by(AuditEvent.seq))
    return [(row.case_id, json.loads(row.payload)) for row in rows]


def test_who_asks_for_what_he_may_not_see_is_on_record(county: County) -> None:
    """Hidden, not there at all, and a page of other posts: each once; the answer tells nothing."""
    hidden = county.register("acceptor", purpose=Purpose.ACCUSATION)
    browser = county.browser("unit_head")
    answers = [browser.get(f"/cases/{public_id}") for public_id in (hidden, "x" * 22)]
    strip = re.compile(r'value="[^"]{40,}"|[\w-]{22,}')
    assert [answer.status_code for answer in answers] == [404, 404]
    assert strip.sub("", answers[0].text) == strip.sub("", answers[1].text)
    assert browser.get("/people").status_code == 403
    assert browser.submit(f"/cases/{hidden}/steps/note", {"reason": "看看。"}, page="/account").status_code == 404
    found = refused()
    assert [(case_id, each["page"], each["status"]) for case_id, each in found[:3]] == [
        (county.case(hidden).id, "cases.detail", 404),
        (None, "cases.detail", 404),
        (None, "people.page", 403),
    ]
    asked = {each["asked"] for _, each in found[:2]}
    assert len(asked) == 2
    assert hidden not in str(found), "the log holds no address"
    assert browser.get("/cases").status_code == 200
    assert [each["page"] for _, each in found[3:]] == ["steps.take"]
    assert len(refused()) == len(found), "what is shown is no refusal"


def test_without_somebody_signed_in_nothing_is_written(county: County) -> None:
    assert county.new_client().get(f"/cases/{'x' * 22}").status_code == 303
    assert refused() == []


def test_so_many_are_enough_and_the_limit_tells_nothing_apart(county: County, clock: Clock) -> None:
    hidden = county.register("acceptor", purpose=Purpose.ACCUSATION)
    browser = county.browser("unit_head")
    for _ in range(REFUSALS.tries):
        assert browser.get(f"/cases/{'x' * 22}").status_code == 404
    stopped = [browser.get(f"/cases/{public_id}") for public_id in (hidden, "y" * 22)]
    assert [answer.status_code for answer in stopped] == [429, 429]
    assert all("打不开的页面太多，请等 15 分钟再试" in answer.text for answer in stopped)
    assert len(refused()) == REFUSALS.tries, "the log is not filled by it"
    assert browser.get("/cases").status_code == 200, "his own work goes on"
    assert county.browser("handler").get(f"/cases/{hidden}").status_code == 404, "nor does it stop anybody else"
    clock.forward(minutes=15)
    assert browser.get(f"/cases/{hidden}").status_code == 404


def test_a_search_keeps_a_mark_of_its_words_and_never_the_words(county: County) -> None:
    browser = county.browser("acceptor")
    for words in ("张建军", "张建军", "李四"):
        browser.get(f"/cases?words={words}")
    searches = select(AuditEvent.payload).where(AuditEvent.kind == "ledger.searched").order_by(AuditEvent.seq)
    rows = db.session.scalars(searches).all()
    marks = [json.loads(row)["words"] for row in rows]
    assert marks[0] == marks[1] != marks[2]
    assert "张建军".encode() not in b"".join(bytes(row) for row in rows)
