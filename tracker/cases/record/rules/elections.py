"""Which election a matter is about, and which stage of it (选举类型、选举环节), with their words. Pure."""

from enum import StrEnum


class ElectionType(StrEnum):
    """选举类型."""

    COMMITTEE = "committee"
    PARTY_BRANCH = "party_branch"
    BOTH = "both"
    COMMUNITY = "community"


ELECTION_TYPE_LABELS = {
    ElectionType.COMMITTEE: "村委会换届选举",
    ElectionType.PARTY_BRANCH: "村党组织换届",
    ElectionType.BOTH: "村“两委”换届",
    ElectionType.COMMUNITY: "社区居委会换届选举",
}


class ElectionStage(StrEnum):
    """选举环节."""

    COMMITTEE_CHOSEN = "committee_chosen"
    VOTER_LIST = "voter_list"
    NOMINATION = "nomination"
    VOTING = "voting"
    COUNTING = "counting"
    RECALL = "recall"
    HANDOVER = "handover"


ELECTION_STAGE_LABELS = {
    ElectionStage.COMMITTEE_CHOSEN: "选举委员会推选",
    ElectionStage.VOTER_LIST: "参加选举的村民登记",
    ElectionStage.NOMINATION: "候选人提名",
    ElectionStage.VOTING: "投票",
    ElectionStage.COUNTING: "计票",
    ElectionStage.RECALL: "罢免",
    ElectionStage.HANDOVER: "工作移交",
}
