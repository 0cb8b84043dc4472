"""督办台: escalations with their answer, late by unit and township, serious matters, orders; a page to print."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from tracker.cases.intake import submissions
from tracker.cases.intake.drafts import drafts_of
from tracker.cases.lifecycle.rules.actions import Action
from tracker.core import clock
from tracker.core.database import committed
from tracker.core.dates import long_date, month_day, weekday
from tracker.jobs import subjects
from tracker.notifications.inbox import mark_read
from tracker.people.rules import Permission
from tracker.reminders.ladder.rules.rungs import LEVELS, RungLevel
from tracker.supervision.overview import desk as desk_
from tracker.supervision.overview.late import LateRow
from tracker.supervision.overview.waiting import ON_A_PAGE, AnswerNeeds, WaitingEscalation, answer_forms, waiting
from tracker.supervision.papers.order_list import ORDERS_LABELS, Orders, order_page
from tracker.supervision.papers.rules.phrases import PHRASES
from tracker.web.case.step_forms.supervision import INSTRUCTED_DAYS, working_days_on
from tracker.web.frame.access import actor, reader, requires
from tracker.web.frame.forms import page_number
from tracker.web.frame.paging import Paging
from tracker.web.ledger.pages import plain_columns

pages = Blueprint("supervision", __name__, url_prefix="/supervision")
# Where what was typed into an answer is gone on with.
INSTRUCT = f"/steps/{Action.INSTRUCT}"
# What one sheet of paper holds of each list; beyond, it says how many more there are.
PRINTED_TOLD, PRINTED_LATE, PRINTED_OTHERS = 5, 12, 3


@dataclass(frozen=True)
class Answer:
    """One waiting matter with the form of its answer; None where it is answered on its own page."""

    told: WaitingEscalation
    form: AnswerNeeds | None
    tokens: tuple[str, str]
    first: tuple[str, str] | None


@pages.get("")
@requires(Permission.SUPERVISE)
def page() -> ResponseReturnValue:
    """Show 督办台; what it shows to the person told counts as read by them."""
    today, number = clock.today(), page_number()
    told = waiting(subjects.SUBJECTS, reader(), today, of=actor().id, now=clock.now())
    shown = told[(number - 1) * ON_A_PAGE : number * ON_A_PAGE]
    _read([id_ for each in shown for id_ in each.delivery_ids])
    found = desk_.desk(subjects.SUBJECTS, reader(), today=today, now=clock.now())
    return render_template(
        "supervision/desk.html",
        desk=found,
        answers=_answers(shown, today),
        paging=Paging(number, len(told), ON_A_PAGE),
        numbers=_numbers(found, len(told)),
        parts=_parts(found, len(told)),
        phrases=PHRASES,
        drafts=[each for each in drafts_of(reader()) if each.address.endswith(INSTRUCT)],
        due_on=working_days_on(INSTRUCTED_DAYS),
        columns=plain_columns(),
        **_words(today),
    )


def _read(delivery_ids: Sequence[int]) -> None:
    """Note that the person has read what waits for them: the text stands before them in full (已阅)."""
    if not delivery_ids:
        return
    with committed():
        mark_read(delivery_ids, by=actor(), now=clock.now())


def _answers(shown: Sequence[WaitingEscalation], today: date) -> list[Answer]:
    ids = [each.case.id for each in shown if each.case]
    forms = answer_forms(ids, by=current_user, reader=reader(), today=today) if ids else {}
    return [_answer(each, forms.get(each.case.id) if each.case else None) for each in shown]


def _answer(told: WaitingEscalation, form: AnswerNeeds | None) -> Answer:
    """Return one matter with the forms of its answer, one tap or words; what is no case is answered on its own page."""
    tokens = submissions.new_token(), submissions.new_token()
    return Answer(told, form, tokens, form.people[0] if form and form.people else None)


def _numbers(found: desk_.Desk, told: int) -> list[dict[str, Any]]:
    """Return the strip of numbers, each with the list that it opens."""
    first = {"label": "待我批示", "count": told, "href": "#told", "light": "red"}
    drafts = {"label": "待我签发", "count": len(found.drafts), "href": "#drafts", "light": "red"}
    return [
        *([first] if found.leads or told else []),
        *([drafts] if found.drafts else []),
        *({"label": n.label, "count": n.count, "light": n.tone, "href": _href(n)} for n in found.numbers),
    ]


def _parts(found: desk_.Desk, told: int) -> list[tuple[str, str]]:
    """Return the parts of the page, for jumping to them on a phone."""
    parts = [
        ("待我批示", "#told", found.leads or told),
        ("待我签发", "#drafts", found.drafts),
        ("尚未批示", "#others", found.others),
        ("重大事项", "#serious", True),
        ("各单位", "#units", True),
        (f"各{found.places.by}", "#places", True),
        ("我的批示", "#mine", found.leads or found.mine),
        ("督办待回复", "#orders", True),
        ("待我签批", "#to-sign", found.leads),
    ]
    return [(label, anchor) for label, anchor, shown in parts if shown]


def _href(number: desk_.Number) -> str:
    if number.orders is not None:
        return url_for(".orders", which=number.orders.value)
    return _list(number.query)


def _list(query: str) -> str:
    return f"{url_for('ledger.page')}?{query}"


def _words(today: date) -> dict[str, Any]:
    """Return what both pages say of day and reader, and how they write instants and lists."""
    return {
        "day_words": f"{long_date(today)} {weekday(today)}",
        "who_words": f"{actor().name}（{actor().posts}）",
        "at": _at,
        "long_date": long_date,
        "paper_of": lambda draft: LEVELS[RungLevel(draft.kind)].paper,
        "list_href": _list,
        "hrefs": lambda row: {name: _list(query) for name, query in row.queries.items()},
    }


def _at(instant: datetime) -> str:
    moment = clock.local(instant)
    return f"{month_day(moment.date())} {moment:%H:%M}"


@pages.get("/print")
@requires(Permission.SUPERVISE)
def printed() -> ResponseReturnValue:
    """Show the same on one sheet of A4 with boxes to tick."""
    today = clock.today()
    told = waiting(subjects.SUBJECTS, reader(), today, of=actor().id, now=clock.now())
    found = desk_.desk(subjects.SUBJECTS, reader(), today=today, now=clock.now())
    return render_template(
        "supervision/desk_print.html",
        desk=found,
        told=told[:PRINTED_TOLD],
        told_total=len(told),
        numbers=_numbers(found, len(told)),
        late=(_late(found.units.rows), _late(found.places.rows)),
        most=PRINTED_OTHERS + max(0, PRINTED_TOLD - len(told)),
        **_words(today),
    )


def _late(rows: Sequence[LateRow]) -> tuple[list[LateRow], int]:
    """Return the rows that the paper names, in the order of the table, and how many late units it leaves out."""
    late = [row for row in rows if row.counts.late]
    return late[:PRINTED_LATE], max(0, len(late) - PRINTED_LATE)


@pages.get("/orders")
@requires(Permission.READ_CASES)
def orders() -> ResponseReturnValue:
    """Show the orders that wait for a reply, are late, or were answered."""
    today, asked = clock.today(), request.args.get("which", "")
    which = Orders(asked) if asked in set(Orders) else Orders.WAITING
    sent_at = _instant(request.args.get("sent", ""))
    found = order_page(
        subjects.SUBJECTS, reader(), today, which=which, page=page_number(), sent_at=sent_at, now=clock.now()
    )
    tabs = [
        (label, url_for(".orders", which=each.value), each is which and not sent_at)
        for each, label in ORDERS_LABELS.items()
    ]
    paging = Paging(found.number, found.total)
    return render_template("supervision/orders.html", page=found, tabs=tabs, paging=paging, sent=sent_at, at=_at)


def _instant(text: str) -> datetime | None:
    """Return the instant of a sending, as its address has it; anything else is none."""
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        return None
    return instant if instant.tzinfo else None
