"""重点难点村台账: the board, one village, and the entry of a village."""

from urllib.parse import urlencode

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tracker.core import clock
from tracker.core.database import db
from tracker.key_villages.access import entry_of, finding_of
from tracker.key_villages.models import VillageEntry
from tracker.key_villages.queries import pickers
from tracker.key_villages.queries.board import MOVES, Board, VillageFilters, board
from tracker.key_villages.queries.facts import LINK_LABELS, LinkState
from tracker.key_villages.queries.page import entry_page
from tracker.key_villages.rules.acts import ACT_LABELS, PART_LABELS, GateThing, VillageAct
from tracker.key_villages.rules.codes import KIND_LABELS, PLAN_LABELS, STAGE_LABELS, VillageKind
from tracker.key_villages.rules.findings import FINDING_ACT_LABELS
from tracker.key_villages.rules.layers import LEDGER_DUTIES
from tracker.key_villages.service.entering import enter
from tracker.people.models import User
from tracker.people.rules import Permission
from tracker.places import queries as places
from tracker.web.frame.access import may, person, reader, requires
from tracker.web.frame.composed_fields import Picked
from tracker.web.frame.forms import form_page, page_number
from tracker.web.frame.paging import PAGE_SIZE, Paging
from tracker.web.frame.sending import carried_out
from tracker.web.key_villages.acts import ACT_PAGES
from tracker.web.key_villages.forms import EnterVillageForm
from tracker.web.key_villages.offices import office_kept

pages = Blueprint("key_villages", __name__, url_prefix="/villages/ledger")
STATES = (("", "在账和已销号"), ("open", "在账"), ("sealed", "已销号"))
SHOWN_MOVES = 8


@pages.get("")
@requires(Permission.READ_CASES)
def page() -> ResponseReturnValue:
    """Show the ledger (重点难点村台账): figures, squares by township, the list, the record of moves."""
    today, now, filters = clock.today(), clock.now(), _filters()
    found = board(reader(), filters, today=today, now=now, moves=SHOWN_MOVES)
    number = page_number()
    paging = Paging(number, len(found.chosen))
    return render_template(
        "key_villages/board.html",
        board=found,
        rows=found.chosen[(number - 1) * PAGE_SIZE : number * PAGE_SIZE],
        paging=paging,
        filters=filters,
        kinds=[
            ("全部", _href(kind=""), not filters.kind, len(found.everything)),
            *((KIND_LABELS[kind], _href(kind=kind), filters.kind == kind, found.of_kind(kind)) for kind in VillageKind),
        ],
        states=[
            (label, _href(state=value), filters.state == value, _in_state(found, value)) for value, label in STATES
        ],
        chips=_chips(found, filters),
        keeps=may(Permission.KEEP_VILLAGES),
        kind_labels=KIND_LABELS,
        move_labels={act: ACT_LABELS[GateThing.VILLAGE, act] for act in MOVES},
        href=_href,
    )


def _filters() -> VillageFilters:
    asked = request.args
    return VillageFilters(
        kind=asked.get("kind", "") if asked.get("kind") in set(VillageKind) else "",
        state=asked.get("state", "") if asked.get("state") in ("open", "sealed") else "",
        town=asked.get("town", ""),
        sponsor=asked.get("sponsor", ""),
        late=asked.get("late") == "yes",
    )


def _href(**changes: str) -> str:
    """Return the address of the board with some filters changed; "" takes one away."""
    kept = {name: value for name, value in request.args.items() if name != "page"} | changes
    asked = urlencode({name: value for name, value in kept.items() if value})
    return f"{url_for('.page')}?{asked}" if asked else url_for(".page")


def _in_state(found: Board, value: str) -> int:
    return {"": len(found.everything), "open": len(found.everything) - found.sealed, "sealed": found.sealed}[value]


def _sponsors(found: Board) -> list[tuple[str, str]]:
    people = {
        each.user.public_id: each.user.name
        for row in found.everything
        for each in (row.duties.get("sponsor"),)
        if each is not None and each.user is not None
    }
    return sorted(people.items(), key=lambda each: each[1])


def _chips(found: Board, filters: VillageFilters) -> list[tuple[str, str, str]]:
    """Return the chosen filters, each with the address without it."""
    sponsors = dict(_sponsors(found))
    towns = {row.town.public_id: row.town.short_name for row in found.everything if row.town}
    given = (
        ("kind", "类型", KIND_LABELS[VillageKind(filters.kind)] if filters.kind else ""),
        ("state", "状态", dict(STATES)[filters.state] if filters.state else ""),
        ("town", "乡镇", towns.get(filters.town, "不存在的乡镇") if filters.town else ""),
        ("sponsor", "包村领导", sponsors.get(filters.sponsor, "不在名单上的人") if filters.sponsor else ""),
        ("late", "期限", "有问题逾期" if filters.late else ""),
    )
    return [(label, words, _href(**{name: ""})) for name, label, words in given if words]


@pages.get("/<pid:public_id>")
@requires(Permission.READ_CASES)
def entry(public_id: str) -> ResponseReturnValue:
    """Show one village on the ledger, on the screen and as its sheet of paper (整村销号单)."""
    found = entry_page(entry_of(public_id, reader(), clock.today()), reader(), today=clock.today(), now=clock.now())
    return render_template(
        "key_villages/entry.html",
        page=found,
        offered_acts=[act for act in found.acts if (GateThing.VILLAGE, act) in ACT_PAGES],
        act_labels=ACT_LABELS,
        duty_labels=LEDGER_DUTIES,
        kind_labels=KIND_LABELS,
        link_labels=LINK_LABELS,
        finding_act_labels=FINDING_ACT_LABELS,
        part_labels=PART_LABELS,
        plan_labels=PLAN_LABELS,
        stage_labels=STAGE_LABELS,
        things=GateThing,
        acts=VillageAct,
        link_states=LinkState,
    )


@pages.route("/new", methods=["GET", "POST"])
@requires(Permission.KEEP_VILLAGES)
def new() -> ResponseReturnValue:
    """Enter a village on the ledger (入账)."""
    form = EnterVillageForm(data={"entered_on": clock.today()} | _proposed())
    form.decided_by.choices = pickers.leaders(clock.today())
    return carried_out(
        form, lambda: _enter(form), _address, lambda made: f"{made.place.short_name}已经入账，{made.number}。"
    ) or form_page("key_villages/new.html", form)


def _proposed() -> dict[str, object]:
    """Return what a finding in a village that is not on the ledger proposes for its entry (建议入账)."""
    if not (asked := request.args.get("finding", "")):
        return {}
    finding = finding_of(asked, reader(), clock.today())
    reason = f"{finding.round.name}发现：{finding.text}"
    return {"village": Picked("", finding.place.code or finding.place.short_name), "reason": reason}


def _enter(form: EnterVillageForm) -> VillageEntry:
    village = places.chosen_village(form.village.data.key, form.village.data.text, field="village")
    return enter(
        village,
        office=office_kept(),
        kind=VillageKind(form.kind.chosen),
        reason=form.reason.data,
        decided_by=db.session.get_one(User, form.decided_by.row_id),
        entered_on=form.entered_on.day,
        by=person(),
        now=clock.now(),
    )


def _address(made: VillageEntry) -> str:
    return url_for(".entry", public_id=made.public_id)
