"""Forms: what people type, cleaned; Chinese sentences; nothing typed is ever lost.

A form goes straight into the macros of `templates/components/forms.html`: it has `values` (as typed) and `errors`
(one sentence for each field). The token against forged requests is checked for every request in
`web/frame/security.py`.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any, ClassVar

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from werkzeug.datastructures import CombinedMultiDict, FileStorage, MultiDict
from wtforms import Field
from wtforms.validators import StopValidation

from tracker.cases.intake.submissions import new_token
from tracker.core import clock
from tracker.core.dates import Meaning, parse_date
from tracker.core.errors import DomainError
from tracker.core.text import clean, clean_line, pinyin_initials
from tracker.web.frame.declarations import DeclaredForm, holds
from tracker.web.frame.drafts import resumed_fields

Choice = tuple[str, str] | tuple[str, Sequence[tuple[str, str]]]
# What stands beside the name of a choice comes after it.
BESIDE = "　"
WAYS_TO_WRITE = "可写 20261120、11月20日、今天"
_initials = lru_cache(maxsize=4096)(pinyin_initials)
_PAGE_NUMBER = re.compile(r"[0-9]{1,6}")
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")


class OfficeField(Field):
    """What all fields share: a label, whether it must be filled in, a hint, the text as typed.

    `required_when` asks for it only where another field has one of some values: "ground=other_route|outside_unit".
    """

    data: Any
    process_errors: Any

    def __init__(
        self, label: str, *, required: bool = False, required_when: str = "", hint: str = "", **kwargs: Any
    ) -> None:
        super().__init__(label, **kwargs)
        self.required, self.required_when = required, required_when
        self.hint = hint

    def typed(self) -> dict[str, Any]:
        """Return what the page shows again, by name."""
        return {self.short_name: self.raw_data[0] if self.raw_data else self._value()}

    def _value(self) -> Any:
        return "" if self.data is None else self.data

    def _missing(self) -> str:
        return f"请填写{self.label.text}。"

    def is_empty(self, form: FlaskForm) -> bool:
        """Say whether nothing was filled in."""
        return not self.data

    def pre_validate(self, form: FlaskForm) -> None:
        """Ask for what is required."""
        asked = self.required or holds(form, self.required_when)
        if asked and self.is_empty(form) and not self.process_errors:
            raise StopValidation(self._missing())


class LineField(OfficeField):
    """One line of text; `data` is cleaned, "" where nothing was typed."""

    data: str
    cleaned = staticmethod(clean_line)

    @property
    def filled(self) -> str | None:
        """What was typed; None where nothing was."""
        return self.data or None

    def __init__(self, label: str, *, longest: int = 200, **kwargs: Any) -> None:
        super().__init__(label, **kwargs)
        self.longest = longest

    def process_formdata(self, valuelist: list[str]) -> None:
        """Clean what was typed."""
        self.data = self.cleaned(valuelist[0]) if valuelist else ""

    def pre_validate(self, form: FlaskForm) -> None:
        """Refuse what is too long for its column."""
        super().pre_validate(form)
        if self.data and len(self.data) > self.longest:
            raise StopValidation(f"{self.label.text}最多 {self.longest} 个字，现在有 {len(self.data)} 个，请精简。")


class AreaField(LineField):
    """Several lines of text, line breaks kept."""

    cleaned = staticmethod(clean)

    def __init__(self, label: str, *, longest: int = 20000, **kwargs: Any) -> None:
        super().__init__(label, longest=longest, **kwargs)


class DayField(OfficeField):
    """A day in any of the ways people write it; `data` is a date or None, the text stays as typed.

    `meaning` decides the year where none is typed.
    """

    data: date | None

    def __init__(self, label: str, *, meaning: Meaning, hint: str = WAYS_TO_WRITE, **kwargs: Any) -> None:
        super().__init__(label, hint=hint, **kwargs)
        self.meaning = meaning

    @property
    def day(self) -> date:
        """The day of a field that must be filled in. Raises RuntimeError where the form was not checked."""
        if self.data is None:
            raise RuntimeError(f"{self.short_name} was not filled in")
        return self.data

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the date."""
        self.data = None
        if valuelist and valuelist[0].strip():
            try:
                self.data = parse_date(valuelist[0], clock.today(), self.meaning)
            except DomainError as error:
                raise ValueError(error.message) from None

    def _value(self) -> str:
        return self.data.isoformat() if self.data else ""


class ChoiceField(OfficeField):
    """One of several; `data` is the value or None. `choices` may be set after the form is made.

    With `by_initials` typed letters choose as well: the first ones of the pinyin.
    """

    data: Any

    @property
    def chosen(self) -> str:
        """The value of a field that must be filled in. Raises RuntimeError where the form was not checked."""
        if not self.data:
            raise RuntimeError(f"{self.short_name} was not filled in")
        return str(self.data)

    @property
    def row_id(self) -> int | None:
        """The id of the row that was chosen; None where none was."""
        return int(self.data) if self.data else None

    def __init__(self, label: str, *, choices: Iterable[Choice] = (), by_initials: bool = False, **kwargs: Any) -> None:
        super().__init__(label, **kwargs)
        self.choices: Sequence[Choice] = tuple(choices)
        self.by_initials = by_initials

    @property
    def opened(self) -> list[tuple[str, str]]:
        """Every value that may be chosen with its words, groups opened."""
        groups = ([(v, t)] if isinstance(t, str) else t for v, t in self.choices)
        return [(str(value), words) for group in groups for value, words in group]

    @property
    def allowed(self) -> set[str]:
        """Return every value that may be chosen."""
        return {value for value, _words in self.opened}

    @property
    def initials(self) -> dict[str, str]:
        """The first letters of the pinyin of each name (mzj), by value; what lies there (在办 5) is no name."""
        opened = self.opened if self.by_initials else ()
        return {value: _initials(words.partition(BESIDE)[0]) for value, words in opened}

    def process_formdata(self, valuelist: list[str]) -> None:
        """Take the value; whether it is one of the choices is asked in `pre_validate`."""
        self.data = (valuelist[0] or None) if valuelist else None

    def _missing(self) -> str:
        return f"请选择{self.label.text}。"

    def pre_validate(self, form: FlaskForm) -> None:
        """Refuse a value that the page did not offer."""
        super().pre_validate(form)
        if self.data is not None and str(self.data) not in self.allowed:
            raise StopValidation(f"{self.label.text}里没有这个选项，请重新选择。")


class ManyField(ChoiceField):
    """Any number of several; `data` is a list of values."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Take the values, each once."""
        self.data = list(dict.fromkeys(filter(None, valuelist)))

    def typed(self) -> dict[str, Any]:
        """Return the list."""
        return {self.short_name: list(self.data or [])}

    def pre_validate(self, form: FlaskForm) -> None:
        """Refuse values that the page did not offer."""
        OfficeField.pre_validate(self, form)
        if not set(map(str, self.data or ())) <= self.allowed:
            raise StopValidation(f"{self.label.text}里没有这个选项，请重新选择。")


class TickField(OfficeField):
    """One box to tick; `data` is a bool."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """An unticked box sends nothing."""
        self.data = bool(valuelist and valuelist[0])

    def typed(self) -> dict[str, Any]:
        """Return whether it is ticked."""
        return {self.short_name: bool(self.data)}


class FilesField(OfficeField):
    """Uploaded files: `data` is a list, without the empty entry that a browser sends for no file."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Keep files only."""
        self.data = [file for file in valuelist if isinstance(file, FileStorage) and file.filename]

    def typed(self) -> dict[str, Any]:
        """A browser cannot be given its files back."""
        return {self.short_name: ""}

    def is_empty(self, form: FlaskForm) -> bool:
        """Files kept from a refused sending count as well."""
        return not self.data and not ("kept" in form and form["kept"].data)

    def _missing(self) -> str:
        return f"请选择要上传的{self.label.text}。"


class OfficeForm(DeclaredForm):
    """A form of the office; by its token what is typed is kept as a draft, and one sending is known again."""

    class Meta(FlaskForm.Meta):
        csrf = False

        def wrap_formdata(self, form: object, formdata: Any) -> Any:
            """Read forms only: a JSON body is never taken for one."""
            if formdata is None or hasattr(formdata, "getlist"):
                return formdata
            if not form.is_submitted():  # type: ignore[attr-defined]
                return resumed_fields(form.kept_as) if form.resumable else None  # type: ignore[attr-defined]
            return CombinedMultiDict([request.files, request.form]) if request.files else MultiDict(request.form)

    status = 422
    submission = LineField("表单", longest=44)
    # Whether what is typed into it is kept as a draft.
    resumable: ClassVar[bool] = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._failed: dict[str, str] = {}
        super().__init__(*args, **kwargs)

    @property
    def kept_as(self) -> str:
        """What the form is called among those of its page: a draft fills no other."""
        return type(self).__name__

    @property
    def token(self) -> str:
        """The token of this form, "" where it carries none that this program could have made."""
        return self.submission.data if _TOKEN.fullmatch(self.submission.data or "") else ""

    def renew(self) -> None:
        """Give the form a token of its own, where it has none yet."""
        self.submission.data = self.token or new_token()

    @property
    def is_resumed(self) -> bool:
        """Whether the form goes on with a draft: then its version is that of the page on which it was typed."""
        return bool(self.token) and not self.is_submitted() and resumed_fields(self.kept_as) is not None

    def seen(self, version: object) -> object:
        """Return the version that the page of this form sends on; `version` is the present one."""
        return self["version"].data if self.is_resumed and "version" in self else version

    @property
    def values(self) -> dict[str, Any]:
        """Everything as it was typed, for showing it again."""
        shown: dict[str, Any] = {}
        for field in self:
            shown |= field.typed()
        return shown

    @property
    def errors(self) -> dict[str, str]:
        """One sentence for each wrong field and row, in the order of the page; the empty name is the whole form."""
        wrong = {field.short_name: str(field.errors[0]) for field in self if field.errors}
        for field in self:
            wrong |= {f"{field.short_name}-{row}": words for row, words in getattr(field, "wrong", {}).items()}
        return self.ordered({**wrong, **self._failed})

    def validate(self, extra_validators: Mapping[str, Sequence[Any]] | None = None) -> bool:
        """Check every field, then what must be filled in one way or another."""
        good = super().validate(extra_validators)
        missing = self.missing
        for each in missing:
            self._failed.setdefault(each.names[0], each.sentence)
        return good and not missing

    def fail(self, error: DomainError) -> None:
        """Put the sentences of a refused action at their fields; `status` is its HTTP status."""
        self._failed |= error.errors
        self.status = error.status


def form_page(template: str, form: OfficeForm, **more: object) -> ResponseReturnValue:
    """Return the page of a form: new, or refused with what was typed and the status that says so."""
    return render_template(template, form=form, **more), form.status if request.method == "POST" else 200


def page_number(name: str = "page") -> int:
    """Return the page asked for in the address; anything but 1 to 999999 in plain digits is page 1."""
    text = request.args.get(name, "1")
    return max(1, int(text)) if _PAGE_NUMBER.fullmatch(text) else 1
