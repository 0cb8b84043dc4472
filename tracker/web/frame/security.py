"""What every request and every answer carries, for every request: identity, origin, readable text, headers.

The content policy allows nothing inline and nothing from elsewhere; it is frozen by a test (security.md §7).
"""

import secrets
from base64 import b64decode, urlsafe_b64encode
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, g, request
from flask_wtf.csrf import CSRFProtect, generate_csrf
from werkzeug.exceptions import BadRequest
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import BaseConverter

from tracker.core.errors import DomainError

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'; object-src 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
OTHER_POLICY = "default-src 'none'; frame-ancestors 'none'; sandbox"
ATTACHMENT_POLICY = "default-src 'none'; sandbox"
NO_FEATURES = ", ".join(
    f"{feature}=()"
    for feature in (
        *("accelerometer", "autoplay", "camera", "display-capture", "encrypted-media", "fullscreen", "geolocation"),
        *("gyroscope", "magnetometer", "microphone", "midi", "payment", "picture-in-picture"),
        *("publickey-credentials-get", "screen-wake-lock", "usb", "xr-spatial-tracking"),
    )
)
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": NO_FEATURES,
}
HTTPS_ONLY = "max-age=31536000"
FOREVER = "public, max-age=31536000, immutable"
DEEPEST_JSON = 100
UNREADABLE = "提交的内容里有不能保存的字符（空字符或残缺的字符），请删去后重新填写。"


class MaskedTokens(CSRFProtect):
    """Form tokens that look different in every answer; the one behind them lives as long as the session."""

    def init_app(self, app: Flask) -> None:
        """Check the tokens of an application, and give templates `csrf_token()`."""
        super().init_app(app)
        app.jinja_env.globals["csrf_token"] = masked_token
        app.context_processor(lambda: {"csrf_token": masked_token})

    def _get_csrf_token(self) -> str | None:
        token = super()._get_csrf_token()
        return unmasked(token) if token else None


def masked_token() -> str:
    """Return the form token under a pad of this answer: how well a page compresses tells nothing of it."""
    if "masked_token" not in g:
        token = generate_csrf().encode()
        pad = secrets.token_bytes(len(token))
        g.masked_token = urlsafe_b64encode(pad + _xor(token, pad)).decode()
    masked: str = g.masked_token
    return masked


def unmasked(sent: str) -> str:
    """Return the token behind what a page sent; what was never masked stays as it is, and is checked like that."""
    try:
        whole = b64decode(sent, altchars=b"-_", validate=True)
        return _xor(whole[: len(whole) // 2], whole[len(whole) // 2 :]).decode()
    except ValueError:
        return sent


def _xor(one: bytes, other: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(one, other, strict=True))


csrf = MaskedTokens()


class UnreadableInput(DomainError):
    """The request holds text that neither database can keep."""

    status = 400


class ForeignOrigin(DomainError):
    """The form was not sent from a page of this site."""

    status = 400


class PublicIdConverter(BaseConverter):
    """`<pid:public_id>`: the 22 characters of a public id; anything else in an address is simply not found."""

    regex = "[A-Za-z0-9_-]{22}"


def init_security(app: Flask) -> None:
    """Prepare addresses and answers. Call first: what is registered here runs before any other check."""
    app.url_map.converters["pid"] = PublicIdConverter
    proxies = int(app.config.get("TRACKER_PROXIES", 0))
    if proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies, x_host=proxies)  # type: ignore[method-assign]
    app.before_request(_begin)
    app.after_request(_harden)


def init_forgery_protection(app: Flask) -> None:
    """Check form tokens, then the text of the body. Call after access: both read the whole body."""
    csrf.init_app(app)
    app.before_request(_refuse_unreadable_body)


def _begin() -> None:
    g.request_id = secrets.token_hex(8)
    if request.method not in SAFE_METHODS:
        _refuse_foreign_origin()
    _refuse_unreadable(_texts(request.args))


def _refuse_foreign_origin() -> None:
    """Refuse what another site sent, besides the form token.

    Pages send no referrer, so browsers send their own forms with `Origin: null`: where the browser says
    Sec-Fetch-Site, that decides; a null origin without it is left to the token.
    """
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin", "null")
    foreign = (
        site not in ("same-origin", "none") if site else origin != "null" and urlsplit(origin).netloc != request.host
    )
    if foreign:
        g.foreign = True
        raise ForeignOrigin("这个请求来自别的网站，已拒绝。请在本系统的页面里办理。")


def _refuse_unreadable_body() -> None:
    if request.method in SAFE_METHODS or request.endpoint is None:
        return
    _refuse_unreadable(_texts(request.form))
    _refuse_unreadable(name or "" for files in request.files.listvalues() for name in (f.filename for f in files))
    if request.is_json:
        _refuse_unreadable(_json_texts(_json(), 0))


def _json() -> Any:
    try:
        return request.get_json()
    except RecursionError:
        raise BadRequest from None


def _json_texts(value: Any, depth: int) -> Iterator[str]:
    if depth > DEEPEST_JSON:
        raise BadRequest
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from _json_texts(inner, depth + 1)
    elif isinstance(value, list):
        for inner in value:
            yield from _json_texts(inner, depth + 1)


def _texts(values: Any) -> Iterator[str]:
    for name, texts in values.lists():
        yield name
        yield from texts


def _refuse_unreadable(texts: Iterable[str]) -> None:
    """Refuse NUL, which PostgreSQL cannot keep, and halves of characters, which no encoding can."""
    for text in texts:
        if "\x00" in text or any("\ud800" <= character <= "\udfff" for character in text):
            raise UnreadableInput(UNREADABLE)


def _harden(response: Response) -> Response:
    headers = response.headers
    headers.update(ALWAYS)
    headers["Content-Security-Policy"] = _policy(response)
    headers["Cache-Control"] = _caching(response)
    headers["X-Request-ID"] = g.get("request_id", "-")
    if current_app.config["TRACKER_ENV"] == "production":
        headers["Strict-Transport-Security"] = HTTPS_ONLY
    return response


def _policy(response: Response) -> str:
    if response.headers.get("Content-Disposition", "").startswith("attachment"):
        return ATTACHMENT_POLICY
    return PAGE_POLICY if response.mimetype == "text/html" else OTHER_POLICY


def _caching(response: Response) -> str:
    """Keep the program's own style sheets and script; nothing else leaves a trace in the browser."""
    if request.endpoint != "static" or response.status_code not in (200, 206, 304):
        return "no-store"
    return FOREVER if request.args.get("v") else "no-cache"
