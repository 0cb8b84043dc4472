"""The door to the network: what each answer of a server means, and that nothing personal comes back with it."""

import datetime
import ipaddress
import json
import logging
from collections.abc import Iterator
from pathlib import Path
from ssl import PROTOCOL_TLS_SERVER, SSLContext
from types import SimpleNamespace
from typing import Any

import pytest
import requests
from aiosmtpd.smtp import AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.notifications.mail_server import MailServer
from tests.notifications.world import MONDAY
from tracker.notifications import channels
from tracker.notifications.channels import Groups, Mail, Quiet, open_channels
from tracker.notifications.rules import DeliveryState, Message, Outcome, Way

TO = "lixm@example.gov.cn"
TOKEN = "x" * 22
MESSAGE = Message("【逾期3天】【领导督办】答复意见", "为什么收到：昨天到期。", "https://xf.example.gov.cn/n/1")


def send(mail: Mail, message: Message = MESSAGE, to: str | None = TO) -> Outcome:
    return mail.send(message, to=to, message_id=TOKEN, now=MONDAY)


def test_a_mail_arrives_as_it_was_written(server: MailServer) -> None:
    assert send(server.mail()) == Outcome(DeliveryState.DELIVERED)
    [taken] = server.taken
    assert (taken.to, taken.message_id) == (TO, TOKEN)
    letter = taken.letter
    assert letter["Subject"] == MESSAGE.subject
    assert letter["To"] == TO
    assert letter["From"] == "信访销号台账 <taizhang@xf.example.gov.cn>"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["Date"] == "Mon, 23 Nov 2026 09:00:00 +0800"
    assert letter.get_content().replace("\r\n", "\n") == f"{MESSAGE.text}\n\n{MESSAGE.link}\n"


# mode of the server, what follows, whether the whole server is left alone, what the reason must name
ANSWERS = [
    ("refuse", DeliveryState.READY, True, "连不上"),
    ("421 at mail", DeliveryState.READY, True, "421"),
    ("530 at mail", DeliveryState.READY, True, "530"),
    ("451 at recipient", DeliveryState.READY, False, "451 4.7.1"),
    ("452 at data", DeliveryState.READY, True, "452 4.3.1"),
    ("hang", DeliveryState.READY, True, "没有及时回答"),
    ("drop", DeliveryState.READY, True, "中断"),
    ("die", DeliveryState.READY, True, "中断"),
    ("550 at recipient", DeliveryState.DEAD, False, "550 5.1.1"),
    ("554 at data", DeliveryState.DEAD, False, "554 5.6.0"),
]


@pytest.mark.parametrize(("mode", "state", "closed", "named"), ANSWERS)
def test_every_failure_is_understood_and_repeats_nothing_personal(
    server: MailServer, mode: str, state: DeliveryState, closed: bool, named: str
) -> None:
    server.mode = mode
    outcome = send(server.mail(seconds=0.3))
    assert (outcome.state, outcome.closed) == (state, closed)
    assert outcome.reason is not None
    assert named in outcome.reason
    for personal in ("lixm", "example", "张三", "宅基地", "greylisted"):
        assert personal not in outcome.reason
    assert len(server.taken) == (mode == "die")


def test_a_bad_goodbye_does_not_undo_a_mail(server: MailServer, monkeypatch: pytest.MonkeyPatch) -> None:
    async def handle_QUIT(*_: Any) -> str:  # noqa: N802
        return "451 not now"

    monkeypatch.setattr(server, "handle_QUIT", handle_QUIT, raising=False)
    assert send(server.mail(seconds=0.3)).state == DeliveryState.DELIVERED
    assert len(server.taken) == 1


@pytest.mark.parametrize(
    "to", ["a@b.cn\r\nBcc: c@d.cn", "a@b.cn, c@d.cn", "<a@b.cn>", "a b@c.cn", "李@b.cn", "a@b", "a@b.cn\n", "@b.cn"]
)
def test_no_address_can_become_a_command(server: MailServer, to: str) -> None:
    assert send(server.mail(), to=to).state == DeliveryState.DEAD
    assert server.taken == []


def test_no_subject_can_become_a_header(server: MailServer) -> None:
    send(server.mail(), Message("逾期\r\nBcc: all@example.cn\n\n正文", ".\r\nMAIL FROM:<x@y.cn>", "https://x.example"))
    [taken] = server.taken
    assert taken.letter["Subject"] == "逾期 Bcc: all@example.cn 正文"
    assert taken.letter["Bcc"] is None
    assert "MAIL FROM:<x@y.cn>" in taken.letter.get_content()


def test_who_has_no_address_gets_no_mail(server: MailServer) -> None:
    assert send(server.mail(), to=None).state == DeliveryState.DROPPED


class Certified(SimpleNamespace):
    """A server with a certificate, and the file that makes a client trust it."""

    server: MailServer
    file: Path


@pytest.fixture(params=["smtp+starttls", "smtps"])
def certified(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Certified]:
    """Give a server that speaks only encrypted, and asks for a password."""
    context, file = _certificate(tmp_path)

    def authenticate(*arguments: Any) -> AuthResult:
        return AuthResult(
            success=(arguments[-1].login, arguments[-1].password) == (b"office", b"p@ss/word"), handled=False
        )

    secure = {"ssl_context": context} if request.param == "smtps" else {"tls_context": context}
    server = MailServer(**secure, authenticator=authenticate, auth_require_tls=False)
    yield Certified(server=server, file=file, scheme=request.param)
    server.close()


def _certificate(folder: Path) -> tuple[SSLContext, Path]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail server of a test")])
    today = datetime.datetime.now(datetime.UTC)
    address = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    made = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    made = made.not_valid_before(today - datetime.timedelta(days=1)).not_valid_after(today + datetime.timedelta(days=1))
    certificate = made.add_extension(address, critical=False).sign(key, hashes.SHA256())
    file, key_file = folder / "server.pem", folder / "server.key"
    file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    key_file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, plain)
    )
    context = SSLContext(PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file, key_file)
    return context, file


def test_mail_goes_encrypted_and_signed_in(certified: Certified, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certified.file))
    mail = certified.server.mail(scheme=certified.scheme, account="office:p%40ss%2Fword@")
    assert send(mail) == Outcome(DeliveryState.DELIVERED)
    wrong = send(certified.server.mail(scheme=certified.scheme, account="office:wrong@"))
    assert (wrong.state, wrong.closed) == (DeliveryState.READY, True)
    assert "535" in (wrong.reason or "")
    assert len(certified.server.taken) == 1


def test_a_certificate_that_nobody_vouches_for_gets_no_mail(certified: Certified) -> None:
    outcome = send(certified.server.mail(scheme=certified.scheme, account="office:p%40ss%2Fword@"))
    assert (outcome.state, outcome.closed) == (DeliveryState.READY, True)
    assert "证书" in (outcome.reason or "")
    assert certified.server.taken == []


def test_a_server_without_encryption_gets_no_password(server: MailServer) -> None:
    outcome = send(server.mail(scheme="smtp+starttls", account="office:secret@"))
    assert (outcome.state, outcome.closed) == (DeliveryState.READY, True)
    assert server.taken == []


class Robots:
    """What would answer at the three companies."""

    def __init__(self) -> None:
        self.posted: list[tuple[str, dict[str, Any]]] = []
        self.answer: tuple[int, object] | Exception = (200, {"errcode": 0, "errmsg": "ok"})

    def post(self, url: str, *, data: Any, **_: Any) -> requests.Response:
        """Answer as a robot does."""
        self.posted.append((url, json.loads(data)))
        if isinstance(self.answer, Exception):
            raise self.answer
        response = requests.Response()
        response.status_code, content = self.answer[0], self.answer[1]
        response._content = content if isinstance(content, bytes) else json.dumps(content).encode()
        return response


@pytest.fixture
def robots(monkeypatch: pytest.MonkeyPatch) -> Robots:
    """Put robots of our own in the place of the network."""
    robots = Robots()
    monkeypatch.setattr(channels._requests, "post", robots.post)
    return robots


ALL_THREE = ("wecombot://8f2e-11ab", "dingtalk://SECabc@token", "feishu://0a1b-2c3d")


def post(*addresses: str) -> Outcome:
    return Groups(addresses).send(MESSAGE, to=None, message_id=TOKEN, now=MONDAY)


@pytest.mark.parametrize(
    ("address", "host", "place"),
    [
        (ALL_THREE[0], "https://qyapi.weixin.qq.com/", ("text", "content")),
        (ALL_THREE[1], "https://oapi.dingtalk.com/", ("text", "content")),
        (ALL_THREE[2], "https://open.feishu.cn/", ("content", "text")),
    ],
)
def test_a_message_is_posted_to_the_group(robots: Robots, address: str, host: str, place: tuple[str, str]) -> None:
    assert post(address) == Outcome(DeliveryState.DELIVERED)
    [(url, posted)] = robots.posted
    assert url.startswith(host)
    for part in (MESSAGE.subject, MESSAGE.text, MESSAGE.link):
        assert part in posted[place[0]][place[1]]


REFUSED = [
    (200, {"errcode": 310000, "errmsg": "keywords not in content"}),
    (200, {"errcode": 45009, "errmsg": "api freq out of limit"}),
    (200, {"code": 19021, "msg": "sign match fail"}),
    (200, {"StatusCode": 1}),
    (200, {}),
    (200, [1]),
    (200, b"<html>captive portal</html>"),
    (500, {"errcode": 0}),
    requests.ConnectTimeout(),
    requests.ReadTimeout(),
]


@pytest.mark.parametrize("address", ALL_THREE)
@pytest.mark.parametrize("answer", REFUSED, ids=str)
def test_a_refusal_is_one_even_where_the_status_is_200(robots: Robots, address: str, answer: Any) -> None:
    robots.answer = answer
    outcome = post(address)
    assert (outcome.state, outcome.closed) == (DeliveryState.READY, True)


@pytest.mark.parametrize("answer", [{"code": 0, "data": {}}, {"StatusCode": 0, "StatusMessage": "success"}])
def test_the_ways_to_say_yes_are_known(robots: Robots, answer: dict[str, object]) -> None:
    robots.answer = (200, answer)
    assert post(ALL_THREE[2]) == Outcome(DeliveryState.DELIVERED)


def test_one_group_is_enough_and_the_missing_one_is_counted(robots: Robots, monkeypatch: pytest.MonkeyPatch) -> None:
    taken = iter([True, False])
    monkeypatch.setattr(Groups, "_post", lambda *_: next(taken))
    assert post(*ALL_THREE[:2]) == Outcome(DeliveryState.DELIVERED, "1 个群没有收下（共 2 个）")


def test_the_library_does_not_write_messages_to_the_log(robots: Robots, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    robots.answer = requests.ReadTimeout(MESSAGE.text)
    post(*ALL_THREE)
    assert caplog.text
    for personal in (MESSAGE.text, MESSAGE.subject, "SECabc", "8f2e"):
        assert personal not in caplog.text


def test_nothing_leaves_unless_it_is_configured() -> None:
    off = {"TRACKER_SMTP": None, "TRACKER_MAIL_FROM": "", "TRACKER_CHAT": ()}
    assert open_channels(off) == {}
    on = open_channels({"TRACKER_SMTP": object(), "TRACKER_MAIL_FROM": "a@b.cn", "TRACKER_CHAT": ALL_THREE})
    assert {way: type(channel) for way, channel in on.items()} == {Way.MAIL: Mail, Way.CHAT: Groups}


def test_the_quiet_twin_reaches_nobody() -> None:
    quiet = Quiet()
    assert quiet.send(MESSAGE, to=TO, message_id=TOKEN, now=MONDAY).state == DeliveryState.DELIVERED
    assert quiet.sent == [(TO, MESSAGE, TOKEN)]
