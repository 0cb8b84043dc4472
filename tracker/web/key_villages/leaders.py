"""我包的村和案: a leader's own page, which who supervises opens for another leader too; and the forms of 包案."""

from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tracker.cases.access.scope import visible_case
from tracker.core import clock
from tracker.core.dates import Meaning
from tracker.core.errors import NotFound
from tracker.key_villages.queries import pickers
from tracker.key_villages.queries.leading import LeaderPage, leader_page
from tracker.key_villages.service.sponsoring import (
    LONGEST_REASON,
    end_sponsorship,
    may_sponsor,
    running_sponsorship,
    sponsor_case,
)
from tracker.people.models import User
from tracker.people.queries import person as person_with_id
from tracker.people.rules import Permission, Role
from tracker.supervision.overview.desk import watches
from tracker.supervision.papers.queries import last_instructions
from tracker.web.frame.access import person, reader, requires
from tracker.web.frame.declarations import HALF
from tracker.web.frame.forms import AreaField, DayField, OfficeForm, form_page
from tracker.web.frame.sending import carried_out

pages = Blueprint("leaders", __name__, url_prefix="/villages/leaders")
LEADING = (Role.LEAD_OFFICIAL, Role.PRINCIPAL_LEADER)
SHOWN = ("", "late", "sponsored")


class SponsorCaseForm(OfficeForm):
    """Why a matter is sponsored, from when, perhaps to when."""

    reason = AreaField("包案的理由", required=True, longest=LONGEST_REASON, hint="为什么由领办领导包案。")
    started_on = DayField("从哪一天起", meaning=Meaning.EITHER, required=True, render_kw=HALF)
    ended_on = DayField("到哪一天止", meaning=Meaning.LIMIT, hint="没有定的不填。", render_kw=HALF)


class EndSponsorshipForm(OfficeForm):
    """Why a sponsorship ends."""

    said = AreaField("理由", required=True, longest=LONGEST_REASON)


@pages.app_template_global()
def leaders_tab() -> str:
    """Return how the page is called among the tabs; "" for who may open none."""
    if reader().holds(*LEADING):
        return "我包的村和案"
    return "领导包的村和案" if watches(reader()) else ""


def _leaders() -> list[User]:
    """Return the leaders whose page the person may open: their own, or everybody's for who supervises."""
    ids = [int(value) for value, _words in pickers.leaders(clock.today())]
    own = [id_ for id_ in ids if watches(reader()) or id_ == reader().user_id]
    return [person_with_id(id_) for id_ in own]


@pages.get("")
@requires(Permission.READ_CASES)
def page() -> ResponseReturnValue:
    """Show a leader's own page; who supervises chooses a leader."""
    if reader().holds(*LEADING):
        return _shown(person())
    chosen = _leaders() if watches(reader()) else []
    return render_template("key_villages/leaders.html", leaders=chosen, watches=watches(reader()))


@pages.get("/<pid:public_id>")
@requires(Permission.READ_CASES)
def leader(public_id: str) -> ResponseReturnValue:
    """Show the page of one leader, to himself and to who supervises."""
    found = next((each for each in _leaders() if each.public_id == public_id), None)
    if found is None:
        raise NotFound
    return _shown(found)


def _shown(leader: User) -> str:
    """Return the page of a leader; `show` in the address chooses the matters that stand on it."""
    found = leader_page(leader, reader(), today=clock.today(), now=clock.now())
    show = request.args.get("show", "") if request.args.get("show") in SHOWN else ""
    return render_template(
        "key_villages/leader.html",
        page=found,
        mine=leader.id == reader().user_id,
        villages=found.late_villages if show == "late" else found.villages,
        cases=_cases(found, show),
        said=last_instructions([each.row.id for each in found.cases], leader.id),
        show=show,
        others=[each for each in _leaders() if each.id != leader.id],
        here=url_for(".leader", public_id=leader.public_id),
    )


def _cases(found: LeaderPage, show: str) -> object:
    return {"": found.cases, "late": found.late_cases, "sponsored": found.sponsored}[show]


@pages.route("/cases/<pid:public_id>/sponsor", methods=["GET", "POST"])
@requires(Permission.KEEP_VILLAGES)
def sponsor(public_id: str) -> ResponseReturnValue:
    """Mark a matter as sponsored by its lead official (包案)."""
    case = visible_case(public_id, reader())
    if not may_sponsor(case.id, reader()):
        raise NotFound
    form = SponsorCaseForm(data={"started_on": clock.today()})
    back = url_for("cases.detail", public_id=public_id)

    def given() -> object:
        days: dict[str, Any] = {"started_on": form.started_on.day, "ended_on": form.ended_on.data}
        return sponsor_case(case, reason=form.reason.data, by=person(), now=clock.now(), **days)

    return carried_out(form, given, lambda _made: back, "已经标为包案，告知领办领导。") or form_page(
        "key_villages/sponsor_act.html", form, label="包案", back=back, case=case
    )


@pages.route("/cases/<pid:public_id>/end", methods=["GET", "POST"])
@requires(Permission.KEEP_VILLAGES)
def end(public_id: str) -> ResponseReturnValue:
    """End the sponsorship of a matter."""
    case, today = visible_case(public_id, reader()), clock.today()
    row = running_sponsorship(case.id, today)
    if row is None or not may_sponsor(case.id, reader()):
        raise NotFound
    form, back = EndSponsorshipForm(), url_for("cases.detail", public_id=public_id)
    return carried_out(
        form,
        lambda: end_sponsorship(row, said=form.said.data, by=person(), now=clock.now()),
        lambda _made: back,
        "包案已经结束。",
    ) or form_page("key_villages/sponsor_act.html", form, label="结束包案", back=back, case=case)
