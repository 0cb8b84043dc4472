"""Passwords in forms: taken as they were typed, never shown again, never kept."""

from collections.abc import Iterator
from functools import cache
from typing import Any

from flask_wtf import FlaskForm
from wtforms.validators import StopValidation

from tracker.web.frame.forms import OfficeField, OfficeForm


class SecretField(OfficeField):
    """A password."""

    longest = 200

    def process_formdata(self, valuelist: list[str]) -> None:
        """Take the text unchanged."""
        self.data = valuelist[0] if valuelist else ""

    def typed(self) -> dict[str, Any]:
        """Show nothing again."""
        return {self.short_name: ""}

    def pre_validate(self, form: FlaskForm) -> None:
        """Refuse what nobody can have chosen: it would only keep the processor busy."""
        super().pre_validate(form)
        if self.data and len(self.data) > self.longest:
            raise StopValidation(f"{self.label.text}最多 {self.longest} 个字符。")


@cache
def secret_names() -> frozenset[str]:
    """Return the names under which any form of the program takes a password: nothing keeps or shows what they hold."""
    return frozenset(
        name
        for form in _forms(OfficeForm)
        for name in dir(form)
        if getattr(getattr(form, name), "field_class", None) is SecretField
    )


def _forms(of: type[OfficeForm]) -> Iterator[type[OfficeForm]]:
    for form in of.__subclasses__():
        yield form
        yield from _forms(form)
