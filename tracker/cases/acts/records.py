"""What the office records beside assigning: 导入, 撤回, 并案, 作废, 属地, 被反映人."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import func, select

from tracker.cases.acts.accused import name_accused
from tracker.cases.acts.naming import AccusedEntry
from tracker.cases.acts.serving import ServedNotice, serve_notice
from tracker.cases.lifecycle.documents import Sending, issue
from tracker.cases.lifecycle.rules.actions import Action, Station
from tracker.cases.lifecycle.rules.positions import stations
from tracker.cases.lifecycle.step_clocks import Taking
from tracker.cases.lifecycle.stepping import Material, taking
from tracker.cases.record.links import hand_on, tie
from tracker.cases.record.models import AccusedParty, Case
from tracker.cases.record.rules.codes import Confidentiality, LedgerStatus
from tracker.cases.record.rules.holding import GONE
from tracker.cases.record.search import index_case
from tracker.core.database import db, locked
from tracker.core.errors import DomainError
from tracker.people.models import User
from tracker.petitioners.queries import same_person
from tracker.places.models import VILLAGE, Place


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


def merge(
    case: Case,
    into: Case,
    *,
    by: User,
    now: datetime,
    reason: str,
    document_no: str | None = None,
    served_on: date | None = None,
    version: int | None = None,
) -> None:
    """Join a repeat to the earlier case (并案, 同人同事): it keeps its own number and is counted, never deleted.

    The petitioner is told by a notice (重复信访告知书). Who is the same by a number is the office's to see; where
    a name alone or the accused alone is the same, its head looks too and merges. Raises DomainError for itself, for a
    case that is void, merged, closed or imported, for nobody in common, and for an accusation with what is none.
    """
    for row in sorted((case, into), key=lambda each: each.id):
        locked(row)
    with taking(case, Action.MERGE, by=by, now=now, version=version, reason=reason) as step:
        if into.id == case.id or into.status in GONE or into.ledger_status == LedgerStatus.CLOSED or into.is_history:
            raise DomainError(
                "请选择另一件正在办理的信访事项作为主件：不是作废、已并入别件、已销号或者读入的。", field="into"
            )
        _refuse_others(step, into)
        if served_on is not None and not case.received_on <= served_on <= step.today:
            raise DomainError("告知日期应在收到日期与今天之间。", field="served_on")
        last = db.session.scalar(select(func.max(Case.merge_order)).where(Case.merged_into_id == into.id))
        alone = case.original_id is None and not any(row.original_id == case.id for row in step.file.below)
        tie(case, into)
        case.merged_into_id, case.merge_order = into.id, (last or 0) + 1
        issue(step, document_no=document_no, text="与先前的来信属同一信访事项，并案办理", sending=_told(served_on))
        step.facts.update(into=into.register_no, alone=alone)


def _told(on: date | None) -> Sending:
    """Return how a notice got to the petitioner of whom only the day of the telling (告知日期) is known."""
    return Sending(sent_on=on, served_on=on)


def _refuse_others(step: Taking, into: Case) -> None:
    """Refuse to merge the matters of two people; a hint that may be chance needs the office's head (第二十二条)."""
    case, sealed = step.case, Confidentiality.ACCUSATION
    if (case.level == sealed) != (into.level == sealed):
        raise DomainError("检举控告件与其他信访事项不能并案。", field="into")
    same = same_person(case.id, into.id)
    accused = case.level == sealed and case.anonymous and into.anonymous and _same_accused(case.id, into.id)
    if not (same.by_number or same.by_name or accused):
        raise DomainError("两件没有同一个信访人（匿名检举控告：同一被反映人），不是同人同事，不能并案。", field="into")
    if not same.by_number and Station.OFFICE_HEAD not in stations(step.reader, step.file.position):
        raise DomainError(
            "两件只有姓名（匿名检举控告：被反映人）相同，没有相同的证件号码、电话：由信访部门负责人核实后并案。",
            field="into",
        )


def _same_accused(case_id: int, other_id: int) -> bool:
    """Return whether somebody is complained of in both matters."""
    rows = db.session.scalars(select(AccusedParty).where(AccusedParty.case_id.in_([case_id, other_id]))).all()
    keys = [{row.name_key for row in rows if row.case_id == id_ and row.name_key} for id_ in (case_id, other_id)]
    return bool(keys[0] & keys[1])


def undo_merge(case: Case, *, by: User, now: datetime, reason: str, version: int | None = None) -> None:
    """Undo the last merge into a case (撤销并案): the clock counts from the day of receipt, as if it had run on.

    What stood alone before the merge stands alone again; what was a repeat, or had some, stays with the living one.
    """
    with taking(case, Action.UNDO_MERGE, by=by, now=now, version=version, reason=reason) as step:
        step.facts.update(into=case.merged_into.register_no if case.merged_into else "")
        step.due_on = case.superior_due_on
        merges = [line for line in step.file.steps if line.action == Action.MERGE]
        case.merged_into_id, case.merge_order = None, None
        if merges and (merges[-1].facts or {}).get("alone"):
            case.original_id = None


def ask_void(case: Case, *, by: User, now: datetime, reason: str, version: int | None = None) -> None:
    """Ask that a registration be declared void (申请作废); another person, the office's head, decides."""
    with taking(case, Action.ASK_VOID, by=by, now=now, version=version, reason=reason):
        pass


def void(
    case: Case,
    *,
    by: User,
    now: datetime,
    reason: str,
    same_as: Case | None = None,
    served_on: date | None = None,
    version: int | None = None,
) -> None:
    """Declare a registration void (作废) that another person asked to be so; the number is not used again.

    What was entered twice names the number it is kept under; otherwise the petitioner is told, an anonymous one apart.
    Raises DomainError where neither is there, and for a day that cannot be.
    """
    with taking(case, Action.VOID, by=by, now=now, version=version, reason=reason) as step:
        if same_as is not None and (same_as.id == case.id or same_as.status in GONE):
            raise DomainError("请填写保留的另一件的编号：它没有作废，也没有并入别件。", field="same_as")
        if same_as is None and served_on is None and not case.anonymous:
            raise DomainError("请填写告知信访人的日期；重复录入的，填写保留的那一件的编号。", field="served_on")
        if served_on is not None and not case.received_on <= served_on <= step.today:
            raise DomainError("告知日期应在收到日期与今天之间。", field="served_on")
        kept = "重复录入，按保留的一件办理。" if same_as else ""
        issue(step, text=f"{kept}{reason}", sending=_told(served_on))
        hand_on(case)
        step.facts.update(into=same_as.register_no if same_as else "")


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


def add_accused(
    case: Case, accused: Sequence[AccusedEntry], *, by: User, now: datetime, reason: str, version: int | None = None
) -> None:
    """Name who is complained about (被反映人): a match with a user blocks them at once."""
    with taking(case, Action.NAME_ACCUSED, by=by, now=now, version=version, reason=reason) as step:
        name_accused(case, accused, by=by, now=now)
        step.facts.update(accused_count=len(accused))
