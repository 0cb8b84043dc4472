"""村（社区）: the tree of places, search, and a page for each place."""

from flask import Blueprint, jsonify, render_template, request
from flask.typing import ResponseReturnValue

from tracker.core import clock
from tracker.core.text import clean_line
from tracker.key_villages.queries.page import stays_of
from tracker.key_villages.rules.codes import STAGE_LABELS
from tracker.people.rules import Permission
from tracker.places import queries
from tracker.places.models import LEVELS
from tracker.places.rules import CODE_LENGTH
from tracker.web.frame.access import may, reader, requires
from tracker.web.frame.forms import page_number
from tracker.web.places.village_view import area_page, is_village, village_page

pages = Blueprint("villages", __name__, url_prefix="/places")
LONGEST_QUERY = 60
FOUND_ON_PAGE = 50
FOUND_BY_PICKER = 20


@pages.get("")
@requires(Permission.READ_PLACES)
def page() -> ResponseReturnValue:
    """Show the counties, the towns of the only one, or what was searched for."""
    words = clean_line(request.args.get("q", ""))[:LONGEST_QUERY]
    if words:
        found = queries.search_places(words, FOUND_ON_PAGE)
        return render_template("places/found.html", words=words, found=found, levels=LEVELS, most=FOUND_ON_PAGE)
    counties = queries.counties()
    if len(counties) == 1:
        only = area_page(counties[0].place, reader(), today=clock.today())
        return render_template("places/area.html", page=only, first=True, manages=_manages())
    return render_template("places/counties.html", counties=counties, manages=_manages())


@pages.get("/search.json")
@requires(Permission.READ_PLACES)
def search() -> ResponseReturnValue:
    """Answer the village picker: id, name, where it lies, and what is put into the field.

    `near` is a code prefix (the office's county) whose villages come first.
    """
    near = request.args.get("near", "")
    near = near[:CODE_LENGTH] if near.isascii() and near.isdecimal() else ""
    words = clean_line(request.args.get("q", ""))[:LONGEST_QUERY]
    found = queries.search_villages(words, FOUND_BY_PICKER, near=near)
    return jsonify(
        [
            {
                "id": place.chosen.public_id,
                "label": place.label.name,
                "sub": "　".join(part for part in (place.label.above, place.code, place.state) if part),
                "text": place.chosen.label.text,
            }
            for place in found
        ]
    )


@pages.get("/<pid:public_id>")
@requires(Permission.READ_PLACES)
def village(public_id: str) -> ResponseReturnValue:
    """Show a village (村、社区) with its cases, or a town, county, city with what is below it."""
    place = queries.place_of(public_id)
    if is_village(place):
        shown = village_page(place, reader(), page=page_number(), today=clock.today(), now=clock.now())
        stays = stays_of(place, reader(), clock.today())
        return render_template("places/village.html", page=shown, manages=_manages(), stays=stays, stages=STAGE_LABELS)
    shown = area_page(place, reader(), today=clock.today())
    return render_template("places/area.html", page=shown, first=False, manages=_manages())


def _manages() -> bool:
    return may(Permission.MANAGE_PLACES)
