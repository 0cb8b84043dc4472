"""Headers, frozen; forged requests; text that cannot be kept; pages of errors."""

import json
import re
from collections import Counter
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask, Response, abort, jsonify, request, send_file
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError

from tests.client import Client
from tests.people.factories import sign_in
from tests.web.naughty import NUMBERS, STRINGS, UNREADABLE
from tests.web.test_access_table import UNSAFE, admitted, routes
from tracker import create_app
from tracker.core.errors import DomainError, FieldErrors, NotFound, StaleVersion
from tracker.people.rules import Role
from tracker.web.frame.access import public
from tracker.web.frame.errors import SENTENCES

PAGE = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'; object-src 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
OTHER = "default-src 'none'; frame-ancestors 'none'; sandbox"
ATTACHMENT = "default-src 'none'; sandbox"
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": (
        "accelerometer=(), autoplay=(), camera=(), display-capture=(), encrypted-media=(), fullscreen=(), "
        "geolocation=(), gyroscope=(), magnetometer=(), microphone=(), midi=(), payment=(), picture-in-picture=(), "
        "publickey-credentials-get=(), screen-wake-lock=(), usb=(), xr-spatial-tracking=()"
    ),
}
# What an answer may carry besides; their values belong to the single answer.
OWN = {
    *("Content-Type", "Content-Length", "Location", "Set-Cookie", "Vary", "X-Request-ID", "Allow"),
    *("Content-Disposition", "ETag", "Last-Modified", "Date", "Accept-Ranges"),
}
HTML = {**ALWAYS, "Content-Security-Policy": PAGE, "Cache-Control": "no-store"}
DATA = {**ALWAYS, "Content-Security-Policy": OTHER, "Cache-Control": "no-store"}
FILE = {**ALWAYS, "Content-Security-Policy": ATTACHMENT, "Cache-Control": "no-store"}
JSON = {"Accept": "application/json"}


def common(answer: Response) -> dict[str, str]:
    """Return the headers that are the same for all answers of a kind; none comes twice."""
    names = [name for name, _value in answer.headers if name not in OWN]
    assert len(names) == len(set(names))
    return {name: answer.headers[name] for name in names}


def serve(app: Flask, view: Callable[[], object], **options: object) -> FlaskClient:
    """Add a public view at /view and give a browser."""
    app.add_url_rule("/view", "view", public(view), **options)  # type: ignore[arg-type]
    return app.test_client()


# Headers


def test_pages_carry_exactly_these_headers(administrator: Client, new_client: Callable[[], Client]) -> None:
    anonymous = new_client()
    for answer in (
        anonymous.get("/sign-in"),
        anonymous.get("/people"),
        anonymous.post("/people/new"),
        anonymous.get("/no/such/page"),
        administrator.get("/people"),
        administrator.get("/people/new"),
        administrator.head("/people"),
        administrator.get(f"/people/{'x' * 22}"),
        administrator.get("/sign-out"),
        administrator.post("/people/new"),
        administrator.submit("/people/new", {}),
        administrator.delete("/people"),
        administrator.options("/people"),
    ):
        assert common(answer) == HTML, answer.request.path
        assert re.fullmatch(r"[0-9a-f]{16}", answer.headers["X-Request-ID"])


METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


def test_every_route_by_every_method_carries_exactly_these_headers(
    new_client: Callable[[], Client], people: list[Role]
) -> None:
    """The table is frozen: a page, data and a file have theirs, whoever asks, by whatever method, whatever is said."""
    anonymous, signed = new_client(), {role: new_client() for role in people}
    for role, browser in signed.items():
        sign_in(browser, role.value)
    addresses = {endpoint: address for endpoint, _method, address in routes(anonymous.application)}
    seen = Counter[tuple[str, int]]()
    for endpoint, address in addresses.items():
        admits = next((role for role in people if admitted(role, endpoint)), people[0])
        for browser, methods in ((anonymous, METHODS), (signed[admits], ("GET", "HEAD", "POST"))):
            for method in methods:
                if endpoint == "sign_in.sign_out" and method == "POST" and browser is not anonymous:
                    continue
                answer = browser.open(address, method=method)
                given = answer.headers.get("Content-Disposition", "").startswith("attachment")
                expected = FILE if given else HTML if answer.mimetype == "text/html" else DATA
                assert common(answer) == expected, (method, address, answer.status)
                assert answer.status_code != 500, (method, address)
                seen[method, answer.status_code] += 1
    assert len(addresses) > 150
    assert {status for _method, status in seen} >= {200, 303, 400, 401, 404, 405}


def test_data_carries_exactly_these_headers(administrator: Client, bare: Flask) -> None:
    assert common(administrator.get("/no/such/page", headers=JSON)) == DATA
    assert common(administrator.post("/people/new", headers=JSON)) == DATA
    assert common(serve(bare, lambda: jsonify(a=1)).get("/view")) == DATA


def test_attachments_carry_exactly_these_headers(bare: Flask) -> None:
    def attachment() -> Response:
        return send_file(BytesIO(b"<script>"), mimetype="text/html", as_attachment=True, download_name="举报信.html")

    answer = serve(bare, attachment).get("/view")
    assert common(answer) == FILE
    assert answer.headers["Content-Disposition"].startswith("attachment; ")


def test_a_view_cannot_loosen_the_policy(bare: Flask) -> None:
    def loose() -> Response:
        answer = Response("x", mimetype="text/html")
        answer.headers["Content-Security-Policy"] = "default-src *"
        answer.headers.add("Cache-Control", "public")
        return answer

    assert common(serve(bare, loose).get("/view")) == HTML


def test_only_the_programs_own_files_are_kept_by_browsers(client: Client) -> None:
    versioned = client.get("/static/base.css?v=1")
    assert common(versioned) == {**DATA, "Cache-Control": "public, max-age=31536000, immutable"}
    assert common(client.get("/static/base.css")) == {**DATA, "Cache-Control": "no-cache"}
    again = client.get("/static/base.css", headers={"If-None-Match": versioned.headers["ETag"]})
    assert again.status_code == 304
    assert common(again) == {**DATA, "Cache-Control": "no-cache"}
    assert common(client.get("/static/none.css?v=1")) == HTML
    assert client.get("/static/../config.py").status_code == 404


def test_https_is_asked_for_in_production_only(tmp_path: Path) -> None:
    for environment, expected in (("production", "max-age=31536000"), ("trial", None)):
        app = create_app({"TRACKER_ENV": environment, "TRACKER_DATA": tmp_path, "SECRET_KEY": "x" * 40})
        answer = app.test_client().get("/sign-in", base_url="https://tracker.example")
        assert answer.headers.get("Strict-Transport-Security") == expected
        cookie = answer.headers["Set-Cookie"]
        assert ("Secure;" in cookie) is (environment == "production")
        assert cookie.startswith("__Host-tracker=" if environment == "production" else "tracker=")
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie


def test_who_asks_is_read_from_the_proxies_that_are_named(tmp_path: Path) -> None:
    seen = []
    for proxies in (0, 1):
        settings = {"TRACKER_ENV": "test", "TRACKER_DATA": tmp_path, "SECRET_KEY": "x" * 40, "TRACKER_PROXIES": proxies}
        app = create_app(settings)
        app.before_request(lambda: seen.append(request.remote_addr))
        app.test_client().get("/no/such/page", headers={"X-Forwarded-For": "203.0.113.5, 198.51.100.4"})
    assert seen == ["127.0.0.1", "198.51.100.4"]


def test_nothing_inline_stands_in_any_page(administrator: Client) -> None:
    for endpoint, method, address in routes(administrator.application):
        if method == "GET":
            text = administrator.get(address).text
            assert not re.search(r"<style|\sstyle=|<script(?![^>]*\ssrc=)|\son\w+=|javascript:", text), endpoint


# Requests that another site made


def test_every_unsafe_route_wants_the_form_token(new_client: Callable[[], Client], people: list[Role]) -> None:
    stranger = new_client().token("/sign-in")
    unsafe = [route for route in routes(new_client().application) if route[1] in UNSAFE]
    for role in people:
        client = new_client()
        sign_in(client, role.value)
        own = client.token("/account/password")
        for route in [route for route in unsafe if admitted(role, route[0])]:
            wants_the_token(client, *route[1:], own=own, stranger=stranger)
            unsafe.remove(route)
    assert unsafe == [], "nobody could try these"


def wants_the_token(client: Client, method: str, address: str, *, own: str, stranger: str) -> None:
    """Try an address without the token, with a wrong one, with somebody else's, and in the wrong place."""
    for options in (
        {},
        {"data": {"csrf_token": ""}},
        {"data": {"csrf_token": stranger}},
        {"data": {"csrf_token": own[:-8] + "x" * 8}},
        {"headers": {"X-CSRFToken": stranger}},
        {"query_string": {"csrf_token": own}},
    ):
        page = client.open(address, method=method, **options)
        assert page.status_code == 400, (address, options)
        assert "表单已经过期" in page.text
    data = client.open(address, method=method, json={"csrf_token": own}, headers=JSON)
    assert data.status_code == 400, address
    assert data.json["error"] == "表单已经过期，没有保存。请重新打开页面后再试。"


def test_the_token_is_taken_from_form_or_header(administrator: Client) -> None:
    own = administrator.token("/people/new")
    assert administrator.post("/people/new", data={"csrf_token": own}).status_code == 422
    assert administrator.post("/people/new", headers={"X-CSRFToken": own}).status_code == 422
    assert administrator.post("/people/new", json={}, headers={"X-CSRFToken": own}).status_code == 422


@pytest.mark.parametrize(
    ("headers", "admitted"),
    [
        ({}, True),
        ({"Origin": "http://localhost"}, True),
        ({"Origin": "null"}, True),
        ({"Origin": "null", "Sec-Fetch-Site": "same-origin"}, True),
        ({"Sec-Fetch-Site": "none"}, True),
        ({"Origin": "http://evil.example"}, False),
        ({"Origin": "http://localhost.evil.example"}, False),
        ({"Origin": "http://localhost:81"}, False),
        ({"Origin": "evil"}, False),
        ({"Origin": "null", "Sec-Fetch-Site": "cross-site"}, False),
        ({"Origin": "http://localhost", "Sec-Fetch-Site": "same-site"}, False),
    ],
)
def test_another_site_is_refused_even_with_the_token(
    administrator: Client, headers: dict[str, str], admitted: bool
) -> None:
    own = administrator.token("/people/new")
    answer = administrator.post("/people/new", data={"csrf_token": own}, headers=headers)
    assert answer.status_code == (422 if admitted else 400)
    assert ("来自别的网站" in answer.text) is not admitted
    assert administrator.get("/people", headers=headers).status_code == 200, "a link from elsewhere is no act"


# Text that cannot be kept


@pytest.mark.parametrize("text", UNREADABLE)
def test_text_that_cannot_be_kept_is_refused_at_the_edge(administrator: Client, text: str) -> None:
    own = administrator.token("/people/new")
    for answer in (
        administrator.get("/people", query_string={"q": text}),
        administrator.get("/people", query_string={text: "1"}),
        administrator.post("/people/new", data={"csrf_token": own, "name": text}),
        administrator.post("/people/new", data={"csrf_token": own, text: "x"}),
        administrator.post(
            "/people/new", data={"csrf_token": own, "file": (BytesIO(b"x"), f"{text}.txt")}, buffered=True
        ),
    ):
        assert answer.status_code in (400, 422), answer.request.path
        if answer.status_code == 422:
            assert text not in str(answer.request.files), "the parser already refused the name"
        else:
            assert "不能保存的字符" in answer.text


BODIES = (
    b'"\\ud83d"',
    b'{"a": "\\ud83d"}',
    b'{"\\u0000": 1}',
    b'{"a": ["\\u0000"]}',
    b'{"a":',
    b"\xff\xfe",
    b"[" * 100_000,
    b"[" * 200 + b"]" * 200,
    b'{"a":' * 300 + b"1" + b"}" * 300,
    b"",
)


@pytest.mark.parametrize("body", BODIES, ids=range(len(BODIES)))
def test_broken_data_is_refused_at_the_edge(administrator: Client, body: bytes) -> None:
    headers = {**JSON, "X-CSRFToken": administrator.token("/people/new"), "Content-Type": "application/json"}
    answer = administrator.post("/people/new", data=body, headers=headers)
    assert answer.status_code == 400
    assert answer.json["error"]


def test_sound_data_passes_the_edge(administrator: Client) -> None:
    headers = {**JSON, "X-CSRFToken": administrator.token("/people/new")}
    assert administrator.post("/people/new", json={"a": [1, None, {"b": "𠂇"}]}, headers=headers).status_code == 422


def test_nothing_in_an_address_breaks_a_list(administrator: Client) -> None:
    for text in (*STRINGS, *NUMBERS):
        names = ("page", "q", "state", "all", "parent", "next", text[:50])
        for address in ("/people", "/departments", "/departments/new", "/sign-in"):
            answer = administrator.get(address, query_string=dict.fromkeys(names, text))
            assert answer.status_code in (200, 303), (address, text)
            assert "<script>alert" not in answer.text, address


@pytest.mark.parametrize(
    "text", ["x", "1", "x" * 21, "x" * 23, "<" * 22, "张" * 22, "%00" * 22, "../" * 7 + "x", "' OR 1=1--xxxxxxxxxxxx"]
)
def test_identifiers_of_another_form_are_not_found(administrator: Client, text: str) -> None:
    assert administrator.get(f"/people/{text}").status_code == 404


# Pages of errors


def plain(page: str) -> str:
    """Return the words of a page: tags gone."""
    return re.sub(r"<[^>]+>", " ", re.sub(r"<(script|style|head).*?</\1>", " ", page, flags=re.S))


ENGLISH = re.compile(r"[A-Za-z]{3,}\s+[A-Za-z]{2,}")


@pytest.mark.parametrize("status", sorted(SENTENCES))
def test_every_refusal_has_a_chinese_page(bare: Flask, status: int) -> None:
    def refuse() -> str:
        error = DomainError("这一步不能办：缺少答复。")
        error.status = status
        raise error

    client = serve(bare, refuse)
    page, data = client.get("/view"), client.get("/view", headers=JSON)
    assert page.status_code == data.status_code == status
    assert common(page) == HTML
    assert common(data) == DATA
    assert not ENGLISH.search(plain(page.text)), plain(page.text)
    assert str(status) in page.text
    assert ("缺少答复" in page.text) is (status in (400, 403, 409, 413, 422, 429, 503))
    assert set(data.json) == {"error", "errors", "request_id"}


@pytest.mark.parametrize(
    "status", [400, 401, 403, 404, 405, 406, 408, 413, 414, 415, 418, 429, 431, 451, 500, 501, 503]
)
def test_every_status_has_a_chinese_page(bare: Flask, status: int) -> None:
    client = serve(bare, lambda: abort(status))
    page = client.get("/view")
    assert page.status_code == status
    assert page.text.startswith("<!doctype html>")
    assert not ENGLISH.search(plain(page.text)), plain(page.text)


def test_a_database_that_does_not_answer_in_time_says_when_to_come_back(bare: Flask) -> None:
    def locked() -> str:
        raise OperationalError("UPDATE x SET name = ?", {"name": "王某"}, Exception("database is locked"))

    client = serve(bare, locked)
    page, data = client.get("/view"), client.get("/view", headers=JSON)
    for answer in (page, data):
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "60")
        assert "王某" not in answer.text
    assert not ENGLISH.search(plain(page.text))
    assert "从工作台的“草稿”接着填" in page.text


def test_a_defect_shows_no_more_than_its_number(bare: Flask, caplog: pytest.LogCaptureFixture) -> None:
    def broken() -> str:
        raise ZeroDivisionError("the secret of the office")

    client = serve(bare, broken)
    page, data = client.get("/view"), client.get("/view", headers=JSON)
    for answer in (page, data):
        assert answer.status_code == 500
        assert "secret" not in answer.text
        assert "ZeroDivision" not in answer.text
        assert "Traceback" not in answer.text
        assert answer.headers["X-Request-ID"] in answer.text
    assert common(page) == HTML
    assert not ENGLISH.search(plain(page.text).replace(page.headers["X-Request-ID"], ""))
    assert page.headers["X-Request-ID"] in caplog.text


def test_what_is_unseen_looks_like_what_is_not_there(bare: Flask) -> None:
    def unseen() -> str:
        raise NotFound("这一件属于检举控告，您不在名单里。")

    client = serve(bare, unseen)
    for headers in ({}, JSON):
        one, other = client.get("/view", headers=headers), client.get("/nothing", headers=headers)
        assert one.status_code == other.status_code == 404
        strip = one.headers["X-Request-ID"], other.headers["X-Request-ID"]
        assert one.text.replace(strip[0], "") == other.text.replace(strip[1], "")


def test_sentences_for_fields_reach_a_script(bare: Flask) -> None:
    def refuse() -> str:
        raise FieldErrors({"name": "请填写姓名。", "": "缺少答复。"})

    answer = serve(bare, refuse).get("/view", headers=JSON)
    assert (answer.status_code, answer.json["errors"]) == (422, {"name": "请填写姓名。", "": "缺少答复。"})


def test_a_stale_page_is_a_conflict(bare: Flask) -> None:
    def stale() -> str:
        raise StaleVersion("<b>别人刚刚办理了这一件。</b>")

    answer = serve(bare, stale).get("/view")
    assert answer.status_code == 409
    assert "&lt;b&gt;别人刚刚办理了这一件。" in answer.text


def test_too_large_a_body_is_said(administrator: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    own = administrator.token("/people/new")
    monkeypatch.setitem(administrator.application.config, "MAX_CONTENT_LENGTH", 1000)
    answer = administrator.post("/people/new", data={"csrf_token": own, "name": "x" * 2000})
    assert answer.status_code == 413
    assert "超过了大小限制" in answer.text


def test_a_wrong_method_says_which_are_right(administrator: Client) -> None:
    answer = administrator.get("/sign-out")
    assert answer.status_code == 405
    assert set(answer.headers["Allow"].split(", ")) == {"POST", "OPTIONS"}
    assert not ENGLISH.search(plain(answer.text))


def test_an_expired_form_says_that_nothing_is_lost(administrator: Client) -> None:
    page = plain(
        administrator.post("/people/new", data={"name": "张三在会上说明情况", "password": "不能再显示的密码"}).text
    )
    assert "接着填" in page
    assert "张三在会上说明情况" in page
    assert not ENGLISH.search(page)


def test_what_was_not_taken_is_shown_for_copying_but_no_secret(administrator: Client) -> None:
    sent = {
        "name": "张三在会上说明情况",
        "password": "不能再显示的密码",
        "village_was": "改以前的村",
        "x": "<b>粗体字</b>",
    }
    page = administrator.post("/people/new", data=sent).text
    assert "<pre>张三在会上说明情况</pre>" in page
    assert "&lt;b&gt;粗体字" in page
    assert "不能再显示" not in page
    assert "改以前" not in page
    foreign = administrator.post("/people/new", data=sent, headers={"Sec-Fetch-Site": "cross-site"})
    assert foreign.status_code == 400
    assert "张三" not in foreign.text, "another site writes nothing into our pages"


def test_the_control_finds_english() -> None:
    assert ENGLISH.search(plain("<p>The method is not allowed.</p>"))
    assert json.loads('{"a": 1}')
