"""Correcting what was entered (更正): who petitions, when it was received, the days and numbers of papers.

The old value stays on the record; clocks follow the corrected fact, and what the petitioner may use is never shortened.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from tracker.cases.lifecycle.act_days import Earliest, wrong_day
from tracker.cases.lifecycle.rules.actions import Action
from tracker.cases.lifecycle.step_clocks import Taking
from tracker.cases.lifecycle.stepping import taking
from tracker.cases.record.models import Case, Document
from tracker.cases.record.rules.answering import ANSWER_PAPERS
from tracker.cases.record.rules.codes import DOCUMENT_KIND_LABELS, DocumentKind
from tracker.core.clock import local_date
from tracker.core.dates import long_date
from tracker.core.errors import DomainError, FieldErrors
from tracker.deadlines.claims import is_claimed
from tracker.deadlines.limits import LIMITS, LimitKind
from tracker.deadlines.models import Deadline
from tracker.deadlines.service import begin_on, end_on
from tracker.people.models import User
from tracker.petitioners.models import Petitioner
from tracker.petitioners.queries import ANONYMOUS
from tracker.petitioners.rules import FIELD_LABELS, masked_name
from tracker.petitioners.service import PetitionerEntry, correct, enter

# The duties that a paper meets on the day it is sent, and what the petitioner may do from the day it is served.
MET_BY_SENDING = {
    **dict.fromkeys(ANSWER_PAPERS, (LimitKind.HANDLING, LimitKind.REDO)),
    DocumentKind.ACCEPTANCE_NOTICE: (LimitKind.ACCEPTANCE,),
    DocumentKind.NON_ACCEPTANCE_NOTICE: (LimitKind.ACCEPTANCE,),
    DocumentKind.NO_LONGER_ACCEPTED_NOTICE: (LimitKind.ACCEPTANCE,),
}


@dataclass(frozen=True)
class PersonCorrection:
    """What is corrected of one petitioner: what is typed replaces, what is named in `cleared` is taken away.

    `petitioner_id` None is somebody who is added (漏登的信访人、代表人).
    """

    petitioner_id: int | None
    typed: PetitionerEntry
    cleared: frozenset[str] = frozenset()


def correct_petitioner(
    case: Case, correction: PersonCorrection, *, by: User, now: datetime, reason: str, version: int | None = None
) -> None:
    """Correct or add a petitioner (更正信访人信息): the old values are kept, encrypted, and opened like the new ones.

    The trail and the log name the fields and no value. A matter that was anonymous and now has a name is so no longer.
    Raises DomainError where nothing changes, FieldErrors for what is too long.
    """
    with taking(case, Action.CORRECT_PETITIONER, by=by, now=now, version=version, reason=reason) as step:
        if correction.petitioner_id is None:
            _added(step, correction.typed)
        else:
            _corrected(step, correction)
        if case.anonymous and any(person.name for person in case.petitioners):
            case.anonymous = False
            step.facts["named"] = True


def _added(step: Taking, entry: PetitionerEntry) -> None:
    if not entry.name:
        raise DomainError("增加信访人，请填写姓名。", field="name")
    rows = enter(step.case.id, [entry], after=len(step.case.petitioners))
    step.case.petitioners.extend(rows)
    step.facts.update(person=masked_name(entry.name), added=True)


def _corrected(step: Taking, correction: PersonCorrection) -> None:
    person = next((each for each in step.case.petitioners if each.id == correction.petitioner_id), None)
    if person is None:
        raise DomainError("请选择本件的一位信访人。", field="person")
    was = masked_name(person.name) or ANONYMOUS
    changed = correct(person, _whole(person, correction), by=step.by, now=step.now)
    if not changed:
        raise DomainError("没有改动：请填写要更正的栏目。", field="")
    step.facts.update(person=was, fields=[FIELD_LABELS[name] for name in changed])


def _whole(person: Petitioner, correction: PersonCorrection) -> PetitionerEntry:
    """Return a person as they are after the correction."""
    values = {
        name: None if name in correction.cleared else getattr(correction.typed, name) or getattr(person, name)
        for name in FIELD_LABELS
    }
    return PetitionerEntry(kind=person.kind, **values)


def correct_receipt(
    case: Case,
    received_on: date,
    *,
    by: User,
    now: datetime,
    reason: str,
    posted_on: date | None = None,
    version: int | None = None,
) -> None:
    """Correct the day of receipt (更正收到日期), from which the office's 15 days count: its head alone may.

    Whether the office was late is derived again. Raises DomainError for a day that cannot be, or the same one.
    """
    with taking(case, Action.CORRECT_RECEIPT, by=by, now=now, version=version, reason=reason) as step:
        before, latest = case.received_on, min(_nothing_before(step))
        if (received_on, posted_on) == (before, case.posted_on):
            raise DomainError("没有改动。", field="received_on")
        if received_on > latest:
            raise DomainError(
                f"收到日期不能晚于 {long_date(latest)}：本件的登记或者办理已在这一天。", field="received_on"
            )
        if posted_on and posted_on > received_on:
            raise DomainError("邮戳日期不能晚于收到日期。", field="posted_on")
        case.received_on, case.posted_on = received_on, posted_on
        moved = [clock for clock in step.file.deadlines if _counts_from(clock, LimitKind.OFFICE_REFERRAL, before)]
        step.facts.update(_days(before, received_on), clocks=list(_begun_again(moved, received_on, step)))


def _nothing_before(step: Taking) -> Iterator[date]:
    """Yield the days before which the matter must have been received: it was registered and worked on by then."""
    yield local_date(step.case.registered_at)
    yield from (given.delivered_on for given in step.file.assignments)
    yield from (paper.issued_on for paper in step.file.documents)
    yield from (handed.handed_over_on for handed in step.file.forwardings)


def _counts_from(clock: Deadline, kind: LimitKind, day: date) -> bool:
    return clock.kind == kind and clock.started_on == day


def _days(before: date | None, after: date | None) -> dict[str, str]:
    return {"before": long_date(before) if before else "", "after": long_date(after) if after else ""}


def _begun_again(clocks: list[Deadline], day: date, step: Taking) -> Iterator[str]:
    """Count clocks from another day, and yield what becomes of each in words."""
    for clock in clocks:
        before = long_date(clock.effective_due)
        begin_on(clock, day, today=step.today)
        yield f"“{LIMITS[LimitKind(clock.kind)].label}”{before} → {long_date(clock.effective_due)}"


@dataclass(frozen=True)
class PaperCorrection:
    """What a paper should have said of itself: its number, when it was sent, when and to whom it was served."""

    document_no: str | None
    sent_on: date | None
    served_on: date | None
    served_to: str | None
    service_note: str | None


def correct_paper(
    case: Case,
    document: Document,
    right: PaperCorrection,
    *,
    by: User,
    now: datetime,
    reason: str,
    version: int | None = None,
) -> None:
    """Correct number and days of a paper (更正文书登记): the office does, for a unit's clock may move by it.

    A duty that the paper met ended on the day it was sent; the petitioner's days count from its service, and their
    last day never moves earlier. Raises DomainError where nothing changes, FieldErrors for days that cannot be.
    """
    with taking(case, Action.CORRECT_PAPER, by=by, now=now, version=version, reason=reason) as step:
        if document.case_id != case.id:
            raise DomainError("请选择本件的一份文书。", field="document")
        changed = [name for name in vars(right) if getattr(right, name) != getattr(document, name)]
        if not changed:
            raise DomainError("没有改动。", field="")
        if errors := _wrong_days(document, right, step):
            raise FieldErrors(errors)
        clocks = [*_met_on(step, document, right.sent_on), *_counted_from(step, document, right.served_on)]
        words = [(name, getattr(document, name), getattr(right, name)) for name in changed]
        for name in changed:
            setattr(document, name, getattr(right, name))
        if document is step.file.answer:
            case.answered_on = right.served_on
        step.facts.update(
            document=DOCUMENT_KIND_LABELS[DocumentKind(document.kind)],
            changed=[[PAPER_FIELDS[name], _word(old), _word(new)] for name, old, new in words],
            clocks=clocks,
        )


PAPER_FIELDS = {
    "document_no": "文号",
    "sent_on": "发出日期",
    "served_on": "送达日期",
    "served_to": "签收人",
    "service_note": "送达回证（邮件）编号",
}


def _word(value: date | str | None) -> str:
    return long_date(value) if isinstance(value, date) else value or ""


def _wrong_days(document: Document, right: PaperCorrection, step: Taking) -> dict[str, str]:
    errors: dict[str, str] = {}
    since = Earliest("出具之日", document.issued_on)
    for name in ("sent_on", "served_on"):
        day, known = getattr(right, name), getattr(document, name)
        if day is None and known is not None:
            errors[name] = f"已经登记了{PAPER_FIELDS[name]}，只能更正为另一天。"
        elif day is not None and (wrong := wrong_day(day, since, step.today)):
            errors[name] = wrong
        since = Earliest(PAPER_FIELDS[name].replace("日期", "之日"), day) if day else since
    return errors


def _met_on(step: Taking, document: Document, day: date | None) -> Iterator[str]:
    """Let the duties that the paper met end on the corrected day of its sending (补录，待核: name it)."""
    if day is None or day == document.sent_on or document.sent_on is None:
        return
    kinds = MET_BY_SENDING.get(DocumentKind(document.kind), ())
    for clock in step.file.deadlines:
        if clock.kind not in kinds or clock.round != document.round:
            continue
        if is_claimed(clock) and clock.claimed_on == document.sent_on:
            clock.claimed_on = day
        elif clock.met and clock.ended_on == document.sent_on:
            end_on(clock, day)
            yield f"“{LIMITS[LimitKind(clock.kind)].label}”{_word(document.sent_on)} → {_word(day)} 完成"


def _counted_from(step: Taking, document: Document, day: date | None) -> list[str]:
    """Count the petitioner's days, and those of 落实, from the corrected day of the service of the opinion."""
    if day is None or document.served_on in (None, day) or document.kind not in ANSWER_PAPERS:
        return []
    of_service = (LimitKind.REVIEW_WINDOW, LimitKind.CARRYING_OUT)
    counted = [
        row for row in step.file.deadlines if any(_counts_from(row, kind, document.served_on) for kind in of_service)
    ]
    return list(_begun_again(counted, day, step))
