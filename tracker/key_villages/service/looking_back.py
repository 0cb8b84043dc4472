"""回头看 of villages: planning one, drawing a sample, and looking back, by somebody who did not work on the village."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from tracker import audit
from tracker.core.clock import local_date
from tracker.core.database import db, locked
from tracker.core.dates import long_date
from tracker.core.drawing import LONGEST_SEED, drawn
from tracker.core.errors import DomainError, FieldErrors, Forbidden
from tracker.key_villages.access import keeps
from tracker.key_villages.models import LookBackSample, VillageEntry, VillageLookBack, VillageProblem
from tracker.key_villages.rules.acts import VillageAct
from tracker.key_villages.rules.codes import VillageStage
from tracker.key_villages.rules.looking_back import (
    OCCASION_LABELS,
    RESULT_LABELS,
    LookBackStage,
    Occasion,
    VillageResult,
)
from tracker.key_villages.service.entering import ListedProblem, list_problem
from tracker.key_villages.service.look_back_clocks import end_look_back, plan
from tracker.key_villages.service.signing import recur_problem, recur_village
from tracker.key_villages.service.taking import taking
from tracker.people.models import Department, User
from tracker.people.queries import reader_for

LONGEST_FOUND, MOST_FOUND = 500, 999


@dataclass(frozen=True)
class LookedBack:
    """What was seen: three numbers with their words (程序漏洞、未处理、处理不彻底), and the result.

    With 反复: which problem came back, until when. With 新问题: the problem.
    """

    gaps: int
    gaps_words: str
    unresolved: int
    unresolved_words: str
    incomplete: int
    incomplete_words: str
    result: VillageResult
    recurred: VillageProblem | None = None
    due_on: date | None = None
    new: ListedProblem | None = None


def plan_look_back(
    entry: VillageEntry, occasion: Occasion, due_on: date, *, by: User, now: datetime, said: str,
    version: int | None = None,
) -> VillageLookBack:  # fmt: skip
    """Plan a look back by hand (安排回头看): before the next election, or by a decision. Raises DomainError."""
    with taking(entry, VillageAct.PLAN_LOOK_BACK, by=by, now=now, said=said, version=version) as step:
        if due_on < step.today:
            raise DomainError("回头看的期限不能早于今天。", field="due_on")
        step.told.append(f"{OCCASION_LABELS[occasion]}，{long_date(due_on)}前")
        return plan(step.entry, occasion, due_on, now=now)


def look_back(row: VillageLookBack, seen: LookedBack, *, by: User, now: datetime, said: str, looked_on: date) -> None:
    """Record a look back (回头看). 反复 lists the problem again, 新问题 lists one; a sealed village comes back with it.

    Raises DomainError, FieldErrors, Forbidden and changes nothing.
    """
    entry = row.entry
    with taking(entry, VillageAct.LOOK_BACK, by=by, now=now, said=said, happened_on=looked_on) as step:
        if locked(row).stage != LookBackStage.PLANNED:
            raise DomainError("这次回头看已经办理过，或者不再需要。", field="which")
        _check(row, seen)
        for name in ("gaps", "unresolved", "incomplete"):
            setattr(row, name, getattr(seen, name))
            setattr(row, f"{name}_words", getattr(seen, f"{name}_words").strip() or None)
        row.stage, row.result = LookBackStage.DONE.value, seen.result.value
        row.looked_on, row.looked_by_id = looked_on, by.id
        end_look_back(row, on=looked_on, met=True, act=VillageAct.LOOK_BACK)
        step.told += [OCCASION_LABELS[Occasion(row.occasion)], RESULT_LABELS[seen.result], _figures(seen)]
    if seen.result is not VillageResult.STABLE:
        _comes_back(row, seen, by=by, now=now, said=step.said)


def _figures(seen: LookedBack) -> str:
    return f"程序漏洞 {seen.gaps}，未处理 {seen.unresolved}，处理不彻底 {seen.incomplete}"


def _check(row: VillageLookBack, seen: LookedBack) -> None:
    """Raise FieldErrors where a number has no words, or a result is not told whole."""
    errors = {}
    for name in ("gaps", "unresolved", "incomplete"):
        count, words = getattr(seen, name), getattr(seen, f"{name}_words").strip()
        if not 0 <= count <= MOST_FOUND:
            errors[name] = f"请填写 0 至 {MOST_FOUND} 的整数。"
        elif len(words) > LONGEST_FOUND:
            errors[f"{name}_words"] = f"最多 {LONGEST_FOUND} 个字，现在有 {len(words)} 个，请精简。"
        elif bool(count) != bool(words):
            errors[f"{name}_words"] = "请写明是什么。" if count else "写了情况，请填写数目。"
    found = seen.gaps + seen.unresolved + seen.incomplete
    if seen.result is VillageResult.STABLE and found:
        errors["result"] = "发现了漏洞、未处理或者处理不彻底的，结果不能是稳定。"
    again = seen.recurred
    if seen.result is VillageResult.RECURRED:
        if again is None or again.entry_id != row.entry_id or again.stage != VillageStage.STRUCK_OFF:
            errors["problem"] = "请选择出现反复的问题（已销号的）。"
        if seen.due_on is None:
            errors["due_on"] = "请填写新的期限。"
    if seen.result is VillageResult.NEW and seen.new is None:
        errors["text"] = "请写明新问题、责任人和期限。"
    if errors:
        raise FieldErrors(errors)


def _comes_back(row: VillageLookBack, seen: LookedBack, *, by: User, now: datetime, said: str) -> None:
    """Let a sealed village come back onto the ledger (反弹), with the problem that came back or is new."""
    if row.entry.stage == VillageStage.STRUCK_OFF:
        recur_village(row.entry, by=by, now=now, said=said)
    if seen.recurred is not None and seen.due_on is not None:
        recur_problem(seen.recurred, due_on=seen.due_on, by=by, now=now, said=said)
        row.problem = seen.recurred
    elif seen.new is not None:
        row.problem = list_problem(row.entry, seen.new, by=by, now=now, said=f"回头看发现：{seen.new.text}")
    about = [row.entry_id, row.problem.id if row.problem else 0]
    payload = {"village": about, "act": VillageAct.LOOK_BACK.value}
    audit.record(audit.Event.VILLAGE_STEPPED, by=by, now=now, payload=payload)


def draw_sample(
    office: Department, *, size: int, seed: str, due_on: date, by: User, now: datetime, said: str
) -> LookBackSample:
    """Draw villages to look back at from all that are struck off (随机抽查); the seed and the pool are recorded.

    Raises Forbidden, FieldErrors.
    """
    today = local_date(now)
    if not keeps(reader_for(by, today), office.id):
        raise Forbidden("随机抽查应由信访部门（换届办）办理。")
    sealed = {row.number: row for row in _struck_off(office)}
    errors = {}
    if not sealed:
        errors["size"] = "还没有已销号的村，没有可以抽查的。"
    elif not 1 <= size <= len(sealed):
        errors["size"] = f"已销号的村有 {len(sealed)} 个，请填写 1 至 {len(sealed)}。"
    if not 1 <= len(seed.strip()) <= LONGEST_SEED:
        errors["seed"] = f"请填写抽签种子（1 至 {LONGEST_SEED} 个字）。"
    if due_on < today:
        errors["due_on"] = "回头看的期限不能早于今天。"
    if errors:
        raise FieldErrors(errors)
    sample = LookBackSample(
        office_id=office.id,
        seed=seed.strip(),
        size=size,
        pool="\n".join(sorted(sealed)),
        drawn_on=today,
        drawn_at=now,
        drawn_by_id=by.id,
    )
    db.session.add(sample)
    db.session.flush()
    for number in drawn(list(sealed), sample.seed, size):
        with taking(sealed[number], VillageAct.PLAN_LOOK_BACK, by=by, now=now, said=said) as step:
            step.told.append(f"{OCCASION_LABELS[Occasion.SAMPLE]}，种子 {sample.seed}，{len(sealed)} 村抽 {size} 村")
            plan(step.entry, Occasion.SAMPLE, due_on, now=now, sample=sample)
    audit.record(audit.Event.SAMPLE_DRAWN, by=by, now=now, payload={"sample": sample.id, "size": size})
    return sample


def _struck_off(office: Department) -> list[VillageEntry]:
    asked = select(VillageEntry).where(
        VillageEntry.office_id == office.id, VillageEntry.stage == VillageStage.STRUCK_OFF.value
    )
    return list(db.session.scalars(asked.order_by(VillageEntry.id)))
