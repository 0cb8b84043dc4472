"""督导轮次: a round of inspection, the villages that it goes to, and what it finds there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from tracker.core.clock import local_date
from tracker.core.database import db, locked
from tracker.core.dates import long_date
from tracker.core.errors import DomainError, FieldErrors, Forbidden, StaleVersion
from tracker.core.text import worded
from tracker.key_villages.access import finding_parts, keeps, leads_here
from tracker.key_villages.models import InspectedVillage, InspectionRound, VillageFinding
from tracker.key_villages.queries.checks import all_of_round
from tracker.key_villages.queries.findings import next_number
from tracker.key_villages.rules.findings import FindingAct, FindingPart, FindingStage
from tracker.key_villages.service.entering import LONGEST_TEXT
from tracker.key_villages.service.finding_clocks import begin_finding, tell_found
from tracker.key_villages.service.inspecting import STALE, hold_entry, recorded, write_finding_line
from tracker.key_villages.service.taking import LONGEST_WORDS
from tracker.people.models import Department, User
from tracker.people.queries import answerable, reader_for
from tracker.places.models import Place

LONGEST_NAME, LONGEST_TEAM = 100, 500


@dataclass(frozen=True)
class Rounding:
    """A round as it is entered: its name, its leader, its team in words, its days, its villages."""

    name: str
    led_by: User
    team: str
    started_on: date
    ended_on: date
    villages: Sequence[Place]


@dataclass(frozen=True)
class Observed:
    """What was found: in which village of the round, what, on which day, by whom to be put right until when."""

    place_id: int
    text: str
    department_id: int
    user_id: int
    found_on: date
    due_on: date


def open_round(given: Rounding, *, office: Department, by: User, now: datetime) -> InspectionRound:
    """Enter a round of inspection (登记督导). Raises Forbidden, FieldErrors."""
    today = local_date(now)
    if not keeps(reader_for(by, today), office.id):
        raise Forbidden("登记督导应由信访部门（换届办）办理。")
    _check_round(given, office, today)
    row = InspectionRound(office_id=office.id, opened_by_id=by.id, opened_at=now, version=1)
    _fill(row, given, now)
    db.session.add(row)
    db.session.flush()
    write_finding_line(row, None, FindingAct.OPEN_ROUND, by=by, now=now, told=_said_of(row))
    recorded(row, None, FindingAct.OPEN_ROUND, by=by, now=now)
    return row


def change_round(
    row: InspectionRound, given: Rounding, *, by: User, now: datetime, said: str, version: int | None = None
) -> None:
    """Correct a round, or let it go to more villages (更正督导); what stood there stays on the record.

    Raises Forbidden, FieldErrors, StaleVersion; DomainError where a village with a finding would leave it.
    """
    locked(row)
    today = local_date(now)
    if version is not None and version != row.version:
        raise StaleVersion(STALE)
    if not keeps(reader_for(by, today), row.office_id):
        raise Forbidden("更正督导应由信访部门（换届办）办理。")
    _check_round(given, row.office, today)
    why = worded(said, "更正的理由", LONGEST_WORDS, "said")
    seen = [(each.place_id, each.found_on) for each in row.findings]
    seen += [(each.place_id, each.checked_on) for each in all_of_round(row)]
    kept = {place_id for place_id, _day in seen}
    if missing := [place.short_name for place in row.villages if place.id in kept - _ids(given)]:
        raise DomainError(f"{'、'.join(missing)}已有督导发现或者检查清单，不能去掉。", field="villages")
    if any(day < given.started_on for _place, day in seen):
        raise DomainError("已有更早的督导发现或者检查清单，第一天不能晚于它。", field="started_on")
    before = _said_of(row)
    _fill(row, given, now)
    row.version += 1
    db.session.flush()
    if _said_of(row) == before:
        raise DomainError("没有改变。", field="name")
    write_finding_line(row, None, FindingAct.CHANGE_ROUND, by=by, now=now, said=why, told=f"原：{before}")
    recorded(row, None, FindingAct.CHANGE_ROUND, by=by, now=now)


def _ids(given: Rounding) -> set[int]:
    return {place.id for place in given.villages}


def _check_round(given: Rounding, office: Department, today: date) -> None:
    errors = {}
    if not leads_here(given.led_by, office, today):
        errors["led_by"] = "督导组应由本地的领导带队，请选择领办领导或者主要领导。"
    if given.ended_on < given.started_on:
        errors["ended_on"] = "最后一天不能早于第一天。"
    if not given.villages:
        errors["villages"] = "请写明到哪些村。"
    for name, text, longest, what in (
        ("name", given.name, LONGEST_NAME, "名称"), ("team", given.team, LONGEST_TEAM, "督导组成员"),
    ):  # fmt: skip
        if not 1 <= len(text.strip()) <= longest:
            errors[name] = f"请填写{what}（1 至 {longest} 个字）。"
    if errors:
        raise FieldErrors(errors)


def _fill(row: InspectionRound, given: Rounding, now: datetime) -> None:
    row.name, row.team = given.name.strip(), given.team.strip()
    row.led_by, row.led_by_id = given.led_by, given.led_by.id
    row.started_on, row.ended_on = given.started_on, given.ended_on
    wanted = {place.id: place for place in given.villages}
    for stop in row.stops:
        stop.ended_at = None if stop.place_id in wanted else stop.ended_at or now
    known = {stop.place_id for stop in row.stops}
    row.stops += [InspectedVillage(place_id=id_, place=place) for id_, place in wanted.items() if id_ not in known]


def _said_of(row: InspectionRound) -> str:
    villages = "、".join(place.short_name for place in row.villages)
    days = f"{long_date(row.started_on)}至{long_date(row.ended_on)}"
    return f"{row.name}；{row.led_by.name}带队，{row.team}；{days}；{villages}"


def find(row: InspectionRound, found: Observed, *, by: User, now: datetime) -> VillageFinding:
    """Enter what a round found in one of its villages (督导发现); its limit runs from that day.

    A village on the ledger waits for it with its seal; one that is not is proposed. Raises Forbidden, DomainError.
    """
    locked(row)
    today = local_date(now)
    if not finding_parts(reader_for(by, today), row) & {FindingPart.KEEPER, FindingPart.ROUND_LEADER}:
        raise Forbidden("督导发现应由带队领导或者信访部门（换届办）登记。")
    place = next((each for each in row.villages if each.id == found.place_id), None)
    if place is None:
        raise DomainError("这一轮没有到这个村，请先更正督导。", field="village")
    if not row.started_on <= found.found_on <= today:
        raise DomainError(f"发现日期应在{long_date(row.started_on)}和今天之间。", field="found_on")
    if found.due_on < found.found_on:
        raise DomainError("整改期限不能早于发现日期。", field="due_on")
    owner, unit = answerable(found.user_id, found.department_id, today)
    # A seal that is being signed waits, or was signed before: then the finding holds up nothing.
    hold_entry(place)
    finding = VillageFinding(
        round=row,
        place_id=place.id,
        place=place,
        number=next_number(row),
        text=worded(found.text, "督导发现", LONGEST_TEXT, "text"),
        department_id=unit.id,
        user_id=owner.id,
        owner=owner,
        found_on=found.found_on,
        due_on=found.due_on,
        found_by_id=by.id,
        stage=FindingStage.OPEN.value,
        version=1,
    )
    db.session.add(finding)
    db.session.flush()
    told = f"{place.short_name}；{unit.short_name}{owner.name}，{long_date(found.due_on)}前"
    line = write_finding_line(
        row, finding, FindingAct.FIND, by=by, now=now, said=finding.text, told=told, on=found.found_on
    )
    db.session.flush()
    tell_found(finding, line, begin_finding(finding, on=found.found_on), now=now)
    recorded(row, finding, FindingAct.FIND, by=by, now=now)
    return finding
