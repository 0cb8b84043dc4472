"""A made-up county to measure with: units, people, towns and villages, and what letters there are about."""

from dataclasses import dataclass, field
from datetime import date
from random import Random

from sqlalchemy import select

from tracker import audit
from tracker.cases.record.categories.service import seed_categories
from tracker.cases.record.models import Category
from tracker.core import clock
from tracker.core.database import committed, db
from tracker.core.text import normalise, pinyin_initials
from tracker.people.models import Department, Post, User
from tracker.people.passwords import accepted
from tracker.people.rules import DepartmentKind, Role
from tracker.places.models import Place, PlaceVersion

SINCE = date(2018, 1, 1)
PASSWORD = "only-for-measuring-2026"
TOWNS, VILLAGES_PER_TOWN, BUREAUS = 18, 26, 20
STEMS, ENDS = "上中下东西南北前后大小新老", "庄沟岭河坡峪堡寨营店桥泉关口底湾滩梁"
SURNAMES, GIVEN = "王李张刘陈杨赵黄周吴徐孙马朱胡郭何高林罗", "伟芳娜敏静强磊军洋勇艳杰娟涛明超霞平刚桂建国志海燕"


@dataclass
class Unit:
    """A unit with its head and its handlers."""

    department: Department
    head: User
    handlers: list[User]


@dataclass
class County:
    """Who and what the cases are about."""

    office: Department
    acceptors: list[User]
    supervisor: User
    units: list[Unit]
    leaders: list[User]
    principal: User
    villages: list[Place]
    category_ids: list[int]
    acting_as: dict[int, str] = field(default_factory=dict)


def person_name(random: Random) -> str:
    """Return a made-up name."""
    return random.choice(SURNAMES) + "".join(random.choices(GIVEN, k=random.choice((1, 2, 2))))


def make_county(random: Random) -> County:
    """Make the county, in one transaction with one line in the log."""
    with committed():
        people = _People(random)
        government = people.unit("县委县政府", DepartmentKind.LEADERSHIP, None)
        office = people.unit("县信访局", DepartmentKind.PETITION_OFFICE, government)
        bureaus = [people.unit(f"县第{n + 1}局", DepartmentKind.BUREAU, government) for n in range(BUREAUS)]
        towns = [people.unit(f"第{n + 1}镇政府", DepartmentKind.TOWNSHIP, government) for n in range(TOWNS)]
        county = County(
            office=office,
            acceptors=[people.user("clerk", Role.ACCEPTOR, office), *people.users(4, Role.ACCEPTOR, office)],
            supervisor=people.user("commissioner", Role.SUPERVISOR, office),
            units=[
                Unit(unit, people.users(1, Role.DEPARTMENT_HEAD, unit)[0], people.users(3, Role.HANDLER, unit))
                for unit in (*bureaus, *towns)
            ],
            leaders=people.users(8, Role.LEAD_OFFICIAL, government),
            principal=people.user("principal", Role.PRINCIPAL_LEADER, government),
            villages=_villages(),
            category_ids=[],
        )
        people.user("keeper", Role.ADMINISTRATOR, office)
        audit.record(audit.Event.DEMO_LOADED, by=None, now=clock.at_local(SINCE))
        seed_categories(now=clock.at_local(SINCE))
    everybody = db.session.scalars(select(User)).all()
    county.acting_as = {user.id: user.acting_as(SINCE) for user in everybody}
    county.category_ids = list(db.session.scalars(select(Category.id).where(Category.parent_id.is_not(None))))
    return county


class _People:
    def __init__(self, random: Random) -> None:
        self.random = random
        self.hash = accepted(PASSWORD, username="clerk", name="某")
        self.number = 0

    def unit(self, name: str, kind: DepartmentKind, parent: Department | None) -> Department:
        row = Department(name=name, short_name=name, kind=kind.value, parent=parent, valid_from=SINCE)
        db.session.add(row)
        db.session.flush()
        return row

    def users(self, count: int, role: Role, unit: Department) -> list[User]:
        self.number += count
        first = self.number - count
        return [self.user(f"u{first + n}", role, unit) for n in range(count)]

    def user(self, username: str, role: Role, unit: Department) -> User:
        name = person_name(self.random)
        row = User(
            username=username,
            name=name,
            name_key=normalise(name),
            password_hash=self.hash,
            created_at=clock.at_local(SINCE),
        )
        row.posts.append(Post(department=unit, role=role.value, title=role.value, started_on=SINCE))
        db.session.add(row)
        db.session.flush()
        return row


def _villages() -> list[Place]:
    county = _place("140581000000", "高平市", 3, None)
    villages = []
    for t in range(TOWNS):
        town = _place(f"140581{100 + t}000", f"{STEMS[t % 13]}{ENDS[t]}镇", 4, county)
        for v in range(VILLAGES_PER_TOWN):
            name = f"{STEMS[v % 13]}{ENDS[(t + v) % 18]}{ENDS[v % 18]}村"
            villages.append(_place(f"140581{100 + t}{200 + v}", name, 5, town))
    return villages


def _place(code: str, name: str, level: int, parent: Place | None) -> Place:
    row = Place(
        code=code,
        name=name,
        short_name=name,
        initials=pinyin_initials(name),
        level=level,
        parent=parent,
        valid_from=SINCE,
    )
    db.session.add(row)
    db.session.flush()
    version = PlaceVersion(place_id=row.id, code=code, name=name, parent_code=parent.code if parent else None)
    version.valid_from, version.source = SINCE, "公布"
    db.session.add(version)
    return row
