"""A limit that came after an office adopted its ladder is reminded of all the same, by the program's own rungs."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from tests.world.county import County
from tests.world.matters import Matter
from tracker import audit
from tracker.audit import Event
from tracker.audit.queries import verify
from tracker.core import clock
from tracker.core.clock import at_local
from tracker.core.database import committed, db
from tracker.deadlines.limits import LIMITS, Limit, LimitKind, Owner
from tracker.deadlines.models import Deadline
from tracker.deadlines.service import start_clock
from tracker.jobs.ticking import tick
from tracker.reminders.ladder.queries import current, editions, ladder_of
from tracker.reminders.ladder.rules.checks import faults
from tracker.reminders.ladder.rules.defaults import DECIDED_BEFORE, default_rungs, subject_words, subjects, undecided
from tracker.reminders.ladder.rules.moments import Behaviour
from tracker.reminders.ladder.rules.rungs import LADDER
from tracker.reminders.ladder.service import adopt
from tracker.reminders.models import Escalation, LadderEdition
from tracker.statutes.rules.provisions import P
from tracker.working_days.rules import Unit

START = date(2026, 11, 16)
LABEL = "首次联系信访人"


def adopted(county: County) -> LadderEdition:
    """Adopt a ladder of the office's own: the red letter of short terms goes out a day later."""
    own = [replace(rung, number=rung.number + (rung.code == "short-red")) for rung in LADDER]
    with committed():
        return adopt(own, by=county.supervisor, now=clock.now(), reason="本县做法。")


def invent(monkeypatch: pytest.MonkeyPatch) -> LimitKind:
    """Add a limit as a later version would: a member, its row in LIMITS, its name in the rungs for short terms."""
    kind = str.__new__(LimitKind, "first_contact")
    vars(kind).update(_name_="FIRST_CONTACT", _value_="first_contact")
    monkeypatch.setitem(LimitKind._member_map_, "FIRST_CONTACT", kind)
    monkeypatch.setitem(LimitKind._value2member_map_, "first_contact", kind)
    monkeypatch.setattr(LimitKind, "_member_names_", [*LimitKind._member_names_, "FIRST_CONTACT"])
    limit = Limit(LABEL, 3, Unit.WORKING_DAY, Owner.UNIT, (P.OWN_RULE,))
    monkeypatch.setitem(LIMITS, kind, limit)
    short = LimitKind.ACCEPTANCE
    ladder = tuple(replace(rung, kinds=(*rung.kinds, kind)) if short in rung.kinds else rung for rung in LADDER)
    for module in ("rules.defaults", "queries"):
        monkeypatch.setattr(f"tracker.reminders.ladder.{module}.LADDER", ladder)
    return kind


def a_clock(county: County, kind: LimitKind) -> Deadline:
    """Start a clock of a kind on a matter, as its step would."""
    with clock.frozen(at_local(START)):
        matter = Matter(county).until("assign")
        with committed():
            owed = {"subject": "case", "subject_id": matter.case.id, "owner_department_id": county.civil.id}
            row = start_clock(kind, case_id=matter.case.id, started_on=START, **owed)  # type: ignore[arg-type]
            db.session.flush()
            audit.record(Event.DATES_RECOUNTED, by=None, now=clock.now())
    return row


def raised(row: Deadline, until: int = 6) -> set[str]:
    """Let the timer run for some days and return what it raised for a clock."""
    for day in range(until):
        tick(at_local(START + timedelta(days=day)))
    which = (Escalation.deadline_id == row.id, Escalation.state == "raised")
    return set(db.session.scalars(select(Escalation.rung).where(*which)))


def test_a_new_limit_is_reminded_of_where_the_ladder_was_adopted_before(
    county: County, monkeypatch: pytest.MonkeyPatch
) -> None:
    adopted(county)
    kind = invent(monkeypatch)
    assert current().missing == (kind,)
    assert current().defaults == {"default-short-soon", "default-short-urge", "default-short-blue"} | {
        "default-short-amber",
        "default-short-red",
    }
    assert not faults(current().rungs)
    assert LABEL in current().notice
    assert raised(a_clock(county, kind)) == {"default-short-soon", "default-short-urge"}
    assert not verify().wrong


def test_without_the_defaults_its_end_would_pass_in_silence(county: County, monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control."""
    adopted(county)
    kind = invent(monkeypatch)
    monkeypatch.setattr("tracker.reminders.ladder.queries.default_rungs", lambda _rungs, _missing: ())
    assert raised(a_clock(county, kind)) == set()


def test_an_office_that_uses_the_shipped_ladder_lacks_nothing(county: County, monkeypatch: pytest.MonkeyPatch) -> None:
    kind = invent(monkeypatch)
    assert (current().missing, current().notice) == ((), "")
    assert raised(a_clock(county, kind)) == {"short-soon", "short-urge"}


def test_adopting_decides(county: County, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the office adopts with the new limit is its own from then on, under the codes it had."""
    adopted(county)
    kind = invent(monkeypatch)
    row = a_clock(county, kind)
    before = raised(row)
    table = current().rungs
    with committed():
        adopt(table, by=county.supervisor, now=clock.now(), reason="加入首次联系。")
    assert (current().missing, current().rungs) == ((), table)
    assert raised(row) == before
    assert not verify().wrong


def test_the_order_of_the_office_stays_and_shares_no_code(county: County, monkeypatch: pytest.MonkeyPatch) -> None:
    edition = adopted(county)
    own = current().rungs
    invent(monkeypatch)
    assert current().rungs[: len(own)] == own
    codes = [rung.code for rung in current().rungs]
    assert len(codes) == len(set(codes))
    assert current().adopted == own
    assert [ladder_of(each).edition_id for each in editions()] == [edition.id]


def test_what_an_edition_left_out_itself_is_its_decision() -> None:
    everything = {subject.value for subject in subjects()}
    assert undecided(everything) == ()
    assert undecided(everything - {LimitKind.LOOK_BACK.value}) == (LimitKind.LOOK_BACK,)
    assert undecided(everything - {Behaviour.CAME_AGAIN.value}) == (Behaviour.CAME_AGAIN,)
    missing = (LimitKind.LOOK_BACK, Behaviour.CAME_AGAIN)
    assert [rung.code for rung in default_rungs((), missing)] == ["look-back-soon", "look-back-late", "came-again"]
    assert subject_words(missing) == "回头看、信访人就同一事项再次信访"


def test_an_edition_of_0_2_0_decided_on_everything_that_existed(county: County) -> None:
    edition = adopted(county)
    assert set(edition.decided or ()) == {subject.value for subject in subjects()}
    with committed():
        edition.decided = None
        audit.record(Event.LADDER_ADOPTED, by=None, now=clock.now())
    assert not DECIDED_BEFORE & {subject.value for subject in current().missing}
    assert DECIDED_BEFORE <= {*LimitKind, *Behaviour}
