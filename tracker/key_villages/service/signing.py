"""销号: progress, visits, and the signatures by which problems and villages are struck off."""

from datetime import date, datetime

from tracker.core.dates import long_date
from tracker.core.errors import DomainError
from tracker.key_villages.models import VillageEntry, VillageProblem
from tracker.key_villages.queries.facts import live_entry_at
from tracker.key_villages.rules.acts import SIGNATURES, VillageAct
from tracker.key_villages.service.clocks import begin_problem
from tracker.key_villages.service.taking import taking
from tracker.people.models import User
from tracker.places import queries as places

# The acts that need nothing but words.
PLAIN = frozenset({*SIGNATURES, VillageAct.RETURN, VillageAct.WITHDRAW})


def sign(
    thing: VillageEntry | VillageProblem,
    act: VillageAct,
    *,
    by: User,
    now: datetime,
    said: str,
    version: int | None = None,
) -> None:
    """Take one of the acts that need nothing but words: 申请、审核、核对、签批、退回、撤列.

    Raises DomainError, Forbidden, StaleVersion, ValueError for another act.
    """
    if act not in PLAIN:
        raise ValueError(f"{act} needs more than words")
    with taking(thing, act, by=by, now=now, said=said, version=version):
        pass


def note_progress(
    problem: VillageProblem, *, by: User, now: datetime, said: str, happened_on: date | None = None
) -> None:
    """Say how far a problem is (改进展)."""
    with taking(problem, VillageAct.PROGRESS, by=by, now=now, said=said, happened_on=happened_on) as step:
        problem.progress = step.said


def note_visit(entry: VillageEntry, *, by: User, now: datetime, said: str, happened_on: date) -> None:
    """Record that somebody was in the village (记一次到村), on the day of the visit."""
    with taking(entry, VillageAct.VISIT, by=by, now=now, said=said, happened_on=happened_on):
        pass


def recur_problem(problem: VillageProblem, *, due_on: date, by: User, now: datetime, said: str) -> None:
    """List a problem again that came back (反复): another round, another day; its seal stays in the trail.

    Raises DomainError.
    """
    with taking(problem, VillageAct.RECUR, by=by, now=now, said=said) as step:
        if due_on < step.today:
            raise DomainError("解决的期限不能早于今天。", field="due_on")
        problem.round, problem.due_on = problem.round + 1, due_on
        problem.struck_off_on = problem.signed_by_id = None
        begin_problem(problem, on=step.today)


def recur_village(entry: VillageEntry, *, by: User, now: datetime, said: str) -> None:
    """Take a village back onto the ledger (反复，重新入账): the seal leaves its head and stays in the trail.

    Raises DomainError where it stands there already by another entry.
    """
    with taking(entry, VillageAct.RECUR, by=by, now=now, said=said) as step:
        if live_entry_at(places.subtree_ids(places.successor(entry.place))) is not None:
            raise DomainError("这个村已经另行入账。")
        step.told.append(f"原销号 {long_date(entry.struck_off_on)}" if entry.struck_off_on else "")
        entry.round += 1
        entry.struck_off_on = entry.signed_by_id = None
