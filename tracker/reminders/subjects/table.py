"""Subjects: everything that clocks are about, as one tuple, with the questions that concern all of it.

The tuple stands at the top (`jobs/subjects.SUBJECTS`) and is handed down.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property, partial
from typing import Any

from sqlalchemy import Select, and_, exists, false, not_, or_, select, true

from tracker.core.database import db
from tracker.deadlines.models import Deadline
from tracker.notifications.models import Notice
from tracker.people.rules import Reader, does_case_work
from tracker.reminders.ladder.rules.moments import Behaviour
from tracker.reminders.ladder.rules.reach import Ref
from tracker.reminders.models import RUNG, Escalation
from tracker.reminders.subjects.answers import Clause, Ids, Letters, PaperKind, Subject, SubjectWords, Watch

Key = Any  # a column of ids: of InstrumentedAttribute mypy knows too little


class UnknownSubject(LookupError):
    """A clock is about a kind of thing that nobody has told the timer of."""


def holds(ids: Select[Any], key: Key) -> Clause:
    """Return the condition that a column has one of these ids, looked up by its key."""
    own, tables = ids.selected_columns[0], ids.columns_clause_froms
    return exists(ids.where(own == key).correlate_except(*tables))


def among(ids: Select[Any], some: Ids) -> set[int]:
    """Return which of some ids are among these."""
    return set(db.session.scalars(ids.where(ids.selected_columns[0].in_(some)))) if some else set()


def _counted(thing: Subject, reader: Reader) -> Select[Any]:
    return thing.known(reader) if does_case_work(reader) else thing.counted(reader)


def _meets(model: Any, thing: Subject, ids: Select[Any]) -> Clause:
    """Return the condition on a row that says what it is about (通知、督办单、批示) that it is about one of these."""
    if thing.column:
        return holds(ids, getattr(model, thing.column))
    return and_(model.subject == thing.kind, holds(ids, model.subject_id))


@dataclass(frozen=True, eq=False)
class Subjects:
    """Everything that clocks are about: the literal tuple, with the questions that concern all of it."""

    rows: tuple[Subject | PaperKind, ...]

    @cached_property
    def things(self) -> tuple[Subject, ...]:
        """The kinds of things."""
        return tuple(row for row in self.rows if isinstance(row, Subject))

    @cached_property
    def papers(self) -> tuple[PaperKind, ...]:
        """The kinds of papers about them."""
        return tuple(row for row in self.rows if isinstance(row, PaperKind))

    @cached_property
    def letters(self) -> Letters:
        """What the ladder issues by itself. Raises StopIteration where no paper is issued by it."""
        return next(paper.letters for paper in self.papers if paper.letters)

    @cached_property
    def kinds(self) -> tuple[str, ...]:
        """Every subject that a clock may name."""
        of_things = {kind for thing in self.things for kind in thing.kinds}
        return tuple(sorted(of_things | {paper.kind for paper in self.papers}))

    def of(self, kind: str) -> Subject:
        """Return the subject of a kind of thing. Raises UnknownSubject."""
        for thing in self.things:
            if thing.kind == kind:
                return thing
        raise UnknownSubject(f"no subject answers for {kind}")

    def paper(self, kind: str) -> PaperKind | None:
        """Return the papers of a kind; None where it is no paper."""
        return next((paper for paper in self.papers if paper.kind == kind), None)

    def watching(self, behaviour: Behaviour) -> tuple[Subject, Watch]:
        """Return on which things a behaviour is seen, and how. Raises UnknownSubject."""
        for thing in self.things:
            if behaviour in thing.watches:
                return thing, thing.watches[behaviour]
        raise UnknownSubject(f"no subject shows {behaviour}")

    def columns(self, about: Ref) -> dict[str, Any]:
        """Return how a notice names a thing: by its own column where there is one."""
        column = self.of(about.kind).column
        return {column: about.id} if column else {"about": about}

    def known_clock(self) -> Clause:
        """Return the condition on a clock that its subject is of a known kind."""
        return Deadline.subject.in_(self.kinds)

    def about(self, clocks: Iterable[Any]) -> dict[int, Ref]:
        """Return by id which thing each clock is about: rows with `id`, `subject`, `subject_id` and `case_id`.

        Only for papers that name no column a statement is needed, one for each kind. Raises UnknownSubject.
        """
        found, asked = dict[int, Ref](), dict[str, dict[int, int]]()
        for clock in clocks:
            about = self._named(clock)
            if about is not None:
                found[clock.id] = about
            else:
                asked.setdefault(clock.subject, {})[clock.id] = clock.subject_id
        for kind, ids in asked.items():
            things = self._of_papers(kind, ids.values())
            found.update({clock_id: things[paper_id] for clock_id, paper_id in ids.items()})
        return found

    def _named(self, clock: Any) -> Ref | None:
        for thing in self.things:
            named = getattr(clock, thing.column) if thing.column else None
            if named is not None:
                return Ref(thing.kind, named)
            if thing.column is None and clock.subject in thing.kinds:
                return Ref(thing.kind, clock.subject_id)
        return None

    def _of_papers(self, kind: str, ids: Ids) -> dict[int, Ref]:
        paper = self.paper(kind)
        if paper is None:
            raise UnknownSubject(f"no subject answers for {kind}")
        columns = (paper.model.id, paper.model.subject, paper.model.subject_id)
        rows = db.session.execute(select(*columns).where(paper.model.id.in_(ids)))
        return {id_: Ref(subject, subject_id) for id_, subject, subject_id in rows}

    def about_rungs(self, rungs: Iterable[Any]) -> dict[int, Ref]:
        """Return by id which thing each raised rung is about: by its clock, else by what it was seen on.

        Rows with the columns of `Escalation`.
        """
        found, by_clock = dict[int, Ref](), dict[int, int]()
        for rung in rungs:
            about = self._named(rung)
            if about is not None:
                found[rung.id] = about
            elif rung.deadline_id is not None:
                by_clock[rung.id] = rung.deadline_id
        clocks = db.session.scalars(select(Deadline).where(Deadline.id.in_(by_clock.values()))) if by_clock else ()
        of_clocks = self.about(clocks)
        return found | {rung_id: of_clocks[clock_id] for rung_id, clock_id in by_clock.items()}

    def by_kind(self, about: Iterable[Ref]) -> Iterator[tuple[Subject, list[int]]]:
        """Yield the ids of things by their kind, each once, in the order of the tuple and of their keys.

        Raises UnknownSubject.
        """
        ids: dict[str, set[int]] = {}
        for ref in about:
            ids.setdefault(ref.kind, set()).add(ref.id)
        for thing in self.things:
            if thing.kind in ids:
                yield thing, sorted(ids.pop(thing.kind))
        if ids:
            raise UnknownSubject(f"no subject answers for {', '.join(sorted(ids))}")

    def words(self, about: Iterable[Ref]) -> dict[Ref, SubjectWords]:
        """Return how things are called and where their pages are, for people who may see them."""
        return {Ref(of.kind, id_): said for of, ids in self.by_kind(about) for id_, said in of.words(ids).items()}

    def known_among(self, about: Iterable[Ref], reader: Reader) -> set[Ref]:
        """Return of which of some things a person may know."""
        return {Ref(of.kind, id_) for of, ids in self.by_kind(about) for id_ in among(of.known(reader), ids)}

    def counted_among(self, about: Iterable[Ref], reader: Reader) -> set[Ref]:
        """Return which of some things a figure counts that is shown to a person."""
        return {Ref(of.kind, id_) for of, ids in self.by_kind(about) for id_ in among(_counted(of, reader), ids)}

    def clocks_meeting(self, test: Callable[[Subject, Key], Clause]) -> Clause:
        """Return the condition on a clock that the thing it is about passes a test of its id."""
        return or_(false(), *(self._clock_meets(thing, partial(test, thing)) for thing in self.things))

    def clocks_known_to(self, reader: Reader) -> Clause:
        """Return the condition on a clock found by its key that a person may know what it is about."""
        return self.clocks_meeting(lambda thing, key: holds(thing.known(reader), key))

    def clocks_listed_to(self, reader: Reader) -> Clause:
        """Return the same for lists of clocks: whose things a person knows is read once."""
        return self.clocks_meeting(lambda thing, key: key.in_(thing.listed(reader)))

    def clocks_counted_for(self, reader: Reader) -> Clause:
        """Return the condition on a clock that a figure counts it which is shown to a person."""
        if does_case_work(reader):
            return self.clocks_listed_to(reader)
        return self.clocks_meeting(lambda thing, key: holds(thing.counted(reader), key))

    def seen_counted_for(self, thing: Subject, watch: Watch, seen: Any, reader: Reader) -> Clause:
        """Return the condition on what a watch saw that a figure counts it which is shown to a person."""
        door = thing.open_to.get(watch.seen_on)
        open_ = holds(door(reader), seen.c.subject_id) if door else true()
        return and_(holds(_counted(thing, reader), seen.c.thing_id), open_)

    def own_clocks(self, reader: Reader, today: date) -> Clause:
        """Return the condition on a clock that it is one's own business; of personal papers only what one owes."""
        personal = [paper.kind for paper in self.papers if paper.personal]
        theirs = self.clocks_meeting(lambda thing, key: and_(holds(thing.live(), key), holds(thing.known(reader), key)))
        mine = and_(Deadline.subject.in_(personal), Deadline.owner_user_id == reader.user_id, theirs)
        others = self.clocks_meeting(lambda thing, key: key.in_(thing.own(reader, today)))
        return or_(mine, and_(Deadline.subject.not_in(personal), others))

    def _clock_meets(self, thing: Subject, test: Callable[[Key], Clause]) -> Clause:
        if thing.column:
            return test(getattr(Deadline, thing.column))
        papers = (
            exists()
            .where(paper.model.id == Deadline.subject_id, paper.model.subject == thing.kind)
            .where(test(paper.model.subject_id))
            .correlate_except(paper.model)
            & (Deadline.subject == paper.kind)
            for paper in self.papers
        )
        return or_(and_(Deadline.subject.in_(sorted(thing.kinds)), test(Deadline.subject_id)), *papers)

    def notices_known_to(self, reader: Reader) -> Clause:
        """Return the condition on a notice that a person may know what it is about; of their own there is no question.

        A rung about a repeat (重件) tells that the petitioner came again: who is shut out of that must not learn of it.
        """
        return self._notices(reader, lambda thing: thing.known(reader))

    def notices_counted_for(self, reader: Reader) -> Clause:
        """Return the condition on a notice that a figure counts it which is shown to a person."""
        return self._notices(reader, lambda thing: _counted(thing, reader))

    def _notices(self, reader: Reader, ids: Callable[[Subject], Select[Any]]) -> Clause:
        of_thing = or_(false(), *(_meets(Notice, thing, ids(thing)) for thing in self.things))
        shut_out = exists().where(Escalation.id == Notice.source_id, not_(self.not_shut_out(reader)))
        hidden = and_(Notice.source == RUNG, shut_out.correlate(Notice))
        return or_(Notice.subject.is_(None), and_(of_thing, not_(hidden)))

    def papers_known_to(self, model: Any, reader: Reader) -> Clause:
        """Return the condition on a row with `subject` and `subject_id` that a person may know what it is about."""
        return or_(false(), *(_meets(model, thing, thing.known(reader)) for thing in self.things))

    def notices_in_hand(self) -> Clause:
        """Return the condition on a notice that what it is about is still in hand (在办)."""
        return or_(false(), *(_meets(Notice, thing, thing.live()) for thing in self.things))

    def escalations_counted_for(self, reader: Reader) -> Clause:
        """Return the condition on a raised rung that a figure counts it which is shown to a person.

        To people of case work that is what they may know of, and of what it was seen on.
        """
        return and_(
            or_(false(), *(self._rung_of(thing, _counted(thing, reader)) for thing in self.things)),
            self.not_shut_out(reader),
        )

    def _rung_of(self, thing: Subject, ids: Select[Any]) -> Clause:
        if thing.column:
            return holds(ids, getattr(Escalation, thing.column))
        its_clock = self._clock_meets(thing, lambda key: holds(ids, key))
        by_clock = exists().where(Deadline.id == Escalation.deadline_id, its_clock).correlate(Escalation)
        by_itself = and_(Escalation.subject == thing.kind, holds(ids, Escalation.subject_id))
        return or_(by_clock, by_itself)

    def not_shut_out(self, reader: Reader) -> Clause:
        """Return the condition on a raised rung that nothing it was seen on shuts the person out."""
        doors = ((kind, open_to) for thing in self.things for kind, open_to in thing.open_to.items())
        return and_(
            *(or_(Escalation.subject != kind, holds(open_to(reader), Escalation.subject_id)) for kind, open_to in doors)
        )
