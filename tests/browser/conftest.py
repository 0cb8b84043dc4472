"""Pages in a real browser: chromium of the system, the site in a thread, on the database of the test."""

import os
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, ViewportSize, expect, sync_playwright
from werkzeug.serving import make_server

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

OFFICE_SCREEN = ViewportSize(width=1366, height=768)
SECONDS_TO_WAIT = 20
expect.set_options(timeout=SECONDS_TO_WAIT * 1000)


@pytest.fixture(scope="session")
def browser(chromium: Path) -> Iterator[Browser]:
    """Give the browser, started once for all tests."""
    options = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium, args=options)
        yield running
        running.close()


@pytest.fixture
def site(app: Flask) -> Iterator[str]:
    """Serve the application of the test; give the address.

    What the test arranges in its own session must be committed (`tests.client.settle`) before a page is opened.
    It ends when the last request is answered: a page that is left sends its draft, which is not the next test's.
    """
    under_way = UnderWay()
    server = make_server("127.0.0.1", 0, under_way.counting(whole_answers(app)), threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    under_way.end()
    server.server_close()


class UnderWay:
    """The requests that are being answered: their threads outlive the server."""

    def __init__(self) -> None:
        self._count = 0
        self._changed = threading.Condition()

    def counting(self, app: "WSGIApplication") -> "WSGIApplication":
        """Return an application whose requests are counted."""

        def answer(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
            self._by(1)
            try:
                return app(environ, start_response)
            finally:
                self._by(-1)

        return answer

    def _by(self, change: int) -> None:
        with self._changed:
            self._count += change
            self._changed.notify_all()

    def end(self) -> None:
        """Wait for the last of them; fails the test where one does not end."""
        with self._changed:
            assert self._changed.wait_for(lambda: self._count == 0, timeout=SECONDS_TO_WAIT)


def whole_answers(app: Flask) -> "WSGIApplication":
    """Read and close each answer before the server sends it.

    A browser that leaves a page drops what it still loads; werkzeug's server then forgets to close the file it was
    sending, and the test that runs at the next collection of rubbish fails for it.
    """

    def answer(environ: "WSGIEnvironment", start_response: "StartResponse") -> list[bytes]:
        parts = app(environ, start_response)
        try:
            return list(parts)
        finally:
            if close := getattr(parts, "close", None):
                close()

    return answer


@pytest.fixture
def context(browser: Browser, site: str) -> Iterator[BrowserContext]:
    """Give one person's browser: relative addresses lead to the site."""
    person = browser.new_context(base_url=site, locale="zh-CN", timezone_id="Asia/Shanghai", viewport=OFFICE_SCREEN)
    person.set_default_timeout(SECONDS_TO_WAIT * 1000)
    yield person
    person.close()


@pytest.fixture
def complaints() -> list[str]:
    """Give what scripts and the content policy complained of; what is left in it at the end fails the test."""
    return []


@pytest.fixture
def page(context: BrowserContext, complaints: list[str]) -> Iterator[Page]:
    """Give a page that is watched for complaints."""

    def note(message: ConsoleMessage) -> None:
        # A refused form is answered with 4xx, which the browser reports as well: that is no defect of the page.
        if message.type == "error" and "status of 4" not in message.text:
            complaints.append(message.text)

    opened = context.new_page()
    opened.on("console", note)
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    yield opened
    opened.close()
    assert complaints == []
