"""A small world for the figures, one matter for each thing that is asked of a cohort; November 2026, on the 21st.

Beside what counts stands what must not: merged, void and closed matters, clocks that ended without their act, that
stand still, that fall due today or outside the month.
"""

from collections.abc import Callable
from datetime import date
from typing import Any

from tests.world.county import County
from tests.world.rows import a_case, assigned, clock_of, kept
from tracker.cases.ledger.rules import Cohort, Span
from tracker.cases.record.models import AccusedParty, Assignment, Case, LookBack, Objection, Review
from tracker.core.database import db
from tracker.deadlines.limits import LimitKind as K

NOVEMBER = Span(date(2026, 11, 1), date(2026, 11, 30))
LONG_AGO, LAST_DAY = date(2026, 3, 2), date(2026, 11, 20)


def nov(day: int) -> date:
    """Return a day of the month that is counted."""
    return date(2026, 11, day)


def old(county: County, **values: Any) -> Case:
    """Make a matter that nothing but what a test gives it puts into the month; it was struck off long ago."""
    known = {
        "received_on": LONG_AGO,
        "ledger_status": "closed_out",
        "closed_on": date(2026, 4, 1),
        "status": "delivered",
    }
    return a_case(county, **(known | values))


def due(county: County, kind: K, day: date, done: date | None = None, case: Case | None = None, **values: Any) -> Case:
    """Give a matter a clock that falls due on a day, met on another or not."""
    case = case or old(county)
    clock_of(case, kind, day, ended_on=done, met=done is not None, **values)
    return case


def duties(county: County, kind: K) -> None:
    """Three in time (the last day itself, early, twice), two late (met late, not yet), and five that do not count."""
    due(county, kind, nov(1), nov(1))
    due(county, kind, LAST_DAY, nov(2))
    due(county, kind, nov(9), nov(9), case=due(county, kind, nov(3), nov(3)))
    due(county, kind, nov(5), nov(6))
    due(county, kind, LAST_DAY)
    # Due today, or later in the month, however early it was met: the cohort is not grown up.
    due(county, kind, nov(21))
    due(county, kind, nov(28), nov(4))
    # Of other months.
    due(county, kind, date(2026, 10, 31), date(2026, 10, 31))
    # Ended without its act, standing still, merged.
    clock_of(old(county), kind, nov(10), ended_on=nov(8), met=False)
    due(county, kind, nov(10), paused_on=nov(4))
    due(county, kind, nov(10), nov(9), case=old(county, status="merged"))
    # Closed: of an accusation, and of one that names a unit of the system.
    due(county, kind, nov(10), nov(9), case=old(county, level="accusation"))
    kept(AccusedParty(case_id=due(county, kind, nov(10)).id, name="某单位", department_id=county.land.id))
    # Once in time and once late in the same month: one matter, late.
    due(county, kind, nov(12), nov(14), case=due(county, kind, nov(4), nov(4)))


def received(county: County) -> None:
    """Ten matters of the month and six that are not counted."""
    first = a_case(county, received_on=nov(1))
    a_case(county, received_on=nov(30), channel="call")
    a_case(county, received_on=nov(2), channel="visit", people_count=7)
    a_case(county, received_on=nov(3), channel="visit")
    a_case(county, received_on=nov(4), original_id=first.id)
    a_case(county, received_on=nov(4), election_type="committee")
    a_case(county, received_on=nov(5), election_type="committee", original_id=first.id)
    a_case(county, received_on=nov(6), election_type="party_branch", status="diverted")
    a_case(county, received_on=nov(7), election_type="both")
    hidden = a_case(county, received_on=nov(8), level="accusation", election_type="committee")
    # Of which it is a repeat nobody may know; it is one like any other.
    a_case(county, received_on=nov(9), original_id=hidden.id, election_type="party_branch")
    a_case(county, received_on=nov(10), level="sensitive", channel="visit", people_count=90)
    a_case(county, received_on=nov(10), status="voided")
    a_case(county, received_on=nov(10), status="merged", merged_into_id=first.id)
    a_case(county, received_on=date(2026, 10, 31))
    a_case(county, received_on=date(2026, 12, 1))


def objections(county: County) -> None:
    """Five windows that are over: unused, refused, upheld, upheld twice, not ruled on; one that still runs."""

    def given(window: date, *rulings: bool | None) -> Case:
        case = old(county)
        for ruling in rulings or ("none",):
            each: Assignment = assigned(case, county.civil)
            row = clock_of(case, K.OBJECTION, window, ended_on=window, met=ruling != "none")
            row.subject, row.subject_id = "assignment", each.id
            if ruling != "none":
                kept(
                    Objection(
                        case_id=case.id, assignment_id=each.id, reason="不属本单位。", filed_on=nov(2),
                        filed_by_id=county.handler.id, upheld=ruling,
                    )
                )  # fmt: skip
        return case

    for rulings in ((), (False,), (True,), (True, True), (None,)):
        given(nov(6), *rulings)
    given(nov(25))


def looked_back(county: County) -> None:
    """One holds, one came back, one came back after it had held; one was looked at in October."""
    for days, results in (((2,), ("holds",)), ((3,), ("recurred",)), ((4, 9), ("holds", "incomplete"))):
        case = old(county)
        for day, result in zip(days, results, strict=True):
            _look(county, case, nov(day), result)
    _look(county, old(county), date(2026, 10, 30), "recurred")
    _look(county, old(county, level="accusation"), nov(5), "recurred")


def _look(county: County, case: Case, day: date, result: str) -> None:
    kept(
        LookBack(case_id=case.id, round=1, looked_on=day, looked_by_id=county.checker.id, result=result, note="看过。")
    )


def reviews(county: County, kind: str) -> None:
    """Upheld, changed, revoked; a request that was not taken, and one that is not concluded, count nowhere."""
    for day, result in ((2, "upheld"), (3, "changed"), (4, "revoked"), (5, "dismissed"), (None, None)):
        kept(
            Review(
                case_id=old(county).id, round=1, kind=kind, organ="市信访局", requested_on=date(2026, 10, 1),
                received_on=date(2026, 10, 2), result=result, concluded_on=nov(day) if day else None,
            )
        )  # fmt: skip


def answered(county: County) -> None:
    """Answers of 3 August to 22 August have been observed for 90 days by the 20th of November."""
    old(county, answered_on=date(2026, 8, 3))
    # Came again, openly; came again with an accusation, which changes nothing.
    again = old(county, answered_on=date(2026, 8, 10))
    old(county, original_id=again.id, received_on=date(2026, 10, 5))
    hidden = old(county, answered_on=date(2026, 8, 10))
    old(county, original_id=hidden.id, received_on=date(2026, 10, 5), level="accusation")
    # Reviewed, opened again.
    reviewed = old(county, answered_on=date(2026, 8, 22))
    kept(
        Review(
            case_id=reviewed.id, round=1, kind="review", organ="市信访局", requested_on=date(2026, 9, 1),
            received_on=date(2026, 9, 2),
        )
    )  # fmt: skip
    old(county, answered_on=date(2026, 8, 11), round=2)
    # Observed in October, and not to the end.
    old(county, answered_on=date(2026, 8, 2))
    old(county, answered_on=date(2026, 8, 23))
    # Answers of the month itself.
    old(county, answered_on=nov(3))
    old(county, answered_on=nov(30))
    old(county, answered_on=nov(4), level="accusation")


def struck_off(county: County) -> None:
    """Of three in hand when the month began one was struck off in it; of two that came one was; later ones are not."""
    a_case(county, received_on=LONG_AGO)
    a_case(county, received_on=LONG_AGO, ledger_status="under_review", closed_on=date(2026, 5, 1))
    old(county, closed_on=nov(1))
    old(county, received_on=nov(2), closed_on=nov(19))
    a_case(county, received_on=nov(3))
    old(county, closed_on=date(2026, 10, 31))
    old(county, closed_on=nov(7), level="accusation")


def dispatched(county: County) -> None:
    """Two matters given out, one of them twice; one of October, one accusation, one to help alone."""
    for day in (nov(2), nov(3), date(2026, 10, 31)):
        assigned(a_case(county, received_on=day), county.civil)
    twice = a_case(county, received_on=nov(4))
    assigned(twice, county.civil)
    assigned(twice, county.land)
    assigned(a_case(county, received_on=nov(4), level="accusation"), county.civil)
    helping = assigned(a_case(county, received_on=nov(4)), county.civil)
    helping.track = "assistance"
    db.session.flush()


def late_at_end(county: County) -> None:
    """Two are late on the 21st: one that runs, one that stands still since after its day; the others are not."""
    due(county, K.HANDLING, nov(20), case=a_case(county, received_on=LONG_AGO))
    due(county, K.HANDLING, nov(10), case=a_case(county, received_on=LONG_AGO), paused_on=nov(15))
    due(county, K.HANDLING, nov(21), case=a_case(county, received_on=LONG_AGO))
    due(county, K.HANDLING, nov(10), nov(12), case=a_case(county, received_on=LONG_AGO))
    due(county, K.HANDLING, nov(25), case=a_case(county, received_on=LONG_AGO), paused_on=nov(15))
    due(county, K.HANDLING, nov(10), case=a_case(county, received_on=LONG_AGO, level="accusation"))
    due(county, K.HANDLING, nov(10))


def settled(county: County) -> None:
    """One struck off, one opened again, one in hand; both at once, a repeat and an accusation do not count."""
    first = old(county, received_on=nov(2), closed_on=nov(10), election_type="committee")
    a_case(county, received_on=nov(3), closed_on=nov(9), ledger_status="open", election_type="committee")
    a_case(county, received_on=nov(3), election_type="party_branch")
    a_case(county, received_on=nov(3), election_type="both")
    a_case(county, received_on=nov(4), election_type="committee", original_id=first.id)
    a_case(county, received_on=nov(4), election_type="committee", level="accusation")
    a_case(county, received_on=nov(5))


CLOCKS = {
    Cohort.GIVEN_OUT: K.OFFICE_REFERRAL,
    Cohort.NOTIFIED: K.ACCEPTANCE,
    Cohort.ANSWERED: K.HANDLING,
    Cohort.LOOKED_BACK: K.LOOK_BACK,
    Cohort.URGED: K.ORDER_REPLY,
    Cohort.INSTRUCTED: K.INSTRUCTION,
}


def notified(county: County) -> None:
    """As every duty; who is anonymous cannot be told anything."""
    duties(county, K.ACCEPTANCE)
    due(county, K.ACCEPTANCE, nov(10), case=old(county, anonymous=True))


def extended(county: County) -> None:
    """Two answers that fell due, one with its term extended."""
    due(county, K.HANDLING, nov(5), nov(4))
    due(county, K.HANDLING, nov(5), nov(4), extension_days=30)


def looks_back(county: County) -> None:
    """As every duty of the first look back; the second and one that was planned are looks back too."""
    duties(county, K.LOOK_BACK)
    due(county, K.SECOND_LOOK_BACK, nov(5), nov(5))
    due(county, K.PLANNED_LOOK_BACK, nov(5), nov(6))


def promised(county: County) -> None:
    """Carried out in time, carried out late, not carried out."""
    for done in (nov(4), nov(9), None):
        due(county, K.CARRYING_OUT, nov(5), done)


BUILT: dict[Cohort, Callable[[County], None]] = {
    Cohort.RECEIVED: received,
    Cohort.LETTERS: received,
    Cohort.VISITS: received,
    Cohort.VISITORS: received,
    Cohort.COMMITTEE_ELECTIONS: received,
    Cohort.PARTY_ELECTIONS: received,
    Cohort.ELECTIONS_SETTLED: settled,
    Cohort.REPEATED: received,
    Cohort.GIVEN_OUT: lambda county: duties(county, K.OFFICE_REFERRAL),
    Cohort.DISPATCHED: dispatched,
    Cohort.NOTIFIED: notified,
    Cohort.RETURNED: objections,
    Cohort.MISDIRECTED: objections,
    Cohort.REPLIES: answered,
    Cohort.ANSWERED: lambda county: duties(county, K.HANDLING),
    Cohort.EXTENDED: extended,
    Cohort.PROMISED: promised,
    Cohort.SETTLED_AT_ONCE: answered,
    Cohort.RATED: received,
    Cohort.OFFICE_LIKED: received,
    Cohort.UNIT_LIKED: received,
    Cohort.STRUCK_OFF: struck_off,
    Cohort.LISTED: struck_off,
    Cohort.IN_HAND: struck_off,
    Cohort.LATE_AT_END: late_at_end,
    Cohort.LOOKED_BACK: looks_back,
    Cohort.REBOUNDED: looked_back,
    Cohort.URGED: lambda county: duties(county, K.ORDER_REPLY),
    Cohort.INSTRUCTED: lambda county: duties(county, K.INSTRUCTION),
    Cohort.REVIEWED: lambda county: reviews(county, "review"),
    Cohort.RE_EXAMINED: lambda county: reviews(county, "re_examination"),
}
