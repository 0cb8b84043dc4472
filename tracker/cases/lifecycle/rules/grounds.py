"""Grounds of refusal (不予受理、不再受理). Pure."""

from enum import StrEnum

from tracker.statutes.rules.provisions import Basis, P


class RefusalGround(StrEnum):
    """Grounds of 不予受理 and 不再受理 (domain.md §1.4)."""

    IN_HAND = "in_hand"
    OTHER_ROUTE = "other_route"
    OUTSIDE_UNIT = "outside_unit"
    AFTER_RE_EXAMINATION = "after_re_examination"
    REVIEW_LAPSED = "review_lapsed"


REFUSAL_GROUND_LABELS = {
    RefusalGround.IN_HAND: "已经受理或者正在办理，在规定期限内又提出同一事项",
    RefusalGround.OTHER_ROUTE: "应当通过诉讼、仲裁、行政复议等法定途径解决",
    # Kept for what was refused so before; for what was given to a unit there is only the objection (第二十三条第三款).
    RefusalGround.OUTSIDE_UNIT: "不属于本机关、单位及其工作部门职权范围",
    RefusalGround.AFTER_RE_EXAMINATION: "对复核意见不服，仍以同一事实和理由提出",
    RefusalGround.REVIEW_LAPSED: "无正当理由超过期限未请求复查、复核，仍以同一事实和理由提出",
}
GROUND_BASIS: dict[RefusalGround, Basis] = {
    RefusalGround.IN_HAND: (P.T19_3,),
    RefusalGround.OTHER_ROUTE: (P.T31_1_TO_4,),
    RefusalGround.OUTSIDE_UNIT: (P.T23_1,),
    RefusalGround.AFTER_RE_EXAMINATION: (P.T36_3,),
    RefusalGround.REVIEW_LAPSED: (),
}
NON_ACCEPTANCE_GROUNDS = (RefusalGround.IN_HAND, RefusalGround.OTHER_ROUTE)
NO_LONGER_GROUNDS = (RefusalGround.AFTER_RE_EXAMINATION,)
# 不再受理 by a region's own rules alone: it holds where the office has switched it on, with their title and article.
LOCAL_GROUNDS = (RefusalGround.REVIEW_LAPSED,)
