"""Refusals and failures as pages in Chinese, or as JSON for a script; never a traceback, never a word of English."""

import re
from collections.abc import Mapping
from typing import Any

from flask import Flask, Response, current_app, g, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnectionFree
from werkzeug.exceptions import HTTPException

from tracker.core.database import db
from tracker.core.errors import DomainError, LogBroken, OutcomeUnknown, StorageFailure, TooManyTries, log_defect
from tracker.core.failures import TOLD, Failure, failure_of
from tracker.web.frame.access import SAFE_METHODS, wants_json
from tracker.web.frame.refusals import note_refusal
from tracker.web.frame.secret_fields import secret_names

# Status → the sentence for a script; each of these statuses has its page in templates/errors.
SENTENCES = {
    400: "请求的内容有误，没有保存。",
    401: "您还没有登录，或者登录已经过期。请先登录。",
    403: "您的岗位不能办这件事。",
    404: "没有找到，或者您无权查看。",
    405: "这个地址不能这样打开。",
    409: "内容已经变了，请刷新后再办。",
    413: "上传的内容超过了大小限制，没有保存。",
    422: "填写的内容有问题，没有保存。",
    429: "操作太频繁，请稍后再试。",
    500: "系统出了故障，刚才的操作没有保存。",
    503: "系统正忙，刚才的操作没有保存。请稍等一分钟再试。",
}
RETRY_AFTER = 60
# What a person did not type, or must never be shown; what is shorter is typed again at once.
_NOT_TYPED = re.compile("password|token|^(submission|kept|version|opened|joins.*|then|act|pile)$|_was$")
SHORTEST_TYPED = 4
_CODE = re.compile("[a-z_]+")
NOT_SAVED = "刚才的操作没有保存，已有的数据没有受影响，故障已经记下。"
# After a commit nobody confirmed. The token of a form is kept with what it makes, so it makes it once.
AGAIN = "可能没有保存；请从工作台的“草稿”接着填，把同一份表单再提交一次：已经存上的不会重复。"
LOOK_FIRST = "可能没有保存；请先打开有关页面看一看，没有再办一次。"
LOOK_AGAIN = "请刷新页面再看一次。"
EXPIRED = "表单已经过期，没有保存。请重新打开页面后再试。"


def init_errors(app: Flask) -> None:
    """Answer every refusal and failure of the application."""
    app.register_error_handler(DomainError, _refused)
    app.register_error_handler(HTTPException, _not_served)
    for kind in (DBAPIError, NoConnectionFree, StorageFailure, LogBroken, OutcomeUnknown, OSError):
        app.register_error_handler(kind, _failed)
    app.log_exception = _log_failure  # type: ignore[method-assign]


def _log_failure(exc_info: Any) -> None:
    """Log a failure by the name of its view: Flask would write the path, which may be a secret (日历订阅)."""
    current_app.logger.error("request %s failed in %s", g.get("request_id", "-"), request.endpoint, exc_info=exc_info)


def _refused(error: DomainError) -> ResponseReturnValue:
    if error.status in (403, 404):
        try:
            note_refusal(error.status)
        except TooManyTries as stopped:
            error = stopped
    if error.status == 404:
        return _answer(404)
    return _answer(error.status, sentence=error.message, errors=error.errors)


def _not_served(error: HTTPException) -> ResponseReturnValue:
    if isinstance(error, CSRFError):
        return _answer(400, sentence=EXPIRED, errors={"": EXPIRED}, expired=True)
    status = error.code or 500
    if status >= 500:
        current_app.logger.error("request %s failed", g.get("request_id", "-"))
    headers = {name: value for name, value in error.get_headers() if name in ("Allow", "Retry-After")}
    return _answer(status, headers=headers)


def _failed(error: Exception) -> ResponseReturnValue:
    """The database or the store of files failed: say why, and what helps. The page asks it nothing more."""
    failure = failure_of(error)
    if failure is None:
        raise error
    g.database_failed = True
    db.session.rollback()
    log_defect(current_app.logger, error, f"request {g.get('request_id', '-')} ({failure})")
    told, sentences = TOLD[failure], _sentences(failure)
    headers = {"Retry-After": str(RETRY_AFTER)} if told.passes else {}
    if wants_json():
        return _data("".join((f"{told.title}。", *sentences)), {}), told.status, headers
    return _page("failure", status=told.status, title=told.title, sentences=sentences), told.status, headers


def _sentences(failure: Failure) -> tuple[str, str]:
    """Return what became of the act, and what to do now."""
    told = TOLD[failure]
    if failure is not Failure.UNKNOWN_OUTCOME:
        return NOT_SAVED, told.people
    if request.form.get("submission"):
        return told.people, AGAIN
    return told.people, LOOK_AGAIN if request.method == "GET" else LOOK_FIRST


def _answer(
    status: int,
    *,
    sentence: str = "",
    errors: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
    expired: bool = False,
) -> ResponseReturnValue:
    known = status if status in SENTENCES else 400 if status < 500 else 500
    if wants_json():
        return _data(sentence or SENTENCES[known], dict(errors or {})), status, dict(headers or {})
    page = _page(str(known), status=status, sentence=sentence, expired=expired)
    return page, status, dict(headers or {})


def _data(sentence: str, errors: Mapping[str, str]) -> Response:
    return jsonify({"error": sentence, "errors": dict(errors), "request_id": g.get("request_id")})


def _page(name: str, *, status: int, **shown: object) -> str:
    """Return the page of an error; on that of a failure stands the number by which its line in the log is found."""
    number = g.get("request_id") if status >= 500 else None
    return render_template(f"frame/errors/{name}.html", status=status, request_id=number, typed=_typed(), **shown)


def _typed() -> list[str]:
    """Return the texts of a form that was not taken, for copying: browsers give them back only sometimes.

    Where the body cannot be read, or another site sent it, there are none.
    """
    if request.method in SAFE_METHODS or g.get("foreign"):
        return []
    try:
        fields = list(request.form.lists())
    except HTTPException:
        return []
    told = [texts for name, texts in fields if not _NOT_TYPED.search(name) and name not in secret_names()]
    texts = [text.strip() for each in told for text in each]
    return [text for text in texts if len(text) >= SHORTEST_TYPED and not _CODE.fullmatch(text)]
