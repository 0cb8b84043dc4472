"""What is reported upward, its acts, and how it stands: derived from the moments that are on record. Pure."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any


class UpwardKind(StrEnum):
    """What is sent to the level above (专报、舆情、请示)."""

    MATTER = "matter"
    OPINION = "opinion"
    ASK = "ask"


UPWARD_KINDS: dict[UpwardKind, str] = {
    UpwardKind.MATTER: "重大事项专报",
    UpwardKind.OPINION: "舆情报告",
    UpwardKind.ASK: "请示",
}


class UpwardStage(StrEnum):
    """How it stands (状态)."""

    TO_REPORT = "to_report"
    REPORTED = "reported"
    RECEIVED = "received"
    DECIDED = "decided"
    CANCELLED = "cancelled"


UPWARD_STAGES: dict[UpwardStage, str] = {
    UpwardStage.TO_REPORT: "待上报",
    UpwardStage.REPORTED: "已上报",
    UpwardStage.RECEIVED: "已收到",
    UpwardStage.DECIDED: "已批复",
    UpwardStage.CANCELLED: "已作废",
}


class Decision(StrEnum):
    """What the level above decided on a 请示 (批复)."""

    AGREED = "agreed"
    REFUSED = "refused"
    OTHER = "other"


DECISIONS: dict[Decision, str] = {
    Decision.AGREED: "同意",
    Decision.REFUSED: "不同意",
    Decision.OTHER: "另有意见",
}


class UpwardAct(StrEnum):
    """What is done with it."""

    ENTER = "enter"
    REPORT = "report"
    RECEIVE = "receive"
    DECIDE = "decide"
    LINK = "link"
    UNLINK = "unlink"
    CORRECT = "correct"
    TAKE_BACK = "take_back"
    CANCEL = "cancel"


UPWARD_ACTS: dict[UpwardAct, str] = {
    UpwardAct.ENTER: "登记",
    UpwardAct.REPORT: "上报",
    UpwardAct.RECEIVE: "登记收到",
    UpwardAct.DECIDE: "登记批复",
    UpwardAct.LINK: "关联信访事项",
    UpwardAct.UNLINK: "取消关联",
    UpwardAct.CORRECT: "更正",
    UpwardAct.TAKE_BACK: "撤销上一步",
    UpwardAct.CANCEL: "作废",
}
S, A = UpwardStage, UpwardAct
# What may be done at each stage; a decision is given to a 请示 alone, and may come before the receipt.
OPEN_ACTS: dict[UpwardStage, tuple[UpwardAct, ...]] = {
    S.TO_REPORT: (A.REPORT, A.LINK, A.UNLINK, A.CORRECT, A.CANCEL),
    S.REPORTED: (A.RECEIVE, A.DECIDE, A.LINK, A.UNLINK, A.CORRECT, A.TAKE_BACK),
    S.RECEIVED: (A.DECIDE, A.LINK, A.UNLINK, A.CORRECT, A.TAKE_BACK),
    S.DECIDED: (A.LINK, A.UNLINK, A.CORRECT, A.TAKE_BACK),
    S.CANCELLED: (),
}


def stage_of(row: Any) -> UpwardStage:
    """Return how a row stands, by the last moment on record."""
    for moment, stage in (
        (row.cancelled_at, S.CANCELLED),
        (row.decided_on, S.DECIDED),
        (row.received_at, S.RECEIVED),
        (row.reported_at, S.REPORTED),
    ):
        if moment is not None:
            return stage
    return S.TO_REPORT


def acts_at(row: Any, *, linked: bool) -> tuple[UpwardAct, ...]:
    """Return what may be done now: only a 请示 is decided, only a link that stands is ended."""
    hidden = {A.DECIDE} if row.kind != UpwardKind.ASK else set()
    return tuple(act for act in OPEN_ACTS[stage_of(row)] if act not in hidden and (linked or act is not A.UNLINK))


@dataclass(frozen=True)
class Lag:
    """How long something took (用时): from one moment to another, in whole minutes."""

    minutes: int

    @property
    def words(self) -> str:
        """Return it as people say it: 35 分钟, 3 小时 5 分钟, 2 天 4 小时."""
        hours, minutes = divmod(self.minutes, 60)
        days, hours = divmod(hours, 24)
        if days:
            return f"{days} 天" + (f" {hours} 小时" if hours else "")
        if hours:
            return f"{hours} 小时" + (f" {minutes} 分钟" if minutes else "")
        return f"{minutes} 分钟"


def lag(since: datetime, until: datetime | None) -> Lag | None:
    """Return how long something took; None while it is not over."""
    return None if until is None else Lag(int((until - since).total_seconds()) // 60)
