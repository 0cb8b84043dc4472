"""The forms of the acts on villages and problems: what each asks for beside its words."""

from tracker.core.dates import Meaning
from tracker.key_villages.rules.codes import KIND_LABELS, PLAN_LABELS
from tracker.key_villages.rules.layers import LEDGER_DUTIES
from tracker.key_villages.rules.looking_back import BY_HAND, OCCASION_LABELS, RESULT_LABELS
from tracker.key_villages.service.keeping import LONGEST_CHANGES, LONGEST_TITLE
from tracker.key_villages.service.rounds import LONGEST_NAME, LONGEST_TEAM
from tracker.key_villages.service.taking import LONGEST_WORDS
from tracker.web.frame.composed_fields import PickField
from tracker.web.frame.declarations import HALF, SEGMENTS, SHORT
from tracker.web.frame.forms import AreaField, ChoiceField, DayField, LineField, OfficeForm

KIND_CHOICES = [(kind.value, label) for kind, label in KIND_LABELS.items()]
DUTY_CHOICES = [(duty.value, label) for duty, label in LEDGER_DUTIES.items()]
RESULT_CHOICES = [(each.value, label) for each, label in RESULT_LABELS.items()]
PLAN_CHOICES = [(kind.value, label) for kind, label in PLAN_LABELS.items()]


class WordsForm(OfficeForm):
    """What every act asks for: words. `version` is what the page showed."""

    last = ("said",)
    said = AreaField("情况或理由", required=True, longest=LONGEST_WORDS, hint="写进过程，以后不能改。")
    version = LineField("版本", longest=9)


class DatedWordsForm(WordsForm):
    """Words of something that happened on a day."""

    happened_on = DayField("发生日期", meaning=Meaning.HAPPENED, required=True, render_kw=SHORT)


class ListProblemForm(OfficeForm):
    """One more problem: what it is, who owes it, until when."""

    text = AreaField("问题", required=True, longest=500, hint="一项一个问题，写清要解决什么。")
    owner = ChoiceField("责任单位、责任人", required=True, by_initials=True, render_kw=HALF)
    due_on = DayField("解决期限", meaning=Meaning.LIMIT, required=True, render_kw=HALF)
    version = LineField("版本", longest=9)


class EnterVillageForm(OfficeForm):
    """A village that enters the ledger, by whose decision and why; its first problem may come with it."""

    village = PickField("村（社区）", required=True)
    kind = ChoiceField("类型", required=True, choices=KIND_CHOICES, render_kw=SEGMENTS)
    reason = AreaField("入账理由", required=True, longest=1000, hint="为什么列为重点难点村。不写检举控告的内容。")
    decided_by = ChoiceField("由谁决定", required=True, by_initials=True, render_kw=HALF)
    entered_on = DayField("决定日期", meaning=Meaning.HAPPENED, required=True, render_kw=HALF)


class HandOverProblemForm(WordsForm):
    """Another unit or person for a problem."""

    owner = ChoiceField("责任单位、责任人", required=True, by_initials=True, render_kw=HALF)


class RescheduleForm(WordsForm):
    """Another day for a problem."""

    due_on = DayField("新的期限", meaning=Meaning.LIMIT, required=True, render_kw=SHORT)


class CorrectProblemForm(WordsForm):
    """Other words for a problem."""

    text = AreaField("问题", required=True, longest=500)


class CorrectEntryForm(WordsForm):
    """Another kind or reason of an entry."""

    kind = ChoiceField("类型", required=True, choices=KIND_CHOICES, render_kw=SEGMENTS)
    reason = AreaField("入账理由", required=True, longest=1000)


class GiveDutyForm(OfficeForm):
    """Who answers for a village from a day on."""

    kind = ChoiceField("包保", required=True, choices=DUTY_CHOICES, render_kw=SEGMENTS)
    person = ChoiceField(
        "人员", by_initials=True, required_when="kind=sponsor|township|liaison", render_kw=HALF,
        hint="工作组可以只写成员。",
    )  # fmt: skip
    words = LineField("成员", longest=200, hint="如“裴俊杰等 4 人”。", render_kw=HALF | {"when": "kind=team"})
    started_on = DayField("从哪一天起", meaning=Meaning.EITHER, required=True, render_kw=SHORT)
    version = LineField("版本", longest=9)


class EndDutyForm(WordsForm):
    """Whose duty ends today."""

    duty = ChoiceField("哪一项", required=True)


class PlanForm(OfficeForm):
    """A plan, or the next version of one."""

    plan = ChoiceField("哪一份", choices=(), render_kw=HALF | {"blank": "新写一份"})
    kind = ChoiceField("种类", required=True, choices=PLAN_CHOICES, render_kw=HALF)
    title = LineField("名称", required=True, longest=LONGEST_TITLE)
    text = AreaField("内容", required=True, render_kw={"rows": 10})
    changes = LineField("这一稿改了什么", longest=LONGEST_CHANGES, hint="新写一份的不填。")
    version = LineField("版本", longest=9)


class LinkForm(OfficeForm):
    """A matter that the village stands for."""

    register_no = LineField("信访事项编号", required=True, longest=40, hint="检举控告不进本台账。", render_kw=HALF)
    problem = ChoiceField("对应的问题", render_kw=HALF | {"blank": "不对应某一个问题"})
    version = LineField("版本", longest=9)


class UnlinkForm(WordsForm):
    """Which link ends."""

    link = ChoiceField("哪一件", required=True)


class SetElectionForm(WordsForm):
    """The election day."""

    election_on = DayField("选举日", meaning=Meaning.EITHER, required=True, render_kw=SHORT)


class RoundForm(OfficeForm):
    """A round of inspection: its name, leader, team, days, villages."""

    last = ("said",)
    name = LineField("名称", required=True, longest=LONGEST_NAME, hint="如“第一轮集中督导”。")
    led_by = ChoiceField("带队领导", required=True, by_initials=True, render_kw=HALF)
    team = LineField("督导组成员", required=True, longest=LONGEST_TEAM, hint="单位和人数、姓名。", render_kw=HALF)
    started_on = DayField("第一天", meaning=Meaning.EITHER, required=True, render_kw=SHORT)
    ended_on = DayField("最后一天", meaning=Meaning.EITHER, required=True, render_kw=SHORT)
    villages = AreaField(
        "到哪些村（社区）", required=True, longest=5000, hint="一行一个，写 12 位代码或者“乡镇 村名”。"
    )


class ChangeRoundForm(RoundForm):
    """Other facts of a round, and why."""

    said = AreaField("更正的理由", required=True, longest=LONGEST_WORDS, hint="写进过程，以后不能改。")
    version = LineField("版本", longest=9)


class FindForm(OfficeForm):
    """What was found in a village of the round, who puts it right, until when."""

    village = ChoiceField("村（社区）", required=True, by_initials=True, render_kw=HALF)
    found_on = DayField("发现日期", meaning=Meaning.HAPPENED, required=True, render_kw=HALF)
    text = AreaField("督导发现", required=True, longest=500, hint="一项一个。不写检举控告的内容。")
    owner = ChoiceField("责任单位、责任人", required=True, by_initials=True, render_kw=HALF)
    due_on = DayField("整改期限", meaning=Meaning.LIMIT, required=True, render_kw=HALF)


class PlanLookBackForm(WordsForm):
    """A look back that is planned by hand: on which occasion, until when."""

    occasion = ChoiceField(
        "哪一种", required=True, choices=[(each.value, OCCASION_LABELS[each]) for each in BY_HAND], render_kw=SEGMENTS
    )
    due_on = DayField("完成期限", meaning=Meaning.LIMIT, required=True, render_kw=SHORT)


def _number(label: str) -> LineField:
    return LineField(label, required=True, longest=3, render_kw=SHORT | {"inputmode": "numeric"})


class VillageLookBackForm(OfficeForm):
    """What was seen when a village was looked back at: three numbers with their words, and the result."""

    last = ("said",)
    which = ChoiceField("哪一次", required=True, render_kw=HALF)
    looked_on = DayField("到村日期", meaning=Meaning.HAPPENED, required=True, render_kw=HALF)
    gaps = _number("换届程序上的漏洞（个）")
    gaps_words = AreaField("是什么漏洞", longest=500)
    unresolved = _number("未处理的信访问题（个）")
    unresolved_words = AreaField("哪些没有处理", longest=500, hint="不写检举控告的内容。")
    incomplete = _number("处理不彻底的（个）")
    incomplete_words = AreaField("哪些处理不彻底", longest=500)
    result = ChoiceField("结果", required=True, choices=RESULT_CHOICES, render_kw=SEGMENTS)
    problem = ChoiceField("反复的问题", render_kw={"when": "result=recurred"}, required_when="result=recurred")
    text = AreaField("新问题", longest=500, render_kw={"when": "result=new"}, required_when="result=new")
    owner = ChoiceField(
        "责任单位、责任人", by_initials=True, render_kw=HALF | {"when": "result=new"}, required_when="result=new"
    )
    due_on = DayField(
        "解决期限", meaning=Meaning.LIMIT, render_kw=HALF | {"when": "result=recurred|new"},
        required_when="result=recurred|new",
    )  # fmt: skip
    said = AreaField("怎么看的", required=True, longest=LONGEST_WORDS, hint="走访多少户、查了什么。不记个人思想情绪。")
    version = LineField("版本", longest=9)


class SampleForm(OfficeForm):
    """A random sample of the villages that are struck off."""

    last = ("said",)
    size = LineField("抽几个村", required=True, longest=3, render_kw=SHORT | {"inputmode": "numeric"})
    due_on = DayField("完成期限回头看", meaning=Meaning.LIMIT, required=True, render_kw=SHORT)
    said = AreaField("抽查的理由", required=True, longest=LONGEST_WORDS)
