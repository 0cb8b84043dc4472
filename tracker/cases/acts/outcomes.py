"""What becomes of an answer when it is taken back or changed: the old one stays readable in the line of the trail."""

from collections.abc import Mapping

from tracker.cases.acts.answers import overall_result
from tracker.cases.lifecycle.step_clocks import Taking
from tracker.cases.record.models import Case
from tracker.cases.record.rules.codes import RESULT_LABELS, Result
from tracker.core.errors import DomainError

NOTHING_CHANGED = "变更的，请至少选择一个诉求点变更后的结果。"


def take_back_answer(step: Taking) -> None:
    """Leave every demand point without an answer; what it was is kept with the step."""
    case = step.case
    step.facts["was"] = [
        [point.position, RESULT_LABELS[Result(point.result)], point.answer or ""]
        for point in case.demand_points
        if point.result
    ]
    case.answered_on = case.result = None
    for point in case.demand_points:
        point.result = point.answer = point.answered_on = point.carried_out_on = point.carried_out_note = None


def open_again(case: Case) -> None:
    """Let a matter that was struck off be worked on by its unit again (恢复在办); the signatures stay on the record."""
    case.closed_on = case.closed_by_id = None
    if case.assignment is not None:
        case.assignment.ended_on = case.assignment.ended_because = None


def change_answer(step: Taking, changed: Mapping[int, Result], answer: str) -> None:
    """Give demand points the results that a review decided on, by their ids; what is supported is to be carried out.

    Raises DomainError where nothing changes, or a point has no answer yet that could be changed.
    """
    points = [point for point in step.case.demand_points if point.id in changed]
    if not points:
        raise DomainError(NOTHING_CHANGED, field="changed")
    was = [(point, RESULT_LABELS[Result(point.result)] if point.result else "") for point in points]
    step.facts["changed"] = [[point.position, old, RESULT_LABELS[changed[point.id]]] for point, old in was]
    step.facts["was"] = [[point.position, old, point.answer or ""] for point, old in was]
    for point in points:
        point.result, point.answer = changed[point.id].value, answer
        point.answered_on = step.happened_on
        point.carried_out_on = point.carried_out_note = None
    results = [Result(point.result) for point in step.case.demand_points if point.result]
    step.case.result = overall_result(results).value
