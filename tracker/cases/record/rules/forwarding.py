"""To whom a matter is handed outside of the system (移交、转送), in words. Pure."""

from enum import StrEnum

from tracker.cases.record.rules.codes import Route


class ForwardedTo(StrEnum):
    """Which organ a matter was handed to; before this was recorded all went to discipline inspection."""

    DISCIPLINE = "discipline"
    COMPETENT = "competent"
    LEGAL = "legal"
    DUTY = "duty"


FORWARDED_TO_LABELS: dict[ForwardedTo, str] = {
    ForwardedTo.DISCIPLINE: "纪检监察机关",
    ForwardedTo.COMPETENT: "其他有权处理的机关、单位",
    ForwardedTo.LEGAL: "政法部门",
    ForwardedTo.DUTY: "负有职责的机关、单位",
}
# Who may get an accusation (第三十条第一款).
FOR_ACCUSATIONS = (ForwardedTo.DISCIPLINE, ForwardedTo.COMPETENT)
# Who gets a claim that is forwarded, by its route (第二十二条).
BY_ROUTE: dict[Route, ForwardedTo] = {
    Route.LITIGATION: ForwardedTo.LEGAL,
    Route.ENFORCEMENT: ForwardedTo.DUTY,
}
