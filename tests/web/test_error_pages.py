"""A refused page: its title says so first, and its sentences stand in the order of its fields."""

import re
from collections.abc import Mapping
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from tests.web.arranging import arrange
from tests.web.browsing import take
from tests.web.stories import CLAIM
from tests.world.county import County
from tracker.cases.lifecycle.rules.actions import Action
from tracker.core.database import db
from tracker.core.errors import FieldErrors
from tracker.places.models import VILLAGE, Place
from tracker.web.case.step_forms.office import AssignForm
from tracker.web.registration.form import RegistrationForm
from tracker.web.supervision.ladder_form import LINES, LadderForm

SUMMARY = re.compile(r'<div class="summary".*?</ul>', re.DOTALL)
LINK = re.compile(r'href="#([\w-]+)"')
TITLE = re.compile("<title>(.*?)</title>")
ELECTION = {"channel": "visit", "people_count": "x", "received_on": "2月30日", "urgency": "?", "accused_name": "．"}
ABSENCE = {"started_on": "2月30日", "ended_on": "某天", "stand_in": "?"}

# Who sends nothing, or this, to which form; where the form is shown, if not there; which fields are told of.
REFUSED: list[tuple[str, str, Mapping[str, Any], str, str]] = [
    (
        "registrar",
        "/cases/new",
        ELECTION,
        "",
        "received_on people_count title summary demand_points purpose accused_name",
    ),
    ("admin", "/people/new", {}, "", "name username password"),
    ("admin", "/people/{person}/posts/new", {"title": "长" * 41}, "", "department role title started_on"),
    ("admin", "/people/{person}/password", {}, "", "reason"),
    ("admin", "/departments/new", {"valid_from": "?", "place_code": "1" * 13}, "", "name kind valid_from place_code"),
    ("admin", "/categories", {"valid_from": ""}, "", "name valid_from"),
    ("admin", "/holidays", {}, "", "year status files"),
    ("admin", "/account/absences", ABSENCE, "/account", "started_on ended_on stand_in"),
    ("admin", "/account/password", {}, "", "old password again"),
    ("admin", "/places/{village}/rename", {}, "", "name on reason"),
]


def told(page: str) -> list[str]:
    """Return the names that the summary of a page links to, in its order."""
    summary = SUMMARY.search(page)
    return LINK.findall(summary[0]) if summary else []


@pytest.mark.parametrize(("who", "address", "data", "shown", "names"), REFUSED, ids=lambda value: str(value)[:24])
def test_sentences_stand_in_the_order_of_the_page(
    county: County, who: str, address: str, data: Mapping[str, Any], shown: str, names: str
) -> None:
    village = db.session.scalars(select(Place.public_id).where(Place.level == VILLAGE)).first()
    where = address.format(person=county.user("handler").public_id, village=village)
    answer = county.browser(who).submit(where, data, page=shown or None)
    assert answer.status_code == 422
    found = told(answer.text)
    assert set(names.split()) <= {name.partition("-")[0] for name in found}
    places = [answer.text.index(f'id="{name}"') for name in found]
    assert places == sorted(places), found
    assert TITLE.search(answer.text)[1].startswith("错误：")  # type: ignore[index]


def test_sentences_of_the_service_go_to_their_places(bare: Flask) -> None:
    """Whatever order a service tells them in; rows stand together, what belongs to no field stands first."""
    with bare.test_request_context("/"):
        form = RegistrationForm(formdata=None)
    names = [
        "accused_post-1",
        "title",
        "demand_points-10",
        "accused",
        "demand_points-2",
        "accused_name-1",
        "category",
        "",
    ]
    form.fail(FieldErrors(dict.fromkeys([*names, "accused_post-0", "purpose"], "？")))
    in_order = [
        "",
        "demand_points-2",
        "demand_points-10",
        "purpose",
        "category",
        "title",
        "accused_name",
        "accused_post-0",
    ]
    assert list(form.errors) == [*in_order, "accused_name-1", "accused_post-1"]


def test_the_fields_of_a_step_are_told_of_as_they_are_shown(county: County) -> None:
    case = arrange(county, county.register(), [CLAIM])
    wrong = {"delivered_on": "某天", "due_on": "", "lead_official": ""}
    answer = take(county.browser("acceptor"), case, Action.ASSIGN, wrong)
    found = told(answer.text)
    assert found == ["department", "handler", "lead_official", "due_on", "delivered_on"]
    assert list(AssignForm.first) == found
    assert TITLE.search(answer.text)[1].startswith("错误：交办")  # type: ignore[index]


def test_the_rows_of_the_ladder_are_told_of_as_they_are_shown() -> None:
    rows = [{**dict.fromkeys(LINES, ""), "kinds": [], "told": []} for _ in range(2)]
    form = LadderForm(rows, "1")
    form._add([("", "一"), ("level-1", "二"), ("number-1", "三"), ("told-0", "四"), ("when-0", "五")])
    assert list(form.errors) == ["", "when-0", "told-0", "number-1", "level-1"]


def test_a_page_that_is_not_refused_says_nothing_of_errors(county: County) -> None:
    page = county.browser("registrar").get("/cases/new").text
    assert TITLE.search(page)[1].startswith("登记信访事项")  # type: ignore[index]


def test_what_was_done_is_announced(county: County) -> None:
    case = county.register()
    browser = county.browser("acceptor")
    claim = {"matter_class": "claim", "route": "petition"}
    assert take(browser, case, Action.TRIAGE, claim).status_code == 303
    assert '<div class="message success" role="status">已办理“分类”' in browser.get(f"/cases/{case}").text
