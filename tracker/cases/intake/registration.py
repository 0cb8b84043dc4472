"""登记: every matter gets a number, a channel, demand points and its clock; nothing is omitted or deleted."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import select

from tracker import audit
from tracker.audit import Event
from tracker.cases.access.named_readers import open_named_list
from tracker.cases.access.rules import REGISTERING_ROLES
from tracker.cases.acts.accused import Naming, write_down
from tracker.cases.acts.naming import AccusedEntry, NamedAccused, Told, since_event, whom_it_means
from tracker.cases.acts.registered import LONGEST_POINT
from tracker.cases.lifecycle.rules.actions import Action
from tracker.cases.lifecycle.step_clocks import begin_registered
from tracker.cases.lifecycle.stepping import Material, attach, trail_line
from tracker.cases.record.links import living_root
from tracker.cases.record.models import Case, DemandPoint
from tracker.cases.record.numbering import next_register_no
from tracker.cases.record.rules.channel_extras import CHANNEL_EXTRAS, LONGEST_EXTRA, wrong_extras
from tracker.cases.record.rules.codes import (
    CHANNELS,
    COLLECTIVE_FROM,
    MAX_REPRESENTATIVES,
    Channel,
    Confidentiality,
    PetitionerKind,
    Purpose,
    Status,
)
from tracker.cases.record.rules.series import is_closed
from tracker.cases.record.search import index_case
from tracker.core.clock import local_date
from tracker.core.database import db
from tracker.core.dates import long_date
from tracker.core.errors import FieldErrors, Forbidden
from tracker.core.text import normalise
from tracker.deadlines.queries import next_due_on
from tracker.people.models import Department, User
from tracker.people.queries import reader_for
from tracker.people.rules import DepartmentKind
from tracker.petitioners.service import PetitionerEntry, enter
from tracker.statutes.queries import cited
from tracker.statutes.rules.provisions import P

EARLIEST_RECEIPT_DAYS = 3650
LONGEST_TITLE, LONGEST_SUMMARY, MOST_PEOPLE = 200, 20000, 99999
NO_PETITIONER = "请填写信访人姓名（名称）；没有署名的请选“匿名”。"
NO_PLACE_AT_ALL = "请选择问题属地的村（社区）；暂不清楚的写明线索，按“属地待定”登记。"
LONGEST = LONGEST_EXTRA | {"place_note": 100}


@dataclass
class Registration:
    """What the registration page hands over, already of the right types.

    `naming` is what naming the accused brought about; `register` leaves it there for the page that tells the clerk.
    """

    channel: Channel
    received_on: date
    title: str
    summary: str
    purpose: Purpose
    demand_points: list[str]
    category_id: int | None = None
    people_count: int = 1
    anonymous: bool = False
    petitioners: list[PetitionerEntry] = field(default_factory=list)
    accused: list[AccusedEntry] = field(default_factory=list)
    village_id: int | None = None
    place_note: str | None = None
    occurred_on: date | None = None
    election_type: str | None = None
    election_stage: str | None = None
    vote_buying: bool = False
    urgency: str = "normal"
    level: Confidentiality = Confidentiality.ORDINARY
    posted_on: date | None = None
    received_by: str | None = None
    hotline_no: str | None = None
    source_no: str | None = None
    superior_office: str | None = None
    superior_no: str | None = None
    superior_due_on: date | None = None
    original_id: int | None = None
    naming: Naming = field(default_factory=Naming, init=False)


def proposed_title(points: Sequence[str]) -> str:
    """Return the title that stands for itself where none was typed: the first demand point (诉求点); "" without one.

    What is longer than a title ends in …, so that it is seen to be a part.
    """
    first = next(filter(None, points), "")
    return first if len(first) <= LONGEST_TITLE else f"{first[: LONGEST_TITLE - 1]}…"


def last_channel(user_id: int) -> str | None:
    """Return the channel (信访形式) of the last matter that a person registered: the next often comes the same way."""
    mine = select(Case.channel).where(Case.registered_by_id == user_id)
    return db.session.scalar(mine.order_by(Case.id.desc()).limit(1))


def register(
    entry: Registration, *, office: Department, by: User, now: datetime, materials: Sequence[Material] = ()
) -> Case:
    """Register a matter (登记, 条例第二十一条至第二十三条): number, clock of 15 days, search entry, log.

    Raises FieldErrors with a sentence for each wrong field, Forbidden for who is not the office's registrar.
    """
    today = local_date(now)
    _refuse_strangers(office, by, today)
    errors = field_errors(entry, today)
    if errors:
        raise FieldErrors(errors)
    meant = whom_it_means(_told(entry, today), office_id=office.id)
    case = _new_case(entry, meant, office, by, now)
    db.session.add(case)
    db.session.flush()
    _add_points(case, entry.demand_points)
    enter(case.id, entry.petitioners)
    if meant.named:
        entry.naming = write_down(case, meant, by=by, now=now)
    if case.level == Confidentiality.ACCUSATION:
        # After who is complained of is known: nobody of them is ever put on it.
        open_named_list(case, by=by, because="登记人", now=now)
    case.next_due_on = next_due_on(begin_registered(case, today=today))
    _trail(case, office, by=by, now=now, materials=materials)
    index_case(case, entry.demand_points)
    audit.record(
        Event.CASE_REGISTERED,
        by=by,
        now=now,
        case_id=case.id,
        payload={"register_no": case.register_no, "channel": case.channel, "original": case.original_id},
    )
    return case


def _told(entry: Registration, today: date) -> Told:
    return Told(
        since_event(entry.occurred_on, entry.received_on),
        today,
        entry.accused,
        (entry.title, entry.summary, *entry.demand_points),
        accusing=entry.purpose is Purpose.ACCUSATION,
    )


def _refuse_strangers(office: Department, by: User, today: date) -> None:
    posts = reader_for(by, today).posts
    may = any(
        post.role in REGISTERING_ROLES
        and post.department_kind == DepartmentKind.PETITION_OFFICE
        and post.department_id == office.id
        for post in posts
    )
    if not may:
        raise Forbidden("只有信访部门的登记员、受理员可以登记信访事项。")


def field_errors(entry: Registration, today: date) -> dict[str, str]:
    """Return a sentence for each field that is missing, impossible or contradicts another."""
    errors: dict[str, str] = {}
    _check_dates(entry, today, errors)
    _check_channel(entry, errors)
    _check_people(entry, today, errors)
    _check_matter(entry, errors)
    return errors


def _check_dates(entry: Registration, today: date, errors: dict[str, str]) -> None:
    if entry.received_on > today:
        errors["received_on"] = f"收到日期不能晚于今天（{long_date(today)}）。"
    elif (today - entry.received_on).days > EARLIEST_RECEIPT_DAYS:
        errors["received_on"] = "收到日期在十年以前，请核对；历史件请用“读入”。"
    if entry.occurred_on and entry.occurred_on > entry.received_on:
        errors["occurred_on"] = "事发日期不能晚于收到日期。"
    if entry.superior_due_on and entry.superior_due_on < entry.received_on:
        errors["superior_due_on"] = "上级要求的办结日期不能早于收到日期。"


def _check_channel(entry: Registration, errors: dict[str, str]) -> None:
    given = {name: getattr(entry, name) for name in CHANNEL_EXTRAS}
    errors.update(wrong_extras(entry.channel, given, entry.received_on))


def _check_people(entry: Registration, today: date, errors: dict[str, str]) -> None:
    main = next((p for p in entry.petitioners if p.kind == PetitionerKind.MAIN), None)
    named = main is not None and bool(main.name)
    representatives = sum(p.kind == PetitionerKind.REPRESENTATIVE for p in entry.petitioners)
    names = {normalise(p.name) for p in entry.petitioners if p.name}
    if entry.anonymous and named:
        errors["petitioner_name"] = "已选匿名，又填了姓名：请取消匿名，或清空姓名。"
    if not entry.anonymous and not named:
        errors["petitioner_name"] = NO_PETITIONER
    if entry.anonymous and main is not None and main.identity_no:
        errors["identity_no"] = "已选匿名，又填了身份证号：请取消匿名，或清空身份证号。"
    if entry.anonymous and entry.channel is Channel.VISIT:
        errors["anonymous"] = "来访件应当登记来访人姓名。"
    if not 1 <= entry.people_count <= MOST_PEOPLE:
        errors["people_count"] = f"人数应为 1 至 {MOST_PEOPLE}。"
    elif entry.people_count < len(names):
        errors["people_count"] = f"人数少于列出的姓名（{len(names)} 人），请核对。"
    if representatives and "representatives" not in CHANNELS[entry.channel].fields:
        errors["representatives"] = "代表人只在来访件登记：请清空，或者改选信访形式。"
    elif representatives > MAX_REPRESENTATIVES:
        errors["representatives"] = f"代表人不得超过 {MAX_REPRESENTATIVES} 人（{cited(P.T20_3, on=today)}）。"
    if entry.channel is Channel.VISIT and entry.people_count >= COLLECTIVE_FROM and representatives == 0:
        errors["representatives"] = (
            f"{COLLECTIVE_FROM} 人以上来访，请填写推选的代表人（不超过 {MAX_REPRESENTATIVES} 人）。"
        )


def _check_matter(entry: Registration, errors: dict[str, str]) -> None:
    if not entry.title:
        errors["title"] = "请填写标题。"
    elif len(entry.title) > LONGEST_TITLE:
        errors["title"] = f"标题最多 {LONGEST_TITLE} 字。"
    if not entry.summary:
        errors["summary"] = "请填写信访事项概况。"
    elif len(entry.summary) > LONGEST_SUMMARY:
        errors["summary"] = f"概况最多 {LONGEST_SUMMARY} 字，原件请作为附件上传。"
    points = [point for point in entry.demand_points if point]
    if not points:
        errors["demand_points"] = "请至少填写一个诉求点。"
    elif any(len(point) > LONGEST_POINT for point in points):
        errors["demand_points"] = f"每个诉求点最多 {LONGEST_POINT} 字。"
    if entry.vote_buying and not entry.election_type:
        errors["election_type"] = "标记贿选的，请选择选举类型。"
    if entry.election_stage and not entry.election_type:
        errors["election_type"] = "填了选举环节，请同时选择选举类型。"
    if entry.village_id is None and not entry.place_note:
        errors["village"] = NO_PLACE_AT_ALL
    elif len(entry.place_note or "") > LONGEST["place_note"]:
        errors["place_note"] = f"具体地点最多 {LONGEST['place_note']} 个字。"


def _new_case(entry: Registration, meant: NamedAccused, office: Department, by: User, now: datetime) -> Case:
    accusation = entry.purpose is Purpose.ACCUSATION
    level = Confidentiality.ACCUSATION if accusation else entry.level
    if entry.vote_buying and level is Confidentiality.ORDINARY:
        # It accuses somebody (条例第三十条第三款).
        level = Confidentiality.SENSITIVE
    return Case(
        register_no=next_register_no(now, office.id, closed=is_closed(level, shuts_out=meant.shuts_out)),
        office_id=office.id,
        registered_at=now,
        registered_by_id=by.id,
        received_on=entry.received_on,
        channel=entry.channel.value,
        posted_on=entry.posted_on,
        received_by=entry.received_by or (by.name if entry.channel is Channel.VISIT else None),
        hotline_no=entry.hotline_no,
        source_no=entry.source_no,
        superior_office=entry.superior_office,
        superior_no=entry.superior_no,
        superior_due_on=entry.superior_due_on,
        title=entry.title,
        summary=entry.summary,
        purpose=entry.purpose.value,
        category_id=entry.category_id,
        people_count=entry.people_count,
        anonymous=entry.anonymous,
        village_id=entry.village_id,
        place_note=entry.place_note,
        occurred_on=entry.occurred_on,
        election_type=entry.election_type or None,
        election_stage=entry.election_stage or None,
        vote_buying=entry.vote_buying,
        urgency=entry.urgency,
        level=level.value,
        original_id=_first_of(entry.original_id),
    )


def _first_of(original_id: int | None) -> int | None:
    """Return the original that a repeat is counted with (重件): the living letter of the matter, wherever it went."""
    if original_id is None:
        return None
    original = db.session.get(Case, original_id)
    if original is None:
        raise FieldErrors({"joins": "选的原件已经不在台账里，请重新选择。"})
    root = living_root(original)
    if root.status == Status.VOIDED:
        raise FieldErrors({"joins": "选的原件已经作废，请重新选择。"})
    return root.id


def _add_points(case: Case, points: Sequence[str]) -> None:
    for position, text in enumerate((point for point in points if point), start=1):
        db.session.add(DemandPoint(case_id=case.id, position=position, text=text))


def _trail(case: Case, office: Department, *, by: User, now: datetime, materials: Sequence[Material]) -> None:
    facts = {"register_no": case.register_no}
    line = trail_line(case, Action.REGISTER, by=by, unit=office.name, at=now, facts=facts)
    db.session.add(line)
    if materials:
        db.session.flush()
        attach(case, materials, step_id=line.id, by=by, now=now)
