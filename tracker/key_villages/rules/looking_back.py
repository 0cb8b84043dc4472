"""回头看 of villages: on which occasion, what is found, and how far it is. Pure."""

from enum import StrEnum


class Occasion(StrEnum):
    """Why a village is looked back at (哪一次)."""

    AFTER_SEAL = "after_seal"
    AGAIN = "again"
    BEFORE_ELECTION = "before_election"
    SAMPLE = "sample"
    DECIDED = "decided"


OCCASION_LABELS = {
    Occasion.AFTER_SEAL: "销号后第一次",
    Occasion.AGAIN: "销号后第二次",
    Occasion.BEFORE_ELECTION: "换届前一次",
    Occasion.SAMPLE: "随机抽查",
    Occasion.DECIDED: "另行安排",
}
# Those that somebody plans by hand: the others come with the seal, or are drawn.
BY_HAND = (Occasion.BEFORE_ELECTION, Occasion.DECIDED)


class VillageResult(StrEnum):
    """What a look back found (结果)."""

    STABLE = "stable"
    RECURRED = "recurred"
    NEW = "new"


RESULT_LABELS = {
    VillageResult.STABLE: "稳定",
    VillageResult.RECURRED: "反复",
    VillageResult.NEW: "新问题",
}


class LookBackStage(StrEnum):
    """How far a look back is; one becomes pointless (不再需要) where the village comes back before it."""

    PLANNED = "planned"
    DONE = "done"
    DROPPED = "dropped"


LOOK_BACK_LABELS = {
    LookBackStage.PLANNED: "待回头看",
    LookBackStage.DONE: "已回头看",
    LookBackStage.DROPPED: "不再需要",
}
