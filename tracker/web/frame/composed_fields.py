"""Fields beside the everyday ones: repeated rows, a picker, an hour of the day."""

from dataclasses import dataclass
from datetime import time
from typing import Any

from flask_wtf import FlaskForm
from wtforms.validators import StopValidation

from tracker.core.dates import parse_clock
from tracker.core.errors import DomainError
from tracker.core.text import clean_line
from tracker.web.frame.forms import OfficeField


class RowsField(OfficeField):
    """A column of repeated rows (`f.rows`): `data` is one cleaned line for each row, empty rows kept in their place.

    `most` rows may be filled in, each with `longest` characters; `least` are shown. `wrong` has a sentence for each
    row that is too long, by index. Rows over the limit are refused, never dropped.
    """

    def __init__(self, label: str, *, longest: int, most: int, least: int = 2, words: str = "", **kwargs: Any) -> None:
        super().__init__(label, **kwargs)
        self.longest, self.most, self.least, self.words = longest, most, least, words or label
        self.wrong: dict[int, str] = {}

    @property
    def drawn(self) -> int:
        """How many rows a page shows: always an empty one below what was typed, also without script."""
        filled = max((place for place, text in enumerate(self.data or (), start=1) if text), default=0)
        return min(self.most, max(self.least, filled + 1))

    def _missing(self) -> str:
        return f"请至少填写一个{self.words}。"

    def process_formdata(self, valuelist: list[str]) -> None:
        """Clean every row."""
        self.data = [clean_line(text) for text in valuelist]

    def typed(self) -> dict[str, Any]:
        """Return the rows as typed."""
        return {self.short_name: list(self.raw_data or self.data or [])}

    def pre_validate(self, form: FlaskForm) -> None:
        """Ask for at least one row where one is required; refuse rows that are too long or too many."""
        if self.required and not any(self.data or ()):
            raise StopValidation(self._missing())
        self.wrong = {}
        for index, text in enumerate(self.data or ()):
            if len(text) > self.longest:
                self.wrong[index] = f"{self.words}最多 {self.longest} 个字，现在有 {len(text)} 个，请精简。"
        filled = sum(map(bool, self.data or ()))
        if filled > self.most:
            raise StopValidation(f"{self.label.text}最多 {self.most} 行，现在有 {filled} 行。")


@dataclass(frozen=True)
class Picked:
    """What a picker sent: `key` of the entry that was chosen, or "" where `text` must be looked up."""

    key: str
    text: str

    def __bool__(self) -> bool:
        return bool(self.key or self.text)


class PickField(OfficeField):
    """A picker (`f.picker`): `data` is a `Picked`. A text changed after picking is looked up, never ignored."""

    def process(self, formdata: Any, *args: Any, **kwargs: Any) -> None:
        """Read the three inputs of a picker."""
        super().process(formdata, *args, **kwargs)
        if formdata is None:
            self.data = self.data or Picked("", "")
            return
        key, text, was = (clean_line(formdata.get(self.name + end, ""))[:200] for end in ("", "_text", "_was"))
        self.data = Picked(key if text == was else "", text)

    def process_formdata(self, valuelist: list[str]) -> None:
        """Everything is read in `process`."""

    def typed(self) -> dict[str, Any]:
        """Return the three inputs."""
        was = self.data.text if self.data.key else ""
        name = self.short_name
        return {name: self.data.key, f"{name}_text": self.data.text, f"{name}_was": was}

    def _missing(self) -> str:
        return f"请选择{self.label.text}。"


class TimeField(OfficeField):
    """An hour of the day in any of the ways people write it; `data` is a time or None, the text stays as typed."""

    data: time | None

    @property
    def moment(self) -> time:
        """The hour of a field that must be filled in. Raises RuntimeError where the form was not checked."""
        if self.data is None:
            raise RuntimeError(f"{self.short_name} was not filled in")
        return self.data

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the hour."""
        self.data = None
        if valuelist and valuelist[0].strip():
            try:
                self.data = parse_clock(valuelist[0])
            except DomainError as error:
                raise ValueError(error.message) from None

    def _value(self) -> str:
        return f"{self.data:%H:%M}" if self.data else ""
