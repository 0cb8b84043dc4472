"""The shelves of a case file: the rows of one kind, read when they are first asked for, and once."""

from collections.abc import Sequence
from typing import Any, Generic, Protocol, Self, TypeVar, overload

from sqlalchemy import bindparam, select
from sqlalchemy.orm.interfaces import ORMOption

from tracker.cases.lifecycle.rules.step_rows import Record
from tracker.cases.record.models import Case
from tracker.core.database import db

Row = TypeVar("Row", bound=Any)


class Filed(Protocol):
    """What has shelves: the file of a case."""

    case: Case
    by_trail: bool

    @property
    def written(self) -> frozenset[Record]:
        """What the acts of the trail have added to it."""


class Shelf(Generic[Row]):
    """The rows of one kind in a file, oldest first. A kind that only certain acts write is named like its Record."""

    record: Record | None = None

    def __init__(self, model: type[Row], *options: ORMOption) -> None:
        rows = select(model).where(model.case_id == bindparam("case_id")).order_by(*model.__mapper__.primary_key)
        self.rows = rows.options(*options).execution_options(populate_existing=True)

    def __set_name__(self, _owner: type, name: str) -> None:
        self.name = name
        self.record = next((each for each in Record if each.value == name), None)

    @overload
    def __get__(self, file: None, owner: type) -> Self: ...

    @overload
    def __get__(self, file: Filed, owner: type) -> Sequence[Row]: ...

    def __get__(self, file: Filed | None, owner: type) -> Self | Sequence[Row]:
        if file is None:
            return self
        empty = self.record and file.by_trail and self.record not in file.written
        found = () if empty else db.session.scalars(self.rows, {"case_id": file.case.id}).all()
        # What stands in the instance is found before this: the next look reads nothing.
        file.__dict__[self.name] = found
        return found
