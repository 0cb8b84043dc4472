"""A matter comes back to the office (回到信访部门): no unit has it any more."""

from tracker.cases.lifecycle.step_clocks import Taking
from tracker.cases.record.rules.codes import Confidentiality


def back_to_office(step: Taking) -> None:
    """Take the matter out of its unit's hands; whoever led it goes on leading it (领办领导).

    Of an accusation they know nothing until they are named for it.
    """
    case, given = step.case, step.case.assignment
    if given is not None:
        stays = case.level != Confidentiality.ACCUSATION
        case.lead_official_id = given.lead_official_id if stays else None
        case.lead_official = given.lead_official if stays else None
        if case.lead_official is not None:
            step.facts["lead_official"] = case.lead_official.name
    case.assignment_id = None
    case.assignment = None
