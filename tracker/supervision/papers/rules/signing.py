"""Who signs a paper of supervision (督办文书的签发, 条例第三十九条、第四十条), and to whom it goes. Pure."""

from tracker.cases.lifecycle.rules.actions import STATION_LABELS, Station
from tracker.people.rules import DepartmentKind
from tracker.reminders.ladder.rules.rungs import RungLevel

# 约谈、通报、挂牌督办 belong to the 信访工作联席会议 (第三十九条第三款), a 追责建议 is made in its name too: a main
# leader signs them. What its signer has not signed is a draft.
SIGNER: dict[RungLevel, Station] = {
    RungLevel.BLUE: Station.SUPERVISOR,
    RungLevel.AMBER: Station.OFFICE_HEAD,
    RungLevel.RED: Station.OFFICE_HEAD,
    RungLevel.ON_SITE: Station.OFFICE_HEAD,
    RungLevel.INTERVIEW: Station.PRINCIPAL_LEADER,
    RungLevel.CIRCULAR: Station.PRINCIPAL_LEADER,
    RungLevel.LISTED: Station.PRINCIPAL_LEADER,
    RungLevel.LIABILITY: Station.PRINCIPAL_LEADER,
}
# The office's head signs whatever his own people may.
_ABOVE: dict[Station, frozenset[Station]] = {
    Station.SUPERVISOR: frozenset({Station.SUPERVISOR, Station.OFFICE_HEAD}),
    Station.OFFICE_HEAD: frozenset({Station.OFFICE_HEAD}),
    Station.PRINCIPAL_LEADER: frozenset({Station.PRINCIPAL_LEADER}),
}
LED = frozenset(level for level, station in SIGNER.items() if station is Station.PRINCIPAL_LEADER)
# Who may have managing authority over the persons (有管理权限的机关、单位, 第四十条第三款).
AUTHORITY_KINDS = frozenset(
    {DepartmentKind.LEADERSHIP, DepartmentKind.DISCIPLINE, DepartmentKind.TOWNSHIP, DepartmentKind.OTHER}
)


def may_sign(signer: Station, held: frozenset[Station]) -> bool:
    """Return whether somebody at these stations signs what waits for a station."""
    return bool(_ABOVE[signer] & held)


def signer_words(signer: Station, name: str = "") -> str:
    """Return who has to sign: 主要领导 林一鸣."""
    return f"{STATION_LABELS[signer]}{name and ' '}{name}"
