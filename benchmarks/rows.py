"""Rows and log lines of made-up cases, before they are written."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from itertools import count
from types import SimpleNamespace
from typing import Any

from sqlalchemy import inspect

from tracker.audit import Event
from tracker.audit.service import seal_of
from tracker.cases.record.rules.series import REGISTER, Series, is_closed
from tracker.core.database import Model
from tracker.people.models import User


class Row(SimpleNamespace):
    """A row before it is written: every column has its value, so that it can be sealed as it will be read back.

    Plain objects, because a hundred thousand cases make four million rows.
    """

    model: type[Model]

    @property
    def values(self) -> dict[str, Any]:
        """The columns by name."""
        return {name: value for name, value in vars(self).items() if name != "model"}

    def seal(self) -> str:
        """Return what `audit.service.row_seal` returns of the row once it is read."""
        return seal_of(self.model, self.values)


@cache
def _defaults(model: type[Model]) -> tuple[dict[str, Any], dict[str, Callable[[Any], Any]]]:
    """Return the values of columns that nobody sets, and what makes the others."""
    columns = {attribute.key: attribute.columns[0].default for attribute in inspect(model).column_attrs}
    fixed = {key: default.arg if default else None for key, default in columns.items()}
    called = {key: default.arg for key, default in columns.items() if default is not None and default.is_callable}
    return fixed, called


def made(model: type[Model], **values: Any) -> Row:
    """Make a row with every column set."""
    fixed, called = _defaults(model)
    missing = {key: make(None) for key, make in called.items() if key not in values}
    return Row(**{**fixed, **missing, **values}, model=model)


@dataclass
class Numbers:
    """The next primary key of each table, and the next number of each year, open and closed (内部编号)."""

    keys: dict[type[Model], Iterator[int]] = field(default_factory=dict)
    series: dict[tuple[int, bool], int] = field(default_factory=dict)

    def key(self, model: type[Model]) -> int:
        """Return the next key of a table."""
        return next(self.keys.setdefault(model, count(1)))

    def register_no(self, office_id: int, year: int, level: str) -> str:
        """Return the next register number of a year, for a matter of a level."""
        series = Series(office_id, REGISTER, year, is_closed(level, shuts_out=False))
        key = (year, series.closed)
        self.series[key] = self.series.get(key, 0) + 1
        return series.number("", self.series[key])


@dataclass
class LogLine:
    """One line for the log: what happened, and which rows it changed, as they were then."""

    event: Event
    by: User
    at: datetime
    case_id: int
    payload: dict[str, Any]
    changed: list[Row]
    text: str | None
