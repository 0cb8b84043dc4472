"""承诺事项: what answers promised, tracked across years until each is kept."""

from dataclasses import dataclass
from datetime import date, datetime

from tracker.core.database import db
from tracker.core.dates import long_date
from tracker.core.errors import DomainError
from tracker.core.text import worded
from tracker.people.models import User
from tracker.people.queries import answerable
from tracker.suggestions.models import DeputySuggestion, SuggestionPromise
from tracker.suggestions.rules.acts import SuggestionAct
from tracker.suggestions.rules.codes import PromiseStage
from tracker.suggestions.service.clocks import begin_promise, clocks_of, end, let_run_on
from tracker.suggestions.service.taking import acting, acting_on_promise

LONGEST_PROMISE = 500
A = SuggestionAct


@dataclass(frozen=True)
class PromiseGiven:
    """A promise as it is entered: what, which unit and person keep it, until when."""

    text: str
    department_id: int
    user_id: int
    due_on: date


def promise(
    row: DeputySuggestion, given: PromiseGiven, *, by: User, now: datetime, version: int | None = None
) -> SuggestionPromise:
    """Enter what the last answer promises (登记承诺事项), from the day of that answer. Raises what `acting` raises."""
    text = worded(given.text, "承诺事项", LONGEST_PROMISE, "text")
    with acting(row, A.PROMISE, by=by, now=now, said=text, version=version) as step:
        last = row.last_answer
        if last is None:
            raise RuntimeError("the row of this act asks for an answer")
        if given.due_on < last.answered_on:
            raise DomainError(f"承诺的期限不能早于答复的{long_date(last.answered_on)}。", field="due_on")
        owner, unit = answerable(given.user_id, given.department_id, step.today)
        made = SuggestionPromise(
            suggestion=row,
            number=len(row.promises) + 1,
            text=text,
            department_id=unit.id,
            department=unit,
            user_id=owner.id,
            owner=owner,
            promised_on=last.answered_on,
            due_on=given.due_on,
            stage=PromiseStage.OPEN.value,
            version=1,
        )
        db.session.add(made)
        db.session.flush()
        begin_promise(made, on=last.answered_on)
        step.promise = made
        step.told.append(f"第 {made.number} 项，{unit.short_name}{owner.name}，{long_date(given.due_on)}前")
    return made


def keep_promise(
    row: SuggestionPromise, *, kept_on: date, proof: str, by: User, now: datetime, version: int | None = None
) -> None:
    """Say that a promise was kept, on which day, by what proof (登记落实). Raises what `acting_on_promise` raises."""
    with acting_on_promise(
        row, A.KEEP_PROMISE, by=by, now=now, said=proof, happened_on=kept_on, version=version
    ) as step:
        row.kept_on, row.proof = kept_on, step.said
        end(row, on=kept_on, met=True, act=A.KEEP_PROMISE)


def return_promise(row: SuggestionPromise, *, said: str, by: User, now: datetime, version: int | None = None) -> None:
    """Say that a promise was not kept after all (退回): its clock runs on as if never stopped.

    Raises what `acting_on_promise` raises.
    """
    with acting_on_promise(row, A.RETURN_PROMISE, by=by, now=now, said=said, version=version) as step:
        (last,) = clocks_of(row)[-1:]
        step.told.append(f"原登记{long_date(row.kept_on or step.today)}落实：{row.proof or ''}")
        let_run_on(row, A.KEEP_PROMISE, {last.ended_on or step.today}, today=step.today)
        row.kept_on = row.proof = None


def move_promise(
    row: SuggestionPromise, *, due_on: date, said: str, by: User, now: datetime, version: int | None = None
) -> None:
    """Let a promise be kept until another day, with the reason (承诺改期); the first day stays in the trail.

    Raises what `acting_on_promise` raises.
    """
    with acting_on_promise(row, A.MOVE_PROMISE, by=by, now=now, said=said, version=version) as step:
        if due_on == row.due_on or due_on < step.today:
            raise DomainError("请填写今天或者以后的另一天。", field="due_on")
        step.told.append(f"{long_date(row.due_on)}改为{long_date(due_on)}")
        row.due_on = due_on
        begin_promise(row, on=step.today)


def strike_promise(row: SuggestionPromise, *, said: str, by: User, now: datetime, version: int | None = None) -> None:
    """Strike a promise that was entered by mistake (撤销承诺). Raises what `acting_on_promise` raises."""
    with acting_on_promise(row, A.STRIKE_PROMISE, by=by, now=now, said=said, version=version) as step:
        end(row, on=step.today, met=False, act=A.STRIKE_PROMISE)
