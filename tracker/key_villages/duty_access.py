"""Who gives the layers of duty in a village (三包三定), and whose villages a person sees on the matrix."""

from sqlalchemy import ColumnElement, false, or_, select, true

from tracker.core.database import db
from tracker.key_villages.control_access import offices_of
from tracker.people.models import Department
from tracker.people.rules import DepartmentKind, Reader, Role, does_case_work
from tracker.places.models import Place
from tracker.places.rules import TOWN_LEVEL


def town_unit(village: Place) -> Department | None:
    """Return the government of the township that a village lies in; None where it is not entered with its code."""
    code = village.parent.code if village.parent else ""
    of_town = (Department.place_code == code, Department.kind == DepartmentKind.TOWNSHIP.value)
    return db.session.scalars(select(Department).where(*of_town, Department.valid_to.is_(None))).first()


def may_give(reader: Reader, village: Place) -> bool:
    """Say whether a person heads the township that a village lies in."""
    unit = town_unit(village)
    heads = {post.department_id for post in reader.posts if post.role is Role.DEPARTMENT_HEAD}
    return reader.active and unit is not None and unit.id in heads


def towns_visible_to(reader: Reader) -> ColumnElement[bool]:
    """Return the condition on `Place` for the townships whose matrix a person may see: those of the area they work in.

    An area is told by the code of the place of its office, or of the unit above; one without a code has no bounds.
    """
    if not reader.active or not does_case_work(reader):
        return false()
    offices = db.session.scalars(select(Department).where(Department.id.in_(offices_of(reader)))).all()
    prefixes = {_prefix(office) for office in offices}
    where = [true() if not prefix else Place.code.startswith(prefix) for prefix in sorted(prefixes)]
    return or_(false(), *where) & (Place.level == TOWN_LEVEL) & Place.closed_on.is_(None)


def _prefix(office: Department) -> str:
    """Return how the codes of the area of an office begin (140522)."""
    code = office.place_code or (office.parent.place_code if office.parent else "") or ""
    return code[:6].removesuffix("00").removesuffix("00")
