"""一起分类并交办: several matters of one list to one unit, each by both acts in a transaction of its own."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from tracker.cases.acts.office import AssignmentOrder, assign, triage
from tracker.cases.lifecycle.rules.proposals import CLASS_OF_PURPOSE
from tracker.cases.record.models import Case
from tracker.cases.record.rules.codes import PURPOSE_LABELS, MatterClass, Purpose, Route
from tracker.core.clock import local_date
from tracker.core.database import db, locked
from tracker.core.errors import DomainError, NotFound
from tracker.core.pacing import Pace
from tracker.people.models import User
from tracker.statutes.queries import cited
from tracker.statutes.rules.provisions import P

GONE = "有 1 件已不在您可以查看的范围之内。"


@dataclass(frozen=True)
class ChosenCase:
    """A matter that was chosen, and the version that the page showed of it."""

    case_id: int
    version: int


@dataclass
class HandedOut:
    """What became of the chosen: the numbers of those given out, and the others with the sentence that says why."""

    numbers: list[str] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)


def class_for_all(purpose: Purpose, today: date) -> MatterClass:
    """Return the class that a matter gets together with others: the one its purpose says.

    Raises DomainError where the purpose says none, and for an accusation, which goes to no unit.
    """
    found = CLASS_OF_PURPOSE.get(purpose)
    if found is None:
        raise DomainError(f"登记的信访目的是“{PURPOSE_LABELS[purpose]}”，不能预选类别，请逐件分类。")
    if found is MatterClass.ACCUSATION:
        raise DomainError(f"检举控告类事项不得转交办理（{cited(P.T22_2, P.T30_3, on=today)}），请逐件分类。")
    return found


def hand_out_all(
    chosen: Sequence[ChosenCase],
    order: AssignmentOrder,
    *,
    by: Callable[[], User],
    now: datetime,
    pace: Pace,
) -> HandedOut:
    """Classify each matter by its purpose and give it to the unit; what is refused stays as it was, with the reason.

    `by` gives who acts as a row of the present transaction.
    """
    return in_turn(chosen, lambda case, version: _hand_out(case, version, order, by=by(), now=now), pace)


def in_turn(chosen: Sequence[ChosenCase], act: Callable[[Case, int], None], pace: Pace) -> HandedOut:
    """Take an act on each matter, in a transaction of its own; what is refused stays as it was, with the reason."""
    done = HandedOut()
    for each in chosen:
        number = ""
        try:
            with pace.turn():
                case = locked(db.session.get_one(Case, each.case_id))
                number = case.register_no
                act(case, each.version)
            done.numbers.append(number)
        except NotFound:
            done.refused.append(("", GONE))
        except DomainError as error:
            done.refused.append((number, error.message))
    return done


def _hand_out(case: Case, version: int, order: AssignmentOrder, *, by: User, now: datetime) -> None:
    matter_class = class_for_all(Purpose(case.purpose), local_date(now))
    route = Route.PETITION if matter_class is MatterClass.CLAIM else None
    triage(case, by=by, now=now, matter_class=matter_class, route=route, version=version)
    assign(case, order, by=by, now=now, version=case.version)
