"""What each act writes besides what its row says: the facts of the matter, and what its clocks need to know.

Only the acts themselves are told again here, fact by fact; states, hands, guards and clocks are the product's own.
`test_driven` takes random paths of these through the real services, and compares every fact after every step.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from tests.lifecycle import cast
from tests.lifecycle.state import BEGUN, DONE, NONE, State
from tracker.cases.lifecycle.rules.actions import Action
from tracker.cases.lifecycle.rules.step_rows import About, Since
from tracker.cases.record.rules.codes import Confidentiality, MatterClass, Route, Status, Track
from tracker.cases.record.rules.drafted import DraftStage
from tracker.deadlines.limits import REVIEWABLE, LimitKind
from tracker.people.rules import Role

A = Action


@dataclass(frozen=True)
class Effect:
    """One way in which an act can be done: its name (what a form would say), the facts after it, the clocks' part.

    `named`: whether it names a last day. `about`, `earlier`: the things it is about, and whose place they take. `days`:
    those that its form gives.
    """

    after: State
    choice: str = ""
    named: bool = False
    about: frozenset[About] = frozenset()
    earlier: frozenset[About] = frozenset()
    days: frozenset[Since] = frozenset()


Effects = Callable[[State, str], Iterator[Effect]]
CLASSES: Mapping[str, tuple[MatterClass, Route | None]] = {
    "claim": (MatterClass.CLAIM, Route.PETITION),
    "route": (MatterClass.CLAIM, Route.ADMINISTRATIVE),
    "legal": (MatterClass.CLAIM, Route.LITIGATION),
    "duty": (MatterClass.CLAIM, Route.ENFORCEMENT),
    "suggestion": (MatterClass.SUGGESTION, None),
    "accusation": (MatterClass.ACCUSATION, None),
}
UNITS = ("civil", cast.ACCUSED_UNIT)
ASSIGNMENT = frozenset({About.ASSIGNMENT})
FORWARDING = frozenset({About.FORWARDING})
# Of the organs outside that have it one after another, so many are remembered.
REMEMBERED = 3
SENT = frozenset({Since.SENT})


def nothing(state: State, _me: str) -> Iterator[Effect]:
    """An act that writes nothing which the lifecycle reads."""
    yield Effect(state)


def sealed(state: State, me: str) -> State:
    """The level of an accusation: the named list opens for who found it and for the office's 举报专办 posts."""
    if state.level is Confidentiality.ACCUSATION:
        return state
    named = {me} | (cast.READS_ACCUSATIONS & set(cast.everybody(state.company)))
    return led(state.but(level=Confidentiality.ACCUSATION, readers=state.readers | named))


def led(state: State) -> State:
    """Who leads an accusation that no unit has is on its named list."""
    closed = state.level is Confidentiality.ACCUSATION and not state.unit and state.lead
    return state.but(readers=state.readers | {state.lead}) if closed else state


def classified(state: State, me: str) -> Iterator[Effect]:
    for choice, (matter_class, route) in CLASSES.items():
        if matter_class is MatterClass.ACCUSATION and state.unit:
            continue
        after = state.but(matter_class=matter_class, route=route)
        after = sealed(after, me) if matter_class is MatterClass.ACCUSATION else after
        yield Effect(after, choice)
        if state.status is Status.REGISTERED:
            yield from (Effect(led(after.but(lead=lead)), f"{choice}, {lead}") for lead in _leads(state))


def corrected(state: State, me: str) -> Iterator[Effect]:
    """Words, or the purpose: that of an accusation closes what no unit has."""
    yield Effect(state)
    if not state.unit:
        yield Effect(sealed(state, me), "accusation")


def raised(state: State, me: str) -> Iterator[Effect]:
    if state.level is Confidentiality.ORDINARY:
        yield Effect(state.but(level=Confidentiality.SENSITIVE), "sensitive")
    if state.level is not Confidentiality.ACCUSATION:
        yield Effect(sealed(state, me), "accusation")


def given(state: State, _me: str, *, referred: bool) -> Iterator[Effect]:
    """To a unit that is not complained of; a referral names neither handler nor, where it need not, a lead."""
    for unit in UNITS:
        if not _can_have_it(state, unit):
            continue
        for handler in [None] if referred else _handlers(state, unit)[:1]:
            for lead in [*_leads(state), *([None] if referred else [])]:
                after = state.but(unit=unit, handler=handler, lead=lead)
                yield Effect(after, f"{unit} {lead or ''}".strip(), named=not referred, about=ASSIGNMENT)


def _can_have_it(state: State, unit: str) -> bool:
    """Whether somebody works in a unit that is not complained of."""
    complained_of = state.accused and unit == cast.ACCUSED_UNIT
    return bool(cast.staff(unit, state.company)) and not complained_of


def given_again(state: State, _me: str) -> Iterator[Effect]:
    """From a unit that is gone to another, where it stood; what the old one was to reply to is asked no more."""
    closed = state.level is Confidentiality.ACCUSATION
    for unit in (each for each in UNITS if _can_have_it(state, each)):
        for handler in [*_handlers(state, unit)[:1], *([] if closed else [None])]:
            readers = state.readers | ({handler} if closed and handler else set())
            after = state.but(unit=unit, handler=handler, readers=readers)
            yield Effect(after, f"again {unit} {handler or ''}".strip(), about=frozenset({About.ORDER}))


def late_entry_checked(state: State, _me: str) -> Iterator[Effect]:
    """Confirmed or not, the clock ends: only on which day differs."""
    for each in state.claimed:
        yield Effect(state.but(clocks=state.clocks - {each}, claimed=state.claimed - {each}))


def signed_for(state: State, me: str) -> Iterator[Effect]:
    """Whoever signs names the handler where none is named."""
    if state.handler is None:
        yield from handler_changed(state, me)
    else:
        yield Effect(state)


def handler_changed(state: State, _me: str) -> Iterator[Effect]:
    """The handler of a closed level joins the named list."""
    for handler in _handlers(state, state.unit or ""):
        readers = state.readers | ({handler} if state.level is Confidentiality.ACCUSATION else set())
        yield Effect(state.but(handler=handler, readers=readers), handler)


def _handlers(state: State, unit: str) -> list[str]:
    """The unit's people who are not complained of, its handlers first."""
    blocked = {cast.ACCUSED_PERSON} if state.accused else set()
    staff = [key for key in cast.staff(unit, state.company) if key not in blocked]
    return sorted(staff, key=lambda key: Role.HANDLER not in cast.roles(key, state.company))


def _leads(state: State) -> list[str]:
    """Vote buying is led by a main leader, anything else by whoever leads."""
    roles = [Role.PRINCIPAL_LEADER] if state.vote_buying else [Role.LEAD_OFFICIAL, Role.PRINCIPAL_LEADER]
    return [key for role in roles for key in cast.holding(role, state.company)]


def lead_changed(state: State, _me: str) -> Iterator[Effect]:
    yield from (Effect(led(state.but(lead=lead)), lead) for lead in _leads(state))


def taken_back(state: State) -> State:
    """The unit's part ends, and what its people knew of it; who leads it stays, but for an accusation."""
    stays = not state.unit or state.level is not Confidentiality.ACCUSATION
    return state.but(unit=None, handler=None, lead=state.lead if stays else None)


def upheld(state: State, _me: str) -> Iterator[Effect]:
    yield Effect(taken_back(ruled(state, True)))


def refusal_withdrawn(state: State, _me: str) -> Iterator[Effect]:
    yield Effect(taken_back(state))


def ruled(state: State, upheld_: bool) -> State:
    """A ruling stays with the unit, also where the matter comes to it again."""
    return state.but(rulings=state.rulings | {(state.unit or "", upheld_)})


def refused(state: State, _me: str) -> Iterator[Effect]:
    yield Effect(ruled(state, False))


def found_accusation(state: State, me: str) -> Iterator[Effect]:
    alone = taken_back(state.but(level=Confidentiality.ACCUSATION)).but(level=state.level)
    after = sealed(alone.but(matter_class=MatterClass.ACCUSATION, route=None, sides=frozenset()), me)
    yield Effect(after.but(validity=NONE if after.validity == BEGUN else after.validity))


def noticed(state: State, _me: str) -> Iterator[Effect]:
    """The notice is handed over, or says why nobody can be told; or it is posted and not there yet."""
    yield Effect(state.but(noticed=True), days=SENT)
    if not state.anonymous:
        yield Effect(state, "posted", days=SENT)


def accepted(state: State, _me: str) -> Iterator[Effect]:
    yield Effect(state, days=SENT)


def unaccepted(state: State, _me: str) -> Iterator[Effect]:
    """What the acceptance ended runs on: the objection, unless it was made or its days are over."""
    kinds = set() if state.matter_class is MatterClass.ACCUSATION else {LimitKind.ACCEPTANCE}
    made = any(unit == state.unit for unit, _upheld in state.rulings)
    kinds |= set() if made or LimitKind.OBJECTION in state.lapsed else {LimitKind.OBJECTION}
    resumed = {(kind, About.ASSIGNMENT) for kind in kinds}
    yield Effect(state.but(clocks=state.clocks | resumed, claimed=state.claimed - resumed))


def opinion(state: State, _me: str) -> Iterator[Effect]:
    """As it was drafted, where a draft waits; else the head says what it says."""
    drafted = {words for act, words, _stage in state.drafts if act is A.ISSUE_OPINION}
    if drafted <= {"explained"}:
        yield Effect(state.but(opinion=BEGUN, answered=True, promise=NONE), "explained")
    if drafted <= {"supported"}:
        yield Effect(state.but(opinion=BEGUN, answered=True, promise=BEGUN), "supported")
        yield Effect(state.but(opinion=BEGUN, answered=True, promise=BEGUN), "posted", days=SENT)


def drafting(act: A, *ways: str) -> Effects:
    """A draft takes the place of the one of the same act."""

    def effects(state: State, _me: str) -> Iterator[Effect]:
        for way in ways:
            others = {each for each in state.drafts if each[0] is not act}
            yield Effect(state.but(drafts=frozenset(others | {(act, way, DraftStage.DRAFTED)})), way)

    return effects


def draft_returned(state: State, _me: str) -> Iterator[Effect]:
    yield from _drafts_sent(state, frozenset(DraftStage), None)


def draft_referred(state: State, _me: str) -> Iterator[Effect]:
    """The main leaders read it from then on: of a closed matter by name. Without one nothing can be referred."""
    leaders = set(cast.holding(Role.PRINCIPAL_LEADER, state.company))
    named = state.readers | (leaders if state.level is not Confidentiality.ORDINARY else set())
    if leaders:
        yield from _drafts_sent(state.but(readers=named), frozenset({DraftStage.DRAFTED}), DraftStage.REFERRED)


def draft_approved(state: State, _me: str) -> Iterator[Effect]:
    yield from _drafts_sent(state, frozenset({DraftStage.REFERRED}), DraftStage.APPROVED)


def draft_declined(state: State, _me: str) -> Iterator[Effect]:
    yield from _drafts_sent(state, frozenset({DraftStage.REFERRED}), None)


def _drafts_sent(state: State, at: frozenset[DraftStage], to: DraftStage | None) -> Iterator[Effect]:
    """Each draft that waits at one of these stages goes on, or back."""
    for act, way, stage in sorted(state.drafts):
        if stage in at:
            on = {(act, way, to)} if to else set()
            yield Effect(state.but(drafts=(state.drafts - {(act, way, stage)}) | on), act.value)


def delivered(state: State, _me: str) -> Iterator[Effect]:
    yield Effect(state.but(opinion=DONE), days=SENT)


def paper_followed(state: State, _me: str) -> Iterator[Effect]:
    """An opinion is sent, a notice served: the service of an opinion is an act of its own."""
    if state.opinion == BEGUN:
        yield Effect(state, days=SENT)
    else:
        yield Effect(state.but(noticed=True))


def extended(state: State, _me: str) -> Iterator[Effect]:
    yield Effect(state.but(extended=True, drafts=frozenset(each for each in state.drafts if each[0] is not A.EXTEND)))


def carried_out(state: State, _me: str) -> Iterator[Effect]:
    yield Effect(state.but(promise=DONE), days=frozenset({Since.CARRIED_OUT}))


def reported(state: State, _me: str) -> Iterator[Effect]:
    if leaders := cast.holding(Role.PRINCIPAL_LEADER, state.company):
        yield Effect(state.but(report=BEGUN, readers=state.readers | set(leaders)))


def read(state: State, _me: str) -> Iterator[Effect]:
    yield Effect(state.but(report=DONE))


def transferred(state: State, _me: str) -> Iterator[Effect]:
    """To discipline inspection, or to another competent organ: vote buying only to the first."""
    yield from handed(state, "discipline")
    if not state.vote_buying:
        yield from handed(state, "forwarded", "competent")


def forwarded(state: State, _me: str) -> Iterator[Effect]:
    yield from handed(state, "forwarded")


def handed(state: State, whom: str, way: str = "") -> Iterator[Effect]:
    """To an organ outside, one after another."""
    if all(stage == DONE for _to, stage in state.handed):
        yield Effect(state.but(handed=(*state.handed, (whom, BEGUN))[-REMEMBERED:]), way, about=FORWARDING)


def receipted(state: State, _me: str) -> Iterator[Effect]:
    yield Effect(state.but(handed=tuple((whom, DONE) for whom, _stage in state.handed)), about=FORWARDING)


def sent_back(state: State, _me: str) -> Iterator[Effect]:
    """From the organ that had it last."""
    yield Effect(state.but(handed=state.handed[:-1]), about=FORWARDING)


def assisted(state: State, _me: str) -> Iterator[Effect]:
    if Track.ASSISTANCE not in state.sides:
        yield Effect(state.but(sides=state.sides | {Track.ASSISTANCE}), named=True, about=ASSIGNMENT)


def assistance_answered(state: State, _me: str) -> Iterator[Effect]:
    yield Effect(state.but(sides=state.sides - {Track.ASSISTANCE}), about=ASSIGNMENT)


def validity_asked(state: State, _me: str) -> Iterator[Effect]:
    if state.validity == NONE:
        readers = state.readers | ({"town_head"} if state.level is Confidentiality.ACCUSATION else set())
        after = state.but(sides=state.sides | {Track.ELECTION_VALIDITY}, validity=BEGUN, readers=readers)
        yield Effect(after, named=True, about=ASSIGNMENT)


def validity_concluded(state: State, _me: str) -> Iterator[Effect]:
    yield Effect(state.but(sides=state.sides - {Track.ELECTION_VALIDITY}, validity=DONE), about=ASSIGNMENT)


def marked(state: State, me: str) -> Iterator[Effect]:
    """It accuses somebody, so it is sensitive from then on; who marked it keeps seeing it."""
    after = state.but(vote_buying=True, asked=None if state.asked and state.asked[0] == "unmark" else state.asked)
    if state.level is Confidentiality.ORDINARY:
        after = after.but(level=Confidentiality.SENSITIVE, readers=state.readers | {me})
    yield Effect(after)


def urgent(state: State, _me: str) -> Iterator[Effect]:
    yield Effect(state.but(urgent=True))


def no_longer_urgent(state: State, _me: str) -> Iterator[Effect]:
    yield Effect(state.but(urgent=False))


def unmarked(state: State, _me: str) -> Iterator[Effect]:
    yield Effect(state.but(vote_buying=False, asked=None))


def asks(what: str) -> Effects:
    """What one person asks for, another decides."""

    def effects(state: State, me: str) -> Iterator[Effect]:
        if state.asked is None:
            yield Effect(state.but(asked=(what, me)))

    return effects


def withdrawn(state: State, _me: str) -> Iterator[Effect]:
    yield Effect(state.but(declared=True))


def merged(state: State, _me: str) -> Iterator[Effect]:
    """Into a matter of the same person, which is no accusation."""
    if not state.anonymous and state.level is not Confidentiality.ACCUSATION:
        yield Effect(state)


def taken_apart(state: State, _me: str) -> Iterator[Effect]:
    yield Effect(state, named=state.superior)


def accused_named(state: State, _me: str) -> Iterator[Effect]:
    if not state.accused:
        yield Effect(state.but(accused=True))


def review_asked(state: State, _me: str) -> Iterator[Effect]:
    again = LimitKind.RE_EXAMINATION_WINDOW in state.at_hand
    yield Effect(state.but(review=LimitKind.RE_EXAMINATION if again else LimitKind.REVIEW))


def review_upheld(state: State, _me: str) -> Iterator[Effect]:
    yield Effect(state.but(unserved=True))


def review_changed(state: State, _me: str) -> Iterator[Effect]:
    """The points get the results of the review: what it supports is to be carried out anew.

    Where the answer is made anew already it goes by what was decided, and no point has an answer to be changed.
    """
    if state.status is not Status.DELIVERED:
        yield Effect(state.but(unserved=True), "supported")
        return
    yield Effect(state.but(unserved=True, promise=BEGUN, kept=None), "supported")
    yield Effect(state.but(unserved=True, promise=NONE, kept=None), "explained")


def review_over(state: State, _me: str) -> Iterator[Effect]:
    yield Effect(state.but(review=None, unserved=False))


def remitted(state: State, _me: str) -> Iterator[Effect]:
    """The answer is taken back, and made again; where it is made anew already nothing is taken back."""
    if state.status is not Status.DELIVERED:
        yield Effect(state.but(review=None))
        return
    yield Effect(state.but(review=None, answered=False, promise=NONE, kept=None), about=ASSIGNMENT)


def named(state: State, _me: str) -> Iterator[Effect]:
    yield Effect(state, named=True)


def feedback_moved(state: State, _me: str) -> Iterator[Effect]:
    yield Effect(state, named=True, about=ASSIGNMENT)


def superior_day(state: State, _me: str) -> Iterator[Effect]:
    """The upper level names a day, or none any more."""
    yield Effect(state.but(superior=True), "named", named=True)
    if state.superior:
        yield Effect(state.but(superior=False), "none")


def filed(state: State, _me: str) -> Iterator[Effect]:
    yield Effect(state.but(filed=True))


def applied(state: State, me: str) -> Iterator[Effect]:
    yield Effect(state.but(signed=(me,)))


def opened_to(state: State, role: Role) -> State:
    """A closed matter without a unit opens to who must act on it next, by name."""
    if state.unit or state.level is Confidentiality.ORDINARY:
        return state
    return state.but(readers=state.readers | set(cast.holding(role, state.company)))


def confirmed(state: State, me: str) -> Iterator[Effect]:
    yield Effect(opened_to(state.but(signed=(*state.signed, me)), Role.SUPERVISOR))


def checked(state: State, me: str) -> Iterator[Effect]:
    after = state.but(signed=(*state.signed, me))
    yield Effect(after if state.lead else opened_to(after, Role.PRINCIPAL_LEADER))


def signed(state: State, me: str) -> Iterator[Effect]:
    kept = (state.unit, state.handler, state.lead) if state.unit else state.kept
    yield Effect(opened_to(state.but(signed=(*state.signed, me), kept=kept), Role.SUPERVISOR))


def called(state: State, _me: str) -> Iterator[Effect]:
    yield Effect(state.but(called=True))


def returned(state: State, me: str) -> Iterator[Effect]:
    yield Effect(state.but(signed=(*state.signed, me)))


def new_round(state: State, _me: str) -> Iterator[Effect]:
    """What is of a round alone is forgotten (重新办理); the days in which its answer can be reviewed are not."""
    fresh = State()
    of_round = (
        "asked",
        "opinion",
        "answered",
        "noticed",
        "declared",
        "promise",
        "filed",
        "called",
        "signed",
        "extended",
        "unserved",
    )
    after = taken_back(state).but(**{name: getattr(fresh, name) for name in of_round})
    yield Effect(after.but(review=None, lapsed=state.lapsed & set(map(LimitKind, REVIEWABLE))))


def paper(about: About, *, once: bool = True) -> Effects:
    """A paper that asks for an answer within days; a second one takes the place of the first."""

    def effects(state: State, _me: str) -> Iterator[Effect]:
        out = any(each is about for _kind, each in state.clocks)
        if not (once and out):
            things = frozenset({about})
            yield Effect(state, named=True, about=things, earlier=frozenset())

    return effects


def answered(about: About) -> Effects:
    def effects(state: State, _me: str) -> Iterator[Effect]:
        yield Effect(state, about=frozenset({about}))

    return effects


EFFECTS: dict[A, Effects] = {
    A.TRIAGE: classified,
    A.RECLASSIFY: classified,
    A.CORRECT: corrected,
    A.CORRECT_PETITIONER: nothing,
    A.CORRECT_RECEIPT: nothing,
    A.CORRECT_PAPER: nothing,
    A.SET_PLACE: nothing,
    A.SET_SUPERIOR_DAY: superior_day,
    A.REPORT_SUPERIOR: nothing,
    A.UNDO_SIGN_FOR: nothing,
    A.NAME_ACCUSED: accused_named,
    A.RAISE_LEVEL: raised,
    A.SEAL_ACCUSATION: found_accusation,
    A.ASSIGN: lambda state, me: given(state, me, referred=False),
    A.REFER: lambda state, me: given(state, me, referred=True),
    A.SIGN_FOR: signed_for,
    A.OBJECT: nothing,
    A.UPHOLD_OBJECTION: upheld,
    A.REFUSE_OBJECTION: refused,
    A.CHANGE_HANDLER: handler_changed,
    A.CHANGE_LEAD: lead_changed,
    A.ACCEPT: accepted,
    A.UNDO_ACCEPT: unaccepted,
    A.NOT_ACCEPT: noticed,
    A.NO_LONGER_ACCEPT: noticed,
    A.WITHDRAW_REFUSAL: refusal_withdrawn,
    A.EXTEND: extended,
    A.DRAFT_OPINION: drafting(A.ISSUE_OPINION, "explained", "supported"),
    A.DRAFT_NOT_ACCEPT: drafting(A.NOT_ACCEPT, ""),
    A.DRAFT_NO_LONGER_ACCEPT: drafting(A.NO_LONGER_ACCEPT, ""),
    A.DRAFT_EXTENSION: drafting(A.EXTEND, ""),
    A.RETURN_DRAFT: draft_returned,
    A.REFER_DRAFT: draft_referred,
    A.APPROVE_DRAFT: draft_approved,
    A.DECLINE_DRAFT: draft_declined,
    A.NOTE: nothing,
    A.ASSIST: assisted,
    A.ASSIST_FEEDBACK: assistance_answered,
    A.ISSUE_OPINION: opinion,
    A.DELIVER: delivered,
    A.SERVE_DOCUMENT: paper_followed,
    A.DIVERT: noticed,
    A.TRANSFER: transferred,
    A.FORWARD: forwarded,
    A.RECORD_RECEIPT: receipted,
    A.TAKE_BACK: sent_back,
    A.WITHDRAW: withdrawn,
    A.MERGE: merged,
    A.UNDO_MERGE: taken_apart,
    A.ASK_VOID: asks("void"),
    A.VOID: nothing,
    A.MARK_URGENT: urgent,
    A.UNMARK_URGENT: no_longer_urgent,
    A.MARK_VOTE_BUYING: marked,
    A.ASK_UNMARK: asks("unmark"),
    A.UNMARK_VOTE_BUYING: unmarked,
    A.REPORT_LEADERS: reported,
    A.READ_REPORT: read,
    A.ASSIGN_VALIDITY: validity_asked,
    A.CONCLUDE_VALIDITY: validity_concluded,
    A.REQUEST_REVIEW: review_asked,
    A.CONCLUDE_REVIEW: review_upheld,
    A.CHANGE_OPINION: review_changed,
    A.DISMISS_REVIEW: review_over,
    A.SERVE_REVIEW: review_over,
    A.SERVE_RE_EXAMINATION: review_over,
    A.REMIT: remitted,
    A.HOLD_HEARING: nothing,
    A.RECORD_FORCE_MAJEURE: nothing,
    A.REPORT_RESULT: nothing,
    A.MOVE_FEEDBACK: feedback_moved,
    A.CARRY_OUT: carried_out,
    A.CONFIRM_FILE: filed,
    A.APPLY_CLOSE_OUT: applied,
    A.CONFIRM_CLOSE_OUT: confirmed,
    A.CALL_BACK: called,
    A.CHECK_CLOSE_OUT: checked,
    A.SIGN_CLOSE_OUT: signed,
    A.RETURN_CLOSE_OUT: returned,
    A.PLAN_LOOK_BACK: named,
    A.LOOK_BACK_HOLDS: nothing,
    A.LOOK_BACK_REOPENS: new_round,
    A.REOPEN: new_round,
    A.CHECK_UP: nothing,
    A.URGE: paper(About.ORDER),
    A.SUPERVISE: paper(About.ORDER),
    A.ANSWER_ORDER: answered(About.ORDER),
    A.WITHDRAW_ORDER: answered(About.ORDER),
    A.INSTRUCT: paper(About.INSTRUCTION),
    A.REPORT_INSTRUCTION: answered(About.INSTRUCTION),
    A.CHECK_LATE_ENTRY: late_entry_checked,
    A.REASSIGN: given_again,
}
# Not taken here, for the reasons that the abstraction gives (`state`).
LEFT_OUT: frozenset[A] = frozenset({A.UNDO_IMPORT, A.SIGN_ORDER, A.REFUSE_ORDER})
