"""The pages of the site as the program lists them: no test visits an address that is not there."""

import re
from collections.abc import Iterator, Mapping, Sequence
from io import BytesIO
from itertools import product
from zipfile import ZipFile, is_zipfile

from flask import Flask
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

# For each part of an address that varies, by the word before it (`cases/<id>`): what stands there.
Known = Mapping[str, Sequence[object]]
VARIES = re.compile(r"([\w-]+)/<(?:[^:<>]*:)?(\w+)>")


def addresses(app: Flask, known: Known | None = None) -> Iterator[str]:
    """Yield every address that can be opened, filled in with what is known; without that, those that never vary."""
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        if "GET" in (rule.methods or ()) and rule.endpoint != "static" and (known is not None or not rule.arguments):
            yield from _filled(rule, known or {})


def _filled(rule: Rule, known: Known) -> Iterator[str]:
    """Yield the addresses of one rule; KeyError names the word after which nobody said what stands there."""
    word_by_name = {name: word for word, name in VARIES.findall(rule.rule)}
    assert set(word_by_name) == rule.arguments, rule
    for values in product(*(known[word] for word in word_by_name.values())):
        built = rule.build(dict(zip(word_by_name, values, strict=True)))
        assert built is not None
        yield built[1]


def said(answer: TestResponse) -> str:
    """Return everything an answer says, also inside a spreadsheet."""
    body = answer.get_data()
    if is_zipfile(BytesIO(body)):
        with ZipFile(BytesIO(body)) as parts:
            body = b"".join(parts.read(name) for name in parts.namelist())
    return body.decode(errors="replace")
