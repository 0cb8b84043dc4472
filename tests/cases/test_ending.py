"""Ending a thing looks at what hangs on it: a closed unit, a disabled person, a post that ended (撤销、停用、离任)."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from tests.world.county import County
from tests.world.matters import Matter
from tracker.audit.queries import verify
from tracker.cases.acts import going_over, sidetracks, unit
from tracker.cases.acts.loose_ends import WENT, tie_up
from tracker.cases.acts.naming import AccusedEntry
from tracker.cases.acts.office import raise_level
from tracker.cases.acts.records import add_accused
from tracker.cases.ledger import FILTERS, Filters, desk, page
from tracker.cases.ledger.rows import rows_of
from tracker.cases.lifecycle.rules.actions import Action
from tracker.cases.page.page import head_of
from tracker.cases.record.models import Assignment, Case, CaseStep
from tracker.cases.record.rules.codes import AssignmentMode, Confidentiality, Status
from tracker.cases.subject.case import CASES
from tracker.core import clock
from tracker.core.database import committed, db
from tracker.core.errors import DomainError
from tracker.core.pacing import Pace
from tracker.deadlines.limits import LimitKind
from tracker.deadlines.models import Deadline
from tracker.jobs.ticking import tick
from tracker.notifications.models import Notice
from tracker.people import service
from tracker.people.models import Department, Post, User
from tracker.people.queries import reader_for
from tracker.people.rules import Role
from tracker.reminders.telling.recipients import LOOSE, resolve

DAY = timedelta(days=1)


@pytest.fixture
def matter(county: County) -> Matter:
    """Give a matter that its unit has accepted."""
    return Matter(county).until("accept")


def close(county: County, department: Department, successor: Department | None = None) -> None:
    """Close a unit from today on."""
    with committed():
        service.close_department(
            department,
            valid_to=clock.today() - DAY,
            successor=successor,
            by=county.admin,
            now=clock.now(),
            reason="阳编发〔2026〕3号",
        )


def disable(county: County, *people: User) -> None:
    with committed():
        for person in people:
            service.disable_user(person, by=county.admin, now=clock.now(), reason="调离")


def post_of(user: User) -> Post:
    return user.posts[0]


def hands(case: Case, who: User) -> tuple[str, str]:
    """Return in whose hands a matter is: the same on its page and in the ledger."""
    today = clock.today()
    head = head_of(case.id, reader=reader_for(who, today), today=today)
    [row] = rows_of([case.id], today)
    assert (head.holder_unit, head.holder) == (row.unit, row.holder)
    return row.unit, row.holder


def listed(who: User, **args: str) -> list[int]:
    today = clock.today()
    return [row.id for row in page(reader_for(who, today), Filters.parse(args, today=today), today=today).rows]


def counted(who: User) -> dict[str, int]:
    return {each.label: each.count for each in desk.buckets(reader_for(who, clock.today()), today=clock.today())}


def told(case: Case) -> list[tuple[str | None, str]]:
    rows = db.session.scalars(select(Notice).where(Notice.case_id == case.id, Notice.source.in_((LOOSE, WENT))))
    return sorted((row.told, row.heading) for row in rows)


def assignments(case: Case) -> list[Assignment]:
    return list(db.session.scalars(select(Assignment).where(Assignment.case_id == case.id).order_by(Assignment.id)))


def clocks(case: Case) -> dict[str, Deadline]:
    rows = db.session.scalars(select(Deadline).where(Deadline.case_id == case.id, Deadline.ended_on.is_(None)))
    return {row.kind: row for row in rows}


@pytest.mark.both_databases
def test_a_unit_closed_without_a_successor_leaves_its_matters_to_the_office(matter: Matter) -> None:
    county, case = matter.county, matter.case
    assert hands(case, county.acceptor) == ("县民政局", county.handler.name), "control: while the unit is there"
    assert listed(county.acceptor, state="unit_gone") == []
    assert "待重新交办" not in counted(county.acceptor)
    close(county, county.civil)
    tie_up(clock.now(), Pace())
    assert hands(case, county.acceptor) == ("县民政局（已撤销）", "待重新交办")
    assert listed(county.acceptor, state="unit_gone") == [case.id]
    assert counted(county.acceptor)["待重新交办"] == 1
    assert told(case) == [("office", "待重新交办")]
    tie_up(clock.now(), Pace())
    assert told(case) == [("office", "待重新交办")], "told once"
    assert verify().wrong is None


def test_the_office_gives_it_out_again_and_no_day_is_lost(matter: Matter) -> None:
    county, case = matter.county, matter.case
    with pytest.raises(DomainError, match="没有撤销"), committed():
        going_over.reassign(
            case, by=county.acceptor, now=clock.now(), department_id=county.land.id, reason="职责划转。"
        )
    due = {kind: row.effective_due for kind, row in clocks(case).items()}
    close(county, county.civil)
    with committed():
        going_over.reassign(
            case,
            by=county.acceptor,
            now=clock.now(),
            department_id=county.land.id,
            handler_id=county.stranger.id,
            reason="职责划归自然资源局。",
        )
    old, new = assignments(case)
    assert (old.ended_on, old.ended_because) == (clock.today(), going_over.WENT_OVER)
    assert (case.assignment_id, new.department_id, new.handler_id) == (new.id, county.land.id, county.stranger.id)
    assert (case.status, new.delivered_on, new.due_on) == (Status.ACCEPTED, old.delivered_on, old.due_on)
    assert {kind: row.effective_due for kind, row in clocks(case).items()} == due
    assert {row.owner_department_id for row in clocks(case).values()} == {county.land.id}
    assert hands(case, county.acceptor) == ("县自然资源局", county.stranger.name)
    assert listed(county.acceptor, state="unit_gone") == []
    with committed():
        unit.change_handler(
            case, by=county.land_head, now=clock.now(), handler_id=county.land_head.id, reason="由负责人办理。"
        )
    assert verify().wrong is None


def test_nothing_is_given_again_to_the_dead_nor_to_the_accused(matter: Matter) -> None:
    county, case = matter.county, matter.case
    with committed():
        add_accused(case, [AccusedEntry("县自然资源局")], by=county.acceptor, now=clock.now(), reason="来信反映。")
    close(county, county.civil)

    def refused(department_id: int) -> str:
        with pytest.raises(DomainError) as raised, committed():
            going_over.reassign(
                case, by=county.acceptor, now=clock.now(), department_id=department_id, reason="职责划转。"
            )
        return raised.value.message

    assert "现行有效" in refused(county.civil.id)
    assert "被反映单位" in refused(county.land.id)


@pytest.mark.both_databases
def test_a_successor_goes_on_by_itself_and_is_told(matter: Matter) -> None:
    county, case = matter.county, matter.case
    due = {kind: row.effective_due for kind, row in clocks(case).items()}
    close(county, county.civil, successor=county.land)
    tick(clock.now())
    assert hands(case, county.acceptor) == ("县自然资源局", "")
    assert {kind: row.effective_due for kind, row in clocks(case).items()} == due
    line = db.session.scalars(select(CaseStep).where(CaseStep.action == Action.TAKE_OVER)).one()
    assert line.facts["department"] == county.land.name
    assert "撤销，由阳城县自然资源局接着办理" in (line.reason or "")
    going = db.session.scalars(select(Notice).where(Notice.source_id == line.id, Notice.source == "work")).all()
    assert {row.told for row in going} == {"owner", "unit_head"}
    assert listed(county.land_head, mine="unit") == [case.id], "its people see it now"
    with committed():
        unit.change_handler(
            case, by=county.land_head, now=clock.now(), handler_id=county.stranger.id, reason="指定承办人。"
        )
    before = len(assignments(case))
    tick(clock.now() + timedelta(minutes=1))
    assert len(assignments(case)) == before == 2
    assert verify().wrong is None


def test_a_handler_who_goes_over_with_the_unit_keeps_the_matter(matter: Matter) -> None:
    county = matter.county
    with committed():
        service.give_post(
            county.handler,
            department=county.land,
            role=Role.HANDLER,
            started_on=clock.today(),
            by=county.admin,
            now=clock.now(),
        )
    close(county, county.civil, successor=county.land)
    tie_up(clock.now(), Pace())
    assert hands(matter.case, county.acceptor) == ("县自然资源局", county.handler.name)


def test_no_matter_goes_over_to_the_accused_by_itself(matter: Matter) -> None:
    """The successor is complained of: nothing moves, and nobody of it hears; the office gives it out again."""
    county, case = matter.county, matter.case
    with committed():
        add_accused(case, [AccusedEntry("县自然资源局")], by=county.acceptor, now=clock.now(), reason="来信反映。")
    close(county, county.civil, successor=county.land)
    tick(clock.now())
    assert case.assignment is not None
    assert case.assignment.department_id == county.civil.id
    assert told(case) == [("office", "待重新交办")]
    assert listed(county.land_head) == []
    assert listed(county.acceptor, state="unit_gone") == [case.id]


def test_a_closed_matter_goes_over_only_by_the_people_on_its_list(matter: Matter) -> None:
    county, case = matter.county, matter.case
    with committed():
        raise_level(
            case, by=county.acceptor, now=clock.now(), level=Confidentiality.ACCUSATION, reason="来信检举村干部。"
        )
    close(county, county.civil, successor=county.land)
    tick(clock.now())
    assert len(assignments(case)) == 1
    assert listed(county.checker, state="unit_gone") == [], "who is not on the list learns of nothing"
    assert "待重新交办" not in counted(county.checker)
    assert listed(county.acceptor, state="unit_gone") == [case.id]
    with pytest.raises(DomainError, match="指定承办人"), committed():
        going_over.reassign(case, by=county.acceptor, now=clock.now(), department_id=county.land.id, reason="接办。")
    with committed():
        going_over.reassign(
            case,
            by=county.acceptor,
            now=clock.now(),
            department_id=county.land.id,
            handler_id=county.stranger.id,
            reason="接办。",
        )
    assert listed(county.stranger) == [case.id]
    assert listed(county.land_head) == []


def test_an_assisting_part_ends_with_its_unit(matter: Matter) -> None:
    county, case = matter.county, matter.case
    with committed():
        sidetracks.assist(
            case,
            by=county.acceptor,
            now=clock.now(),
            department_id=county.land.id,
            due_on=clock.today() + 10 * DAY,
            task="请协助核实。",
        )
    assert LimitKind.ASSISTANCE in clocks(case)
    close(county, county.land)
    tick(clock.now())
    assert LimitKind.ASSISTANCE not in clocks(case)
    assert told(case) == [("office", "协办单位已撤销")]


def test_an_assisting_part_goes_over_to_the_successor(matter: Matter) -> None:
    county, case = matter.county, matter.case
    with committed():
        sidetracks.assist(
            case,
            by=county.acceptor,
            now=clock.now(),
            department_id=county.land.id,
            due_on=clock.today() + 10 * DAY,
            task="请协助核实。",
        )
    close(county, county.land, successor=county.town)
    tick(clock.now())
    assert clocks(case)[LimitKind.ASSISTANCE].owner_department_id == county.town.id
    with committed():
        sidetracks.assist_feedback(case, by=county.town_head, now=clock.now(), reason="已经核实。")


@pytest.mark.both_databases
def test_a_disabled_handler_is_marked_and_the_head_is_told(matter: Matter) -> None:
    county, case = matter.county, matter.case
    assert listed(county.unit_head, state="handler_gone") == []
    disable(county, county.handler)
    tick(clock.now())
    assert hands(case, county.acceptor) == ("县民政局", f"{county.handler.name}（已停用）")
    assert listed(county.unit_head, state="handler_gone", mine="unit") == [case.id]
    assert counted(county.unit_head)["待改派"] == 1
    assert told(case) == [("unit_head", "待改派")]
    waiting = db.session.scalars(select(Notice).where(Notice.heading == "待改派")).one()
    found = resolve(waiting, now=clock.now(), subjects=CASES).addressees
    assert [each.user_id for each in found] == [county.unit_head.id]
    shown = county.browser("acceptor").get(f"/cases/{case.public_id}").text
    assert f"承办人 {county.handler.name}（已停用）" in shown, "the panel 办理"
    assert f"县民政局 {county.handler.name}（已停用）" in shown, "the lines of the clocks"
    with committed():
        service.enable_user(county.handler, by=county.admin, now=clock.now())
    assert hands(case, county.acceptor) == ("县民政局", county.handler.name), "undone"
    notice = db.session.scalars(select(Notice).where(Notice.heading == "待改派")).one()
    assert resolve(notice, now=clock.now(), subjects=CASES).drop == "已经能够办理"
    assert listed(county.unit_head, state="handler_gone") == []


def test_who_left_the_post_is_marked_from_that_day_on(matter: Matter) -> None:
    county, case = matter.county, matter.case
    with committed():
        service.end_post(
            post_of(county.handler), last_day=clock.today(), by=county.admin, now=clock.now(), reason="调离"
        )
    assert hands(case, county.acceptor) == ("县民政局", county.handler.name), "the last day still counts"
    with clock.frozen(clock.now() + DAY):
        tick(clock.now())
        assert hands(case, county.acceptor) == ("县民政局", f"{county.handler.name}（已离任）")
        assert told(case) == [("unit_head", "待改派")]


def test_the_office_is_asked_for_another_lead_official(matter: Matter) -> None:
    county, case = matter.county, matter.case
    disable(county, county.lead)
    tick(clock.now())
    assert listed(county.office_head, state="lead_gone") == [case.id]
    assert counted(county.office_head)["待更换领办领导"] == 1
    assert told(case) == [("office_head", "待更换领办领导")]


def test_a_closing_of_the_future_moves_nothing_before_its_day(matter: Matter) -> None:
    county, case = matter.county, matter.case
    with committed():
        service.close_department(
            county.civil,
            valid_to=date(2026, 11, 30),
            successor=county.land,
            by=county.admin,
            now=clock.now(),
            reason="机构改革",
        )
    tick(clock.now())
    assert hands(case, county.acceptor)[0] == "县民政局"
    with clock.frozen(clock.at_local(date(2026, 12, 1))):
        tick(clock.now())
        assert hands(case, county.acceptor)[0] == "县自然资源局"


def test_closed_units_are_still_found(matter: Matter) -> None:
    county, case = matter.county, matter.case
    close(county, county.civil)
    assert listed(county.acceptor, department=county.civil.public_id) == [case.id]
    offered = dict(FILTERS["department"].choices(clock.today()))
    assert offered[county.civil.public_id] == "阳城县民政局（已撤销）"
    assert listed(county.acceptor, words="民政局") == [case.id]
    assert listed(county.acceptor, words="自然资源局") == []


def test_nothing_is_given_to_a_unit_without_people(county: County) -> None:
    matter = Matter(county).until("triage")
    disable(county, county.land_head, county.stranger)
    to_nobody = {"department_id": county.land.id, "handler_id": None, "mode": AssignmentMode.REFERRAL, "due_on": None}
    with pytest.raises(DomainError, match="没有在岗人员"), committed():
        matter.assign(**to_nobody)
    with committed():
        service.enable_user(county.land_head, by=county.admin, now=clock.now())
    with committed():
        matter.assign(**to_nobody)
    assert matter.case.assignment is not None
