"""What looking at a matter again may result in: 复查 and 复核 (条例第三十五条、第三十六条), 回头看. Pure."""

from enum import StrEnum


class ReviewResult(StrEnum):
    """The result: the opinion stands, is changed, is revoked and made again, or the request is not taken at all."""

    UPHELD = "upheld"
    CHANGED = "changed"
    REVOKED = "revoked"
    DISMISSED = "dismissed"


REVIEW_RESULT_LABELS: dict[ReviewResult, str] = {
    ReviewResult.UPHELD: "维持",
    ReviewResult.CHANGED: "变更",
    ReviewResult.REVOKED: "撤销，责令重新办理",
    ReviewResult.DISMISSED: "不予受理",
}
# An opinion that decides the matter, and which the petitioner has to be given.
IN_FORCE = frozenset({ReviewResult.UPHELD, ReviewResult.CHANGED})


class LookBackResult(StrEnum):
    """What looking back at a matter found (结果). INCOMPLETE is of before the form asked for what is incomplete."""

    HOLDS = "holds"
    RECURRED = "recurred"
    NEW = "new"
    INCOMPLETE = "incomplete"


LOOK_BACK_LABELS = {
    LookBackResult.HOLDS: "稳定",
    LookBackResult.RECURRED: "反复",
    LookBackResult.NEW: "新问题",
    LookBackResult.INCOMPLETE: "落实不到位",
}
# What is looked for, by the name of its words (看什么).
FOUND_LABELS = {"gaps": "程序漏洞", "unresolved": "未处理的信访问题", "incomplete": "处理不彻底"}
