"""A real mail server on this machine that can be told to misbehave in every way a mail server does."""

import asyncio
import email
import email.policy
import re
import socket
import threading
from collections import Counter
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any
from urllib.parse import urlsplit

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tracker.notifications.channels import Mail

SENDER = "taizhang@xf.example.gov.cn"
# What a server says at which command. It likes to repeat the address, and worse.
REFUSALS = {
    "421 at mail": ("MAIL", "421 4.3.2 Closing down, come back later"),
    "451 at recipient": ("RCPT", "451 4.7.1 <{to}> greylisted"),
    "550 at recipient": ("RCPT", "550 5.1.1 <{to}> 张三 no such user"),
    "530 at mail": ("MAIL", "530 5.7.0 Authentication required"),
    "452 at data": ("DATA", "452 4.3.1 out of storage for {to}"),
    "554 at data": ("DATA", "554 5.6.0 your text 宅基地 was refused"),
}


@dataclass(frozen=True)
class Taken:
    """One mail that the server took."""

    to: str
    message_id: str
    letter: EmailMessage


class MailServer:
    """The server, how it behaves now (`mode`), and what it took.

    Modes: "accept"; "refuse" (nobody listens); "hang" (no answer to the text); "drop" (reset before the text was
    taken); "die" (takes the mail and resets before it says so); and those of REFUSALS.
    """

    def __init__(self, **options: Any) -> None:
        self.mode = "accept"
        self.taken: list[Taken] = []
        self.unconfirmed: Counter[str] = Counter()
        self.reached_text = threading.Event()
        self.controller = Controller(self, hostname="127.0.0.1", port=free_port(), **options)
        self.controller.start()

    def close(self) -> None:
        """End the server."""
        self.mode = "accept"
        self.controller.stop()

    def mail(self, *, scheme: str = "smtp", account: str = "", seconds: float = 5) -> Mail:
        """Return the channel to this server."""
        port = free_port() if self.mode == "refuse" else self.controller.port
        return Mail(urlsplit(f"{scheme}://{account}127.0.0.1:{port}"), SENDER, seconds)

    def _refusal(self, command: str, to: str) -> str | None:
        at, said = REFUSALS.get(self.mode, ("", ""))
        return said.format(to=to) if at == command else None

    async def handle_MAIL(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        envelope.mail_from = address
        return self._refusal("MAIL", "") or "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        envelope.rcpt_tos.append(address)
        return self._refusal("RCPT", address) or "250 OK"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        self.reached_text.set()
        while self.mode == "hang":
            await asyncio.sleep(0.01)
        [to] = envelope.rcpt_tos
        refused = self._refusal("DATA", to)
        if refused:
            return refused
        if self.mode != "drop":
            self._take(to, envelope.content or b"")
        if self.mode in ("drop", "die"):
            assert server.transport
            server.transport.abort()
        return "250 OK"

    def _take(self, to: str, content: bytes | str) -> None:
        raw = content if isinstance(content, bytes) else content.encode()
        letter = email.message_from_bytes(raw, policy=email.policy.default)
        assert isinstance(letter, EmailMessage)
        message_id = re.fullmatch(r"<([\w-]{22})@xf\.example\.gov\.cn>", str(letter["Message-ID"]))
        assert message_id, letter["Message-ID"]
        self.taken.append(Taken(to, message_id[1], letter))
        if self.mode == "die":
            self.unconfirmed[message_id[1]] += 1


def free_port() -> int:
    """Return a port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
