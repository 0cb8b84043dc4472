"""The forms of deputies' suggestions."""

from tracker.core.dates import Meaning
from tracker.suggestions.rules.codes import OPINION_LABELS, RANK_LABELS, RESULT_LABELS
from tracker.suggestions.service.answering import (
    LONGEST_ANSWER,
    LONGEST_LED,
    LONGEST_NO,
    LONGEST_PRESENT,
    LONGEST_SIGNED,
)
from tracker.suggestions.service.entering import LONGEST_CONTENT, TEXTS
from tracker.suggestions.service.promising import LONGEST_PROMISE
from tracker.suggestions.service.taking import LONGEST_SAID
from tracker.web.frame.declarations import HALF, SEGMENTS, SHORT
from tracker.web.frame.forms import AreaField, ChoiceField, DayField, LineField, OfficeForm, TickField

NOT_ON_PAPER = "转办函没有写的不填。"
RESULTS = [(str(each), label) for each, label in RESULT_LABELS.items()]


class SuggestionPaperForm(OfficeForm):
    """What stands on the paper of a suggestion."""

    title = LineField("标题", required=True, longest=TEXTS["title"][1], hint="照转办函写建议的标题。")
    transfer_letter = LineField("转办函", longest=TEXTS["transfer_letter"][1], hint="函的标题或者文号。" + NOT_ON_PAPER)
    congress = LineField(
        "哪一级人大", required=True, longest=TEXTS["congress"][1], render_kw=HALF | {"placeholder": "县人大"}
    )
    session = LineField("届次", longest=TEXTS["session"][1], hint="闭会期间的写“闭会期间”。", render_kw=HALF)
    suggestion_no = LineField("建议号", longest=TEXTS["suggestion_no"][1], hint=NOT_ON_PAPER, render_kw=HALF)
    assigned_on = DayField("交办日期", meaning=Meaning.HAPPENED, required=True, render_kw=HALF)
    lead_deputy = LineField(
        "领衔代表", longest=TEXTS["lead_deputy"][1], hint="只写姓名和代表团，不记联系方式。", render_kw=HALF
    )
    joint_deputies = LineField("联名代表", longest=TEXTS["joint_deputies"][1], render_kw=HALF)
    content = AreaField(
        "建议内容",
        longest=LONGEST_CONTENT,
        hint="写到个人申诉、检举控告的，不属于建议，不在这里登记，另按信访事项登记。",
        render_kw={"rows": 6},
    )


class EnterSuggestionForm(SuggestionPaperForm):
    """A suggestion with the unit that it is given to."""

    owner = ChoiceField("主办单位、承办人", required=True, by_initials=True, render_kw=HALF)
    given_on = DayField("送交承办单位日期", meaning=Meaning.HAPPENED, required=True, render_kw=HALF)
    leader = ChoiceField("领办领导", render_kw=HALF | {"blank": "没有明确"})
    six_months = TickField("按六个月答复", hint="涉及面广、办理难度大，交办时就已同意的。")
    key_on = DayField("列为重点督办日期", meaning=Meaning.HAPPENED, hint="不是重点督办的不填。", render_kw=HALF)
    committee = LineField("对口督办的委员会", longest=100, render_kw=HALF)


class CorrectSuggestionForm(SuggestionPaperForm):
    """Another wording of the paper, with the reason."""

    last = ("said",)
    said = AreaField("更正的理由", required=True, longest=LONGEST_SAID, hint="原来的写进过程。")
    version = LineField("版本", longest=9)


class SuggestionWordsForm(OfficeForm):
    """Words alone: why, or what was done."""

    said = AreaField("情况或理由", required=True, longest=LONGEST_SAID, hint="写进过程，以后不能改。")
    version = LineField("版本", longest=9)


class SuggestionDayForm(SuggestionWordsForm):
    """Words, and the day of what they tell."""

    first = ("happened_on",)
    happened_on = DayField("办理日期", meaning=Meaning.HAPPENED, required=True, render_kw=SHORT)


class SuggestionUnitForm(SuggestionWordsForm):
    """Another person, or another unit and its person."""

    first = ("owner", "happened_on")
    owner = ChoiceField("承办单位、承办人", required=True, by_initials=True, render_kw=HALF)


class SuggestionUnitDayForm(SuggestionUnitForm):
    """Another unit, since a day."""

    happened_on = DayField("办理日期", meaning=Meaning.HAPPENED, required=True, render_kw=HALF)


class SuggestionLeaderForm(SuggestionWordsForm):
    """Who leads it."""

    first = ("leader",)
    leader = ChoiceField("领办领导", required=True, render_kw=HALF)


class MarkKeyForm(SuggestionWordsForm):
    """When it was made a key suggestion, and which committee supervises it."""

    first = ("key_on", "committee")
    key_on = DayField("列为重点督办日期", meaning=Meaning.HAPPENED, required=True, render_kw=HALF)
    committee = LineField("对口督办的委员会", required=True, longest=100, render_kw=HALF)


class TalkForm(OfficeForm):
    """A talk face to face with the deputy (面商)."""

    happened_on = DayField("面商日期", meaning=Meaning.HAPPENED, required=True, render_kw=SHORT)
    rank = ChoiceField(
        "由谁面商",
        required=True,
        choices=[(str(each), label) for each, label in RANK_LABELS.items()],
        render_kw=SEGMENTS,
    )
    led_by = LineField("姓名、职务", required=True, longest=LONGEST_LED, render_kw=HALF)
    others = LineField("参加的代表和其他人", longest=LONGEST_PRESENT, render_kw=HALF)
    found = AreaField("面商情况", required=True, longest=LONGEST_SAID)
    version = LineField("版本", longest=9)


class InspectedForm(OfficeForm):
    """An inspection of the unit (督查)."""

    happened_on = DayField("督查日期", meaning=Meaning.HAPPENED, required=True, render_kw=SHORT)
    led_by = LineField("督查单位或者带队人", required=True, longest=LONGEST_LED, render_kw=HALF)
    others = LineField("参加人", longest=LONGEST_PRESENT, render_kw=HALF)
    found = AreaField("督查情况", required=True, longest=LONGEST_SAID)
    version = LineField("版本", longest=9)


class StrikeRecordForm(SuggestionWordsForm):
    """Which talk or inspection was entered by mistake."""

    first = ("record",)
    record = ChoiceField("撤销哪一条", required=True)


class AnswerSuggestionForm(OfficeForm):
    """An answer as it was signed and sent."""

    answered_on = DayField("答复日期", meaning=Meaning.HAPPENED, required=True, render_kw=HALF)
    document_no = LineField("文号", longest=LONGEST_NO, hint="没有文号的不填。", render_kw=HALF)
    result = ChoiceField(
        "答复类别", choices=RESULTS, hint="各地写法不同；没有分类的不选。", render_kw=HALF | {"blank": "没有分类"}
    )
    signed_by = LineField("签发人", longest=LONGEST_SIGNED, hint="单位负责人。", render_kw=HALF)
    text = AreaField("答复内容", required=True, longest=LONGEST_ANSWER, hint="分条写措施。", render_kw={"rows": 10})
    version = LineField("版本", longest=9)


class CorrectAnswerForm(AnswerSuggestionForm):
    """What was wrong in the answer as it was entered, with the reason."""

    last = ("said",)
    said = AreaField("更正的理由", required=True, longest=LONGEST_SAID, hint="原来的写进过程。")


class HearDeputyForm(SuggestionWordsForm):
    """What the deputy says of the answer."""

    first = ("opinion", "heard_on")
    opinion = ChoiceField(
        "代表意见",
        required=True,
        choices=[(str(each), label) for each, label in OPINION_LABELS.items()],
        hint="对第一次答复不满意的，一个月内再次答复。",
        render_kw=SEGMENTS,
    )
    heard_on = DayField("代表反馈日期", meaning=Meaning.HAPPENED, required=True, render_kw=SHORT)


class PromiseForm(OfficeForm):
    """What an answer promises."""

    text = AreaField("承诺事项", required=True, longest=LONGEST_PROMISE, hint="答复里承诺做的一件事，一件一登。")
    owner = ChoiceField("落实单位、责任人", required=True, by_initials=True, render_kw=HALF)
    due_on = DayField("期限", meaning=Meaning.LIMIT, required=True, hint="可以跨年。", render_kw=HALF)
    version = LineField("版本", longest=9)


class KeepPromiseForm(OfficeForm):
    """When a promise was kept, and the proof of it."""

    kept_on = DayField("落实日期", meaning=Meaning.HAPPENED, required=True, render_kw=SHORT)
    said = AreaField("落实情况和凭据", required=True, longest=LONGEST_SAID, hint="如：文件名称和文号、验收记录。")
    version = LineField("版本", longest=9)


class MovePromiseForm(SuggestionWordsForm):
    """Until which other day a promise is kept."""

    first = ("due_on",)
    due_on = DayField("改到", meaning=Meaning.LIMIT, required=True, render_kw=SHORT)
