"""The only door to the network: mail by SMTP, groups (企业微信、钉钉、飞书) by apprise. Off until they are configured.

A channel makes one try and says what became of it; it keeps nothing and touches no database. What it says never
repeats an address, a name or the words of a server, for all of these can be personal.

Mail can be tried again without harm: the `Message-ID` stays, so a mail program shows a repeated mail once. A message
to a group cannot be recognised again. Where the line broke after it was written it may have been shown; it is sent
once more all the same, because an order that nobody read does more harm than one that stands there twice.
"""

import logging
import re
import smtplib
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from types import SimpleNamespace
from typing import Any, Protocol
from urllib.parse import SplitResult, unquote, urlsplit

from apprise.plugins import dingtalk, feishu, wecombot

from tracker.core.clock import local
from tracker.notifications.rules import DeliveryState, Message, Outcome, Way

SENDER_NAME = "信访销号台账"
DELIVERED = Outcome(DeliveryState.DELIVERED)
# Nothing that a header or an SMTP command could take for something else.
ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@([A-Za-z0-9-]{1,63}\.)+[A-Za-z0-9-]{2,63}")
ENHANCED_STATUS = re.compile(rb"\d\.\d{1,3}\.\d{1,3}\b")
RECIPIENT = "收件人"
# What says that there is no such address: RFC 3463 where the server gives a status, else the code alone (RFC 5321).
NO_SUCH_ADDRESS = ("5.1.0", "5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1")
NO_SUCH_MAILBOX = (550, 551, 553)
# At its debug level this library writes every message to the log.
logging.getLogger("apprise").setLevel(logging.WARNING)


class Carrier(Protocol):
    """A way out of the machine."""

    def send(self, message: Message, *, to: str | None, message_id: str, now: datetime) -> Outcome:
        """Make one try to bring a message to an address (a group has none)."""


def open_channels(config: Mapping[str, Any]) -> dict[Way, Carrier]:
    """Return the ways that this installation has configured."""
    channels: dict[Way, Carrier] = {}
    if config["TRACKER_SMTP"]:
        channels[Way.MAIL] = Mail(config["TRACKER_SMTP"], config["TRACKER_MAIL_FROM"])
    if config["TRACKER_CHAT"]:
        channels[Way.CHAT] = Groups(config["TRACKER_CHAT"])
    return channels


class Quiet:
    """A channel that reaches nobody and keeps what it was given: for development and tests."""

    def __init__(self) -> None:
        self.sent: list[tuple[str | None, Message, str]] = []

    def send(self, message: Message, *, to: str | None, message_id: str, now: datetime) -> Outcome:
        """Keep the message."""
        self.sent.append((to, message, message_id))
        return DELIVERED


@dataclass(frozen=True, slots=True)
class Mail:
    """E-mail through the office's server (smtp, smtp+starttls or smtps); `seconds` for each answer of the server."""

    server: SplitResult
    sender: str
    seconds: float = 20

    def send(self, message: Message, *, to: str | None, message_id: str, now: datetime) -> Outcome:
        """Hand one mail over; it is delivered once the server has taken it."""
        if not to:
            return Outcome(DeliveryState.DROPPED, "收件人没有邮箱")
        if not ADDRESS.fullmatch(to):
            return Outcome(DeliveryState.DEAD, "收件人的邮箱写得不对", address_refused=True)
        letter = self._letter(message, to, message_id, now)
        try:
            smtp = self._opened()
        except (smtplib.SMTPException, OSError) as error:
            return _way_failure(error)
        try:
            smtp.send_message(letter)
        except (smtplib.SMTPException, OSError) as error:
            return _failure(error)
        finally:
            _hang_up(smtp)
        return DELIVERED

    def _letter(self, message: Message, to: str, message_id: str, now: datetime) -> EmailMessage:
        letter = EmailMessage(policy=SMTP)
        letter["From"] = Address(SENDER_NAME, addr_spec=self.sender)
        letter["To"] = Address(addr_spec=to)
        letter["Subject"] = " ".join(message.subject.split())
        letter["Date"] = format_datetime(local(now))
        letter["Message-ID"] = f"<{message_id}@{self._domain}>"
        letter["Auto-Submitted"] = "auto-generated"
        letter.set_content(_text(message), cte="base64")
        return letter

    @property
    def _domain(self) -> str:
        return self.sender.rpartition("@")[2]

    def _opened(self) -> smtplib.SMTP:
        """Return a connection that is ready to take a mail."""
        smtp = self._connected()
        try:
            if self.server.scheme == "smtp+starttls":
                smtp.starttls(context=ssl.create_default_context())
            if self.server.username:
                smtp.login(unquote(self.server.username), unquote(self.server.password or ""))
        except BaseException:
            _hang_up(smtp)
            raise
        return smtp

    def _connected(self) -> smtplib.SMTP:
        # The host's own name is not asked for: that can take long, and is nobody's business.
        host, port, name = self.server.hostname or "", self.server.port or 0, self._domain
        if self.server.scheme == "smtps":
            secure = ssl.create_default_context()
            return smtplib.SMTP_SSL(host, port or 465, name, timeout=self.seconds, context=secure)
        default = 587 if self.server.scheme == "smtp+starttls" else 25
        return smtplib.SMTP(host, port or default, name, timeout=self.seconds)


def _hang_up(smtp: smtplib.SMTP) -> None:
    """Say goodbye; what the server answers to that no longer matters to the mail."""
    try:
        smtp.quit()
    except (smtplib.SMTPException, OSError):
        smtp.close()


def _failure(error: smtplib.SMTPException | OSError) -> Outcome:
    """Return what a failure of handing over means: a mail refused for good, one to try later, or a broken server."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        ((code, said),) = error.recipients.values()
        return _refusal(RECIPIENT, code, said)
    if isinstance(error, smtplib.SMTPDataError):
        return _refusal("邮件", error.smtp_code, error.smtp_error)
    broke = isinstance(error, smtplib.SMTPServerDisconnected) or not isinstance(error, smtplib.SMTPException)
    return replace(_way_failure(error), suspect=broke)


def _way_failure(error: smtplib.SMTPException | OSError) -> Outcome:
    """Return why the server does not work now, whatever the mail."""
    if isinstance(error, smtplib.SMTPResponseException):
        return Outcome(DeliveryState.READY, f"邮件服务器不让本系统发信（{error.smtp_code}）", closed=True)
    if isinstance(error, smtplib.SMTPServerDisconnected):
        return Outcome(DeliveryState.READY, "邮件服务器中断了连接，或没有及时回答", closed=True)
    if isinstance(error, ssl.SSLError):
        return Outcome(DeliveryState.READY, "邮件服务器的证书或加密方式不对", closed=True)
    if isinstance(error, smtplib.SMTPException):
        return Outcome(DeliveryState.READY, "邮件服务器不支持所设的加密或登录方式", closed=True)
    return Outcome(DeliveryState.READY, "连不上邮件服务器", closed=True)


def _refusal(what: str, code: int, said: bytes | str) -> Outcome:
    """Judge an answer about one mail: 5xx is final, 421 and x.3.x (the server's own state) close the server.

    Other 4xx concern this mail only.
    """
    found = ENHANCED_STATUS.match(said.encode() if isinstance(said, str) else said)
    status = found[0].decode() if found else ""
    number = f"{code} {status}".strip()
    if code >= 500:
        unknown = what == RECIPIENT and (status in NO_SUCH_ADDRESS if status else code in NO_SUCH_MAILBOX)
        return Outcome(
            DeliveryState.DEAD, f"邮件服务器拒收这个{what}（{number}）", answered=True, address_refused=unknown
        )
    closed = code == 421 or status.startswith("4.3.")
    return Outcome(DeliveryState.READY, f"邮件服务器暂不接收这个{what}（{number}）", closed=closed, answered=not closed)


def _post(*arguments: Any, **options: Any) -> Any:
    """Post for apprise, and let a refusal inside an answer of status 200 count as one.

    These robots answer 200 to everything and refuse in the body (wrong keyword, wrong signature, too many messages);
    apprise 2.2.0 looks at the status only and would call that sent.
    """
    answer = _requests.post(*arguments, **options)
    try:
        said = answer.json()
        taken = said.get("errcode", said.get("code", said.get("StatusCode"))) == 0
    except (ValueError, AttributeError):
        taken = False
    if not taken:
        answer.status_code = max(answer.status_code, 400)
    return answer


PLUGINS: tuple[Any, ...] = (dingtalk, feishu, wecombot)
_requests = PLUGINS[0].requests
for plugin in PLUGINS:
    plugin.requests = SimpleNamespace(**{**vars(_requests), "post": _post})

ROBOTS: dict[str, Any] = {
    "wecombot": wecombot.NotifyWeComBot,
    "dingtalk": dingtalk.NotifyDingTalk,
    "feishu": feishu.NotifyFeishu,
}


@dataclass(frozen=True, slots=True)
class Groups:
    """The groups whose robots are configured; a message counts as sent once one of them has taken it."""

    addresses: tuple[str, ...]

    def send(self, message: Message, *, to: str | None, message_id: str, now: datetime) -> Outcome:
        """Post to every group; those that did not take it are only named, lest the others read it again and again."""
        taken = [self._post(address, message) for address in self.addresses]
        missed = f"{taken.count(False)} 个群没有收下（共 {len(taken)} 个）" if False in taken else None
        if any(taken):
            return Outcome(DeliveryState.DELIVERED, missed)
        return Outcome(DeliveryState.READY, missed, closed=True, suspect=True)

    def _post(self, address: str, message: Message) -> bool:
        robot = ROBOTS[urlsplit(address).scheme]
        return bool(robot(**robot.parse_url(address)).notify(body=f"{message.subject}\n{_text(message)}"))


def _text(message: Message) -> str:
    return f"{message.text}\n\n{message.link}\n"
