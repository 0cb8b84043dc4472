"""The cookie by which a device is known again (登录过的设备), and how a device is called."""

import re
import secrets

from flask import Flask, Response, current_app, g, request

# What browsers keep a cookie for at most, in seconds.
LASTING = 400 * 24 * 3600
TOKEN_BYTES = 32
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
# The first that stands in what the browser says of itself; the order matters: most call themselves several names.
BROWSERS = {
    "MicroMessenger": "微信",
    "DingTalk": "钉钉",
    "Edg": "Edge",
    "QQBrowser": "QQ浏览器",
    "360SE": "360浏览器",
    "Firefox": "Firefox",
    "Chrome": "Chrome",
    "Safari": "Safari",
}
SYSTEMS = {
    "Windows": "Windows",
    "Android": "安卓手机",
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Mac OS": "Mac",
    "Linux": "Linux",
}


def init_device(app: Flask) -> None:
    """Give the device of a successful sign-in its cookie."""
    app.after_request(_keep)


def device_token() -> str:
    """Return the token of the device that asks, or a new one."""
    return known_token() or secrets.token_urlsafe(TOKEN_BYTES)


def known_token() -> str:
    """Return the token of the device that asks; "" where it has none."""
    found = request.cookies.get(_name(), "")
    return found if _TOKEN.fullmatch(found) else ""


def remember(token: str) -> None:
    """Let the answer to this request carry the token."""
    g.device_token = token


def device_name() -> str:
    """Return how the device is called on 我的账号: browser and system, as far as it says them."""
    said = request.user_agent.string
    return " · ".join(
        next((name for mark, name in names.items() if mark in said), other)
        for names, other in ((BROWSERS, "浏览器"), (SYSTEMS, "设备"))
    )


def _name() -> str:
    return "__Host-device" if current_app.config["SESSION_COOKIE_SECURE"] else "device"


def _keep(answer: Response) -> Response:
    if token := g.get("device_token"):
        secure = bool(current_app.config["SESSION_COOKIE_SECURE"])
        answer.set_cookie(_name(), token, max_age=LASTING, secure=secure, httponly=True, samesite="Lax", path="/")
    return answer
