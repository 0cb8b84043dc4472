"""提出退回、改交、会办: which unit has a suggestion, and which help it."""

from datetime import date, datetime

from tracker.core.database import db
from tracker.core.dates import long_date
from tracker.core.errors import DomainError
from tracker.core.text import worded
from tracker.deadlines.limits import LimitKind
from tracker.deadlines.service import stop_clock
from tracker.people.models import User
from tracker.people.queries import answerable, reader_for
from tracker.suggestions.access import keeps
from tracker.suggestions.models import DeputySuggestion, SuggestionUnit
from tracker.suggestions.rules.acts import SuggestionAct
from tracker.suggestions.rules.codes import UnitPart
from tracker.suggestions.service.clocks import begin, end, owed_by, running
from tracker.suggestions.service.taking import SuggestionTaking, acting

RULING, ASSISTANCE = LimitKind.SUGGESTION_RULING, LimitKind.SUGGESTION_ASSISTANCE
LONGEST_HELP = 1000


def object_to(
    row: DeputySuggestion, *, happened_on: date, said: str, by: User, now: datetime, version: int | None = None
) -> None:
    """Say that the unit is not competent (提出退回), in writing and in time; it keeps the suggestion until agreed.

    Raises what `acting` raises.
    """
    act, first = SuggestionAct.OBJECT, row.lead.given_on
    with acting(
        row, act, by=by, now=now, said=said, happened_on=happened_on, not_before=first, version=version
    ) as step:
        begin(row, RULING, on=step.today)


def agree_return(
    row: DeputySuggestion,
    *,
    department_id: int,
    user_id: int,
    happened_on: date,
    said: str,
    by: User,
    now: datetime,
    version: int | None = None,
) -> None:
    """Agree that the unit is not competent, and give the suggestion to another (同意退回，改交); its day stays.

    Raises what `acting` raises.
    """
    act = SuggestionAct.AGREE_RETURN
    with acting(row, act, by=by, now=now, said=said, happened_on=happened_on, version=version) as step:
        if department_id == row.lead.department_id:
            raise DomainError("同意退回的，应改交另一个单位。", field="owner")
        _give(step, department_id, user_id)
        end(row, RULING, on=step.today, met=True, act=act)


def refuse_return(row: DeputySuggestion, *, said: str, by: User, now: datetime, version: int | None = None) -> None:
    """Refuse to take a suggestion back (不同意退回): the unit answers it. Raises what `acting` raises."""
    with acting(row, SuggestionAct.REFUSE_RETURN, by=by, now=now, said=said, version=version) as step:
        end(row, RULING, on=step.today, met=True, act=SuggestionAct.REFUSE_RETURN)


def hand_over(
    row: DeputySuggestion,
    *,
    department_id: int,
    user_id: int,
    said: str,
    by: User,
    now: datetime,
    version: int | None = None,
) -> None:
    """Give a suggestion to another person (更换承办人); to another unit only by who keeps them.

    Raises what `acting` raises.
    """
    with acting(row, SuggestionAct.HAND_OVER, by=by, now=now, said=said, version=version) as step:
        was = row.lead
        if (was.department_id, was.user_id) == (department_id, user_id):
            raise DomainError("承办单位和承办人没有改变。", field="owner")
        if department_id != was.department_id and not keeps(reader_for(by, step.today), row.office_id):
            raise DomainError("改交别的单位，应由信访部门（督查室）办理。", field="owner")
        _give(step, department_id, user_id)


def _give(step: SuggestionTaking, department_id: int, user_id: int) -> None:
    """Let another unit or person answer a suggestion; days within the same unit go on as they were."""
    row, was = step.suggestion, step.suggestion.lead
    owner, unit = answerable(user_id, department_id, step.today)
    given_on = was.given_on if unit.id == was.department_id else step.happened_on
    was.ended_on = step.today
    row.units.append(SuggestionUnit(part=UnitPart.LEAD.value, department_id=unit.id, user_id=owner.id, department=unit,
                                    owner=owner, given_on=given_on))  # fmt: skip
    db.session.flush()
    owed_by(row, row.lead)
    step.told.append(f"{was.department.short_name}{was.owner.name} → {unit.short_name}{owner.name}")


def ask_help(
    row: DeputySuggestion,
    *,
    department_id: int,
    user_id: int,
    happened_on: date,
    said: str,
    by: User,
    now: datetime,
    version: int | None = None,
) -> None:
    """Let one more unit help (增加会办单位): it owes its opinion within the office's time from that day.

    Raises what `acting` raises.
    """
    act = SuggestionAct.ASK_HELP
    with acting(row, act, by=by, now=now, said=said, happened_on=happened_on, version=version) as step:
        owner, unit = answerable(user_id, department_id, step.today)
        if unit.id == row.lead.department_id or any(each.department_id == unit.id for each in row.helping):
            raise DomainError(f"{unit.short_name}已经是承办单位。", field="owner")
        helper = SuggestionUnit(part=UnitPart.ASSIST.value, department_id=unit.id, user_id=owner.id, department=unit,
                                owner=owner, given_on=happened_on)  # fmt: skip
        row.units.append(helper)
        db.session.flush()
        clock = begin(row, ASSISTANCE, on=happened_on, unit=helper)
        step.told.append(f"{unit.short_name}{owner.name}会办，{long_date(clock.effective_due)}前")


def help_with(
    row: DeputySuggestion,
    *,
    helped: str,
    happened_on: date,
    by: User,
    now: datetime,
    version: int | None = None,
) -> None:
    """Give the opinion of a helping unit (会办意见), on the day it was given. Raises what `acting` raises."""
    act = SuggestionAct.HELP
    with acting(row, act, by=by, now=now, said=helped, happened_on=happened_on, version=version) as step:
        mine = reader_for(by, step.today).department_ids
        helper = next((each for each in row.helping if each.department_id in mine), None)
        if helper is None or helper.helped_on is not None:
            raise DomainError("您单位的会办意见已经提出。", field="said")
        helper.helped, helper.helped_on = worded(helped, "会办意见", LONGEST_HELP, "said"), happened_on
        step.told.append(f"{helper.department.short_name}的会办意见")
        for clock in running(row, ASSISTANCE):
            if clock.owner_department_id == helper.department_id:
                stop_clock(clock, on=happened_on, met=True, by_action=act)
