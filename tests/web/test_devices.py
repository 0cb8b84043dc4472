"""How a device is called on 我的账号, and its cookie."""

import pytest
from flask import Flask

from tests.client import Client
from tests.people.factories import PASSWORD, make_user, sign_in
from tracker.core.database import committed
from tracker.web.frame.device import device_name

WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)"
AGENTS = {
    f"{WINDOWS} Chrome/120.0.0.0 Safari/537.36": "Chrome · Windows",
    f"{WINDOWS} Chrome/120.0.0.0 Safari/537.36 Edg/120.0.0.0": "Edge · Windows",
    f"{WINDOWS} Chrome/110.0.0.0 Safari/537.36 QQBrowser/19.0": "QQ浏览器 · Windows",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Version/17.0 Safari/604.1": (
        "Safari · iPhone"
    ),
    "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/120.0 Mobile Safari/537.36 MicroMessenger/8.0": (
        "微信 · 安卓手机"
    ),
    "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0": "Firefox · Linux",
    "": "浏览器 · 设备",
    "<script>alert(1)</script>" * 40: "浏览器 · 设备",
}


@pytest.mark.parametrize(("agent", "name"), AGENTS.items())
def test_a_device_is_called_by_browser_and_system(app: Flask, agent: str, name: str) -> None:
    with app.test_request_context("/", headers={"User-Agent": agent}):
        assert device_name() == name


@pytest.mark.parametrize("planted", ["", "x", "y" * 43, "'; DROP TABLE", "z" * 3000])
def test_the_cookie_is_made_once_and_nothing_planted_lets_anybody_in(
    client: Client, session: object, planted: str
) -> None:
    with committed():
        make_user("lixm", "李晓梅")
    client.set_cookie("device", planted)
    assert client.sign_in("lixm", "a wrong password").status_code == 422
    sign_in(client, "lixm", PASSWORD)
    kept = client.get_cookie("device")
    assert kept
    assert len(kept.value) == 43
    assert (kept.value == planted) is (planted == "y" * 43)
    assert kept.http_only
    assert kept.same_site == "Lax"
    client.submit("/sign-in", {"username": "lixm", "password": PASSWORD}, page="/account")
    again = client.get_cookie("device")
    assert again
    assert again.value == kept.value
