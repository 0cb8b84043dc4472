"""登记: one page for clerks who type forty matters a day. One case for each form, however often it is sent."""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import datetime
from functools import partial
from typing import TypeVar

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tracker.cases.intake import drafts
from tracker.cases.intake.drafts import DraftOf
from tracker.cases.intake.registration import LONGEST_TITLE, Registration, last_channel
from tracker.cases.intake.registration import register as register_case
from tracker.cases.intake.submissions import new_token
from tracker.cases.record.rules.codes import Channel, Confidentiality, Urgency
from tracker.core import clock
from tracker.core.database import committed, db
from tracker.core.dates import parse_date
from tracker.core.errors import DomainError
from tracker.people.models import Department
from tracker.people.rules import Permission
from tracker.places.models import Place
from tracker.web.frame.access import actor, person, reader, requires
from tracker.web.frame.drafts import drafts_here, resumed
from tracker.web.frame.kept_files import kept_files
from tracker.web.frame.sending import Done, Repeated, repeated, send, take_files
from tracker.web.registration.form import RegistrationForm
from tracker.web.registration.matter import (
    EarlierRow,
    chosen_office,
    chosen_original,
    chosen_village,
    likely_earlier_of,
    registering_offices,
)
from tracker.web.registration.words import Registered, tell_registered, tell_sent_before

Found = TypeVar("Found")
pages = Blueprint("registration", __name__, url_prefix="/cases/new")

NOT_KEPT = frozenset({"files", "submission"})


@pages.get("")
@requires(Permission.REGISTER_CASES)
def page() -> ResponseReturnValue:
    """Show the form (登记): empty, or the draft where that is asked for."""
    form = RegistrationForm(data=_beginning())
    if resumed():
        return _page(form, _looked_up(form))
    _prepare(form)
    return _page(form, ())


def _beginning() -> dict[str, object]:
    """Return what a fresh form holds: today, and what the last one leaves (channel, of a pile the day of receipt)."""
    asked = request.args.get("channel")
    return {
        "channel": asked if asked in set(Channel) else last_channel(actor().id) or Channel.LETTER.value,
        "received_on": _asked_day() or clock.today(),
        "people_count": 1,
        "represents": True,
        "urgency": Urgency.NORMAL.value,
        "level": Confidentiality.ORDINARY.value,
        "submission": new_token(),
    }


def _asked_day() -> object:
    try:
        return parse_date(request.args.get("received_on", ""), clock.today())
    except DomainError:
        return None


@pages.post("")
@requires(Permission.REGISTER_CASES)
def register() -> ResponseReturnValue:
    """Register a matter (登记), or do what another button of the form says; everything typed is kept."""
    form = RegistrationForm()
    location = repeated()
    if location is not None:
        return _sent_before(form, location)
    take_files(form)
    buttons = {"draft": _keep_draft, "look": _look}
    return buttons.get(request.form.get("act", ""), _save)(form)


def _save(form: RegistrationForm) -> ResponseReturnValue:
    office, village = _prepare(form)
    original = _chosen(form, chosen_original)
    entry = form.entry(village_id=village.id if village else None, original_id=original.id if original else None)
    form.check(entry)
    found = likely_earlier_of(form, village)
    _ask_once(form, found)
    if form.errors:
        return _page(form, found), form.status
    match send(form, partial(_registered, form, entry, office.id), lambda done: done.location):
        case Done(done):
            tell_registered(done, form, next_form="" if _wants_next() else _next_form(form))
            return redirect(_next_form(form) if _wants_next() else done.location, 303)
        case Repeated(location):
            return _sent_before(form, location)
        case _:
            return _page(form, _looked_up(form)), form.status


def _prepare(form: RegistrationForm, *, tell: bool = True) -> tuple[Department, Place | None]:
    """Offer the choices, then find the office and the village that were chosen."""
    offices = registering_offices(reader())
    form.offer_choices([(office.public_id, office.name) for office in offices])
    office = chosen_office(form, offices)
    return office, _chosen(form, lambda form: chosen_village(form, office), tell=tell)


def _chosen(form: RegistrationForm, find: Callable[[RegistrationForm], Found], *, tell: bool = True) -> Found | None:
    try:
        return find(form)
    except DomainError as error:
        if tell:
            form.fail(error)
        return None


def _looked_up(form: RegistrationForm) -> list[EarlierRow]:
    """Offer the choices and return the likely earlier matters; what is not yet right is no error."""
    _office, village = _prepare(form, tell=False)
    return likely_earlier_of(form, village)


def _ask_once(form: RegistrationForm, found: Sequence[EarlierRow]) -> None:
    """Ask for a decision where the clerk has seen none of the likely earlier matters, or new ones came up since."""
    asking = [each for each in found if each.asks]
    fresh = {each.id for each in asking} - set(form.joins_seen.data)
    if asking and (form.joins.data is None or (form.joins.data == "" and fresh)):
        form.joins.data = None
        form.fail(
            DomainError(f"有 {len(asking)} 件旧件可能是同一件事：请先选“接到原件”，或者“仍登记新件”。", field="joins")
        )


def _registered(form: RegistrationForm, entry: Registration, office_id: int, now: datetime) -> Registered:
    """Register what was typed, with its files."""
    case = register_case(
        entry,
        office=db.session.get_one(Department, office_id),
        by=person(),
        now=now,
        materials=[file.material for file in kept_files(form.kept.data, by=actor())],
    )
    return Registered.of(case, reader(), entry)


def _wants_next() -> bool:
    """Return whether the next of the pile follows: by its own button, or by the main one once the clerk is at it."""
    act = request.form.get("act", "pile" if "pile" in request.form else "")
    return act in ("next", "pile")


def _next_form(form: RegistrationForm) -> str:
    """Return where the next matter of the same pile is registered: channel and day of receipt stay."""
    return url_for(".page", channel=form.channel.data, received_on=form.received_on.data)


def _sent_before(form: RegistrationForm, location: str) -> ResponseReturnValue:
    """Lead a second sending of the same form to what the first one made."""
    tell_sent_before(location)
    return redirect(_next_form(form) if _wants_next() else location, 303)


def _look(form: RegistrationForm) -> ResponseReturnValue:
    """Look for earlier matters on demand (查找先前信访事项), for those who work without script."""
    found = _looked_up(form)
    if not found:
        flash("没有找到可能是同一件事的旧件。", "info")
    return _page(form, found)


def _keep_draft(form: RegistrationForm) -> ResponseReturnValue:
    """Keep what was typed (存草稿) and go on with it."""
    form.renew()
    kept = DraftOf(form.token, url_for(".page"), f"登记信访事项　{form.heading}"[:LONGEST_TITLE])
    try:
        with committed():
            public_id = drafts.keep_draft(_typed(form), kept, by=actor(), now=clock.now())
    except DomainError as error:
        form.fail(error)
        return _page(form, _looked_up(form)), form.status
    flash("草稿已存，随时可以接着填。", "success")
    return redirect(url_for(".page", draft=public_id), 303)


@pages.post("/earlier.json")
@requires(Permission.REGISTER_CASES)
def earlier() -> ResponseReturnValue:
    """Return the likely earlier matters of what was typed so far, for the script."""
    form = RegistrationForm()
    village = _chosen(form, chosen_village, tell=False)
    return jsonify(items=[asdict(each) for each in likely_earlier_of(form, village)])


def _typed(form: RegistrationForm) -> dict[str, list[str]]:
    """Return every field of the form as it was typed, for the draft."""
    names = {*form.values} - NOT_KEPT
    return {name: request.form.getlist(name) for name in names if name in request.form} | {"kept": form.kept.data}


def _page(form: RegistrationForm, found: Sequence[EarlierRow]) -> str:
    form.renew()
    return render_template(
        "registration/page.html",
        form=form,
        earlier=found,
        kept=kept_files(form.kept.data, by=actor()),
        others=drafts_here(form.token),
        pile=_wants_next() or "channel" in request.args,
    )
