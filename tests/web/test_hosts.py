"""Where the office says under which address people open the site, no other host is believed."""

from pathlib import Path

import pytest

from tests.world.county import County
from tracker import create_app

SITE = "https://xf.example.gov.cn"


@pytest.mark.parametrize(
    ("site", "host", "status"),
    [
        (SITE, "evil.example", 400),
        (SITE, "xf.example.gov.cn.evil.example", 400),
        (SITE, "xf.example.gov.cn", 303),
        (SITE, "xf.example.gov.cn:8443", 303),
        (SITE, "localhost:5000", 303),
        ("", "evil.example", 303),
    ],
)
def test_only_the_office_s_own_host_is_answered(tmp_path: Path, site: str, host: str, status: int) -> None:
    settings = {"TRACKER_ENV": "test", "TRACKER_DATA": tmp_path, "SECRET_KEY": "x" * 40, "TRACKER_URL": site}
    answer = create_app(settings).test_client().get("/", headers={"Host": host})
    assert answer.status_code == status
    assert "evil.example" not in answer.text
    assert "Traceback" not in answer.text


def test_the_calendar_address_is_the_office_s_own(county: County, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = county.browser("acceptor")
    for site, expected in (("", "http://localhost/calendar/"), (SITE, f"{SITE}/calendar/")):
        monkeypatch.setitem(browser.application.config, "TRACKER_URL", site)
        assert expected in browser.submit("/account/feed").text
