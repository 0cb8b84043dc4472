"""The forms of what is reported upward."""

from tracker.core.dates import Meaning
from tracker.upward.rules import DECISIONS, UPWARD_KINDS, UpwardKind
from tracker.upward.service import LONGEST_NAME, LONGEST_NO, LONGEST_REASON, LONGEST_SAID, LONGEST_TITLE
from tracker.web.frame.composed_fields import PickField, TimeField
from tracker.web.frame.declarations import HALF, RADIOS, SEGMENTS, SHORT
from tracker.web.frame.forms import AreaField, ChoiceField, DayField, LineField, OfficeForm

KINDS = [(kind.value, label) for kind, label in UPWARD_KINDS.items()]
AN_HOUR = "24 小时制，如 14:30。"
ASKS = f"kind={UpwardKind.ASK.value}"
HEARD = f"kind={UpwardKind.OPINION.value}"


class UpwardForm(OfficeForm):
    """What stands on the paper."""

    kind = ChoiceField("哪一种", required=True, choices=KINDS, render_kw=RADIOS)
    title = LineField("标题", required=True, longest=LONGEST_TITLE)
    organ = LineField("报给", required=True, longest=LONGEST_NAME, render_kw={"placeholder": "县委办公室"})
    source = LineField(
        "来源", longest=LONGEST_NAME, required_when=HEARD, hint="哪个网站、平台或者媒体；不写个人账号。",
        render_kw={"when": HEARD},
    )  # fmt: skip
    discovered_on = DayField("发现日期", meaning=Meaning.HAPPENED, required=True, render_kw=SHORT)
    discovered_time = TimeField("发现时刻", required=True, hint=AN_HOUR, render_kw=SHORT)
    wanted_by = DayField("要求批复的日期", meaning=Meaning.LIMIT, render_kw=SHORT | {"when": ASKS})
    village = PickField("村（社区）", hint="不涉及某一个村的，不填。")
    said = AreaField(
        "内容", required=True, longest=LONGEST_SAID, render_kw={"rows": 8},
        hint="事实、已经采取的措施、建议或者请示的事项。不写信访人和被反映人的姓名。",
    )  # fmt: skip


class EnterUpwardForm(UpwardForm):
    """A report that is entered, in the name of a unit; perhaps about a matter."""

    first = ("office",)
    last = ("case_no",)
    office = ChoiceField("以哪个单位的名义", required=True, render_kw=HALF)
    case_no = LineField("关联的信访事项编号", longest=40, hint="没有登记为信访事项的，不填。", render_kw=HALF)


class CorrectUpwardForm(UpwardForm):
    """Another wording, with the reason."""

    last = ("reason",)
    reason = AreaField("更正的理由", required=True, longest=LONGEST_REASON, hint="原来的写进过程。")
    version = LineField("版本", longest=9)


class ReportUpwardForm(OfficeForm):
    """When it went out."""

    at_on = DayField("上报日期", meaning=Meaning.HAPPENED, required=True, render_kw=SHORT)
    at_time = TimeField("上报时刻", required=True, hint=AN_HOUR, render_kw=SHORT)
    document_no = LineField("文号", longest=LONGEST_NO, hint="电话先报、还没有文号的，不填。", render_kw=HALF)
    version = LineField("版本", longest=9)


class ReceiveUpwardForm(OfficeForm):
    """When the level above had it."""

    at_on = DayField("收到日期", meaning=Meaning.HAPPENED, required=True, render_kw=SHORT)
    at_time = TimeField("收到时刻", required=True, hint=AN_HOUR, render_kw=SHORT)
    received_by = LineField("谁收到的", required=True, longest=LONGEST_NAME, render_kw=HALF)
    version = LineField("版本", longest=9)


class DecideUpwardForm(OfficeForm):
    """What was decided on a 请示."""

    decision = ChoiceField(
        "批复", required=True, choices=[(each.value, label) for each, label in DECISIONS.items()], render_kw=SEGMENTS
    )
    decided_on = DayField("批复日期", meaning=Meaning.HAPPENED, required=True, render_kw=SHORT)
    decided_by = LineField("谁批复的", required=True, longest=LONGEST_NAME, render_kw=HALF)
    ruling = AreaField("批复内容", required=True, longest=LONGEST_SAID, hint="照批复原文写。")
    version = LineField("版本", longest=9)


class LinkUpwardForm(OfficeForm):
    """A matter that it is about."""

    case_no = LineField("信访事项编号", required=True, longest=40, render_kw=HALF)
    version = LineField("版本", longest=9)


class UnlinkUpwardForm(OfficeForm):
    """A link that was made by mistake, and why."""

    link = ChoiceField("哪一项关联", required=True)
    said = AreaField("理由", required=True, longest=LONGEST_REASON)
    version = LineField("版本", longest=9)


class UpwardWordsForm(OfficeForm):
    """A reason."""

    said = AreaField("理由", required=True, longest=LONGEST_REASON)
    version = LineField("版本", longest=9)
