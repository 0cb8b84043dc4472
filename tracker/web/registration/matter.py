"""What the form of registration refers to: the clerk's office, the village, the original, likely earlier matters."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import url_for
from sqlalchemy import bindparam, select
from sqlalchemy.orm import joinedload

from tracker.cases.access.rules import REGISTERING_ROLES
from tracker.cases.access.scope import visible_case
from tracker.cases.intake.duplicates import likely_earlier
from tracker.cases.record.models import Case
from tracker.core import clock
from tracker.core.database import db
from tracker.core.errors import DomainError, Forbidden, NotFound
from tracker.people.models import Department
from tracker.people.rules import DepartmentKind, Reader
from tracker.places.models import VILLAGE, Place
from tracker.places.queries import place_label, place_of, resolve_village, successor
from tracker.web.frame.access import reader
from tracker.web.frame.composed_fields import Picked
from tracker.web.registration.form import RegistrationForm

# The offices, each with what stands above it: its area is that of its superior where it names none.
_OFFICES = (
    select(Department)
    .where(Department.id.in_(bindparam("ids", expanding=True)))
    .options(joinedload(Department.parent))
    .order_by(Department.id)
)
NO_OFFICE = "登记由信访部门的登记员、受理员办理；您现在不在信访部门任这两种岗位。"
NO_VILLAGE = "没有这个村（社区），请从列表里重新选择。"
NO_ORIGINAL = "选的原件没有找到，或者您无权查看，请重新选择。"


@dataclass(frozen=True)
class EarlierRow:
    """A likely earlier matter as the page lists it; `id` is the public one, `asks` where the clerk must decide."""

    id: str
    number: str
    title: str
    href: str
    sub: str
    why: str
    asks: bool


def registering_offices(held: Reader) -> list[Department]:
    """Return the petition offices for which a person registers; raises Forbidden where there is none."""
    ids = {
        post.department_id
        for post in held.posts
        if post.role in REGISTERING_ROLES and post.department_kind is DepartmentKind.PETITION_OFFICE
    }
    if not ids:
        raise Forbidden(NO_OFFICE)
    return list(db.session.scalars(_OFFICES, {"ids": ids}))


def chosen_office(form: RegistrationForm, offices: Sequence[Department]) -> Department:
    """Return the office that registers: the only one, or the one chosen."""
    return next((office for office in offices if office.public_id == form.office.data), offices[0])


def place_prefix(office: Department) -> str:
    """Return the code prefix of the area an office serves (140522), so that its villages come first; "" if unknown."""
    area = office if office.place_code else office.parent
    prefix = (area.place_code or "")[:6] if area else ""
    while prefix.endswith("00"):
        prefix = prefix[:-2]
    return prefix


def chosen_village(form: RegistrationForm, office: Department | None = None) -> Place | None:
    """Return the village as it is today, or None for 属地待定; the form then shows it with town and county.

    Raises DomainError at the field where it is none, or one of many.
    """
    picked = form.village.data
    if not picked:
        return None
    if picked.key:
        place = _picked(picked.key)
    else:
        place = resolve_village(picked.text, field="village", near=place_prefix(office) if office else "")
    if place.level != VILLAGE:
        raise DomainError(NO_VILLAGE, field="village")
    if place.closed_on is not None:
        raise DomainError(f"{place.name}已撤销，请选择现在的村（社区）。", field="village")
    form.village.data = Picked(place.public_id, place_label(place).text)
    return place


def _picked(key: str) -> Place:
    try:
        return successor(place_of(key))
    except NotFound:
        raise DomainError(NO_VILLAGE, field="village") from None


def chosen_original(form: RegistrationForm) -> Case | None:
    """Return the matter to join (接到原件), if the clerk chose one; raises DomainError where they may not see it."""
    if not form.joins.data:
        return None
    try:
        return visible_case(form.joins.data, reader())
    except NotFound:
        raise DomainError(NO_ORIGINAL, field="joins") from None


def likely_earlier_of(form: RegistrationForm, village: Place | None) -> list[EarlierRow]:
    """Return the likely earlier matters of what was typed so far, as far as the clerk may see them."""
    found = likely_earlier(
        reader=reader(),
        names=[form.petitioner_name.data, *form.others_named],
        identity_no=form.identity_no.data or None,
        phone=form.phone.data or None,
        village_id=village.id if village else None,
        title=form.heading,
        summary=form.summary.data,
        accused_names=[name for name in form.accused_name.data or () if name],
        today=clock.today(),
    )
    return [
        EarlierRow(
            id=each.public_id,
            number=each.number,
            title=each.title,
            href=url_for("cases.detail", public_id=each.public_id),
            sub=f"{each.received} · {each.state}",
            why=each.why,
            asks=each.asks,
        )
        for each in found
    ]
