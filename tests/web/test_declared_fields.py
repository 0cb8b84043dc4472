"""What a form declares once: what its days mean and how much fits; its page and the script go by the same."""

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

from flask import Flask
from sqlalchemy import select

from tests.client import settle
from tests.conftest import Clock
from tests.web.arranging import arrange
from tests.web.browsing import take
from tests.web.stories import CLAIM, given_to
from tests.world.county import County
from tracker.cases.lifecycle.rules.actions import Action
from tracker.cases.record.models import Assignment, Case
from tracker.core.database import db
from tracker.core.dates import Meaning
from tracker.web.case.step_forms.registered import CorrectForm
from tracker.web.frame.forms import DayField, OfficeForm
from tracker.web.office.categories import NewForm
from tracker.web.office.departments import DepartmentForm
from tracker.web.office.people import NewUserForm
from tracker.web.registration.form import RegistrationForm

COUNTED = re.compile(r'name="(\w+)"[^>]* data-longest="(\d+)"')
DRAWN = re.compile(r'<input id="(\w+)"[^>]* data-date="[^"]*"( data-meaning="(\w+)")?')
# Words of a label that say on which side of today the day lies.
LIMITS = re.compile("时限|期限|改到|要求办结|要求批复|自哪一天起|到哪一天止")
HAPPENED = re.compile(
    "收到|上报|批复日期|邮戳|事发|送达|受理日期|落实日期|请求|作出|回访|移交|接收|截至|裁定|异议|意见|决定|批准|发出|发生|报送"
    "|交办|送交|重点督办|面商日期|督查日期|答复日期|反馈日期|办理日期|告知|结论|发现|第一日|最后一日|退回|通报|到村|完成日期|检查日期|销号日期|换届工作开始"
)


def forms(of: type[OfficeForm] = OfficeForm) -> Iterator[type[OfficeForm]]:
    """Return every form of the program."""
    for form in of.__subclasses__():
        if form.__module__.startswith("tracker."):
            yield form
            yield from forms(form)


def days(form: type[OfficeForm]) -> dict[str, Any]:
    """Return the days of a form as they are declared, by name."""
    fields = {name: getattr(form, name) for name in dir(form)}
    return {name: field for name, field in fields.items() if getattr(field, "field_class", None) is DayField}


def test_every_day_declares_its_meaning() -> None:
    declared = {(form, name): field for form in forms() for name, field in days(form).items()}
    assert len(declared) > 30
    assert {each for each, field in declared.items() if field.kwargs.get("meaning") not in set(Meaning)} == set()


def test_the_meaning_is_that_of_the_label() -> None:
    seen = set()
    for form in forms():
        for name, field in days(form).items():
            label, meaning = field.args[0], field.kwargs["meaning"]
            wanted = Meaning.LIMIT if LIMITS.search(label) else Meaning.HAPPENED if HAPPENED.search(label) else None
            assert meaning is (wanted or Meaning.EITHER), f"{form.__name__}.{name} {label}"
            seen.add(meaning)
    assert seen == set(Meaning)


def test_the_page_of_registration_reads_its_days_as_the_form_does(county: County) -> None:
    settle()
    page = county.browser("registrar").get("/cases/new").get_data(as_text=True)
    drawn = {name: meaning for name, _, meaning in DRAWN.findall(page)}
    assert drawn == {name: field.kwargs["meaning"].value for name, field in days(RegistrationForm).items()}


def test_the_page_of_a_step_reads_its_days_as_the_form_does(county: County) -> None:
    case = arrange(county, county.register(), [CLAIM])
    settle()
    page = county.browser("acceptor").get(f"/cases/{case}/steps/assign").get_data(as_text=True)
    assert {name: meaning for name, _, meaning in DRAWN.findall(page)} == {
        "due_on": "limit",
        "delivered_on": "happened",
    }


def test_the_year_of_a_limit_is_that_of_the_nearest_day_to_come(county: County, clock: Clock) -> None:
    """On 21 November a letter from above sets 1月15日: next year, not ten months before it came."""
    asked = {
        "channel": "superior",
        "superior_office": "市信访局",
        "superior_due_on": "1月15日",
        "received_on": "11月20日",
    }
    told = county.browser("registrar").submit("/cases/new", asked)
    assert told.status_code == 422
    assert "superior_due_on-error" not in told.text
    case = arrange(county, county.register(), [CLAIM])
    given = {**given_to("civil", "handler", "lead")(county, db.session.get_one(Case, 1)), "due_on": "1月15日"}
    assert take(county.browser("acceptor"), case, Action.ASSIGN, {**given, "delivered_on": "今天"}).status_code == 303
    assert db.session.scalars(select(Assignment.due_on)).one() == date(2027, 1, 15)


def test_the_pages_count_to_the_limit_that_the_form_has(app: Flask, county: County) -> None:
    pages = {
        "/cases/new": ("registrar", RegistrationForm),
        f"/cases/{county.register()}/steps/correct": ("acceptor", CorrectForm),
        "/people/new": ("admin", NewUserForm),
        "/departments/new": ("admin", DepartmentForm),
        "/categories": ("admin", NewForm),
    }
    for address, (who, form) in pages.items():
        counted = dict(COUNTED.findall(county.browser(who).get(address).text))
        with app.test_request_context("/"):
            declared = form(formdata=None)
        longest = {name: str(getattr(declared[name], "longest", 9)) for name in counted}
        assert counted == longest, address
        assert counted, address
