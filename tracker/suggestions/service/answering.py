"""面商、督查、答复、代表意见、办结: what is done about a suggestion until it is over, and taking the last step back."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from tracker.core.database import db
from tracker.core.dates import long_date
from tracker.core.errors import DomainError
from tracker.core.text import worded
from tracker.deadlines.limits import LimitKind
from tracker.deadlines.service import end_on
from tracker.people.models import User
from tracker.suggestions.models import DeputySuggestion, SuggestionAnswer, SuggestionLine, SuggestionRecord
from tracker.suggestions.queries.facts import last_undoable, standing_records
from tracker.suggestions.rules.acts import SUGGESTION_ACT_LABELS, SuggestionAct
from tracker.suggestions.rules.codes import (
    OPINION_LABELS,
    RANK_LABELS,
    RECORD_LABELS,
    RESULT_LABELS,
    AnswerResult,
    DeputyOpinion,
    RecordKind,
    SuggestionStage,
    TalkRank,
)
from tracker.suggestions.service.clocks import ANSWERS, begin, clocks_of, end, let_run_on
from tracker.suggestions.service.taking import LONGEST_SAID, SuggestionTaking, acting

LONGEST_ANSWER, LONGEST_LED, LONGEST_PRESENT, LONGEST_NO, LONGEST_SIGNED = 20000, 100, 200, 60, 60
A = SuggestionAct
# What stands in place of the title of what turned out to be no suggestion.
NO_SUGGESTION = "不属于建议，已转登记"


@dataclass(frozen=True)
class AnswerGiven:
    """An answer as its paper has it; number, result and signer may not stand on it."""

    answered_on: date
    text: str
    result: AnswerResult | None
    document_no: str = ""
    signed_by: str = ""


@dataclass(frozen=True)
class RecordGiven:
    """A talk or an inspection: the day, who led it, of a talk in which rank, who was there, what was said or found."""

    happened_on: date
    led_by: str
    found: str
    present: str = ""
    rank: TalkRank | None = None


def note(
    row: DeputySuggestion, *, happened_on: date, said: str, by: User, now: datetime, version: int | None = None
) -> None:
    """Write down how the work goes (记办理情况). Raises what `acting` raises."""
    with acting(row, A.NOTE, by=by, now=now, said=said, happened_on=happened_on, version=version):
        pass


def meet(
    row: DeputySuggestion, given: RecordGiven, *, by: User, now: datetime, version: int | None = None
) -> SuggestionRecord:
    """Record a talk face to face with the deputy (面商). Raises what `acting` raises."""
    if given.rank is None:
        raise DomainError("请选择由谁面商。", field="rank")
    return _record(row, A.MEET, RecordKind.MEETING, given, by, now, version)


def inspect(
    row: DeputySuggestion, given: RecordGiven, *, by: User, now: datetime, version: int | None = None
) -> SuggestionRecord:
    """Record an inspection of the unit (督查). Raises what `acting` raises."""
    return _record(row, A.INSPECT, RecordKind.INSPECTION, given, by, now, version)


def _record(
    row: DeputySuggestion,
    act: SuggestionAct,
    kind: RecordKind,
    given: RecordGiven,
    by: User,
    now: datetime,
    version: int | None,
) -> SuggestionRecord:
    with acting(row, act, by=by, now=now, said=given.found, happened_on=given.happened_on, version=version) as step:
        made = SuggestionRecord(
            suggestion=row,
            kind=kind.value,
            happened_on=given.happened_on,
            led_by=worded(given.led_by, "由谁主持", LONGEST_LED, "led_by"),
            rank=given.rank.value if given.rank else None,
            present=given.present.strip()[:LONGEST_PRESENT] or None,
            found=step.said,
        )
        db.session.add(made)
        step.told.append(f"{made.led_by}" + (f"（{RANK_LABELS[given.rank]}）" if given.rank else ""))
    return made


def strike_record(
    row: DeputySuggestion, public_id: str, *, said: str, by: User, now: datetime, version: int | None = None
) -> None:
    """Strike a talk or an inspection that was entered by mistake. Raises what `acting` raises."""
    with acting(row, A.STRIKE_RECORD, by=by, now=now, said=said, version=version) as step:
        found = next((each for each in standing_records(row) if each.public_id == public_id), None)
        if found is None:
            raise DomainError("请选择要撤销的记录。", field="record")
        found.struck_at = now
        step.told.append(f"撤销{long_date(found.happened_on)}的{RECORD_LABELS[RecordKind(found.kind)]}")


def answer(
    row: DeputySuggestion, given: AnswerGiven, *, by: User, now: datetime, version: int | None = None
) -> SuggestionAnswer:
    """Answer a suggestion (答复), on the day the answer was signed. Raises what `acting` raises."""
    last = row.last_answer
    first = max(filter(None, (row.assigned_on, last.heard_on if last else None)))
    said = worded(given.text, "答复内容", LONGEST_ANSWER, "text")
    on = given.answered_on
    with acting(
        row, A.ANSWER, by=by, now=now, said=_short(said), happened_on=on, not_before=first, version=version
    ) as step:
        made = SuggestionAnswer(
            suggestion=row, department_id=row.lead.department_id, department=row.lead.department, **_of_paper(given)
        )
        db.session.add(made)
        step.told.append(_said_of(made))
        end(row, *ANSWERS, on=on, met=True, act=A.ANSWER)
        end(row, LimitKind.SUGGESTION_ASSISTANCE, on=on, met=False, act=A.ANSWER)
    return made


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_SAID else f"{text[: LONGEST_SAID - 1]}…"


def _of_paper(given: AnswerGiven) -> dict[str, object]:
    """Return the columns of an answer; raises DomainError at the field of what is too long."""
    for name, longest, label in (
        ("document_no", LONGEST_NO, "文号"),
        ("signed_by", LONGEST_SIGNED, "签发人"),
    ):
        if len(getattr(given, name).strip()) > longest:
            raise DomainError(f"{label}最多 {longest} 个字。", field=name)
    return {
        "answered_on": given.answered_on,
        "document_no": given.document_no.strip() or None,
        "result": given.result.value if given.result else None,
        "signed_by": given.signed_by.strip() or None,
        "text": worded(given.text, "答复内容", LONGEST_ANSWER, "text"),
    }


def _said_of(made: SuggestionAnswer) -> str:
    result = RESULT_LABELS[AnswerResult(made.result)] if made.result else "没有分类"
    return "，".join(filter(None, (long_date(made.answered_on), made.document_no, result, made.signed_by)))


def correct_answer(
    row: DeputySuggestion,
    given: AnswerGiven,
    *,
    said: str,
    by: User,
    now: datetime,
    version: int | None = None,
) -> None:
    """Correct what was entered of the last answer (更正答复), with the reason; its clock ends on the day it names.

    Raises what `acting` raises.
    """
    with acting(row, A.CORRECT_ANSWER, by=by, now=now, said=said, version=version) as step:
        last = row.last_answer
        if last is None:
            raise RuntimeError("the row of this act asks for an answer")
        before, text = _said_of(last), last.text
        latest = last.heard_on or step.today
        if not row.assigned_on <= given.answered_on <= latest:
            raise DomainError(
                f"答复日期应在{long_date(row.assigned_on)}和{long_date(latest)}之间。", field="answered_on"
            )
        for name, value in _of_paper(given).items():
            setattr(last, name, value)
        if _said_of(last) == before and last.text == text:
            raise DomainError("没有改动。", field="said")
        step.told.append(f"原：{before}" + ("；原文另存" if last.text != text else ""))
        step.kept = text if last.text != text else None
        met = [each for each in clocks_of(row, *ANSWERS) if each.met]
        if met:
            end_on(met[-1], max(given.answered_on, met[-1].started_on))


def hear(
    row: DeputySuggestion,
    *,
    opinion: DeputyOpinion,
    heard_on: date,
    said: str,
    by: User,
    now: datetime,
    version: int | None = None,
) -> None:
    """Enter what the deputy says of the last answer (代表意见); not satisfied with the first: a second within a month.

    Raises what `acting` raises.
    """
    again = opinion is DeputyOpinion.DISSATISFIED and len(row.given) == 1
    last = row.last_answer
    first = last.answered_on if last else None
    with acting(
        row, A.HEAR, by=by, now=now, said=said, happened_on=heard_on, not_before=first, asks_again=again,
        version=version,
    ) as step:  # fmt: skip
        if last is None:
            raise RuntimeError("a suggestion at this stage has an answer")
        last.opinion, last.heard_on, last.said = opinion.value, heard_on, step.said
        step.told.append(OPINION_LABELS[opinion])
        if step.row.to is SuggestionStage.AGAIN:
            clock = begin(row, LimitKind.SUGGESTION_REANSWER, on=heard_on, unit=row.lead)
            step.told.append(f"{long_date(clock.effective_due)}前再次答复")


def conclude(row: DeputySuggestion, *, said: str, by: User, now: datetime, version: int | None = None) -> None:
    """Conclude a suggestion (办结); its promises are tracked on. Raises what `acting` raises."""
    with acting(row, A.CONCLUDE, by=by, now=now, said=said, version=version):
        pass


def withdraw(
    row: DeputySuggestion, *, happened_on: date, said: str, by: User, now: datetime, version: int | None = None
) -> None:
    """End a suggestion that the deputy took back in writing (代表书面撤回). Raises what `acting` raises."""
    with acting(row, A.WITHDRAW, by=by, now=now, said=said, happened_on=happened_on, version=version) as step:
        end(row, on=step.happened_on, met=False, act=A.WITHDRAW)


def turn(row: DeputySuggestion, *, said: str, by: User, now: datetime, version: int | None = None) -> None:
    """Say that this is no suggestion but somebody's complaint (转登记): it is registered as a letter by itself.

    From now on only who keeps the suggestions sees it; nothing tells whether it complains of anybody.
    Raises what `acting` raises.
    """
    with acting(row, A.TURN, by=by, now=now, said=said, version=version) as step:
        end(row, on=step.today, met=False, act=A.TURN)
        step.kept, row.title = row.title, NO_SUGGESTION


def take_back(row: DeputySuggestion, *, said: str, by: User, now: datetime, version: int | None = None) -> None:
    """Take the last step back that was entered by mistake (撤销上一步): the suggestion stands as it did before.

    Raises what `acting` raises.
    """
    with acting(row, A.TAKE_BACK, by=by, now=now, said=said, version=version) as step:
        line = last_undoable(row)
        if line is None or line.from_stage is None:
            raise RuntimeError("the row of this act asks for a line")
        act = SuggestionAct(line.act)
        step.goes_to = _left_since(row, line)
        line.taken_back_at = now
        last = row.last_answer
        days = {line.happened_on, last.answered_on if last else line.happened_on}
        _BACK[act](step, line)
        let_run_on(row, act, days, today=step.today)
        step.told.append(f"撤销{long_date(line.happened_on)}的“{SUGGESTION_ACT_LABELS[act]}”")


def _left_since(row: DeputySuggestion, line: SuggestionLine) -> SuggestionStage:
    """Return where a suggestion goes back to: before the line, or where it stands where that did not move it."""
    moved = line.from_stage is not None and line.from_stage != line.to_stage
    return SuggestionStage(line.from_stage if moved and line.from_stage else row.stage)


def _unanswer(step: SuggestionTaking, _line: SuggestionLine) -> None:
    last = step.suggestion.last_answer
    if last is not None:
        last.struck_at = step.now


def _unhear(step: SuggestionTaking, _line: SuggestionLine) -> None:
    last = step.suggestion.last_answer
    if last is not None:
        last.opinion = last.heard_on = last.said = None
    end(step.suggestion, LimitKind.SUGGESTION_REANSWER, on=step.today, met=False, act=A.TAKE_BACK)


def _shorten(step: SuggestionTaking, _line: SuggestionLine) -> None:
    step.suggestion.lengthened_on = None
    end(step.suggestion, LimitKind.SUGGESTION_LONG_ANSWER, on=step.today, met=False, act=A.TAKE_BACK)


def _unmark(step: SuggestionTaking, _line: SuggestionLine) -> None:
    step.suggestion.key_on = step.suggestion.committee = None


def _as_titled(step: SuggestionTaking, line: SuggestionLine) -> None:
    step.suggestion.title = line.kept or step.suggestion.title


# What goes back with each act, beside the stage and the clocks that it ended.
_BACK: dict[SuggestionAct, Callable[[SuggestionTaking, SuggestionLine], None]] = {
    A.ANSWER: _unanswer,
    A.HEAR: _unhear,
    A.LENGTHEN: _shorten,
    A.MARK_KEY: _unmark,
    A.TURN: _as_titled,
    A.CONCLUDE: lambda _step, _line: None,
    A.WITHDRAW: lambda _step, _line: None,
}
