"""Code lists of the ledger of difficult villages (重点难点村台账). Pure."""

from enum import StrEnum


class VillageKind(StrEnum):
    """Why a village is difficult (类型): the three kinds of the provincial meeting of 28 January 2018."""

    NOT_ELECTED = "not_elected"
    PETITIONED = "petitioned"
    ELECTED = "elected"


KIND_LABELS = {
    VillageKind.NOT_ELECTED: "未换届",
    VillageKind.PETITIONED: "有信访",
    VillageKind.ELECTED: "已换届",
}


class VillageStage(StrEnum):
    """How far an entry or a problem is on its way to be struck off (销号进度)."""

    OPEN = "open"
    APPLIED = "applied"
    AGREED = "agreed"
    CHECKED = "checked"
    STRUCK_OFF = "struck_off"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"


STAGE_LABELS = {
    VillageStage.OPEN: "在办",
    VillageStage.APPLIED: "已申请销号",
    VillageStage.AGREED: "待核对",
    VillageStage.CHECKED: "待签批",
    VillageStage.STRUCK_OFF: "已销号",
    VillageStage.RETURNED: "退回补办",
    VillageStage.WITHDRAWN: "已撤列",
}
# Being worked on, waiting for signatures, and over.
AT_WORK = frozenset({VillageStage.OPEN, VillageStage.RETURNED})
WAITING = (VillageStage.APPLIED, VillageStage.AGREED, VillageStage.CHECKED)
ENDED = frozenset({VillageStage.STRUCK_OFF, VillageStage.WITHDRAWN})


class VillageDutyKind(StrEnum):
    """What somebody answers for in a village (包村、三包三定), from a day to a day."""

    SPONSOR = "sponsor"
    TOWNSHIP = "township"
    LIAISON = "liaison"
    TEAM = "team"
    TOWN_LEADER = "town_leader"
    TOWN_STAFF = "town_staff"
    GROUP_CADRE = "group_cadre"


DUTY_LABELS = {
    VillageDutyKind.SPONSOR: "包村领导",
    VillageDutyKind.TOWNSHIP: "乡镇责任人",
    VillageDutyKind.LIAISON: "包村联络员",
    VillageDutyKind.TEAM: "驻村工作组",
    VillageDutyKind.TOWN_LEADER: "镇领导联系村",
    VillageDutyKind.TOWN_STAFF: "镇干部包村",
    VillageDutyKind.GROUP_CADRE: "村干部包组",
}
# Who signs must have an account; of these a village has one at a time.
SIGNING_DUTIES = (VillageDutyKind.SPONSOR, VillageDutyKind.TOWNSHIP, VillageDutyKind.LIAISON)


class PlanKind(StrEnum):
    """What a plan of a village is."""

    MEASURE = "measure"
    CONTINGENCY = "contingency"


PLAN_LABELS = {PlanKind.MEASURE: "一村一策", PlanKind.CONTINGENCY: "预案"}
