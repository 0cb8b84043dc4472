"""Absences: who may note one, what is refused, how it ends; and one's own address for notices."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.conftest import Clock
from tests.people.factories import make_department, make_user
from tracker.audit.models import AuditEvent
from tracker.audit.queries import verify
from tracker.core.database import committed
from tracker.core.errors import DomainError, Forbidden
from tracker.people import queries, service
from tracker.people.models import Absence, User
from tracker.people.rules import DepartmentKind, Role

pytestmark = pytest.mark.both_databases

DAY = timedelta(days=1)
TODAY = date(2026, 11, 21)


@pytest.fixture
def staff(session: Session) -> dict[str, User]:
    with committed():
        civil = make_department("县民政局", kind=DepartmentKind.BUREAU)
        land = make_department("县自然资源局", kind=DepartmentKind.BUREAU)
        return {
            "handler": make_user("wanghy", "王海燕", roles=[(Role.HANDLER, civil)]),
            "colleague": make_user("liufang", "刘芳", roles=[(Role.HANDLER, civil)]),
            "head": make_user("zhangjj", "张建军", roles=[(Role.DEPARTMENT_HEAD, civil)]),
            "stranger": make_user("songwei", "宋伟", roles=[(Role.DEPARTMENT_HEAD, land)]),
        }


def note(
    person: User,
    first: date = TODAY,
    last: date = TODAY + 3 * DAY,
    stand_in: User | None = None,
    by: User | None = None,
) -> Absence:
    with committed():
        return service.note_absence(
            person, started_on=first, ended_on=last, stand_in=stand_in, by=by or person, now=Clock.now()
        )


def end(absence: Absence, by: User) -> None:
    with committed():
        service.end_absence(absence, by=by, now=Clock.now())


def away(person: User, day: date) -> bool:
    return person.id in queries.away_on([person.id], day)


def test_both_days_count_and_it_is_on_the_record(staff: dict[str, User], session: Session) -> None:
    row = note(staff["handler"], stand_in=staff["colleague"])
    found = [away(staff["handler"], TODAY + n * DAY) for n in range(-1, 5)]
    assert found == [False, True, True, True, True, False]
    assert queries.away_on([staff["handler"].id], TODAY)[staff["handler"].id].stand_in is staff["colleague"]
    event = session.scalars(select(AuditEvent).where(AuditEvent.kind == "absence.noted")).one()
    assert event.actor_id == staff["handler"].id
    assert f'"absence":{row.id}'.encode() in event.payload
    assert verify().wrong is None


def test_an_absence_ends_early_and_can_follow_at_once(staff: dict[str, User], clock: Clock) -> None:
    row = note(staff["handler"])
    clock.forward(days=2)
    end(row, staff["handler"])
    assert row.ended_on == TODAY + DAY
    assert not away(staff["handler"], TODAY + 2 * DAY)
    note(staff["handler"], TODAY + 2 * DAY, TODAY + 4 * DAY)
    with pytest.raises(DomainError, match="已经结束"):
        end(row, staff["handler"])


def test_one_called_off_before_it_began_never_counts(staff: dict[str, User]) -> None:
    row = note(staff["handler"], TODAY + 5 * DAY, TODAY + 9 * DAY)
    end(row, staff["handler"])
    assert not any(away(staff["handler"], TODAY + n * DAY) for n in range(12))
    assert queries.absences_of([staff["handler"].id], TODAY).running == []
    note(staff["handler"], TODAY + 4 * DAY, TODAY + 6 * DAY)


@pytest.mark.parametrize(
    ("first", "last", "field", "sentence"),
    [
        (3, 2, "ended_on", "不能早于外出第一天"),
        (-5, -1, "ended_on", "已经过去"),
        (0, 400, "ended_on", "最多登记一年"),
    ],
)
def test_a_period_that_cannot_be(staff: dict[str, User], first: int, last: int, field: str, sentence: str) -> None:
    with pytest.raises(DomainError, match=sentence) as refused:
        note(staff["handler"], TODAY + first * DAY, TODAY + last * DAY)
    assert refused.value.field == field


@pytest.mark.parametrize(("first", "last"), [(0, 3), (-2, 0), (3, 8), (1, 2), (-2, 9)])
def test_two_absences_never_overlap(staff: dict[str, User], first: int, last: int) -> None:
    note(staff["handler"])
    with pytest.raises(DomainError, match="已经登记过外出") as refused:
        note(staff["handler"], TODAY + first * DAY, TODAY + last * DAY)
    assert refused.value.field == "started_on"
    note(staff["handler"], TODAY + 4 * DAY, TODAY + 8 * DAY)
    note(staff["colleague"])


def test_who_cannot_stand_in(staff: dict[str, User]) -> None:
    for who, sentence in (("handler", "外出的人自己"), ("stranger", "同一单位")):
        with pytest.raises(DomainError, match=sentence) as refused:
            note(staff["handler"], stand_in=staff[who])
        assert refused.value.field == "stand_in"
    with committed():
        service.disable_user(staff["colleague"], by=staff["head"], now=Clock.now())
    with pytest.raises(DomainError, match="已经停用"):
        note(staff["handler"], stand_in=staff["colleague"])


def test_only_the_person_and_the_head_of_his_unit(staff: dict[str, User]) -> None:
    row = note(staff["handler"], by=staff["head"])
    for who in ("colleague", "stranger"):
        with pytest.raises(Forbidden):
            note(staff["handler"], TODAY + 10 * DAY, TODAY + 11 * DAY, by=staff[who])
        with pytest.raises(Forbidden):
            end(row, staff[who])
    end(row, staff["head"])
    assert {each.name for each in queries.colleagues_of(queries.units_today(staff["head"].id, TODAY), TODAY)} == {
        "王海燕",
        "刘芳",
        "张建军",
    }


@pytest.mark.parametrize(
    "address",
    ["a b@example.com", "a@b", "a@example.com,b@example.com", "张三@example.com", "a@example.com>", "@example.com"],
)
def test_what_is_no_address_is_refused(staff: dict[str, User], address: str) -> None:
    with pytest.raises(DomainError) as refused, committed():
        service.change_email(staff["handler"], address, by=staff["handler"], now=Clock.now())
    assert refused.value.field == "email"


def test_an_address_is_kept_on_the_record_and_can_be_cleared(staff: dict[str, User], session: Session) -> None:
    typed_and_kept = (
        (" Wang.hy+1@mail.example.com\n", "Wang.hy+1@mail.example.com"),
        ("ａ@example.com", "a@example.com"),
        ("", None),
    )
    for typed, kept in typed_and_kept:
        with committed():
            service.change_email(staff["handler"], typed, by=staff["handler"], now=Clock.now())
        assert staff["handler"].email == kept
    kinds = session.scalars(select(AuditEvent.kind).order_by(AuditEvent.seq.desc()).limit(3)).all()
    assert set(kinds) == {"user.changed"}
    assert b"example" not in b"".join(session.scalars(select(AuditEvent.payload)))
    assert verify().wrong is None
