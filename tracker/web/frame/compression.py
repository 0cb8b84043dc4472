"""Pages leave compressed, without a proxy; what a stranger can have echoed in a page never does.

The length of a compressed page tells how much of what somebody put into it the page holds already (BREACH). So the form
token stands under a fresh pad in each answer (`web/frame/security.py`), and only answers to an address of codes are
compressed: neither what was typed, searched or sent comes back in them.
"""

import gzip
import re
from functools import lru_cache

from flask import Flask, Response, request

from tracker.cases.ledger.filters import FILTERS
from tracker.cases.ledger.kinds import Control

TYPES = frozenset(
    {"text/html", "text/css", "text/javascript", "application/javascript", "application/json", "image/svg+xml"}
)
SHORTEST = 1024
LEVEL, LEVEL_OF_FILES = 4, 9
# What an address may carry for its answer to be compressed: known names, and codes or small numbers.
FREE = {name for name, row in FILTERS.items() if row.control is Control.TEXT}
NAMES = frozenset(FILTERS) - FREE | {"page", "sort", "which", "edition", "all", "v"}
CODE = re.compile(r"[a-z_-]{0,30}|[0-9]{1,4}|[0-9a-f]{12}")


def init_compression(app: Flask) -> None:
    """Compress what is worth it. Call first: what is registered first is done last to an answer."""
    app.after_request(_compress)


def _compress(response: Response) -> Response:
    if response.mimetype not in TYPES or request.method not in ("GET", "HEAD"):
        return response
    response.vary.add("Accept-Encoding")
    wanted = request.accept_encodings.quality("gzip") > 0
    if not wanted or response.status_code != 200 or "Content-Encoding" in response.headers or _echoes():
        return response
    is_file = request.endpoint == "static"
    if response.direct_passthrough and not is_file:
        return response
    response.direct_passthrough = False
    whole = response.get_data()
    if len(whole) < SHORTEST:
        return response
    response.set_data(_packed_file(whole) if is_file else gzip.compress(whole, LEVEL, mtime=0))
    response.headers["Content-Encoding"] = "gzip"
    _weaken(response)
    return response


def _echoes() -> bool:
    """Return whether the answer may hold what somebody put into the address."""
    return any(name not in NAMES or not CODE.fullmatch(value) for name, value in request.args.items(multi=True))


@lru_cache(maxsize=64)
def _packed_file(content: bytes) -> bytes:
    return gzip.compress(content, LEVEL_OF_FILES, mtime=0)


def _weaken(response: Response) -> None:
    """Say that the bytes are others, though the content is the same: no part of them can be asked for."""
    tag, _weak = response.get_etag()
    if tag:
        response.set_etag(tag, weak=True)
    response.headers.remove("Accept-Ranges")
