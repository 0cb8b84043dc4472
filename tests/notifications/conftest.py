"""A mail server for the tests of sending."""

from collections.abc import Iterator

import pytest

from tests.notifications.mail_server import MailServer


@pytest.fixture
def server() -> Iterator[MailServer]:
    """Give a mail server that takes everything until it is told otherwise."""
    server = MailServer()
    yield server
    server.close()
