"""The lifecycle as one table (办理流程表). A step that is not in STEPS cannot be taken by page, import or bulk.

Each row, always in this order: what is done, from where, to where, by whom, how it is offered, whether it is put into
words; then, each on a line of its own, the ledger (销号), what must hold, the clocks it starts, stops, cancels and
supersedes, what it writes and hands over, which step it stands beside, on which article. The law is the
信访工作条例 unless another source is named. What a row says is executed by `cases/lifecycle/stepping`. Pure.
"""

from tracker.cases.lifecycle.rules.step_rows import StepRule
from tracker.cases.lifecycle.rules.steps_beside import BESIDE, ELECTIONS, REVIEWS
from tracker.cases.lifecycle.rules.steps_close_out import CLOSE_OUT
from tracker.cases.lifecycle.rules.steps_supervision import SUPERVISION
from tracker.cases.lifecycle.rules.steps_to_answer import OFFICE_STEPS, UNIT_ANSWERS, UNIT_RECEIVES

# The order is the order of the buttons: the first lawful row is the main one. Printed under these titles (办事规程).
SECTIONS: dict[str, tuple[StepRule, ...]] = {
    "信访部门：分类、交办、转送、移交": OFFICE_STEPS,
    "承办单位：签收、异议、受理": UNIT_RECEIVES,
    "承办单位：办理、答复、送达": UNIT_ANSWERS,
    "销号": CLOSE_OUT,
    "贿选、选举效力、纪检": ELECTIONS,
    "复查、复核": REVIEWS,
    "催办、督办、批示、检查": SUPERVISION,
    "主线以外": BESIDE,
}
STEPS: tuple[StepRule, ...] = tuple(step for steps in SECTIONS.values() for step in steps)
