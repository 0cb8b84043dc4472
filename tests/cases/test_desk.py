"""工作台: who sees which numbers, and that each number is the number of rows behind it."""

from dataclasses import fields
from datetime import timedelta
from urllib.parse import parse_qsl

import pytest

from tests.cases.counting import statements
from tests.world.county import County
from tests.world.rows import TODAY, a_case, assigned, clock_of, kept, reader, user
from tracker.cases.ledger import Filters, page
from tracker.cases.ledger.desk import (
    BUCKETS,
    NEAREST_OF,
    SEAT_LABELS,
    Seat,
    buckets,
    nearest,
    nearest_filters,
    seats,
)
from tracker.cases.ledger.groups import OwnMatters
from tracker.cases.record.models import ImportRun, LeaderReport, LeaderReportReceipt
from tracker.core import clock
from tracker.deadlines.limits import LimitKind
from tracker.people.models import User
from tracker.people.rules import EXCLUSIVE_ROLES, Role

pytestmark = pytest.mark.both_databases

DAY = timedelta(days=1)


def counts(who: User) -> dict[str, int]:
    return {bucket.label: bucket.count for bucket in buckets(reader(who), today=TODAY)}


def everybody(county: County) -> list[User]:
    roles = [(role, unit) for role in Role for unit in (county.office, county.civil, county.county)]
    people = [user(f"{role}{unit.id}", (role, unit)) for role, unit in roles]
    both = user("两岗", (Role.HANDLER, county.civil), (Role.SUPERVISOR, county.office))
    return [*people, both, county.acceptor, county.handler, county.unit_head, county.lead, county.stranger]


def busy(county: County) -> None:
    """Make a case at every state, due at every distance, given to units or not."""
    for number, status in enumerate(
        ("registered", "triaged", "assigned", "signed_for", "objected", "accepted", "opinion_issued", "delivered") * 2
    ):
        case = a_case(county, status=status, level="sensitive" if number % 5 == 4 else "ordinary")
        if status not in ("registered", "triaged"):
            unit = county.civil if number % 3 else county.land
            person = county.handler if number % 2 else county.stranger
            assigned(case, unit, handler_id=person.id, lead_official_id=county.lead.id)
        clock_of(case, LimitKind.OFFICE_REFERRAL, TODAY + (number - 3) * DAY)
    for ledger in (
        "close_out_requested",
        "close_out_confirmed",
        "close_out_checked",
        "returned_for_rework",
        "closed_out",
    ):
        case = a_case(
            county,
            status="delivered",
            ledger_status=ledger,
            answered_on=TODAY - 20 * DAY,
            village_id=county.village.id,
            vote_buying=True,
        )
        assigned(case, county.civil, handler_id=county.handler.id, lead_official_id=county.lead.id)
        clock_of(case, LimitKind.LOOK_BACK, TODAY - DAY)
    run = kept(ImportRun(mapping="试", file_name="a", file_sha256="0" * 64, started_at=clock.now()))
    a_case(county, import_run_id=run.id)


def test_every_count_is_the_number_of_rows_behind_its_address(county: County) -> None:
    busy(county)
    not_zero = 0
    for who in everybody(county):
        asking = reader(who)
        for bucket in buckets(asking, today=TODAY):
            filters = Filters.parse(dict(parse_qsl(bucket.query)), today=TODAY)
            assert filters.problems == ()
            shown = page(asking, filters, today=TODAY)
            assert bucket.count == len(shown.rows) == shown.total, (who.name, bucket.label)
            not_zero += bucket.count > 0
    assert not_zero > 60


def test_who_keeps_the_system_or_the_log_has_no_desk(county: County) -> None:
    busy(county)
    for role in sorted(EXCLUSIVE_ROLES):
        who = user(role, (role, county.office))
        with statements() as sent:
            assert buckets(reader(who), today=TODAY) == []
            assert nearest(reader(who), today=TODAY) == []
        assert not any("petition_case" in statement for statement in sent)
    assert seats(reader(user("无岗"))) == ()


def test_zero_is_shown_as_zero_and_without_a_tone(county: County) -> None:
    shown = buckets(reader(county.acceptor), today=TODAY)
    assert [bucket.label for bucket in shown] == [
        "逾期",
        "今日到期",
        "3 日内",
        "7 日内",
        "待分类",
        "待交办",
        "退回待裁定",
        "待送达",
        "待销号审核",
        "属地待定",
    ]
    assert {(bucket.count, bucket.tone) for bucket in shown} == {(0, "")}
    clock_of(a_case(county), LimitKind.OFFICE_REFERRAL, TODAY - DAY)
    late = buckets(reader(county.acceptor), today=TODAY)[0]
    assert (late.count, late.tone, late.query) == (1, "red", "state=overdue")


def test_a_clerk_is_not_asked_to_sort_history(county: County) -> None:
    run = kept(ImportRun(mapping="试", file_name="a", file_sha256="0" * 64, started_at=clock.now()))
    a_case(county, import_run_id=run.id)
    a_case(county)
    assert counts(county.acceptor)["待分类"] == 1
    assert counts(county.acceptor)["属地待定"] == 2


def test_a_handler_has_his_own_and_a_head_his_unit(county: County) -> None:
    mine, colleague = a_case(county, status="assigned"), a_case(county, status="accepted")
    assigned(mine, county.civil, handler_id=county.handler.id)
    assigned(colleague, county.civil, handler_id=county.unit_head.id)
    for case in (mine, colleague):
        clock_of(case, LimitKind.FEEDBACK, TODAY)
    elsewhere = a_case(county, status="accepted")
    assigned(elsewhere, county.land, handler_id=county.stranger.id)
    assert counts(county.handler) == {
        **dict.fromkeys(counts(county.handler), 0),
        "今日到期": 1,
        "3 日内": 1,
        "7 日内": 1,
        "待签收": 1,
    }
    assert {label: n for label, n in counts(county.unit_head).items() if n} == {
        "今日到期": 2,
        "3 日内": 2,
        "7 日内": 2,
        "待签收": 1,
        "待答复": 1,
    }
    assert [row.id for row in nearest(reader(county.handler), today=TODAY)] == [mine.id]
    assert [row.id for row in nearest(reader(county.unit_head), today=TODAY)] == [mine.id, colleague.id]


def test_leaders_see_what_they_must_sign_and_read(county: County) -> None:
    mayor = user("主要领导", (Role.PRINCIPAL_LEADER, county.county))
    led = a_case(county, status="delivered", ledger_status="close_out_checked")
    assigned(led, county.civil, lead_official_id=county.lead.id)
    clock_of(led, LimitKind.FEEDBACK, TODAY - DAY)
    vote = a_case(county, vote_buying=True)
    report = kept(LeaderReport(case_id=vote.id, reported_at=clock.now(), reported_by_id=county.acceptor.id, text="报"))
    kept(LeaderReportReceipt(report_id=report.id, user_id=mayor.id))
    assert {label: n for label, n in counts(county.lead).items() if n} == {"待我签批": 1, "逾期": 1, "领办在办": 1}
    assert {label: n for label, n in counts(mayor).items() if n} == {"贿选等重大件未阅": 1, "逾期": 1, "贿选在办": 1}


def test_the_head_of_the_petition_office_sits_at_its_desk(county: County) -> None:
    head = user("局长", (Role.DEPARTMENT_HEAD, county.office))
    assert seats(reader(head)) == (Seat.OFFICE,)
    assert seats(reader(county.unit_head)) == (Seat.HEAD,)
    both = user("两岗", (Role.HANDLER, county.civil), (Role.SUPERVISOR, county.office))
    assert seats(reader(both)) == (Seat.HANDLER, Seat.SUPERVISOR)
    late = [bucket for bucket in buckets(reader(both), today=TODAY) if bucket.label == "逾期"]
    assert [(bucket.seat, bucket.query) for bucket in late] == [
        ("本人承办", "state=overdue&mine=handling"),
        ("督查", "state=overdue"),
    ]
    three = user("三岗", (Role.ACCEPTOR, county.office), (Role.SUPERVISOR, county.office))
    queries = [bucket.query for bucket in buckets(reader(three), today=TODAY)]
    assert len(queries) == len(set(queries))
    assert nearest_filters(reader(both)).mine is None
    assert nearest_filters(reader(county.lead)).mine is OwnMatters.LEADING


def test_the_nearest_are_open_and_in_order(county: County) -> None:
    busy(county)
    shown = nearest(reader(county.acceptor), today=TODAY)
    assert len(shown) == 10
    dates = [row.due.on for row in shown if row.due]
    assert dates == sorted(dates)
    assert dates[0] < TODAY
    assert all(row.state_kind == "" for row in shown)


def test_the_desk_is_one_query_for_all_numbers(county: County) -> None:
    busy(county)
    asking = reader(county.acceptor)
    with statements() as sent:
        buckets(asking, today=TODAY)
    assert len(sent) == 1
    with statements() as sent:
        nearest(asking, today=TODAY)
    assert len(sent) == 4, sent


def test_the_table_is_complete() -> None:
    assert set(BUCKETS) == set(NEAREST_OF) == set(SEAT_LABELS) == set(Seat)
    for row in BUCKETS.values():
        assert len({bucket.label for bucket in row}) == len(row)
        assert all(any(getattr(b.filters, f.name) != f.default for f in fields(b.filters)) for b in row)
