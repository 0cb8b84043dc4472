"""Check lists (检查清单), written and filled in by the people of the county, for the tests."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import select

from tests.key_villages.working import TODAY, Ledger
from tracker.core import clock
from tracker.core.database import committed, db
from tracker.key_villages.models import CheckEdition, CheckTemplate, FilledCheck, InspectionRound, VillageLookBack
from tracker.key_villages.rules.check_templates import CheckPurpose, CheckReply, Replied
from tracker.key_villages.service import check_templates, filling
from tracker.key_villages.service.check_templates import Edited
from tracker.key_villages.service.filling import Filling
from tracker.places.models import Place

ITEMS = "必查：公开栏设在村民看得到的地方\n账目按月公开\n必查：推选会议有记录"
Y, N, X = CheckReply.YES, CheckReply.NO, CheckReply.NOT_APPLICABLE
ALL_YES = {1: Replied(Y), 2: Replied(Y), 3: Replied(Y)}
ONE_NO = {1: Replied(N, "设在院内"), 3: Replied(Y)}


def edited(items: str = ITEMS, *, title: str = "测试清单", from_on: date = TODAY, reason: str = "测试。") -> Edited:
    """Return an edition as it is written."""
    return Edited(title, items, from_on, reason)


def begun(
    ledger: Ledger, given: Edited | None = None, *, by: str = "acceptor",
    purpose: CheckPurpose = CheckPurpose.INSPECTION, **more: Any,
) -> int:  # fmt: skip
    """Begin a template; return its id."""
    county = ledger.county
    with committed():
        given = given or edited()
        by_whom = county.user(by)
        row = check_templates.begin_template(county.office, purpose, given, by=by_whom, now=clock.now(), **more)
        return row.id


def template(template_id: int) -> CheckTemplate:
    """Return a template, read afresh."""
    db.session.expire_all()
    return db.session.get_one(CheckTemplate, template_id)


def issued(ledger: Ledger, template_id: int, given: Edited, by: str = "acceptor", version: int | None = None) -> int:
    """Issue the next edition; return its id."""
    with committed():
        row, person = template(template_id), ledger.county.user(by)
        return check_templates.issue_edition(row, given, by=person, now=clock.now(), version=version).id


def edition(template_id: int, number: int = 1) -> CheckEdition:
    """Return an edition of a template."""
    return template(template_id).editions[number - 1]


def filled_in(
    ledger: Ledger, template_id: int, round_id: int, replies: Mapping[int, Replied] = ONE_NO, *, by: str = "acceptor",
    on: date = TODAY, number: int = 1, village: str = "village",
) -> int:  # fmt: skip
    """Fill in a check list in a village of a round; return its id."""
    county = ledger.county
    with committed():
        row = filling.fill_for_round(
            edition(template_id, number),
            db.session.get_one(InspectionRound, round_id),
            db.session.get_one(Place, county.ids[village]),
            Filling(on, replies),
            by=county.user(by),
            now=clock.now(),
        )
        return row.id


def filled_for_look_back(
    ledger: Ledger, template_id: int, by: str = "supervisor", replies: Mapping[int, Replied] = ONE_NO
) -> int:
    """Fill in a check list for the look back that comes first; return its id."""
    with committed():
        row = db.session.scalars(select(VillageLookBack).order_by(VillageLookBack.id)).first()
        assert row is not None
        given, person = Filling(clock.today(), replies), ledger.county.user(by)
        made = filling.fill_for_look_back(edition(template_id), row, given, by=person, now=clock.now())
        return made.id


def form(filled_id: int) -> FilledCheck:
    """Return a filled form, read afresh."""
    db.session.expire_all()
    return db.session.get_one(FilledCheck, filled_id)


def corrected(
    ledger: Ledger, filled_id: int, replies: Mapping[int, Replied], *, by: str = "acceptor", on: date = TODAY
) -> int:
    """Correct a filled form; return the id of the one that stands now."""
    with committed():
        given, person = Filling(on, replies), ledger.county.user(by)
        return filling.correct_check(form(filled_id), given, said="看错了。", by=person, now=clock.now()).id
