"""The acts on a suggestion and on a promise of its answer: of each its form, what it shows first, and its service."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from tracker.core import clock
from tracker.core.database import db
from tracker.core.errors import NotFound
from tracker.key_villages.queries import pickers
from tracker.people.models import User
from tracker.people.rules import Permission, permissions
from tracker.suggestions.access import promise_of, suggestion_of
from tracker.suggestions.models import DeputySuggestion, SuggestionPromise
from tracker.suggestions.queries.facts import last_undoable, standing_records
from tracker.suggestions.queries.page import acts_of, promise_acts
from tracker.suggestions.rules.acts import SUGGESTION_ACT_LABELS, SuggestionAct
from tracker.suggestions.rules.codes import RECORD_LABELS, AnswerResult, DeputyOpinion, RecordKind, TalkRank
from tracker.suggestions.service import answering, entering, promising, routing
from tracker.suggestions.service.entering import TEXTS
from tracker.web.frame.access import person, reader, requires
from tracker.web.frame.forms import OfficeForm, form_page
from tracker.web.frame.sending import carried_out
from tracker.web.suggestions import forms as f

pages = Blueprint("suggestion_acts", __name__, url_prefix="/suggestions")
A = SuggestionAct
# What does not compete with anybody is not stale.
NEVER_STALE = frozenset({A.NOTE, A.MEET, A.INSPECT, A.HELP, A.PROMISE})
Given = dict[str, Any]


@dataclass(frozen=True)
class SuggestionActPage:
    """The form of an act, what it calls, what it shows first, and who or what it offers."""

    form: type[OfficeForm]
    take: Callable[[Any, Any, Given], object]
    begins: Callable[[Any], Given] = lambda _row: {}
    choices: Callable[[Any, Any], None] = lambda _form, _row: None


def owner_of(form: Any) -> Given:
    """Return the unit and the person that a choice means: 3-12."""
    unit, _, owner = form.owner.chosen.partition("-")
    return {"department_id": int(unit), "user_id": int(owner)}


def paper_of(form: Any) -> entering.SuggestionPaper:
    """Return the paper of a suggestion as a form gives it."""
    texts = {name: form[name].data for name in TEXTS}
    return entering.SuggestionPaper(assigned_on=form.assigned_on.day, **texts)


def _today(_row: object) -> Given:
    return {"happened_on": clock.today()}


def _staff(form: Any, _row: object) -> None:
    form.owner.choices = pickers.staff(clock.today())


def _leaders(form: Any, _row: object) -> None:
    form.leader.choices = pickers.leaders(clock.today())


def _records(form: Any, row: DeputySuggestion) -> None:
    form.record.choices = [
        (each.public_id, f"{each.happened_on.isoformat()} {RECORD_LABELS[RecordKind(each.kind)]}　{each.led_by}")
        for each in standing_records(row)
    ]


def _words(service: Callable[..., object]) -> SuggestionActPage:
    return SuggestionActPage(f.SuggestionWordsForm, lambda row, form, given: service(row, said=form.said.data, **given))


def _dated(service: Callable[..., object]) -> SuggestionActPage:
    return SuggestionActPage(
        f.SuggestionDayForm,
        lambda row, form, given: service(row, happened_on=form.happened_on.day, said=form.said.data, **given),
        begins=_today,
    )


def _unit_on_a_day(service: Callable[..., object]) -> SuggestionActPage:
    return SuggestionActPage(
        f.SuggestionUnitDayForm,
        lambda row, form, given: service(
            row, **owner_of(form), happened_on=form.happened_on.day, said=form.said.data, **given
        ),
        begins=_today,
        choices=_staff,
    )


def _record_of(form: Any) -> answering.RecordGiven:
    return answering.RecordGiven(
        happened_on=form.happened_on.day,
        led_by=form.led_by.data,
        found=form.found.data,
        present=form.others.data,
        rank=TalkRank(form.rank.chosen) if "rank" in form else None,
    )


def _answer_of(form: Any) -> answering.AnswerGiven:
    return answering.AnswerGiven(
        answered_on=form.answered_on.day,
        text=form.text.data,
        result=AnswerResult(form.result.data) if form.result.data else None,
        document_no=form.document_no.data,
        signed_by=form.signed_by.data,
    )


def _begin_answer(row: DeputySuggestion) -> Given:
    last = row.last_answer
    names = ("answered_on", "document_no", "result", "signed_by", "text")
    return {name: getattr(last, name) for name in names} if last else {}


def _promise(row: DeputySuggestion, form: Any, given: Given) -> None:
    made = promising.PromiseGiven(form.text.data, **owner_of(form), due_on=form.due_on.day)
    promising.promise(row, made, **given)


# fmt: off
SUGGESTION_PAGES: dict[SuggestionAct, SuggestionActPage] = {
    A.REFUSE_RETURN: _words(routing.refuse_return),
    A.CONCLUDE: _words(answering.conclude),
    A.TURN: _words(answering.turn),
    A.TAKE_BACK: _words(answering.take_back),
    A.OBJECT: _dated(routing.object_to),
    A.NOTE: _dated(answering.note),
    A.WITHDRAW: _dated(answering.withdraw),
    A.LENGTHEN: SuggestionActPage(
        f.SuggestionDayForm, lambda row, form, given: entering.lengthen(
            row, agreed_on=form.happened_on.day, said=form.said.data, **given), begins=_today),
    A.HELP: SuggestionActPage(
        f.SuggestionDayForm, lambda row, form, given: routing.help_with(
            row, helped=form.said.data, happened_on=form.happened_on.day, **given), begins=_today),
    A.AGREE_RETURN: _unit_on_a_day(routing.agree_return),
    A.ASK_HELP: _unit_on_a_day(routing.ask_help),
    A.HAND_OVER: SuggestionActPage(
        f.SuggestionUnitForm, lambda row, form, given: routing.hand_over(
            row, **owner_of(form), said=form.said.data, **given),
        begins=lambda row: {"owner": f"{row.lead.department_id}-{row.lead.user_id}"}, choices=_staff),
    A.NAME_LEADER: SuggestionActPage(
        f.SuggestionLeaderForm, lambda row, form, given: entering.name_leader(
            row, db.session.get_one(User, form.leader.row_id), said=form.said.data, **given),
        begins=lambda row: {"leader": str(row.leader_id) if row.leader_id else ""}, choices=_leaders),
    A.MARK_KEY: SuggestionActPage(
        f.MarkKeyForm, lambda row, form, given: entering.mark_key(
            row, key_on=form.key_on.day, committee=form.committee.data, said=form.said.data, **given)),
    A.MEET: SuggestionActPage(
        f.TalkForm, lambda row, form, given: answering.meet(row, _record_of(form), **given), begins=_today),
    A.INSPECT: SuggestionActPage(
        f.InspectedForm, lambda row, form, given: answering.inspect(row, _record_of(form), **given), begins=_today),
    A.STRIKE_RECORD: SuggestionActPage(
        f.StrikeRecordForm, lambda row, form, given: answering.strike_record(
            row, form.record.chosen, said=form.said.data, **given), choices=_records),
    A.ANSWER: SuggestionActPage(
        f.AnswerSuggestionForm, lambda row, form, given: answering.answer(row, _answer_of(form), **given),
        begins=lambda _row: {"answered_on": clock.today()}),
    A.CORRECT_ANSWER: SuggestionActPage(
        f.CorrectAnswerForm, lambda row, form, given: answering.correct_answer(
            row, _answer_of(form), said=form.said.data, **given), begins=_begin_answer),
    A.HEAR: SuggestionActPage(
        f.HearDeputyForm, lambda row, form, given: answering.hear(
            row, opinion=DeputyOpinion(form.opinion.chosen), heard_on=form.heard_on.day, said=form.said.data, **given),
        begins=lambda _row: {"heard_on": clock.today()}),
    A.PROMISE: SuggestionActPage(
        f.PromiseForm, _promise, begins=lambda row: {"owner": f"{row.lead.department_id}-{row.lead.user_id}"},
        choices=_staff),
    A.CORRECT: SuggestionActPage(
        f.CorrectSuggestionForm, lambda row, form, given: entering.correct(
            row, paper_of(form), said=form.said.data, **given),
        begins=lambda row: {name: getattr(row, name) for name in (*TEXTS, "assigned_on")}),
}
PROMISE_PAGES: dict[SuggestionAct, SuggestionActPage] = {
    A.KEEP_PROMISE: SuggestionActPage(
        f.KeepPromiseForm, lambda row, form, given: promising.keep_promise(
            row, kept_on=form.kept_on.day, proof=form.said.data, **given),
        begins=lambda _row: {"kept_on": clock.today()}),
    A.RETURN_PROMISE: _words(promising.return_promise),
    A.STRIKE_PROMISE: _words(promising.strike_promise),
    A.MOVE_PROMISE: SuggestionActPage(
        f.MovePromiseForm, lambda row, form, given: promising.move_promise(
            row, due_on=form.due_on.day, said=form.said.data, **given)),
}
# fmt: on


@pages.route("/<pid:public_id>/acts/<act>", methods=["GET", "POST"])
@requires(Permission.READ_CASES)
def on_suggestion(public_id: str, act: str) -> ResponseReturnValue:
    """Take an act on a suggestion."""
    row = suggestion_of(public_id, reader())
    if act not in set(SUGGESTION_PAGES):
        raise NotFound
    asked = SuggestionAct(act)
    undoes = last_undoable(row) if asked is A.TAKE_BACK else None
    about = f"撤销：{SUGGESTION_ACT_LABELS[SuggestionAct(undoes.act)]}" if undoes else row.title
    done = _acted(
        row, row, asked, SUGGESTION_PAGES[asked], about, offered=asked in acts_of(reader(), row, clock.today())
    )
    if asked is A.TURN and getattr(done, "status_code", 200) == 303:
        return _to_registration(done)
    return done


def _to_registration(done: ResponseReturnValue) -> ResponseReturnValue:
    """Go on where letters are registered, for who may; who may not tells somebody who may."""
    if Permission.REGISTER_CASES not in permissions(reader().posts):
        return done
    flash("请在这里按来信登记；登记的内容和编号不写进建议。", "info")
    return redirect(url_for("registration.page"), 303)


@pages.route("/promises/<pid:public_id>/acts/<act>", methods=["GET", "POST"])
@requires(Permission.READ_CASES)
def on_promise(public_id: str, act: str) -> ResponseReturnValue:
    """Take an act on a promise (承诺事项)."""
    row = promise_of(public_id, reader())
    if act not in set(PROMISE_PAGES):
        raise NotFound
    asked = SuggestionAct(act)
    offered = asked in promise_acts(reader(), row)
    return _acted(row.suggestion, row, asked, PROMISE_PAGES[asked], row.text, offered=offered)


def _acted(
    suggestion: DeputySuggestion,
    thing: DeputySuggestion | SuggestionPromise,
    asked: SuggestionAct,
    page: SuggestionActPage,
    about: str,
    *,
    offered: bool,
) -> ResponseReturnValue:
    """Take an act on a suggestion or a promise by its form, or show that: new, or refused with what was typed."""
    form: Any = page.form(data=page.begins(thing))
    page.choices(form, thing)
    back = url_for("suggestions.one", public_id=suggestion.public_id)

    def take() -> object:
        version = form["version"].data
        number = int(version) if version and version.isdigit() and asked not in NEVER_STALE else None
        return page.take(thing, form, {"by": person(), "now": clock.now(), "version": number})

    done = f"{SUGGESTION_ACT_LABELS[asked]}：已经办理。"
    return carried_out(form, take, lambda _made: back, done) or form_page(
        "suggestions/act.html",
        form,
        suggestion=suggestion,
        label=SUGGESTION_ACT_LABELS[asked],
        back=back,
        about=about,
        version=thing.version,
        offered=offered,
    )
