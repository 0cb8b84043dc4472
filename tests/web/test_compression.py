"""Pages leave compressed, and how well they compress tells nothing of what is secret in them."""

import gzip
import random
import re
import string
from collections.abc import Callable
from statistics import mean

import pytest
from flask import Flask, Response
from werkzeug.test import TestResponse

from tests.client import Client
from tests.web.browsing import form_of
from tests.world.county import County
from tracker.web.frame.compression import LEVEL, SHORTEST
from tracker.web.frame.security import masked_token, unmasked

PACKED = {"Accept-Encoding": "gzip, deflate, br"}
STYLE = "/static/components.css"
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


@pytest.fixture
def clerk(county: County) -> Client:
    """Give the browser of the acceptor."""
    return county.browser("acceptor")


def is_packed(answer: TestResponse) -> bool:
    return answer.headers.get("Content-Encoding") == "gzip"


def content(answer: TestResponse) -> bytes:
    return gzip.decompress(answer.data) if is_packed(answer) else answer.data


@pytest.mark.parametrize("path", ["/", "/cases", "/cases?state=open&page=2", "/inbox", "/cases/new", STYLE])
def test_pages_and_styles_leave_compressed(clerk: Client, path: str) -> None:
    plain, packed = clerk.get(path), clerk.get(path, headers=PACKED)
    assert is_packed(packed)
    assert not is_packed(plain)
    assert len(packed.data) < len(plain.data) / 2
    assert packed.content_length == len(packed.data)
    for answer in (plain, packed):
        assert "Accept-Encoding" in answer.vary
    without = [TOKEN.sub("", content(answer).decode()) for answer in (plain, packed)]
    if "new" not in path:
        assert without[0] == without[1]


@pytest.mark.parametrize("refused", [{}, {"Accept-Encoding": "identity"}, {"Accept-Encoding": "gzip;q=0, br"}])
def test_who_does_not_take_it_does_not_get_it(clerk: Client, refused: dict[str, str]) -> None:
    assert not is_packed(clerk.get("/cases", headers=refused))


def test_the_head_of_a_page_is_that_of_the_page(clerk: Client) -> None:
    head, page = clerk.head(STYLE, headers=PACKED), clerk.get(STYLE, headers=PACKED)
    assert head.data == b""
    for name in ("Content-Length", "Content-Encoding", "Vary", "ETag", "Content-Type"):
        assert head.headers[name] == page.headers[name], name
    assert is_packed(clerk.head("/cases", headers=PACKED))


def test_a_kept_style_is_not_sent_again(clerk: Client) -> None:
    packed = clerk.get(STYLE, headers=PACKED)
    assert packed.headers["ETag"].startswith("W/")
    again = clerk.get(STYLE, headers={**PACKED, "If-None-Match": packed.headers["ETag"]})
    assert (again.status_code, again.data, is_packed(again)) == (304, b"", False)
    assert "Accept-Encoding" in again.vary


def test_a_part_of_a_file_is_a_part_of_the_file(clerk: Client) -> None:
    whole = clerk.get(STYLE).data
    part = clerk.get(STYLE, headers={**PACKED, "Range": "bytes=10-19"})
    assert (part.status_code, part.data, is_packed(part)) == (206, whole[10:20], False)
    assert "Accept-Ranges" not in clerk.get(STYLE, headers=PACKED).headers


def serve(app: Flask, patch: pytest.MonkeyPatch, view: Callable[[], object]) -> None:
    """Serve something else as the page of signing in."""
    known = app.view_functions["sign_in.page"]
    vars(view)["access"] = known.access  # type: ignore[attr-defined]
    patch.setitem(app.view_functions, "sign_in.page", view)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "view",
    [
        lambda: "短" * (SHORTEST // 3 - 1),
        lambda: Response("x" * 9999, mimetype="application/pdf"),
        lambda: Response("x" * 9999, status=404),
        lambda: Response((part for part in ("x" * 5000, "y" * 5000)), direct_passthrough=True, mimetype="text/html"),
        lambda: Response("x" * 9999, headers={"Content-Encoding": "br"}),
    ],
    ids=["short", "not text", "an error", "a stream", "compressed already"],
)
def test_what_is_not_worth_it_or_not_ours_stays(
    app: Flask, client: Client, monkeypatch: pytest.MonkeyPatch, view: Callable[[], object]
) -> None:
    serve(app, monkeypatch, lambda: view())
    assert not is_packed(client.get("/sign-in", headers=PACKED))


def test_what_somebody_put_into_a_page_is_not_compressed_with_it(clerk: Client) -> None:
    for path in ("/cases?words=王建国", "/cases?state=王", "/cases?x=y", "/cases?page=13903561234", "/places?q=上庄"):
        answer = clerk.get(path, headers=PACKED)
        assert answer.status_code == 200, path
        assert not is_packed(answer), path
    page = clerk.get("/cases/new")
    sent = {**form_of(page, "/cases/new").fields.to_dict(), "title": "反映" * 200}
    refused = clerk.post("/cases/new", data=sent, headers=PACKED)
    assert (refused.status_code, "反映反映" in refused.text, is_packed(refused)) == (422, True, False)


def test_the_form_token_differs_in_each_answer_and_each_is_taken(clerk: Client) -> None:
    tokens = [clerk.token("/account") for _ in range(3)]
    assert len(set(tokens)) == 3
    raw = {unmasked(token).split(".")[0] for token in tokens}
    assert len(raw) == 1, "the one behind them is that of the session"
    for token in tokens:
        assert clerk.post("/account/sessions/end", data={"csrf_token": token}).status_code == 303
    forged = tokens[0][:-8] + ("A" * 8 if not tokens[0].endswith("A" * 8) else "B" * 8)
    for wrong in (forged, "", "x", tokens[0] + "=", "AAAA"):
        assert clerk.post("/account/sessions/end", data={"csrf_token": wrong}).status_code == 400, wrong


KNOWN = 16
GUESS = 12
TRIALS = 150


def gain(app: Flask, token: Callable[[], str]) -> float:
    """Return by how many bytes a page is shorter for holding a right guess of its token than a wrong one."""
    gains, chance = [], random.Random(1)
    for _ in range(TRIALS):
        with app.test_request_context():
            shown = token()
            secret = unmasked(shown)
        right = secret[: KNOWN + GUESS]
        wrong = secret[:KNOWN] + "".join(chance.choices(string.ascii_letters + string.digits, k=GUESS))
        page = '<input name="csrf_token" value="{}"><p>{}</p>' + "<p>信访事项</p>" * 50
        gains.append(_size(page.format(shown, wrong)) - _size(page.format(shown, right)))
    return mean(gains)


def _size(page: str) -> int:
    return len(gzip.compress(page.encode(), LEVEL, mtime=0))


def test_how_well_a_page_compresses_tells_nothing_of_the_token(app: Flask) -> None:
    assert abs(gain(app, masked_token)) < 2


def test_without_the_pad_it_would(app: Flask) -> None:
    """The negative control: who guesses twelve characters right sees it in the length."""
    assert gain(app, lambda: unmasked(masked_token())) > 4
