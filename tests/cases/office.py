"""The county before `tests.world`, for the tests that still build their own."""

from dataclasses import dataclass

from tests.people.factories import make_department, make_user
from tests.world.matters import Matter, an_entry
from tracker.core.database import committed
from tracker.people.models import Department, User
from tracker.people.rules import DepartmentKind, Role

__all__ = ["County", "Matter", "an_entry", "make_county"]


@dataclass
class County:
    """The people and units of a test."""

    office: Department
    civil: Department
    land: Department
    town: Department
    registrar: User
    acceptor: User
    checker: User
    office_head: User
    handler: User
    head: User
    land_head: User
    town_head: User
    lead: User
    leader: User
    supervisor: User

    @property
    def unit_head(self) -> User:
        """The head of 县民政局."""
        return self.head


def make_county() -> County:
    """Set up the county; call with the `session` fixture."""
    kinds = DepartmentKind
    with committed():
        county = make_department("阳城县", kind=kinds.LEADERSHIP)
        units = {
            "office": make_department("县信访局", parent=county),
            "civil": make_department("县民政局", kind=kinds.BUREAU, parent=county),
            "land": make_department("县自然资源局", kind=kinds.BUREAU, parent=county),
            "town": make_department("润城镇", kind=kinds.TOWNSHIP, parent=county),
        }
    posts = {
        "registrar": ("赵敏", Role.REGISTRAR, units["office"]),
        "acceptor": ("李晓梅", Role.ACCEPTOR, units["office"]),
        "checker": ("孙琳", Role.ACCEPTOR, units["office"]),
        "office_head": ("周建国", Role.DEPARTMENT_HEAD, units["office"]),
        "handler": ("王海燕", Role.HANDLER, units["civil"]),
        "head": ("张建军", Role.DEPARTMENT_HEAD, units["civil"]),
        "land_head": ("宋伟", Role.DEPARTMENT_HEAD, units["land"]),
        "town_head": ("温凯", Role.DEPARTMENT_HEAD, units["town"]),
        "lead": ("陈志远", Role.LEAD_OFFICIAL, county),
        "leader": ("林一鸣", Role.PRINCIPAL_LEADER, county),
        "supervisor": ("郝明", Role.SUPERVISOR, county),
    }
    with committed():
        people = {key: make_user(key, name, roles=[(role, unit)]) for key, (name, role, unit) in posts.items()}
    return County(**units, **people)
