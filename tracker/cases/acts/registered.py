"""Correcting what was registered (更正登记信息): the matter, how it came, what it asks; no clock counts from any of it.

The day of receipt has a step of its own (`corrections`), and so has the day that the upper level wants (`superior`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from tracker.cases.acts.accused import read_accused
from tracker.cases.acts.office import raise_to
from tracker.cases.lifecycle.case_file import CaseFile
from tracker.cases.lifecycle.rules.actions import Action
from tracker.cases.lifecycle.rules.step_sets import BEFORE_OPINION
from tracker.cases.lifecycle.step_clocks import Taking
from tracker.cases.lifecycle.stepping import taking
from tracker.cases.record.models import Case, Category, DemandPoint
from tracker.cases.record.rules.answering import ANSWER_PAPERS
from tracker.cases.record.rules.channel_extras import CHANNEL_EXTRAS, wrong_extras
from tracker.cases.record.rules.codes import (
    CHANNEL_LABELS,
    CHANNELS,
    COLLECTIVE_FROM,
    PURPOSE_LABELS,
    Channel,
    Confidentiality,
    PetitionerKind,
    Purpose,
)
from tracker.cases.record.rules.elections import ELECTION_STAGE_LABELS, ELECTION_TYPE_LABELS
from tracker.cases.record.search import index_case
from tracker.core.database import db
from tracker.core.dates import long_date
from tracker.core.errors import DomainError, FieldErrors
from tracker.people.models import User

LONGEST_POINT = 500
Value = str | int | date | None
# What only some channels have and nothing counts from; the day that the upper level wants is a clock.
EXTRAS = {name: words for name, words in CHANNEL_EXTRAS.items() if name != "superior_due_on"}
CORRECTABLE = {
    "title": "标题",
    "summary": "概况",
    "people_count": "人数",
    "category_id": "内容分类",
    "place_note": "属地线索",
    "election_type": "选举类型",
    "election_stage": "选举环节",
    "purpose": "信访目的",
    "channel": "信访形式",
    **EXTRAS,
}
_CODE_WORDS: dict[str, Mapping[Any, str]] = {
    "election_type": ELECTION_TYPE_LABELS,
    "election_stage": ELECTION_STAGE_LABELS,
    "purpose": PURPOSE_LABELS,
    "channel": CHANNEL_LABELS,
}


@dataclass(frozen=True)
class PointsCorrection:
    """What is corrected of the demand points (诉求点): the wording of some, by their ids; those that were left out."""

    wording: Mapping[int, str] = field(default_factory=dict)
    added: Sequence[str] = ()


NO_POINTS = PointsCorrection()


def correct(
    case: Case,
    changes: Mapping[str, Value],
    *,
    by: User,
    now: datetime,
    reason: str,
    points: PointsCorrection = NO_POINTS,
    version: int | None = None,
) -> None:
    """Correct what was registered (更正): the old values stay readable in the trail.

    What another channel (信访形式) does not have goes with it. The purpose (信访目的) proposes the class, and changes
    none; that of an accusation closes the matter at once, as registering it would have.
    Raises DomainError where nothing was changed, and for what could not have been registered either.
    """
    with taking(case, Action.CORRECT, by=by, now=now, version=version, reason=reason) as step:
        changed = {name: value for name, value in _whole(case, changes).items() if getattr(case, name) != value}
        reworded = [point for point in case.demand_points if points.wording.get(point.id, point.text) != point.text]
        if not changed and not reworded and not points.added:
            raise DomainError("没有改动。")
        after = {name: getattr(case, name) for name in CORRECTABLE} | changed
        _refuse_bad_values(case, after)
        if changed.keys() & {"channel", "people_count", *EXTRAS}:
            _refuse_bad_channel(case, after)
        _refuse_bad_points(step, reworded, points)
        step.facts["changed"] = [
            *(
                [CORRECTABLE[name], _in_words(name, getattr(case, name)), _in_words(name, changed[name])]
                for name in changed
            ),
            *([f"诉求点 {point.position}", point.text, points.wording[point.id]] for point in reworded),
        ]
        step.facts["added"] = list(points.added)
        for name, value in changed.items():
            setattr(case, name, value)
        _write_points(case, reworded, points)
        if reworded or points.added or changed.keys() & {"title", "summary", "purpose"}:
            read_accused(case, by=by, now=now)
        if changed.get("purpose") == Purpose.ACCUSATION:
            _close(step)
        index_case(case)


def _whole(case: Case, changes: Mapping[str, Value]) -> dict[str, Value]:
    """Return the changes with what another channel has not, and nobody typed anew, taken away."""
    channel = Channel(str(changes.get("channel", case.channel)))
    left = dict(changes)
    if channel != case.channel:
        for name in EXTRAS.keys() - CHANNELS[channel].fields:
            if left.get(name, getattr(case, name)) == getattr(case, name):
                left[name] = None
    return left


def _refuse_bad_values(case: Case, after: Mapping[str, Any]) -> None:
    """Refuse what could not have been registered either."""
    for name in ("title", "summary"):
        if not after[name]:
            raise DomainError(f"{CORRECTABLE[name]}不能为空。", field=name)
    if case.vote_buying and not after["election_type"]:
        raise DomainError("本件标记了贿选，选举类型不能为空。", field="election_type")
    if after["election_stage"] and not after["election_type"]:
        raise DomainError("填了选举环节，请同时选择选举类型。", field="election_type")


def _refuse_bad_channel(case: Case, after: Mapping[str, Any]) -> None:
    """Refuse a channel with fields of another, and a visit of nobody or of many who chose no representative."""
    channel = Channel(after["channel"])
    if errors := dict(wrong_extras(channel, {name: after[name] for name in EXTRAS}, case.received_on)):
        raise FieldErrors(errors)
    if channel is not Channel.VISIT:
        return
    if case.anonymous:
        raise DomainError("来访件应当登记来访人姓名：本件是匿名件，请先用“更正信访人信息”补上姓名。", field="channel")
    chosen = any(person.kind == PetitionerKind.REPRESENTATIVE for person in case.petitioners)
    if after["people_count"] >= COLLECTIVE_FROM and not chosen:
        raise DomainError(
            f"{COLLECTIVE_FROM} 人以上来访应当推选代表人：请先用“更正信访人信息”增加代表人。", field="people_count"
        )


def _close(step: Taking) -> None:
    """Close what is an accusation after all; what a unit has already is taken back first, by the step that does so."""
    case = step.case
    if case.level == Confidentiality.ACCUSATION:
        return
    if case.assignment is not None:
        raise DomainError(
            "本件已经交给承办单位：是揭发控告的，请先“转为检举控告件”，当即收回并密封，再更正信访目的。",
            field="purpose",
        )
    raise_to(step, Confidentiality.ACCUSATION, because="更正人")


def points_fixed(file: CaseFile) -> str:
    """Return why the demand points are no longer corrected; empty while no answer to them was issued."""
    if any(paper.kind in ANSWER_PAPERS for paper in file.documents):
        return "答复已经按原来的文字出具，诉求点的文字不再更正；要补充的，重新办理时作为新的诉求点增加。"
    return "" if file.case.status in BEFORE_OPINION else "本件已经答复或者办结，诉求点不再更正、增加。"


def _refuse_bad_points(step: Taking, reworded: Sequence[DemandPoint], points: PointsCorrection) -> None:
    for name, text in (
        *((f"point-{point.id}", points.wording[point.id]) for point in reworded),
        *(("new_points", text) for text in points.added),
    ):
        if not text:
            raise DomainError("诉求点不能为空。", field=name)
        if len(text) > LONGEST_POINT:
            raise DomainError(f"每个诉求点最多 {LONGEST_POINT} 字。", field=name)
    if reworded and (fixed := points_fixed(step.file)):
        raise DomainError(fixed, field=f"point-{reworded[0].id}")
    if points.added and step.case.status not in BEFORE_OPINION:
        raise DomainError("本件已经答复或者办结，不再增加诉求点；重新办理时可以增加。", field="new_points")


def _write_points(case: Case, reworded: Sequence[DemandPoint], points: PointsCorrection) -> None:
    for point in reworded:
        point.text = points.wording[point.id]
    for text in points.added:
        db.session.add(DemandPoint(case_id=case.id, position=len(case.demand_points) + 1, text=text))
        db.session.flush()
        db.session.refresh(case, ["demand_points"])


def _in_words(name: str, value: Any) -> str:
    """Return a value as the trail tells it: the words of a code, the name of a category, a day."""
    if not value:
        return ""
    if name == "category_id":
        return db.session.get_one(Category, value).name
    return long_date(value) if isinstance(value, date) else str(_CODE_WORDS.get(name, {}).get(value, value))
