"""核实补录: whether an act that was entered after the last day of its duty was done on the day it names."""

from collections.abc import Sequence
from datetime import datetime

from tracker.cases.lifecycle.late_entries import to_check
from tracker.cases.lifecycle.rules.actions import Action
from tracker.cases.lifecycle.step_clocks import settle
from tracker.cases.lifecycle.stepping import Material, taking
from tracker.cases.record.models import Case
from tracker.core.errors import DomainError
from tracker.deadlines.claims import claim_words
from tracker.deadlines.limits import LIMITS, LimitKind
from tracker.people.models import User


def check_late_entry(
    case: Case,
    clock_id: str,
    *,
    by: User,
    now: datetime,
    upheld: bool,
    reason: str,
    proof: str | None = None,
    version: int | None = None,
    materials: Sequence[Material] = (),
) -> None:
    """Confirm an act that was entered late, or do not: its clock ends on the day of the act, or on that of its entry.

    By somebody outside the unit that owes the clock, who did not enter it (本单位规定); `proof` is the number or the
    postmark that they saw. Raises DomainError for a clock that waits for nobody, and for want of proof.
    """
    with taking(
        case, Action.CHECK_LATE_ENTRY, by=by, now=now, version=version, reason=reason, materials=materials
    ) as step:
        clock = next((each for each in to_check(step.file) if each.public_id == clock_id), None)
        if clock is None:
            raise DomainError("请选择一项等您核实的补录。", field="clock")
        if upheld and not proof and not materials:
            raise DomainError("认可的，请填写文号、邮戳或者回执编号，或者上传凭据。", field="proof")
        settle(step, clock, upheld=upheld)
        step.facts.update(clock=LIMITS[LimitKind(clock.kind)].label, found=claim_words(clock), proof=proof or "")
