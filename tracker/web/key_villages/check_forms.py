"""The forms of 检查清单: an edition as it is written, and a form that is filled in by one."""

from typing import Any, Self

from tracker.core.dates import Meaning
from tracker.key_villages.models import CheckEdition, FilledCheck
from tracker.key_villages.rules.check_templates import (
    LONGEST_NOTE,
    MARK,
    MOST_ITEMS,
    PURPOSE_LABELS,
    REPLY_LABELS,
    CheckReply,
    Replied,
    note_field,
    reply_field,
)
from tracker.key_villages.service.check_templates import LONGEST_TITLE, Edited
from tracker.key_villages.service.filling import Filling
from tracker.key_villages.service.taking import LONGEST_WORDS
from tracker.web.frame.declarations import HALF, SEGMENTS, SHORT
from tracker.web.frame.forms import AreaField, ChoiceField, DayField, LineField, OfficeForm

PURPOSE_CHOICES = [(each.value, label) for each, label in PURPOSE_LABELS.items()]
REPLY_CHOICES = [(each.value, label) for each, label in REPLY_LABELS.items()]


class EditionForm(OfficeForm):
    """The next edition of a template."""

    last = ("from_on", "reason")
    title = LineField("名称", required=True, longest=LONGEST_TITLE, render_kw=HALF)
    items = AreaField(
        "检查内容",
        required=True,
        hint=f"一行一项，最多 {MOST_ITEMS} 项，写成答“是”为合格的话；必查的，在行首写“{MARK}：”。不写针对个人的内容。",
        render_kw={"rows": 14},
    )
    from_on = DayField("哪一天起用", meaning=Meaning.EITHER, required=True, render_kw=SHORT)
    reason = AreaField("依据或者理由", required=True, longest=LONGEST_WORDS, hint="根据哪份文件、为什么这样改。")
    version = LineField("版本", longest=9)

    @property
    def edited(self) -> Edited:
        """The edition as it was written."""
        return Edited(self.title.data, self.items.data, self.from_on.day, self.reason.data)


class TemplateForm(EditionForm):
    """A template with its first edition."""

    purpose = ChoiceField("用在哪里", required=True, choices=PURPOSE_CHOICES, render_kw=SEGMENTS)


class FillCheckForm(OfficeForm):
    """A form by an edition: for each item an answer and its words."""

    last = ("remarks", "said")
    checked_on = DayField("检查日期", meaning=Meaning.HAPPENED, required=True, render_kw=SHORT)
    remarks = AreaField("其他情况", longest=LONGEST_WORDS, hint="只写村的情况：不写检举控告的内容，不记个人思想情绪。")

    @classmethod
    def of(cls, edition: CheckEdition, filled: FilledCheck | None = None, **begins: Any) -> Self:
        """Return the form with the fields of an edition; one that corrects begins with what stands there."""
        fields: dict[str, Any] = {}
        for item in edition.items:
            reply, needs = reply_field(item.number), [CheckReply.NO.value]
            needs += [CheckReply.NOT_APPLICABLE.value] if item.required else []
            fields[reply] = ChoiceField(
                f"第 {item.number} 项　{item.text}", required=item.required, choices=REPLY_CHOICES, render_kw=SEGMENTS
            )
            fields[note_field(item.number)] = AreaField(
                f"第 {item.number} 项的情况", longest=LONGEST_NOTE, required_when=f"{reply}={'|'.join(needs)}",
                render_kw={"rows": 1},
            )  # fmt: skip
        if filled is not None:
            begins |= {"checked_on": filled.checked_on, "remarks": filled.remarks}
            begins |= {reply_field(each.item.number): each.reply for each in filled.replies}
            begins |= {note_field(each.item.number): each.note for each in filled.replies}
        made: Self = type(cls.__name__, (cls,), fields)(data=begins)
        return made

    def filling(self, edition: CheckEdition) -> Filling:
        """Return the form as it was filled in."""
        replies = {
            item.number: Replied(CheckReply(reply), self[note_field(item.number)].data)
            for item in edition.items
            if (reply := self[reply_field(item.number)].data)
        }
        return Filling(self.checked_on.day, replies, self.remarks.data)


class CorrectCheckForm(FillCheckForm):
    """Another form in the place of one, and why."""

    said = AreaField("更正的理由", required=True, longest=LONGEST_WORDS, hint="原来填的留着，写进过程。")
