"""What a form declares: where its fields stand on the page, how each is drawn, and of which at least one is needed.

`render_kw` of a field says how `components/declared.html` draws it.
"""

from dataclasses import dataclass
from typing import Any, ClassVar

from flask_wtf import FlaskForm

SHORT, HALF, FULL = {"size": "third"}, {"size": "half"}, {"size": "full"}
SEGMENTS = {"shape": "segments", "size": "full"}
RADIOS = {"shape": "radios", "size": "full"}


@dataclass(frozen=True)
class Either:
    """Fields of which at least one must be filled in; the sentence stands at the first.

    `when` asks it only where another field has one of some values, as `required_when` of a field does. `mark` says so
    beside the first field, beside all where it is asked only sometimes, in other than the usual words.
    """

    names: tuple[str, ...]
    sentence: str
    mark: str = ""
    when: str = ""


@dataclass(frozen=True)
class Group:
    """Fields that stand together on the page under a title; with `when` they belong to a choice, as a field does."""

    title: str
    names: tuple[str, ...]
    note: str = ""
    when: str = ""


def holds(form: FlaskForm, condition: str) -> bool:
    """Return whether a field of a form has one of some values: "ground=other_route|in_hand". False for none."""
    name, _, values = condition.partition("=")
    return bool(name) and form[name].data in values.split("|")


class DrawnForm:
    """A form while its page is drawn: what was typed and what is wrong is asked once, not again for each field."""

    def __init__(self, form: Any) -> None:
        self._form = form
        self.values, self.errors = form.values, form.errors

    def __getattr__(self, name: str) -> Any:
        return getattr(self._form, name)

    def __getitem__(self, name: str) -> Any:
        return self._form[name]

    def __contains__(self, name: str) -> bool:
        return name in self._form


class DeclaredForm(FlaskForm):
    """A form whose page shows its fields in `groups`, or as they are declared, between the `first` and the `last`."""

    # What the page sends on without showing it.
    hidden: ClassVar[frozenset[str]] = frozenset({"version", "submission"})
    first: ClassVar[tuple[str, ...]] = ()
    last: ClassVar[tuple[str, ...]] = ()
    groups: ClassVar[tuple[Group, ...]] = ()
    columns: ClassVar[dict[str, str]] = {}  # fields that stand in the rows of another one
    either: ClassVar[tuple[Either, ...]] = ()

    @property
    def drawn(self) -> DrawnForm:
        """The form for drawing all its fields."""
        return DrawnForm(self)

    @property
    def in_order(self) -> list[Any]:
        """The fields in the order of the page."""
        return sorted(self, key=lambda field: self._place(field.short_name))

    @property
    def shown(self) -> list[Any]:
        """The fields that the page draws: those named first, the others as written, those named last."""
        return [field for field in self.in_order if field.short_name not in self.hidden]

    def _place(self, name: str) -> int:
        grouped = [each for group in self.groups for each in group.names]
        if grouped:
            return grouped.index(name) if name in grouped else len(grouped)
        if name in self.first:
            return self.first.index(name) - len(self.first)
        return self.last.index(name) + 1 if name in self.last else 0

    def ordered(self, wrong: dict[str, str]) -> dict[str, str]:
        """Put sentences in the order of their fields; what belongs to no field stands first."""
        places = {field.short_name: place for place, field in enumerate(self.in_order)}

        def stands(name: str) -> tuple[int, int, int]:
            field, row = self._field_of(name), name.rpartition("-")[2]
            rows = places.get(self.columns.get(field, field), -1)
            return rows, int(row) if row.isdecimal() else -1, places.get(field, -1)

        return dict(sorted(wrong.items(), key=lambda item: stands(item[0])))

    def _field_of(self, name: str) -> str:
        """Return the field that an error's name belongs to: `points-2` is a row of `points`."""
        return name if name in self else name.partition("-")[0]

    @property
    def missing(self) -> list[Either]:
        """What was to be filled in one way or another, and was in none."""
        asked = (each for each in self.either if not each.when or holds(self, each.when))
        return [each for each in asked if all(self[name].is_empty(self) for name in each.names)]

    def must(self, name: str) -> str:
        """Return the words that mark a field which must be filled in; "" where it may stay empty."""
        if self[name].required or self[name].required_when:
            return "必填"
        for each in self.either:
            if each.mark and name in (each.names if each.when else each.names[:1]):
                return each.mark
            others = [other for other in each.names if other != name]
            if len(others) < len(each.names):
                other = f"与{self[others[0]].label.text}" if len(others) == 1 else ""
                return f"{other}至少填一项" if others else "必填"
        return ""
