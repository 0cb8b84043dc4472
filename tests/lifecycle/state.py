"""One matter as the lifecycle sees it: the facts that guards, stations, access and clocks read, and no more.

The abstraction (what is left out, and why nothing depends on it):

* days are left out: a window only runs or has lapsed, and whether an act lay within its days is asked of the day
  that its form gives (tests/cases/test_act_days); numbers and texts of papers are left out, and of their ways all
  but whether the petitioner was told;
* one paper of each kind that asks for an answer (催办/督办, 批示), one assisting unit, one validity inquiry, one organ
  outside without a receipt at a time;
* an act that is typed late is typed by somebody of the unit that owes it;
* one demand point, which stands for those of its result;
* the round is left out: a fact that is of the round alone is forgotten when a new one begins;
* other matters appear only as a parent to be merged into; who is complained of is one unit and its head;
* orders that wait for their signer are left out, and with them SIGN_ORDER and REFUSE_ORDER: no guard but their own
  asks for one, the checklist counts what is out, to sign does to the clocks what SUPERVISE does, and not to sign does
  nothing (test_proven holds each of these);
* what was read in (历史件) has no lifecycle, and no single matter of it can be taken back (UNDO_IMPORT, test_proven);
* one unit is closed at most, whose people hold no other post (tests/cases/test_ending holds the service to this);
* organs outside have it one after another, the last three count;
* the registrar registered it, in an office with all the posts of the test county, or with some of them vacant.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import NamedTuple

from tests.lifecycle import cast
from tracker.cases.access.rules import Accused, Assigned, Matter
from tracker.cases.lifecycle.rules.actions import Action
from tracker.cases.lifecycle.rules.close_out import CloseOutFacts
from tracker.cases.lifecycle.rules.facts import ClockFact, Facts, LeadFact, WhoAsked
from tracker.cases.lifecycle.rules.positions import Position
from tracker.cases.lifecycle.rules.step_rows import About
from tracker.cases.record.rules.codes import Confidentiality, LedgerStatus, MatterClass, Route, Status, Track
from tracker.cases.record.rules.drafted import DraftStage
from tracker.deadlines.limits import LIMITS, REVIEWABLE, LimitKind, Owner
from tracker.people.rules import Reader, Role

# How far a thing with two stages is: not begun, begun, done (报告→阅知, 移交→回执, 意见→送达, 支持→落实, 调查→结论).
NONE, BEGUN, DONE = 0, 1, 2
Clock = tuple[LimitKind, About]
# A unit, its handler, the lead official; where no unit has it, the lead official alone leads it.
Given = tuple[str, str | None, str | None]
SIDE_UNIT = "town"
TOLD_BY_NOTICE = frozenset({Status.NOT_ACCEPTED, Status.NO_LONGER_ACCEPTED, Status.DIVERTED})


class State(NamedTuple):
    """One matter, with who exists to deal with it."""

    company: str = "full"
    status: Status = Status.REGISTERED
    ledger: LedgerStatus = LedgerStatus.OPEN
    matter_class: MatterClass | None = None
    route: Route | None = None
    level: Confidentiality = Confidentiality.ORDINARY
    anonymous: bool = False
    visit: bool = False
    accused: bool = False
    election: bool = False
    superior: bool = False
    vote_buying: bool = False
    urgent: bool = False
    asked: tuple[str, str] | None = None
    unit: str | None = None
    handler: str | None = None
    lead: str | None = None
    kept: Given | None = None
    sides: frozenset[Track] = frozenset()
    readers: frozenset[str] = frozenset()
    rulings: frozenset[tuple[str, bool]] = frozenset()
    report: int = NONE
    handed: tuple[tuple[str, int], ...] = ()
    papers: bool = False
    opinion: int = NONE
    answered: bool = False
    noticed: bool = False
    declared: bool = False
    promise: int = NONE
    review: LimitKind | None = None
    unserved: bool = False
    validity: int = NONE
    filed: bool = False
    called: bool = False
    signed: tuple[str, ...] = ()
    extended: bool = False
    drafts: frozenset[tuple[Action, str, DraftStage]] = frozenset()
    clocks: frozenset[Clock] = frozenset()
    lapsed: frozenset[LimitKind] = frozenset()
    claimed: frozenset[Clock] = frozenset()
    checked: bool = False

    def but(self, **changes: object) -> "State":
        """Return the matter with some facts changed."""
        values: list[object] = list(self)
        for name, value in changes.items():
            values[PLACES[name]] = value
        return tuple.__new__(State, values)

    @property
    def at_hand(self) -> frozenset[LimitKind]:
        """The kinds of clocks that run, and of windows that lapsed."""
        return frozenset(kind for kind, _about in self.clocks) | self.lapsed

    @property
    def waiting(self) -> frozenset[LimitKind]:
        """The kinds of those at hand that wait for their act: not for somebody to confirm it (补录，待核)."""
        return frozenset(kind for kind, _about in self.clocks - self.claimed) | self.lapsed

    @property
    def discipline(self) -> int:
        """How far the latest hand-over to discipline inspection is."""
        return self._outside("discipline")

    @property
    def forwarded(self) -> int:
        """How far the latest hand-over to another organ outside is."""
        return self._outside("forwarded")

    def _outside(self, whom: str) -> int:
        return next((stage for to, stage in reversed(self.handed) if to == whom), NONE)

    @property
    def position(self) -> Position:
        """What decides who stands where."""
        return _position(self.unit, self.handler, self.lead, bool(self.sides), self.vote_buying)

    @property
    def matter(self) -> Matter:
        """What decides who may see it."""
        main = ((self.unit, self.handler, self.lead),) if self.unit else ()
        kept = (self.kept,) if self.kept else ()
        side = ((SIDE_UNIT, None, None),) if self.sides else ()
        alone = None if self.unit else self.lead
        return _matter(self.level, (*main, *kept, *side), self.accused, self.readers, alone)

    @property
    def decides(self) -> tuple[object, ...]:
        """All that `position` and `matter` are made of: who may see it, and who stands where."""
        return (
            *(self.company, self.level, self.unit, self.handler, self.lead, self.kept),
            *(self.sides, self.accused, self.readers, self.vote_buying),
        )


PLACES = {name: place for place, name in enumerate(State._fields)}


@cache
def _position(unit: str | None, handler: str | None, lead: str | None, beside: bool, vote_buying: bool) -> Position:
    return Position(
        office_id=cast.OFFICE,
        handling_department_id=cast.DEPARTMENTS[unit] if unit else None,
        handler_id=cast.USERS[handler] if handler else None,
        lead_official_id=cast.USERS[lead] if lead else None,
        side_department_ids=frozenset({cast.DEPARTMENTS[SIDE_UNIT]} if beside else ()),
        vote_buying=vote_buying,
    )


@cache
def _matter(
    level: str, given: tuple[Given, ...], accused: bool, readers: frozenset[str], alone: str | None = None
) -> Matter:
    person = Accused(user_id=cast.USERS[cast.ACCUSED_PERSON])
    unit = Accused(department_id=cast.DEPARTMENTS[cast.ACCUSED_UNIT])
    users = {**cast.USERS, None: None}
    return Matter(
        level=level,
        office_id=cast.OFFICE,
        registered_by_id=cast.USERS["registrar"],
        lead_official_id=cast.USERS[alone] if alone else None,
        assignments=tuple(
            Assigned(cast.DEPARTMENTS[unit], users[handler], users[lead]) for unit, handler, lead in given
        ),
        accused=(person, unit) if accused else (),
        named_reader_ids=frozenset(cast.USERS[key] for key in readers),
    )


@dataclass(frozen=True)
class Imagined(Facts):
    """The facts of a state, as guards ask for them; `me` is who acts."""

    state: State
    me: str
    reader: Reader = field(repr=False)

    is_history = False
    has_merged = False
    drafts_wait_for_me = False
    my_drafts_wait = False
    is_last_merged = True

    @property
    def matter_class(self) -> MatterClass | None:
        return self.state.matter_class

    @property
    def route(self) -> Route | None:
        return self.state.route

    @property
    def is_urgent(self) -> bool:
        return self.state.urgent

    @property
    def vote_buying(self) -> bool:
        return self.state.vote_buying

    @property
    def is_written(self) -> bool:
        return not self.state.visit

    @property
    def drafts(self) -> frozenset[tuple[Action, DraftStage]]:
        return frozenset((act, stage) for act, _words, stage in self.state.drafts)

    @property
    def is_election(self) -> bool:
        return self.state.election

    @property
    def is_reported(self) -> bool:
        return self.state.report != NONE

    @property
    def awaits_my_reading(self) -> bool:
        return self.state.report == BEGUN and self.me == "leader"

    @property
    def is_transferred(self) -> bool:
        return self.state.discipline != NONE

    @property
    def awaits_receipt(self) -> bool:
        return BEGUN in (self.state.discipline, self.state.forwarded)

    @property
    def rulings(self) -> Sequence[bool]:
        return tuple(upheld for unit, upheld in sorted(self.state.rulings) if unit == self.state.unit)

    @property
    def is_reviewed(self) -> bool:
        return self._review is not None and not self.state.unserved

    @property
    def unserved_review(self) -> LimitKind | None:
        return self._review if self.state.unserved else None

    @property
    def _review(self) -> LimitKind | None:
        return None if self.state.matter_class is MatterClass.ACCUSATION else self.state.review

    @property
    def has_paper_on_its_way(self) -> bool:
        told = self.state.noticed or self.state.anonymous
        return self.state.opinion == BEGUN or (self.state.status in TOLD_BY_NOTICE and not told)

    @property
    def has_promises(self) -> bool:
        return self.state.promise == BEGUN

    @property
    def has_papers(self) -> bool:
        return self.state.papers

    @property
    def acceptance_stands(self) -> bool:
        """Who is anonymous is told nothing; anybody else was."""
        state = self.state
        return state.status is Status.ACCEPTED and (not state.anonymous or state.extended or state.opinion != NONE)

    @property
    def has_unit(self) -> bool:
        return self.state.unit is not None

    @property
    def unit_is_gone(self) -> bool:
        """Whether nobody is left in the unit that has it."""
        return self.state.unit is not None and not cast.staff(self.state.unit, self.state.company)

    @property
    def lead(self) -> LeadFact | None:
        state = self.state
        if state.unit is None and state.lead is None:
            return None
        return LeadFact(state.lead is not None, cast.roles(state.lead, state.company) if state.lead else frozenset())

    @cached_property
    def close_out(self) -> CloseOutFacts:
        state = self.state
        asked = {LimitKind.ORDER_REPLY, LimitKind.INSTRUCTION} & {kind for kind, _about in state.clocks}
        result = ("supported" if state.promise else "explained") if state.answered else None
        return CloseOutFacts(
            status=state.status,
            opinion_served=state.opinion == DONE,
            notice_told=state.noticed,
            receipted=any(stage == DONE for _whom, stage in state.handed),
            receipts_missing=int(self.awaits_receipt),
            discipline_receipted=state.discipline == DONE,
            withdrawal_kept=state.status is Status.WITHDRAWN and state.declared,
            anonymous=state.anonymous,
            point_results=(result,),
            points_not_carried_out=int(state.promise == BEGUN),
            reviews_running=int(self.is_reviewed),
            reviews_unserved=int(self.unserved_review is not None),
            review_window_running=state.status is not Status.DELIVERED
            and any(kind in REVIEWABLE for kind, _about in state.clocks),
            side_tracks_open=len(state.sides),
            late_entries_open=len(state.claimed),
            orders_open=len(asked),
            report_owed=any(kind is LimitKind.LEADER_REPORT for kind, _about in state.clocks),
            vote_buying=state.vote_buying,
            reported_and_read=state.report == DONE and LimitKind.LEADER_REPORT not in state.at_hand,
            validity_concluded=state.validity == DONE,
            file_confirmed_by="somebody" if state.filed else None,
        )

    @property
    def awaits_my_check(self) -> bool:
        mine = {post.department_id for post in self.reader.posts}
        return any(self._owes(LIMITS[kind].owner) not in mine for kind, _about in self.state.claimed)

    def _owes(self, owner: Owner) -> int:
        unit = self.state.unit if owner is Owner.UNIT else None
        return cast.DEPARTMENTS[unit] if unit else cast.OFFICE

    @property
    def void_asked(self) -> WhoAsked:
        return self._asked("void")

    @property
    def unmark_asked(self) -> WhoAsked:
        return self._asked("unmark")

    @property
    def unmark_needs_leader(self) -> bool:
        asked, leaders = self.state.asked, set(cast.holding(Role.PRINCIPAL_LEADER, self.state.company))
        return asked is not None and asked[0] == "unmark" and asked[1] not in leaders and bool(leaders - {self.me})

    def _asked(self, what: str) -> WhoAsked:
        asked = self.state.asked
        if asked is None or asked[0] != what:
            return WhoAsked.NOBODY
        return WhoAsked.ME if asked[1] == self.me else WhoAsked.ANOTHER

    @property
    def unfit_to_call(self) -> str | None:
        accuses = Confidentiality.ACCUSATION == self.state.level or self.state.matter_class is MatterClass.ACCUSATION
        if accuses:
            return "检举控告件不回访"
        return "匿名件没有回访对象" if self.state.anonymous else None

    @property
    def is_called_back(self) -> bool:
        return self.state.called

    @property
    def i_applied(self) -> bool:
        return self.state.signed[:1] == (self.me,)

    @property
    def i_decided(self) -> bool:
        return self.me in self.state.signed

    @property
    def is_mine(self) -> bool:
        position = self.state.position
        return {position.responsible_department_id, *position.side_department_ids} <= self.reader.chain_ids

    def running(self, track: Track) -> bool:
        return track in self.state.sides

    def clock(self, *kinds: LimitKind) -> ClockFact | None:
        found = next((kind for kind in LIMITS if kind in kinds and kind in self.state.waiting), None)
        return ClockFact(self.state.extended) if found else None
