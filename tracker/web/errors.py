"""Refusals and failures as pages in Chinese, or as JSON for a script; never a traceback, never a word of English."""

from collections.abc import Mapping
from typing import Any

from flask import Flask, current_app, g, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException

from tracker.core.database import db
from tracker.core.errors import DomainError, log_defect
from tracker.web.access import wants_json

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
EXPIRED = "表单已经过期，没有保存。请刷新页面后再试。"


def init_errors(app: Flask) -> None:
    """Answer every refusal and failure of the application."""
    app.register_error_handler(DomainError, _refused)
    app.register_error_handler(HTTPException, _not_served)
    app.register_error_handler(OperationalError, _busy)
    app.log_exception = _log_failure  # type: ignore[method-assign]


def _log_failure(exc_info: Any) -> None:
    """Log a failure by the name of its view: Flask would write the path, which may be a secret (日历订阅)."""
    current_app.logger.error("request %s failed in %s", g.get("request_id", "-"), request.endpoint, exc_info=exc_info)


def _refused(error: DomainError) -> ResponseReturnValue:
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


def _busy(error: OperationalError) -> ResponseReturnValue:
    """The database does not answer in time: somebody writes for long (应用节假日变更), or it is being restarted."""
    db.session.rollback()
    log_defect(current_app.logger, error, f"request {g.get('request_id', '-')}")
    return _answer(503, headers={"Retry-After": str(RETRY_AFTER)})


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
        said = {"error": sentence or SENTENCES[known], "errors": dict(errors or {}), "request_id": g.get("request_id")}
        return jsonify(said), status, dict(headers or {})
    page = render_template(
        f"errors/{known}.html",
        sentence=sentence,
        expired=expired,
        request_id=g.get("request_id") if known == 500 else None,
    )
    return page, status, dict(headers or {})
