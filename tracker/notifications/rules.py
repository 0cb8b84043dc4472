"""What is known of a notice on its way: who gets it, by which way, in which state, and when it is tried again."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class Way(StrEnum):
    """How a copy of a notice reaches a person; the inbox (站内消息) needs no sending."""

    INBOX = "inbox"
    MAIL = "mail"
    CHAT = "chat"


WAY_LABELS = {Way.INBOX: "站内消息", Way.MAIL: "邮件", Way.CHAT: "群消息"}
# What leaves the machine.
OUTGOING = (Way.MAIL, Way.CHAT)


class DeliveryState(StrEnum):
    """Where a copy stands on its way."""

    READY = "ready"
    DELIVERED = "delivered"
    DROPPED = "dropped"
    DEAD = "dead"


STATE_LABELS = {
    DeliveryState.READY: "待发",
    DeliveryState.DELIVERED: "已送出",
    DeliveryState.DROPPED: "不再需要",
    DeliveryState.DEAD: "发不出去",
}


class Waiting(StrEnum):
    """Why a notice has not come to anybody yet."""

    HELD = "held"
    NOBODY = "nobody"
    HOURS = "hours"
    DUE = "due"


WAITING_LABELS = {
    Waiting.HELD: "暂扣，等人放行",
    Waiting.NOBODY: "没有找到收件人，每小时再找一次",
    Waiting.HOURS: "等到上班时间",
    Waiting.DUE: "马上处理",
}

# How long after each failed try of a message the next one comes. The eleventh failure, after 25 hours and 51 minutes at
# least, is the last: the message is dead (发不出去) and waits for a person.
WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 30, 60, 120, 240, 360, 360, 360))
TRIES = len(WAITS) + 1


# How long a way that does not work is left alone after each failed try: a password that is wrong must not be tried so
# often that the account is locked. It is tried for as long as it takes.
WAY_WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 2, 5, 10, 15))


def way_wait(tries: int) -> timedelta:
    """Return how long to leave a way alone after a number of failed tries in a row."""
    return WAY_WAITS[min(tries, len(WAY_WAITS)) - 1]


def wait_after(tries: int) -> timedelta | None:
    """Return how long to wait after a number of failed tries; None: it was the last."""
    return WAITS[tries - 1] if tries < TRIES else None


def masked_address(address: str) -> str:
    """Return an address as it is shown to readers who need only recognise it: zh***@example.gov.cn."""
    name, _, domain = address.rpartition("@")
    return f"{name[:2]}***@{domain}"


@dataclass(frozen=True, slots=True)
class Addressee:
    """A person who gets a notice and why; `confidential`: nothing but 您有一项待办 may leave the machine."""

    user_id: int
    because: str
    confidential: bool = False
    email: str | None = None


@dataclass(frozen=True, slots=True)
class Resolved:
    """The people found for a notice; with `drop` it no longer needs telling; nobody and no `drop`: look again later."""

    addressees: tuple[Addressee, ...] = ()
    drop: str | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """What leaves the machine, composed just before it is sent; the link goes on a line of its own below the text."""

    subject: str
    text: str
    link: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one try: `state` is delivered, ready (try later), dead (never will) or dropped.

    `reason` is a sentence without addresses or words of the message. `closed`: the way as a whole does not work now,
    so the other messages need not be tried and none has used up a try. `suspect`: it broke over this message, which may
    be the cause where the way worked until then. `answered`: the way works, though it did not take this message.
    `address_refused`: the server knows no such recipient.
    """

    state: DeliveryState
    reason: str | None = None
    closed: bool = False
    suspect: bool = False
    answered: bool = False
    address_refused: bool = False
