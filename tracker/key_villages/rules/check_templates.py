"""检查清单: templates whose contents an office writes, in editions, and what answers to one must hold. Pure.

The office's documents name 四查四看 and 四必查 and do not say what they hold: so the program ships the names with no
items, and each office writes its own (内容由本单位填写).
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum


class CheckPurpose(StrEnum):
    """What a template is used for (用途)."""

    INSPECTION = "inspection"
    LOOK_BACK = "look_back"


PURPOSE_LABELS = {CheckPurpose.INSPECTION: "督导检查", CheckPurpose.LOOK_BACK: "回头看"}


class Shipped(StrEnum):
    """The templates of which the program knows the name alone."""

    FOUR_CHECKS_FOUR_LOOKS = "four_checks_four_looks"
    FOUR_MUST_CHECKS = "four_must_checks"
    LOOK_BACK_FORM = "look_back_form"


# The name, and the use that is proposed; the office decides both with its first edition.
SHIPPED: dict[Shipped, tuple[str, CheckPurpose]] = {
    Shipped.FOUR_CHECKS_FOUR_LOOKS: ("四查四看", CheckPurpose.INSPECTION),
    Shipped.FOUR_MUST_CHECKS: ("四必查", CheckPurpose.INSPECTION),
    Shipped.LOOK_BACK_FORM: ("回头看表", CheckPurpose.LOOK_BACK),
}


class TemplateAct(StrEnum):
    """Acts on a template."""

    ISSUE = "issue"
    RETIRE = "retire"
    RESTORE = "restore"


TEMPLATE_ACT_LABELS = {TemplateAct.ISSUE: "发布", TemplateAct.RETIRE: "停用", TemplateAct.RESTORE: "恢复使用"}


class CheckReply(StrEnum):
    """How an item is answered."""

    YES = "yes"
    NO = "no"
    NOT_APPLICABLE = "not_applicable"


REPLY_LABELS = {CheckReply.YES: "是", CheckReply.NO: "否", CheckReply.NOT_APPLICABLE: "不适用"}
NOT_CHECKED = "未查"
MOST_ITEMS, LONGEST_ITEM, LONGEST_NOTE = 60, 200, 500
# How an item that must be answered is marked where items are typed, one a line.
MARK = "必查"
_MARKED = re.compile(rf"{MARK}[:：、\s]+")
# A number that came with a pasted line: the program counts the items itself.
_NUMBERED = re.compile(r"[(（]?\d{1,2}[)）.．、](?!\d)\s*")


@dataclass(frozen=True)
class AskedItem:
    """An item of an edition: what is asked, whether it must be answered (必查)."""

    text: str
    required: bool = False


def typed_items(text: str) -> list[AskedItem]:
    """Return the items of a text, one a line; a line that begins with 必查 must be answered."""
    return [_item(line) for line in map(str.strip, text.splitlines()) if line]


def _item(line: str) -> AskedItem:
    bare = _NUMBERED.sub("", line, count=1) if _NUMBERED.match(line) else line
    marked = _MARKED.match(bare)
    return AskedItem(bare[marked.end() :].strip() if marked else bare, marked is not None)


def items_text(items: Sequence[AskedItem]) -> str:
    """Return items as they are typed."""
    return "\n".join(f"{MARK}：{item.text}" if item.required else item.text for item in items)


def wrong_items(items: Sequence[AskedItem]) -> str:
    """Return why an edition cannot have these items; "" where it can."""
    if not 1 <= len(items) <= MOST_ITEMS:
        return f"请填写检查内容，一行一项（1 至 {MOST_ITEMS} 项），现在有 {len(items)} 项。"
    seen: dict[str, int] = {}
    for number, item in enumerate(items, start=1):
        if not 1 <= len(item.text) <= LONGEST_ITEM:
            return f"第 {number} 项应有 1 至 {LONGEST_ITEM} 个字，现在有 {len(item.text)} 个。"
        if item.text in seen:
            return f"第 {number} 项和第 {seen[item.text]} 项相同，请去掉一项。"
        seen[item.text] = number
    return ""


class ChangeKind(StrEnum):
    """What became of an item since the edition before."""

    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"
    MARKED = "marked"
    UNMARKED = "unmarked"


CHANGE_LABELS = {
    ChangeKind.ADDED: "新增",
    ChangeKind.REMOVED: "去掉",
    ChangeKind.MARKED: "改为必查",
    ChangeKind.UNMARKED: "不再必查",
}


@dataclass(frozen=True)
class Compared:
    """An item beside the edition before."""

    kind: ChangeKind
    item: AskedItem


def compared(before: Sequence[AskedItem], after: Sequence[AskedItem]) -> list[Compared]:
    """Return every item of two editions in the order of the later one, those that are gone where they stood."""
    texts = SequenceMatcher(None, [item.text for item in before], [item.text for item in after], autojunk=False)
    found: list[Compared] = []
    for kind, first, last, new_first, new_last in texts.get_opcodes():
        if kind == "equal":
            pairs = zip(before[first:last], after[new_first:new_last], strict=True)
            found += [Compared(_marked(old, new), new) for old, new in pairs]
        else:
            found += [Compared(ChangeKind.REMOVED, item) for item in before[first:last]]
            found += [Compared(ChangeKind.ADDED, item) for item in after[new_first:new_last]]
    return found


def _marked(old: AskedItem, new: AskedItem) -> ChangeKind:
    if old.required == new.required:
        return ChangeKind.SAME
    return ChangeKind.MARKED if new.required else ChangeKind.UNMARKED


@dataclass(frozen=True)
class Replied:
    """The answer to an item, and its words."""

    reply: CheckReply
    note: str = ""


def reply_field(number: int) -> str:
    """Return the name of the field that has the answer to an item."""
    return f"reply_{number}"


def note_field(number: int) -> str:
    """Return the name of the field that has the words to an item."""
    return f"note_{number}"


def wrong_replies(items: Sequence[AskedItem], given: Mapping[int, Replied]) -> dict[str, str]:
    """Return what is wrong with the answers to an edition, by number from 1: one sentence at each field.

    Every 必查 is answered; who says 否, or that a 必查 does not apply (不适用), says why.
    """
    wrong = dict(_wrong(items, given))
    if not wrong and not given:
        return {reply_field(1): "请至少回答一项。"}
    return wrong


def _wrong(items: Sequence[AskedItem], given: Mapping[int, Replied]) -> Iterator[tuple[str, str]]:
    for number, item in enumerate(items, start=1):
        replied = given.get(number)
        if replied is None:
            if item.required:
                yield reply_field(number), f"第 {number} 项必查，请选择是、否或者不适用。"
        elif needs_note(item, replied.reply) and not replied.note.strip():
            yield note_field(number), f"第 {number} 项答“{REPLY_LABELS[replied.reply]}”的，请写明情况。"
        elif len(replied.note.strip()) > LONGEST_NOTE:
            yield note_field(number), f"最多 {LONGEST_NOTE} 个字，现在有 {len(replied.note.strip())} 个，请精简。"


def needs_note(item: AskedItem, reply: CheckReply) -> bool:
    """Say whether an answer must be explained."""
    return reply is CheckReply.NO or item.required and reply is CheckReply.NOT_APPLICABLE
