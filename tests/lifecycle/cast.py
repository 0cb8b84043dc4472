"""The people of the test county as the rules see them, without a database: their posts, made by hand from its table."""

from functools import cache

from tests.world.county import PEOPLE, SEALED, UNITS
from tracker.people.rules import DepartmentKind, HeldPost, Reader, Role

DEPARTMENTS = {key: number for number, key in enumerate(UNITS, start=1)}
USERS = {key: number for number, key in enumerate(PEOPLE, start=1)}
OFFICE = DEPARTMENTS["office"]
# The unit and the person who are complained of where anybody is (被反映单位、被反映人).
ACCUSED_UNIT, ACCUSED_PERSON = "land", "land_head"
READS_ACCUSATIONS = frozenset(SEALED)


Posts = tuple[tuple[Role, str], ...]
# Who holds which posts: all of the county; some of them vacant; one person with three posts who might sign for three.
FULL: dict[str, Posts] = {key: ((role, unit),) for key, (_name, role, unit) in PEOPLE.items()}
# The unit that is closed while it has the matter (撤销、无人): nobody holds a post in it any more.
CLOSED_UNIT, CLOSED = "civil", "closed unit"
MANY_POSTS = ((Role.DEPARTMENT_HEAD, "civil"), (Role.ACCEPTOR, "office"), (Role.LEAD_OFFICIAL, "county"))
CASTS: dict[str, dict[str, Posts]] = {
    "full": FULL,
    "vacant": FULL | dict.fromkeys(("handler", "lead", "checker"), ()),
    "no leader": FULL | {"leader": ()},
    CLOSED: {key: tuple(post for post in posts if post[1] != CLOSED_UNIT) for key, posts in FULL.items()},
    "many posts": FULL | {"unit_head": MANY_POSTS} | dict.fromkeys(("acceptor", "checker", "lead"), ()),
}


@cache
def everybody(company: str) -> tuple[str, ...]:
    """Return who holds a post."""
    return tuple(key for key, posts in CASTS[company].items() if posts)


@cache
def roles(key: str, company: str) -> frozenset[Role]:
    """Return the roles that a person holds."""
    return frozenset(role for role, _unit in CASTS[company][key])


@cache
def holding(role: Role, company: str) -> tuple[str, ...]:
    """Return who holds a role, in the order of the table."""
    return tuple(key for key in CASTS[company] if role in roles(key, company))


@cache
def staff(unit: str, company: str) -> tuple[str, ...]:
    """Return who serves in a unit."""
    return tuple(key for key, posts in CASTS[company].items() if unit in {each for _role, each in posts})


@cache
def reader(key: str, company: str) -> Reader:
    """Return a person with their posts."""
    return Reader(USERS[key], True, tuple(_post(role, unit) for role, unit in CASTS[company][key]))


def _post(role: Role, unit: str) -> HeldPost:
    """All units stand right below the leadership: it and the office answer for all, the others for themselves."""
    kind, number = UNITS[unit][2], DEPARTMENTS[unit]
    serves_all = kind in (DepartmentKind.LEADERSHIP, DepartmentKind.PETITION_OFFICE)
    chain = frozenset() if kind is DepartmentKind.LEADERSHIP else frozenset({number})
    scope = frozenset(DEPARTMENTS.values()) if serves_all else frozenset({number})
    return HeldPost(role, number, kind, scope, chain_ids=chain)
