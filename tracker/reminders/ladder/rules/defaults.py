"""What an adopted ladder never decided on: the program's own rungs stand for such limits and behaviours. Pure."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from tracker.deadlines.limits import LIMITS, LimitKind
from tracker.reminders.ladder.rules.moments import BEHAVIOUR_LABELS, Behaviour
from tracker.reminders.ladder.rules.rungs import LADDER, Rung

# What an edition had decided on that does not say so itself: what version 0.2.0 knew.
DECIDED_BEFORE = frozenset(
    (
        *("office_referral", "objection", "ruling", "acceptance", "handling", "feedback", "assistance", "validity"),
        *("leader_report", "review_window", "review", "re_examination_window", "re_examination", "look_back"),
        *("order_reply", "instruction", "came_again", "superior_asks", "rework_silent", "not_closed_out"),
        *("second_return", "third_return"),
    )
)
PREFIX = "default-"
Subject = LimitKind | Behaviour


def subjects() -> tuple[Subject, ...]:
    """Return everything that a ladder decides on: the limits that are duties, and the behaviours."""
    return (*(kind for kind in LimitKind if LIMITS[kind].duty), *Behaviour)


def undecided(decided: Collection[str] | None) -> tuple[Subject, ...]:
    """Return what came after an edition; what the office itself left without rungs is its decision."""
    known = DECIDED_BEFORE if decided is None else decided
    return tuple(subject for subject in subjects() if subject.value not in known)


def default_rungs(rungs: Sequence[Rung], missing: Collection[Subject]) -> tuple[Rung, ...]:
    """Return the program's own rungs for what an edition lacks, with codes of their own beside those of the edition."""
    return tuple(_defaults({rung.code for rung in rungs}, missing))


def _defaults(taken: Collection[str], missing: Collection[Subject]) -> Iterator[Rung]:
    for rung in LADDER:
        kinds = tuple(kind for kind in rung.kinds if kind in missing)
        if kinds or rung.behaviour in missing:
            yield replace(rung, code=f"{PREFIX}{rung.code}" if rung.code in taken else rung.code, kinds=kinds)


def is_default(rung: Rung, missing: Collection[Subject]) -> bool:
    """Return whether a rung stands for what an edition lacks."""
    return rung.behaviour in missing or bool(rung.kinds and set(rung.kinds) <= set(missing))


def subject_words(missing: Collection[Subject]) -> str:
    """Return limits and behaviours in words."""
    return "、".join(BEHAVIOUR_LABELS[each] if isinstance(each, Behaviour) else LIMITS[each].label for each in missing)
