"""Into which groups the list of suggestions is cut. Pure."""

from enum import StrEnum


class SuggestionDates(StrEnum):
    """How a suggestion stands to its days."""

    OPEN = "open"
    TO_ANSWER = "to_answer"
    LATE = "late"


DATES_LABELS = {SuggestionDates.OPEN: "在办", SuggestionDates.TO_ANSWER: "待答复", SuggestionDates.LATE: "逾期未答复"}


class Inspected(StrEnum):
    """Whether its unit was inspected (督查)."""

    YES = "yes"
    NO = "no"


INSPECTED_LABELS = {Inspected.YES: "已督查", Inspected.NO: "未督查"}


class Promised(StrEnum):
    """What was promised and is still to be kept."""

    OPEN = "open"
    LATE = "late"


PROMISED_LABELS = {Promised.OPEN: "有承诺未落实", Promised.LATE: "承诺逾期未落实"}


class Mine(StrEnum):
    """Whose business it is."""

    OWN = "own"
    UNIT = "unit"
    LEADING = "leading"


MINE_LABELS = {Mine.OWN: "我承办", Mine.UNIT: "本单位承办", Mine.LEADING: "我领办"}
# An answer whose paper has no letter of a result.
NO_RESULT = "none"
