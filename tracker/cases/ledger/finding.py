"""What an address names: departments, people, places and categories, each with the word for it."""

from sqlalchemy import select

from tracker.cases.record.models import Category
from tracker.core.database import db
from tracker.core.errors import NotFound
from tracker.people.models import Department, User
from tracker.people.queries import department_by_public_id
from tracker.places.models import Place
from tracker.places.queries import place_label, place_of


def department(public_id: str) -> tuple[str, Department] | None:
    """Find a department by its public id."""
    try:
        row = department_by_public_id(public_id)
    except NotFound:
        return None
    return row.short_name, row


def person(public_id: str) -> tuple[str, User] | None:
    """Find a person by the public id."""
    row = db.session.scalar(select(User).where(User.public_id == public_id))
    return (row.name, row) if row else None


def place(public_id: str) -> tuple[str, Place] | None:
    """Find a place by its public id."""
    try:
        row = place_of(public_id)
    except NotFound:
        return None
    return place_label(row).text, row


def category(public_id: str) -> tuple[str, Category] | None:
    """Find a category (内容分类) by its public id."""
    row = db.session.scalar(select(Category).where(Category.public_id == public_id))
    return (row.name, row) if row else None
