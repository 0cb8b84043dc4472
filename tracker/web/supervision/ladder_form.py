"""The whole ladder as one form: every rung a row, nothing kept on the server, everything typed shown again."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer
from werkzeug.datastructures import MultiDict

from tracker.core.errors import DomainError
from tracker.core.text import clean_line
from tracker.deadlines.limits import LIMITS, LimitKind
from tracker.reminders.ladder.rules.checks import LONGEST_ASKED, MOST_RUNGS, faults_found, faults_of
from tracker.reminders.ladder.rules.kept import from_json, to_json
from tracker.reminders.ladder.rules.moments import WHEN_LABELS, Behaviour, When
from tracker.reminders.ladder.rules.rungs import LEVELS, POST_LABELS, Recipient, Rung, RungLevel
from tracker.reminders.ladder.rules.words import IN_SITUATIONS, when_words
from tracker.web.frame.access import actor
from tracker.working_days.rules import UNIT_LABELS, Unit

LINES = ("code", "behaviour", "when", "number", "unit", "level", "asked", "reply")
LISTS = ("kinds", "told")
# The fields of a row as they stand on the page.
ON_PAGE = ("code", "when", "number", "unit", "level", "reply", "asked", "told", "kinds")
TICKS = {
    "active": "在用",
    "at_once": "即时发邮件、群消息",
    "urgent": "紧急：不等工作时间",
    "issues": "自动发催办单、督办单",
    "unless_noted": "已有办理记录的不提醒",
}
CHOICES = {
    "when": [(when.value, words) for when, words in WHEN_LABELS.items() if when is not When.BEHAVIOUR],
    "unit": [(unit, UNIT_LABELS[unit]) for unit in (Unit.DAY, Unit.WORKING_DAY)],
    "level": [(level.value, form.label) for level, form in LEVELS.items()],
    "told": [(post.value, words) for post, words in POST_LABELS.items()],
    "kinds": [(kind.value, limit.label) for kind, limit in LIMITS.items() if limit.duty],
}
_NUMBER = re.compile(r"[0-9]{1,4}")
_ROWS = re.compile(r"[0-9]{1,3}")
_Member = TypeVar("_Member", bound=StrEnum)


@dataclass(frozen=True)
class RungRow:
    """One rung of the form: its place, its name, its group, whether it stands open."""

    index: int
    label: str
    group: str
    behaviour: str
    open: bool


class LadderForm:
    """The form; what the macros of `components/forms.html` ask of a form it has as an `OfficeForm` has.

    `token` is that of its draft, `is_resumed` whether something was typed into it before this page.
    """

    resumable, kept_as = True, "LadderForm"

    def __init__(self, rows: Sequence[Mapping[str, Any]], base: str, token: str = "") -> None:
        self.rows, self.base, self.token = [dict(row) for row in rows], base, token
        self.opened: int | None = None
        self.is_resumed = bool(token)
        self.errors: dict[str, str] = {}

    @classmethod
    def of(cls, rungs: Sequence[Rung], base: int, token: str = "") -> "LadderForm":
        """Return the form with a table in it; `base` is the edition that is changed."""
        return cls([_row(rung) for rung in rungs], str(base), token)

    @classmethod
    def sent(cls, fields: MultiDict[str, str]) -> "LadderForm":
        """Return the form as it was sent, or as its draft has it."""
        number = fields.get("rows", "")
        count = min(int(number), MOST_RUNGS + 1) if _ROWS.fullmatch(number) else 0
        rows, token = [_sent(fields, index) for index in range(count)], fields.get("submission", "")[:44]
        return cls(rows, fields.get("base", ""), token)

    @property
    def values(self) -> dict[str, Any]:
        """Return everything as it was typed, by name and row."""
        return {f"{name}-{index}": value for index, row in enumerate(self.rows) for name, value in row.items()}

    def copy(self, index: int) -> None:
        """Add a row like another one, below it, under a code of its own."""
        if index < len(self.rows) <= MOST_RUNGS:
            stem = re.sub(r"-[0-9]+$", "", self.rows[index]["code"])[:30]
            codes = {row["code"] for row in self.rows}
            code = next(f"{stem}-{n}" for n in range(2, MOST_RUNGS + 9) if f"{stem}-{n}" not in codes)
            self.rows.insert(index + 1, {**self.rows[index], "code": code})
            self.opened = index + 1

    def drop(self, index: int) -> None:
        """Take a row out."""
        if index < len(self.rows):
            del self.rows[index]

    def shown(self) -> list[RungRow]:
        """Return the rows ready for the page."""
        found = []
        for index, row in enumerate(self.rows):
            rung, wrong = _rung(row)
            open_ = index == self.opened or any(name.endswith(f"-{index}") for name in self.errors)
            name = f"{when_words(rung)}　{LEVELS[rung.level].label}" if rung and not wrong else "（没有填完）"
            kinds = [LIMITS[kind].label for kind in LimitKind if kind in row["kinds"]]
            group = IN_SITUATIONS if row["behaviour"] else "、".join(kinds)
            found.append(RungRow(index, name, group, row["behaviour"], open_))
        return found

    def rungs(self) -> tuple[Rung, ...] | None:
        """Return the table, or None where something is wrong: then `errors` has a sentence for each field."""
        read = [_rung(row) for row in self.rows]
        for index, (rung, wrong) in enumerate(read):
            self._add((f"{name}-{index}", f"“{_name(self.rows[index])}”：{words}") for name, words in wrong.items())
            if rung is not None and not wrong:
                self._add((f"{fault.field}-{index}", fault.sentence) for fault in faults_of(rung))
        if self.errors:
            return None
        found = tuple(rung for rung, _ in read if rung is not None)
        places = {rung.code: index for index, rung in reversed(list(enumerate(found)))}
        together = faults_found(found)
        self._add((f"{fault.field}-{places[fault.code]}" if fault.code else "", fault.sentence) for fault in together)
        return None if self.errors else found

    def _add(self, wrong: Iterable[tuple[str, str]]) -> None:
        """Add sentences, in the order of the page; what belongs to no row stands first."""
        for name, sentence in wrong:
            self.errors[name] = f"{self.errors[name]}{sentence}" if name in self.errors else sentence
        self.errors = dict(sorted(self.errors.items(), key=lambda item: _place(item[0])))


def _place(name: str) -> tuple[int, int]:
    field, _, index = name.partition("-")
    return (int(index), ON_PAGE.index(field) if field in ON_PAGE else len(ON_PAGE)) if index else (-1, 0)


def _row(rung: Rung) -> dict[str, Any]:
    return {
        "code": rung.code,
        "behaviour": rung.behaviour.value if rung.behaviour else "",
        "when": rung.when.value,
        "number": str(rung.number),
        "unit": Unit.DAY if rung.unit == Unit.PERCENT else rung.unit,
        "level": rung.level.value,
        "asked": rung.asked,
        "reply": "" if rung.reply_days is None else str(rung.reply_days),
        "kinds": [kind.value for kind in rung.kinds],
        "told": [post.value for post in rung.told],
        **{name: getattr(rung, name) for name in TICKS},
    }


def _sent(fields: MultiDict[str, str], index: int) -> dict[str, Any]:
    lines = {name: fields.get(f"{name}-{index}", "") for name in LINES}
    lists = {name: fields.getlist(f"{name}-{index}") for name in LISTS}
    return {**lines, **lists, **{name: bool(fields.get(f"{name}-{index}")) for name in TICKS}}


def _rung(row: Mapping[str, Any]) -> tuple[Rung | None, dict[str, str]]:
    """Return the rung of a row and a sentence for each field that says nothing; whether it is right is asked later."""
    behaviour = _member(Behaviour, row["behaviour"])
    when = When.BEHAVIOUR if behaviour else _member(When, row["when"])
    level, number = _member(RungLevel, row["level"]), _whole(row["number"])
    unit = Unit.PERCENT if when is When.SHARE else _member(Unit, row["unit"])
    reply = _whole(row["reply"]) if row["reply"].strip() else None
    wrong = {
        "when": "" if when else "请选择从哪里算起。",
        "number": "" if number is not None else "天数请填写数字。",
        "unit": "" if unit else "请选择日或者工作日。",
        "level": "" if level else "请选择级别。",
        "reply": "" if reply is not None or not row["reply"].strip() else "回复期限请填写数字，不要求回复的留空。",
    }
    if when is None or level is None or number is None or unit is None:
        return None, {name: sentence for name, sentence in wrong.items() if sentence}
    rung = Rung(
        code=row["code"],
        kinds=tuple(kind for kind in LimitKind if kind in row["kinds"] and behaviour is None),
        when=when,
        number=number,
        unit=unit,
        level=level,
        told=tuple(post for post in Recipient if post in row["told"]),
        asked=clean_line(row["asked"])[: LONGEST_ASKED + 1],
        reply_days=reply,
        behaviour=behaviour,
        **{name: row[name] for name in TICKS},
    )
    return rung, {name: sentence for name, sentence in wrong.items() if sentence}


def _name(row: Mapping[str, Any]) -> str:
    """Return what a row can be called while a field of it says nothing."""
    when, level = _member(When, row["when"]), _member(RungLevel, row["level"])
    return f"{WHEN_LABELS[when] if when else ''}{LEVELS[level].label if level else ''}" or "这一行"


def _member(kind: type[_Member], text: str) -> _Member | None:
    return kind(text) if text in set(kind) else None


def _whole(text: str) -> int | None:
    plain = unicodedata.normalize("NFKC", text).strip()
    return int(plain) if _NUMBER.fullmatch(plain) else None


def sealed(rungs: Sequence[Rung], base: int) -> str:
    """Return a table as the preview sends it on, signed for this person."""
    return str(_signer().dumps([actor().id, base, to_json(rungs)]))


def opened(token: str) -> tuple[tuple[Rung, ...], int]:
    """Return the table of a preview and the edition it changes. Raises DomainError where it is not from one."""
    try:
        person, base, rows = _signer().loads(token)
        if person == actor().id:
            return from_json(rows), int(base)
    except (BadSignature, ValueError, KeyError, TypeError):
        pass
    raise DomainError("这份修改不完整，或者不是您预览过的，请重新修改。")


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.config["SECRET_KEY"]), salt="ladder-draft")
