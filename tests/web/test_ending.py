"""The pages that end a thing say what hangs on it, in numbers that tell an administrator of nothing closed."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from tests.web.browsing import filled as filled_in
from tests.web.browsing import form_of
from tests.world.county import County
from tests.world.matters import Matter
from tracker.cases.acts.naming import AccusedEntry
from tracker.cases.acts.office import raise_level
from tracker.cases.acts.records import add_accused
from tracker.cases.record.models import Case
from tracker.cases.record.rules.codes import Confidentiality
from tracker.core import clock
from tracker.core.clock import local_date
from tracker.core.database import committed, db
from tracker.jobs.ticking import tick
from tracker.people import service
from tracker.people.models import Department
from tracker.people.queries import reader_for
from tracker.reminders.ladder.rules.rungs import RungLevel
from tracker.supervision.overview.hanging import NOT_ALL, Hanging, on_person, on_post, on_unit
from tracker.supervision.papers import instructions, orders

DAY = timedelta(days=1)
GIVE = "/cases/handlers/selection"
PREVIEW = f"{GIVE}/preview"


def filled(page: TestResponse, address: str, **fields: str) -> object:
    """Return what the form of a page sends to an address after some fields were filled in."""
    return filled_in(form_of(page, address), fields)


def ticked(page: TestResponse, cases: list[str]) -> object:
    """Return what the boxes of a list send to the preview."""
    return filled_in(form_of(page, PREVIEW), {"case": cases})


def disable(county: County) -> None:
    with committed():
        service.disable_user(county.handler, by=county.admin, now=clock.now(), reason="调离。")


def numbers(found: tuple[Hanging, ...]) -> dict[str, int]:
    return {each.label: each.count for each in found if each.count}


@pytest.fixture
def matter(county: County) -> Matter:
    """Give a matter that its unit has accepted."""
    return Matter(county).until("accept")


@pytest.mark.both_databases
def test_everything_that_hangs_is_counted(matter: Matter) -> None:
    county, case = matter.county, matter.case
    now, day = clock.now(), clock.today() + 5 * DAY
    with committed():
        orders.issue(case, by=county.office_head, now=now, level=RungLevel.URGE, reason="请抓紧。", reply_by=day)
    with committed():
        instructions.instruct(
            case, by=county.leader, now=now, reason="请办好。", task_of_id=county.handler.id, due_on=day
        )
    unit = numbers(on_unit(county.civil))
    assert (unit["主办的信访事项"], unit["未回复的催办、督办"], unit["未报告落实的批示"]) == (1, 1, 1)
    assert unit["正在计算的期限"] >= 3
    person = numbers(on_person(county.handler))
    assert (person["承办的信访事项"], person["要本人报告落实的批示"]) == (1, 1)
    assert numbers(on_post(county.handler.posts[0])) == person
    assert numbers(on_person(county.lead)) == {"领办的信访事项": 1}
    assert numbers(on_unit(county.land)) == {}


def test_no_number_tells_an_administrator_of_a_closed_matter(matter: Matter) -> None:
    """Control: the same matter counts while it is open; the sentence is the same with and without."""
    county = matter.county
    page = county.browser("admin").get(f"/departments/{county.civil.public_id}/close").text
    assert NOT_ALL in page
    other = Matter(county).until("accept")
    assert numbers(on_unit(county.civil))["主办的信访事项"] == 2
    with committed():
        add_accused(
            matter.case, [AccusedEntry("县自然资源局")], by=county.acceptor, now=clock.now(), reason="来信反映。"
        )
    with committed():
        raise_level(other.case, by=county.acceptor, now=clock.now(), level=Confidentiality.ACCUSATION, reason="检举。")
    for found in (on_unit(county.civil), on_person(county.handler), on_person(county.lead)):
        assert numbers(found) == {}
    assert NOT_ALL in county.browser("admin").get(f"/departments/{county.civil.public_id}/close").text


def test_closing_a_unit_shows_moves_and_says_so(matter: Matter) -> None:
    county = matter.county
    browser, address = county.browser("admin"), f"/departments/{county.civil.public_id}/close"
    page = browser.get(address)
    assert "主办的信访事项" in page.text
    given = filled(page, "", successor=county.land.public_id, reason="机构改革。")
    answer = browser.post(address, data=given)
    assert answer.status_code == 303, answer.text
    assert "县自然资源局" in county.browser("land_head").get(f"/cases/{matter.case.public_id}").text
    assert "现由" in county.browser("acceptor").get(f"/cases/{matter.case.public_id}").text


def test_the_case_page_says_that_the_unit_is_closed_and_offers_to_give_it_again(matter: Matter) -> None:
    county, address = matter.county, f"/cases/{matter.case.public_id}"
    with committed():
        service.close_department(
            county.civil,
            valid_to=clock.today() - DAY,
            successor=None,
            by=county.admin,
            now=clock.now(),
            reason="机构改革。",
        )
    page = county.browser("acceptor").get(address).text
    assert "县民政局（已撤销）" in page
    assert "待重新交办" in page
    assert f"{address}/steps/reassign" in page
    assert "待重新交办" in county.browser("acceptor").get("/").text
    listed = county.browser("acceptor").get("/cases?state=unit_gone").text
    assert matter.case.register_no in listed
    assert "阳城县民政局（已撤销）" in listed, "the filter still names the unit"


def test_what_a_disabled_handler_had_is_passed_on_together(county: County) -> None:
    cases = [Matter(county).until("accept").case for _ in range(3)]
    head = county.browser("unit_head")
    assert "一起改派" not in head.get("/cases?state=handler_gone&mine=unit").text
    disable(county)
    page = head.get("/cases?state=handler_gone&mine=unit")
    assert "一起改派" in page.text
    assert f"{county.handler.name}（已停用）" in page.text
    chosen = [case.public_id for case in cases]
    preview = head.post(PREVIEW, data=ticked(page, [*chosen, "A" * 22]))
    assert preview.text.count("（已停用）") == 3
    given = filled(preview, GIVE, handler=str(county.ids["colleague"]), reason="原承办人调离。")
    answer = head.post(GIVE, data=given)
    assert answer.status_code == 303, answer.text
    db.session.expire_all()
    handlers = {row.assignment.handler_id for row in db.session.scalars(select(Case)) if row.assignment}
    assert handlers == {county.ids["colleague"]}
    again = head.post(GIVE, data=given)
    assert again.status_code == 303
    assert "待改派" not in head.get("/").text


def test_passing_on_says_what_is_wrong_and_keeps_what_was_typed(county: County) -> None:
    case = Matter(county).until("accept").case
    head = county.browser("unit_head")
    disable(county)
    listed = head.get("/cases?state=handler_gone&mine=unit")
    preview = head.post(PREVIEW, data=ticked(listed, [case.public_id]))
    refused = head.post(GIVE, data=filled(preview, GIVE, handler="", reason="原承办人调离。"))
    assert refused.status_code == 422
    assert "原承办人调离。" in refused.text
    forged = filled(preview, GIVE, handler=str(county.ids["stranger"]), reason="原承办人调离。")
    assert head.post(GIVE, data=forged).status_code == 422, "somebody of another unit is no choice"


@pytest.mark.both_databases
def test_a_closing_ahead_is_called_off(matter: Matter) -> None:
    county, browser = matter.county, matter.county.browser("admin")
    ahead = clock.today() + 10 * DAY
    with committed():
        service.close_department(
            county.civil, valid_to=ahead, successor=county.land, by=county.admin, now=clock.now(), reason="改革。"
        )
    detail = browser.get(f"/departments/{county.civil.public_id}").text
    assert "取消撤销" in detail
    address = f"/departments/{county.civil.public_id}/close/cancel"
    page = browser.get(address)
    assert county.handler.name in page.text
    assert browser.post(address, data=filled(page, "", reason="方案调整。")).status_code == 303
    db.session.expire_all()
    civil = db.session.get_one(Department, county.ids["civil"])
    assert (civil.valid_to, civil.successor_id) == (None, None)
    assert [post.ended_on for post in county.handler.posts] == [None]
    with clock.frozen(clock.now() + 12 * DAY):
        tick(clock.now())
        assert reader_for(county.handler, local_date(clock.now())).posts
        db.session.expire_all()
        assert county.case(matter.case.public_id).assignment.department_id == county.ids["civil"]


def test_a_closing_that_is_over_is_not_called_off(county: County) -> None:
    with committed():
        service.close_department(
            county.land,
            valid_to=clock.today() - DAY,
            successor=None,
            by=county.admin,
            now=clock.now(),
            reason="改革。",
        )
    browser = county.browser("admin")
    assert "取消撤销" not in browser.get(f"/departments/{county.land.public_id}").text
    address = f"/departments/{county.land.public_id}/close/cancel"
    refused = browser.post(address, data=filled(browser.get(address), "", reason="方案调整。"))
    assert refused.status_code == 422
    assert "已经撤销，不能取消" in refused.text
