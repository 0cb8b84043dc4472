"""What the office records beside assigning: 导入, 撤回, 并案, 作废, 属地, 更正, 被反映人."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select

from tracker.cases.acts.accused import AccusedEntry, name_accused
from tracker.cases.acts.serving import ServedNotice, serve_notice
from tracker.cases.lifecycle.documents import issue
from tracker.cases.lifecycle.rules.actions import Action
from tracker.cases.lifecycle.stepping import Material, taking
from tracker.cases.record.models import Case, Category, DemandPoint
from tracker.cases.record.rules.codes import ELECTION_STAGE_LABELS, ELECTION_TYPE_LABELS, URGENCY_LABELS, Status
from tracker.cases.record.search import index_case
from tracker.core.database import db
from tracker.core.errors import DomainError
from tracker.people.models import User
from tracker.places.models import VILLAGE, Place

LONGEST_POINT = 500


def divert(
    case: Case,
    notice: ServedNotice,
    *,
    by: User,
    now: datetime,
    organ: str,
    happened_on: date | None = None,
    version: int | None = None,
    materials: Sequence[Material] = (),
) -> None:
    """Name the statutory route and organ (导入, 条例第三十一条第一项至第五项).

    Raises DomainError without an organ.
    """
    with taking(case, Action.DIVERT, by=by, now=now, version=version, materials=materials) as step:
        if not organ:
            raise DomainError("请填写有权处理的机关。", field="organ")
        serve_notice(step, notice, on=happened_on, organ=organ)
        step.facts.update(organ=organ)


def withdraw(
    case: Case, *, by: User, now: datetime, reason: str, version: int | None = None, materials: Sequence[Material] = ()
) -> None:
    """Record the petitioner's written withdrawal (撤回).

    Raises DomainError without the declaration.
    """
    with taking(case, Action.WITHDRAW, by=by, now=now, version=version, reason=reason, materials=materials) as step:
        if not materials:
            raise DomainError("请上传信访人书面撤回的声明。", field="files")
        issue(step, text=reason)


def merge(case: Case, into: Case, *, by: User, now: datetime, reason: str, version: int | None = None) -> None:
    """Join a repeat to the earlier case (并案, 同人同事): it keeps its own number and is counted, never deleted.

    Raises DomainError for itself and for a case that is void or merged.
    """
    with taking(case, Action.MERGE, by=by, now=now, version=version, reason=reason) as step:
        if into.id == case.id or into.merged_into_id is not None or into.status == Status.VOIDED:
            raise DomainError("请选择另一件有效的、没有并入别件的案件作为主件。", field="into")
        last = db.session.scalar(select(func.max(Case.merge_order)).where(Case.merged_into_id == into.id))
        case.merged_into_id, case.merge_order = into.id, (last or 0) + 1
        case.original_id = case.original_id or into.id
        step.facts.update(into=into.register_no)


def undo_merge(case: Case, *, by: User, now: datetime, reason: str, version: int | None = None) -> None:
    """Undo the last merge into a case (撤销并案): the clock counts from the day of receipt, as if it had run on."""
    with taking(case, Action.UNDO_MERGE, by=by, now=now, version=version, reason=reason) as step:
        step.facts.update(into=case.merged_into.register_no if case.merged_into else "")
        step.due_on = case.superior_due_on
        case.merged_into_id, case.merge_order = None, None


def void(case: Case, *, by: User, now: datetime, reason: str, version: int | None = None) -> None:
    """Declare a registration void (作废), with a reason; the number is not used again."""
    with taking(case, Action.VOID, by=by, now=now, version=version, reason=reason):
        pass


def set_place(case: Case, village_id: int, *, by: User, now: datetime, version: int | None = None) -> None:
    """Give a matter its village (确定属地): one that exists today.

    Raises DomainError for one that no longer exists.
    """
    with taking(case, Action.SET_PLACE, by=by, now=now, version=version) as step:
        village = db.session.get(Place, village_id)
        if village is None or village.level != VILLAGE or village.closed_on is not None:
            raise DomainError("请选择现有的村（社区）。", field="village")
        case.village_id = village.id
        db.session.flush()
        db.session.refresh(case, ["village"])
        step.facts.update(village=village.name)
        index_case(case)


CORRECTABLE = {
    "title": "标题",
    "summary": "概况",
    "people_count": "人数",
    "category_id": "内容分类",
    "place_note": "属地线索",
    "election_type": "选举类型",
    "election_stage": "选举环节",
    "urgency": "紧急程度",
}
_CODE_WORDS: dict[str, Mapping[Any, str]] = {
    "election_type": ELECTION_TYPE_LABELS,
    "election_stage": ELECTION_STAGE_LABELS,
    "urgency": URGENCY_LABELS,
}


def correct(
    case: Case,
    changes: dict[str, str | int | None],
    *,
    by: User,
    now: datetime,
    reason: str,
    new_points: Sequence[str] = (),
    version: int | None = None,
) -> None:
    """Correct what was registered (更正): the old values stay readable in the trail.

    Raises DomainError where nothing was changed.
    """
    with taking(case, Action.CORRECT, by=by, now=now, version=version, reason=reason) as step:
        changed = {name: value for name, value in changes.items() if getattr(case, name) != value}
        if not changed and not new_points:
            raise DomainError("没有改动。")
        _refuse_bad_correction(case, {**{name: getattr(case, name) for name in CORRECTABLE}, **changed}, new_points)
        step.facts["changed"] = [
            [CORRECTABLE[name], _in_words(name, getattr(case, name)), _in_words(name, value)]
            for name, value in changed.items()
        ]
        step.facts["added"] = list(new_points)
        for name, value in changed.items():
            setattr(case, name, value)
        for text in new_points:
            db.session.add(DemandPoint(case_id=case.id, position=len(case.demand_points) + 1, text=text))
            db.session.flush()
            db.session.refresh(case, ["demand_points"])
        index_case(case)


def _refuse_bad_correction(case: Case, after: Mapping[str, Any], new_points: Sequence[str]) -> None:
    """Refuse what could not have been registered either."""
    for name in ("title", "summary"):
        if not after[name]:
            raise DomainError(f"{CORRECTABLE[name]}不能为空。", field=name)
    if case.vote_buying and not after["election_type"]:
        raise DomainError("本件标记了贿选，选举类型不能为空。", field="election_type")
    if after["election_stage"] and not after["election_type"]:
        raise DomainError("填了选举环节，请同时选择选举类型。", field="election_type")
    if any(len(text) > LONGEST_POINT for text in new_points):
        raise DomainError(f"每个诉求点最多 {LONGEST_POINT} 字。", field="new_points")


def _in_words(name: str, value: Any) -> str:
    """Return a value as the trail tells it: the words of a code, the name of a category."""
    if not value:
        return ""
    if name == "category_id":
        return db.session.get_one(Category, value).name
    return str(_CODE_WORDS.get(name, {}).get(value, value))


def add_accused(
    case: Case, accused: Sequence[AccusedEntry], *, by: User, now: datetime, reason: str, version: int | None = None
) -> None:
    """Name who is complained about (被反映人): a match with a user blocks them at once."""
    with taking(case, Action.NAME_ACCUSED, by=by, now=now, version=version, reason=reason) as step:
        name_accused(case, accused, by=by, now=now)
        step.facts.update(accused_count=len(accused))
