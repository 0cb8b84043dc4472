"""Using pages as a person does: read the form that a page shows, fill in some of it, send it."""

from collections.abc import Mapping
from html.parser import HTMLParser
from typing import Any

from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from tests.client import Client


class FormReader(HTMLParser):
    """Reads what a browser would send for the form with an address, as the page shows it."""

    def __init__(self, address: str) -> None:
        super().__init__()
        self.address = address
        self.fields: MultiDict[str, str] = MultiDict()
        self.names: set[str] = set()
        self._inside = False
        self._select: str | None = None
        self._textarea: str | None = None
        self._text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._inside = given.get("action", "") == self.address and given.get("method") == "post"
        if not self._inside:
            return
        if tag in ("input", "select", "textarea") and "name" in given:
            self.names.add(given["name"])
        if tag == "input" and given.get("type") not in ("checkbox", "radio", "file", "submit"):
            self.fields.add(given["name"], given.get("value", ""))
        elif tag == "input" and given.get("type") in ("checkbox", "radio") and "checked" in given:
            self.fields.add(given["name"], given.get("value", "on"))
        elif tag == "select":
            self._select = given["name"]
        elif tag == "option" and self._select and "selected" in given:
            self.fields.setlist(self._select, [given.get("value", "")])
        elif tag == "textarea":
            self._textarea, self._text = given["name"], ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = False
        elif tag == "select":
            self._select = None
        elif tag == "textarea" and self._textarea:
            self.fields.add(self._textarea, self._text.removeprefix("\n"))
            self._textarea = None

    def handle_data(self, data: str) -> None:
        if self._textarea:
            self._text += data


def form_of(page: TestResponse, address: str) -> FormReader:
    """Read the form of a page that is sent to an address; fails the test where there is none."""
    found = FormReader(address)
    found.feed(page.text)
    assert found.names, f"no form for {address} in a page that answers {page.status}: {page.text[:2000]}"
    return found


def filled(found: FormReader, fields: Mapping[str, Any]) -> MultiDict[str, Any]:
    """Return what the form sends after some fields were filled in; None empties a field."""
    sent: MultiDict[str, Any] = MultiDict(found.fields)
    for name, value in fields.items():
        assert name in found.names, f"the form has no field {name}: {sorted(found.names)}"
        sent.setlist(name, [] if value is None else value if isinstance(value, list) else [value])
    return sent


def take(client: Client, case: str, action: str, fields: Mapping[str, Any] | None = None) -> TestResponse:
    """Open the page of an act, fill in its form, send it."""
    address = f"/cases/{case}/steps/{action}"
    page = client.get(address)
    assert page.status_code == 200, f"{address} answers {page.status}: {page.text}"
    return client.post(address, data=filled(form_of(page, address), fields or {}))
