"""Who sees a suggestion and who may do what, by every person of the county; what is no suggestion tells nothing."""

from datetime import timedelta

import pytest
from sqlalchemy import select, text

from tests.suggestions.working import TODAY, Desk, day, paper
from tests.world.county import PEOPLE
from tracker.core import clock as now_clock
from tracker.core.database import committed, db
from tracker.core.errors import NotFound
from tracker.jobs.subjects import SUBJECTS
from tracker.jobs.ticking import tick
from tracker.notifications.models import Notice
from tracker.people.queries import reader_for
from tracker.people.rules import Reader
from tracker.reminders.ladder.rules.reach import Ref
from tracker.suggestions.access import known_suggestions, parts, promise_of, suggestion_of
from tracker.suggestions.models import DeputySuggestion, SuggestionPromise
from tracker.suggestions.queries.lists import SuggestionFilters, counted, suggestions, turned, years
from tracker.suggestions.queries.page import acts_of, suggestion_page
from tracker.suggestions.rules.acts import SuggestionAct, SuggestionPart
from tracker.suggestions.rules.codes import SuggestionStage
from tracker.suggestions.service import answering, routing
from tracker.supervision.messages.inbox import unread_count

pytestmark = pytest.mark.both_databases
P = SuggestionPart
# Who sees the case of the civil bureau, and as what.
SEEN: dict[str, set[SuggestionPart]] = {
    "registrar": set(),
    "acceptor": {P.KEEPER},
    "checker": {P.KEEPER},
    "office_head": {P.KEEPER},
    "supervisor": {P.KEEPER},
    "lead": {P.LEADER},
    "leader": set(),
    "handler": {P.OWNER},
    "colleague": set(),
    "unit_head": {P.UNIT_HEAD},
}
UNSEEN = set(PEOPLE) - set(SEEN)


def reader(desk: Desk, who: str) -> Reader:
    return reader_for(desk.county.user(who), TODAY)


@pytest.mark.parametrize("who", sorted(PEOPLE))
def test_who_sees_a_suggestion_and_as_what(desk: Desk, who: str) -> None:
    one = desk.one(desk.entered())
    me = reader(desk, who)
    assert (one.id in set(db.session.scalars(known_suggestions(me)))) == (who in SEEN)
    if who in SEEN:
        assert parts(me, one) == SEEN[who]
        assert suggestion_of(one.public_id, me).id == one.id
    else:
        assert parts(me, one) == set()
        with pytest.raises(NotFound):
            suggestion_of(one.public_id, me)


def test_a_unit_sees_what_it_works_on_helps_with_or_promised_and_no_longer_what_went_to_another(desk: Desk) -> None:
    helped, promised, gone = desk.entered(), desk.entered(), desk.entered(given_on=TODAY)
    ids = desk.county.ids
    assert not db.session.scalars(known_suggestions(reader(desk, "stranger"))).all()
    with committed():
        routing.ask_help(
            desk.one(helped), department_id=ids["land"], user_id=ids["stranger"], happened_on=TODAY, said="请会办。",
            **desk.by("acceptor"),
        )  # fmt: skip
    assert parts(reader(desk, "land_head"), desk.one(helped)) == {P.HELPER}
    desk.answer(promised)
    made = desk.promise(promised, due_on=day(30))
    with committed():
        row = desk.promised(made)
        address = row.public_id
    assert promise_of(address, reader(desk, "handler")).id == made
    with pytest.raises(NotFound):
        promise_of(address, reader(desk, "stranger"))
    desk.object_to(gone)
    with committed():
        routing.agree_return(
            desk.one(gone), department_id=ids["land"], user_id=ids["stranger"], happened_on=TODAY, said="同意。",
            **desk.by("acceptor"),
        )  # fmt: skip
    assert set(db.session.scalars(known_suggestions(reader(desk, "stranger")))) == {helped, gone}
    assert set(db.session.scalars(known_suggestions(reader(desk, "handler")))) == {helped, promised}


def test_what_is_no_suggestion_is_seen_by_its_keepers_alone_and_leaves_a_number(desk: Desk) -> None:
    stays, turns = desk.entered(), desk.entered(of=paper(title="反映张建军占地", content="张建军占了五亩地。"))
    with committed():
        answering.turn(desk.one(turns), said="是个人检举，另行登记。", **desk.by("acceptor"))
    row = desk.one(turns)
    assert (row.stage, row.title) == (SuggestionStage.TURNED, answering.NO_SUGGESTION)
    for who in PEOPLE:
        me = reader(desk, who)
        assert (turns in set(db.session.scalars(known_suggestions(me)))) == (SEEN.get(who) == {P.KEEPER}), who
        listed = suggestions(SuggestionFilters(), me, today=TODAY, now=now_clock.now(), page=1, size=50)
        assert turns not in [each.suggestion.id for each in listed.rows]
        sees_all = who in SEEN and who not in ("handler", "colleague", "unit_head")
        assert [each.number for each in turned(me)] == (["建〔2026〕2号"] if sees_all else []), who
        assert SUBJECTS.known_among([Ref("suggestion", turns)], me) == (
            {Ref("suggestion", turns)} if SEEN.get(who) == {P.KEEPER} else set()
        )
    assert db.session.scalar(select(DeputySuggestion.id).where(DeputySuggestion.id == stays)) == stays


def test_nothing_lies_open_of_what_turned_out_to_complain_of_somebody(desk: Desk) -> None:
    """Neither its text nor its title, nor why: in no column of no table, and in no notice."""
    turns = desk.entered(of=paper(title="反映张建军占地", content="张建军占了五亩地。"))
    assert "占地" in lying(), "the control: a title is plain"
    with committed():
        answering.turn(desk.one(turns), said="检举张建军占地。", **desk.by("acceptor"))
    assert [word for word in ("占地", "五亩", "检举") if word in lying()] == []
    with committed():
        answering.take_back(desk.one(turns), said="看错了。", **desk.by("acceptor"))
    assert desk.one(turns).title == "反映张建军占地"


def lying() -> str:
    """Return everything that lies in the columns of suggestions and of notices, as the database has it."""
    db.session.expire_all()
    tables = ("deputy_suggestion", "suggestion_line", "suggestion_record", "suggestion_answer", "notice")
    return "\n".join(str(tuple(row)) for table in tables for row in db.session.execute(text(f"SELECT * FROM {table}")))


@pytest.mark.parametrize("who", ["handler", "unit_head", "lead", "leader", "colleague", "registrar", "stranger"])
def test_with_and_without_what_is_no_suggestion_nobody_but_the_keepers_sees_a_difference(desk: Desk, who: str) -> None:
    first, me = desk.entered(), reader(desk, who)

    def world() -> object:
        asked = [SuggestionFilters(), SuggestionFilters(dates="open"), SuggestionFilters(mine="unit", year="2025")]
        listed = suggestions(SuggestionFilters(), me, today=TODAY, now=now_clock.now(), page=1, size=9)
        seen = [each.suggestion.id for each in listed.rows]
        acts = suggestion_page(desk.one(first), me, today=TODAY, now=now_clock.now()).acts if first in seen else None
        return seen, listed.total, acts, years(me), counted(asked, me, today=TODAY), unread_count(SUBJECTS, me)

    address(desk)
    without = world()
    second = desk.entered(of=paper(assigned_on=day(-400)), given_on=day(-400), user_id=desk.county.ids["handler"])
    address(desk)
    if who not in ("colleague", "stranger"):
        assert world() != without, "negative control: while it is a suggestion, it is seen"
    with committed():
        answering.turn(desk.one(second), said="转登记。", **desk.by("acceptor"))
    assert world() == without


def address(desk: Desk) -> None:
    """Let what was told reach its people."""
    tick(now_clock.now())
    db.session.expire_all()


@pytest.mark.parametrize("who", ["acceptor", "supervisor", "handler", "unit_head", "lead", "colleague", "stranger"])
@pytest.mark.parametrize("answers", [False, True])
def test_exactly_what_is_offered_can_be_taken(desk: Desk, who: str, answers: bool) -> None:
    """The page and the service ask the same table: an act that is offered is not refused for who takes it."""
    one = desk.entered()
    if answers:
        desk.answer(one)
    row, me = desk.one(one), reader(desk, who)
    offered = set(acts_of(me, row, TODAY))
    wants_words = {
        SuggestionAct.NOTE: lambda **by: answering.note(row, happened_on=TODAY, **by),
        SuggestionAct.CONCLUDE: lambda **by: answering.conclude(row, **by),
        SuggestionAct.REFUSE_RETURN: lambda **by: routing.refuse_return(row, **by),
        SuggestionAct.WITHDRAW: lambda **by: answering.withdraw(row, happened_on=TODAY, **by),
        SuggestionAct.TURN: lambda **by: answering.turn(row, **by),
        SuggestionAct.TAKE_BACK: lambda **by: answering.take_back(row, **by),
        SuggestionAct.OBJECT: lambda **by: routing.object_to(row, happened_on=TODAY, **by),
    }
    for act, take in wants_words.items():
        refused = ""
        try:
            with committed():
                take(said="试办。", **desk.by(who))
                raise Undone
        except Undone:
            pass
        except Exception as error:
            refused = str(error)
        assert (act in offered) == (not refused), (act, refused)
        row = desk.one(one)


class Undone(Exception):
    """What was tried is rolled back."""


def test_what_is_late_climbs_to_the_people_who_may_know(desk: Desk, clock: object) -> None:
    one = desk.entered(of=paper(assigned_on=day(-88)), given_on=day(-88))
    for ahead in range(0, 40):
        clock.set(now_clock.at_local(TODAY, 9) + timedelta(days=ahead))  # type: ignore[attr-defined]
        tick(now_clock.now())
    rungs = db.session.scalars(select(Notice.told).where(Notice.subject == "suggestion", Notice.source == "rung"))
    assert set(rungs) >= {"owner", "unit_head", "lead", "principal"}
    assert desk.one(one).stage == SuggestionStage.IN_HAND
    assert not db.session.scalars(select(SuggestionPromise.id)).all()


def test_the_rows_of_subjects_answer_every_question(desk: Desk) -> None:
    one = desk.entered(given_on=day(-3))
    desk.answer(one)
    promise = desk.promise(one, due_on=day(30))
    me, him = reader(desk, "handler"), reader(desk, "stranger")
    for kind, id_ in (("suggestion", one), ("suggestion_promise", promise)):
        thing = SUBJECTS.of(kind)
        with committed():
            thing.lock([id_])
            assert set(thing.free([id_])) == {id_}
            db.session.rollback()
        assert thing.noted([id_])[id_] == [TODAY] * (3 if kind == "suggestion" else 1)
        assert thing.units([id_]) == {id_: desk.county.ids["civil"]}
        assert thing.words([id_])[id_].public_id == desk.one(one).public_id
        for ids in (thing.known(me), thing.listed(me), thing.counted(him), thing.live(), thing.own(me, TODAY)):
            assert set(db.session.scalars(ids)) == {id_}, kind
        standing = thing.standing(id_, None, None)
        assert (standing.may_know(me), standing.may_know(him), standing.gone, standing.over) == (True, False, "", "")
