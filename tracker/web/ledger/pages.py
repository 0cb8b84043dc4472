"""台账: the ledger with its filters in the address, and its export."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tracker.audit import Event
from tracker.cases import ledger
from tracker.cases.access.rules import hands_out, units_headed
from tracker.cases.ledger.desk import Seat, seats
from tracker.cases.ledger.groups import StateGroup
from tracker.cases.ledger.kinds import LONGEST_WORDS
from tracker.cases.ledger.sealing import sealed
from tracker.cases.record.rules.codes import Status
from tracker.core import clock
from tracker.core.encryption import blind_index
from tracker.core.text import clean_line
from tracker.people.rules import Permission, Reader
from tracker.reports.queries import beyond
from tracker.web.frame.access import actor, may, reader, recorded_reading, requires
from tracker.web.frame.forms import page_number

pages = Blueprint("ledger", __name__, url_prefix="/cases")
BROUGHT, CHECKED = "来件", "最近检查"
COLUMNS = (
    ("编号", "no", "number"),
    ("事项", "title", ""),
    (BROUGHT, "brought", "received"),
    ("属地", "place", ""),
    ("状态", "state", ""),
    ("在谁手里", "holder", ""),
    (CHECKED, "date", ""),
    ("期限", "due", "due"),
)
# Who urges (催办): the office and the supervisors; heads of other units have no use for the boxes.
URGING = {Seat.OFFICE, Seat.SUPERVISOR}


@dataclass(frozen=True)
class FilterForm:
    """The filters as typed, for the macros of the fields."""

    values: dict[str, str]
    errors: dict[str, str]


@pages.get("")
@requires(Permission.READ_CASES)
def page() -> ResponseReturnValue:
    """Show one page of the ledger; a search is recorded with a keyed hash of its words (查阅日志)."""
    today, person = clock.today(), reader()
    if (said := _with_words_sealed(request.args)) != dict(request.args):
        return redirect(_address(urlencode(said)), 303)
    filters = ledger.Filters.parse(request.args, today=today, asker=person.user_id)
    if filters.words:
        searched = {
            "filters": sorted(name for name, _ in filters.chosen()),
            "words": blind_index("search", filters.words),
        }
        recorded_reading(Event.LEDGER_SEARCHED, payload=searched)
    found = ledger.page(
        person, filters, sort=request.args.get("sort", ""), page=page_number(), today=today, now=clock.now()
    )
    query = filters.pairs()
    return render_template(
        "ledger/page.html",
        found=found,
        columns=sortable_columns(query, found.sort),
        chips=[(chip.label, chip.value, _address(chip.query)) for chip in filters.chips()],
        previous_href=_page_href(query, found.number - 1) if found.number > 1 else "",
        next_href=_page_href(query, found.number + 1) if found.has_next else "",
        export_href=_export_href(query, found.sort) if may(Permission.EXPORT_LEDGER) else "",
        beyond=beyond(filters, person, today) if may(Permission.READ_FIGURES) else None,
        form=FilterForm(dict(request.args) | {ledger.WORDS: filters.words}, {}),
        filters=ledger.filters_on_form(),
        choices=_choices(today),
        sorts=[(name, sort.label) for name, sort in ledger.SORTS.items()],
        narrowed=bool(query),
        may_register=may(Permission.REGISTER_CASES),
        triage_href=_triage_href(person, filters, request.args.get("sort", "")),
        may_pass_on=filters.state is StateGroup.HANDLER_GONE and bool(units_headed(person)),
        may_urge=may(Permission.ISSUE_ORDERS) and bool(set(seats(person)) & URGING),
    )


@pages.post("/find")
@requires(Permission.READ_CASES)
def find() -> ResponseReturnValue:
    """Lead to the list of what was asked for (查找、筛选): sent, so that no number that was typed is an address.

    It is no proof of oneself either: nothing is opened that the list does not show anyhow, masked.
    """
    asked = {name: clean_line(request.form.get(name, ""))[: LONGEST_WORDS + 1] for name in (*ledger.FILTERS, "sort")}
    return redirect(_address(urlencode(_with_words_sealed({name: text for name, text in asked.items() if text}))), 303)


def _with_words_sealed(args: Mapping[str, str]) -> dict[str, str]:
    """Return what an address says of a list, with no telephone or document number readable in it."""
    said = dict(args)
    return said | {ledger.WORDS: sealed(said[ledger.WORDS], actor().id)} if ledger.WORDS in said else said


def plain_columns(*, place: bool = True) -> list[dict[str, str]]:
    """Return the columns of a list of cases that cannot be sorted by a click (工作台, 村页)."""
    left_out = {BROUGHT, CHECKED} if place else {BROUGHT, CHECKED, "属地"}
    return [{"label": label, "kind": kind} for label, kind, _ in COLUMNS if label not in left_out]


def sortable_columns(query: list[tuple[str, str]], sort: str) -> list[dict[str, str]]:
    """Return the columns with the addresses that sort by them."""
    columns = [{"label": label, "kind": kind} for label, kind, _ in COLUMNS]
    for column, (_, _, key) in zip(columns, COLUMNS, strict=True):
        if key:
            turned = f"-{key}" if sort == key else key
            column["sort_href"] = _address(urlencode([*query, ("sort", turned)]))
            column["sorted"] = {key: "ascending", f"-{key}": "descending"}.get(sort, "")
    return columns


def _choices(today: date) -> dict[str, Sequence[tuple[str, Any]]]:
    """Return what the selects of the form offer, by the names of their filters."""
    return {name: row.choices(today) for name, row in ledger.FILTERS.items() if row.form is not None}


def _triage_href(person: Reader, filters: ledger.Filters, sort: str) -> str:
    """Return where the matters of a list are classified and given out one by one, "" where they do not wait for it."""
    if filters.status is not Status.REGISTERED or not hands_out(person):
        return ""
    return f"{url_for('triage.begin')}?{urlencode([*filters.pairs(), *([('sort', sort)] if sort else [])])}"


def _address(query: str) -> str:
    return f"{url_for('ledger.page')}?{query}" if query else url_for("ledger.page")


def _page_href(query: list[tuple[str, str]], number: int) -> str:
    sort = [("sort", request.args["sort"])] if request.args.get("sort") else []
    return _address(urlencode([*query, *sort, ("page", str(number))]))


def _export_href(query: list[tuple[str, str]], sort: str) -> str:
    return f"{url_for('exports.ledger')}?{urlencode([*query, ('sort', sort)])}"
