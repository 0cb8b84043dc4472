"""Imported rows that accuse are closed: by their purpose for good, by their words until somebody has looked."""

import dataclasses
import io
from datetime import date

import pytest
from sqlalchemy import select

from tests.cases.test_history import row
from tests.world.county import County
from tests.world.rows import reader
from tracker.cases.access.rules import may_see
from tracker.cases.access.scope import matter_of
from tracker.cases.acts.settling import SettledAs, others_open, settle_word, settle_words, word_questions
from tracker.cases.intake.history import Keyed, import_history_cases, start_import
from tracker.cases.intake.rules.history import DayAndHour, HistoryRow, import_key
from tracker.cases.record.models import AccusedParty, Case, ImportRun
from tracker.cases.record.rules.codes import Purpose
from tracker.core import clock
from tracker.core.database import committed, db
from tracker.core.errors import DomainError, Forbidden, NotFound
from tracker.core.files import store
from tracker.people.models import User

DAY = DayAndHour(date(2026, 10, 12))


def imported(county: County, *texts: str, purpose: Purpose = Purpose.SETTLEMENT) -> tuple[ImportRun, list[Case]]:
    """Import rows that say these texts."""
    rows: list[HistoryRow] = [
        dataclasses.replace(
            row(), source_no=f"{text}{number}", received=DAY, answered=None, answer=None, title=text, summary=text,
            purpose=purpose,
        )
        for number, text in enumerate(texts)
    ]  # fmt: skip
    sha256 = store(io.BytesIO(b"table"), name="a.csv", max_bytes=10).sha256
    with committed():
        run = start_import(
            "liuyan", office=county.office, file_name="a.csv", file_sha256=sha256, by=county.acceptor, now=clock.now()
        )
        keyed = [Keyed(import_key("liuyan", one), one) for one in rows]
        cases = import_history_cases(run, keyed, office=county.office, by=county.acceptor, now=clock.now())
    return run, cases


def sees(person: User, case: Case) -> bool:
    return may_see(reader(person), matter_of(case))


@pytest.mark.both_databases
def test_a_row_that_says_the_word_is_closed_until_it_is_settled(county: County) -> None:
    run, (said, plain) = imported(county, "举报小区旁的违章建筑", "路灯不亮")
    assert (said.level, plain.level) == ("accusation", "ordinary")
    assert said.register_no.startswith("XFN")
    assert not sees(county.leader, said)
    assert not sees(county.registrar, said)
    assert sees(county.office_head, said)
    assert word_questions(run.id, reader(county.registrar)) == []
    assert word_questions(run.id, reader(county.office_head)) == [said]
    with committed():
        settle_word(said, SettledAs.ENFORCEMENT, by=county.office_head, now=clock.now())
    assert (said.level, said.purpose) == ("ordinary", "settlement")
    assert sees(county.leader, said)
    assert word_questions(run.id, reader(county.office_head)) == []


def test_a_selection_is_settled_at_once_or_not_at_all(county: County) -> None:
    run, cases = imported(county, "举报违章建筑", "投诉、举报噪声", "举报县民政局局长贪污")
    found = word_questions(run.id, reader(county.acceptor))
    assert found == cases
    assert others_open(cases[2])
    with pytest.raises(DomainError, match="逐个核实"), committed():
        settle_words(found, SettledAs.SETTLEMENT, by=county.acceptor, now=clock.now())
    db.session.expire_all()
    assert [case.level for case in cases] == ["accusation"] * 3
    with committed():
        assert settle_words(cases[:2], SettledAs.SETTLEMENT, by=county.acceptor, now=clock.now()) == 2
    assert [case.level for case in cases] == ["ordinary", "ordinary", "accusation"]


def test_nobody_settles_what_they_may_not_see_or_decide(county: County) -> None:
    _, (case,) = imported(county, "举报违章建筑")
    for person, refusal in ((county.registrar, NotFound), (county.leader, NotFound)):
        with pytest.raises(refusal), committed():
            settle_word(case, SettledAs.SETTLEMENT, by=person, now=clock.now())
    _, (named,) = imported(county, "路灯不亮，请修。")
    with pytest.raises((DomainError, Forbidden)), committed():
        settle_word(named, SettledAs.SETTLEMENT, by=county.office_head, now=clock.now())


def test_who_is_named_in_an_imported_row_is_shut_out(county: County) -> None:
    _, (head, office) = imported(county, "县民政局局长挪用低保款", "举报信访局局长受贿")
    assert head.level == "ordinary"
    assert not sees(county.unit_head, head)
    assert not sees(county.office_head, office), "he handles accusations, and it is about him"
    assert sees(county.acceptor, office)


def test_an_accusation_by_purpose_stays_closed_and_is_not_asked(county: County) -> None:
    run, (case,) = imported(county, "村支书侵占补助", purpose=Purpose.ACCUSATION)
    assert case.level == "accusation"
    assert word_questions(run.id, reader(county.office_head)) == []
    names = db.session.scalars(select(AccusedParty.name).where(AccusedParty.case_id == case.id)).all()
    assert names == ["村支书"]


def test_the_import_page_settles_a_selection(county: County) -> None:
    run, cases = imported(county, "举报违章建筑", "举报噪声")
    browser = county.browser("acceptor")
    page = f"/imports/{run.public_id}"
    assert "待核实" in browser.get(page).text
    fields = {"cases": [cases[0].public_id], "settled": "settlement"}
    assert browser.submit(f"{page}/settle", fields, page=page).status_code == 303
    db.session.expire_all()
    assert [case.level for case in cases] == ["ordinary", "accusation"]
    assert browser.submit(f"{page}/settle", {"settled": "settlement"}, page=page).status_code == 422


def test_one_click_on_the_case_settles_the_word(county: County) -> None:
    _, (case,) = imported(county, "举报违章建筑")
    browser = county.browser("office_head")
    page = f"/cases/{case.public_id}/accused"
    assert "不是检举控告，按求决办理" in browser.get(page).text
    word = case.accused[0]
    fields = {"row": str(word.id), "decision": "settlement", "reason": "", "version": str(case.version)}
    assert browser.submit(page, fields).status_code == 303
    db.session.expire_all()
    assert case.level == "ordinary"
