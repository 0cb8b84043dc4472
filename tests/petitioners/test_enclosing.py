"""The edges of 密存: what looks like an envelope, statements that go round the rows, turning by acts, a long list."""

import pytest
from sqlalchemy import Text, insert, select, type_coerce, update

from tests.cases.test_naming_imports import imported
from tests.databases import TestDatabase
from tests.petitioners.test_at_rest import READ, lies_open
from tests.world.county import County
from tracker.cases.access import closed_texts
from tracker.cases.acts.settling import SettledAs, settle_word
from tracker.cases.ledger import pages
from tracker.cases.record.models import Case, DemandPoint
from tracker.cases.record.rules.codes import Purpose
from tracker.core import clock
from tracker.core.database import committed, db
from tracker.core.enclosing import OPENING
from tracker.jobs.verifying import verify


def raw(case: Case) -> str:
    """Return what stands in the column of the title."""
    found = db.session.scalar(select(type_coerce(Case.title, Text)).where(Case.id == case.id))
    assert found is not None
    return str(found)


@pytest.mark.parametrize("typed", [OPENING, f"{OPENING}AQGb1Dc0sjmWd/v6", f"{OPENING}不是密文"])
def test_nobody_can_type_an_envelope(county: County, typed: str) -> None:
    """What begins like one is enclosed itself, in an open matter too, and reads as it was typed."""
    case = county.case(county.register(title=typed))
    assert raw(case) != typed
    assert raw(case).startswith(OPENING)
    db.session.expire_all()
    assert case.title == typed
    assert typed in county.browser("acceptor").get(f"/cases/{case.public_id}").text
    assert verify().wrong is None


def test_a_statement_that_goes_round_the_rows_is_refused(county: County) -> None:
    case = county.case(county.register())
    point = {"case_id": case.id, "position": 9, "text": "明文"}
    for statement in (update(Case).values(title="明文"), insert(DemandPoint).values(**point)):
        with pytest.raises(TypeError, match="are written by rows alone"), committed() as session:
            session.execute(statement)
    with pytest.raises(TypeError, match="are written by rows alone"), committed() as session:
        session.execute(insert(DemandPoint), [point])


def test_a_row_closed_by_a_word_is_enclosed_and_lies_open_when_it_is_settled(
    county: County, database: TestDatabase
) -> None:
    _, (said, plain) = imported(county, "举报小区旁的夜光藻", "路灯旁的海百合")
    db.session.rollback()
    assert raw(said).startswith(OPENING)
    assert not lies_open("夜光藻", READ[database.name](database))
    assert lies_open("海百合", READ[database.name](database)), "control"
    with committed():
        settle_word(said, SettledAs.SETTLEMENT, by=county.office_head, now=clock.now())
    assert raw(said) == said.title
    assert verify().wrong is None


def test_of_a_list_too_long_it_is_said_that_only_the_newest_were_read(
    county: County, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = [
        county.case(county.register("acceptor", purpose=Purpose.ACCUSATION, title=f"反映夜光藻{n}")).register_no
        for n in range(2)
    ]
    whole = county.browser("acceptor").get("/cases?words=夜光藻").text
    assert all(number in whole for number in numbers)
    assert "只查找了最近登记的" not in whole
    for module in (closed_texts, pages):
        monkeypatch.setattr(module, "MOST_READ", 1)
    cut = county.browser("acceptor").get("/cases?words=夜光藻").text
    assert "您在知悉名单上的检举控告件超过 1 件，只查找了最近登记的 1 件的内容。" in cut
    assert numbers[1] in cut
    assert numbers[0] not in cut
