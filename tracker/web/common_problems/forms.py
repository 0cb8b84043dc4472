"""The forms of common problems and of suggestions to improve."""

from tracker.common_problems.rules.acts import ADOPTION_LABELS
from tracker.common_problems.service.advising import LONGEST_ADVICE
from tracker.common_problems.service.taking import LONGEST_SAID
from tracker.common_problems.service.working import LONGEST_MEASURE, LONGEST_TEXT
from tracker.core.dates import Meaning
from tracker.web.frame.declarations import HALF, SEGMENTS, SHORT
from tracker.web.frame.forms import AreaField, ChoiceField, DayField, LineField, ManyField, OfficeForm


class FoundCommonForm(OfficeForm):
    """A common problem founded from matters of one kind and place."""

    cases = ManyField("归并的事项", required=True)
    text = AreaField("共同的问题", required=True, longest=LONGEST_TEXT, hint="只写事，不写人。")
    measure = AreaField("措施", required=True, longest=LONGEST_MEASURE)
    owner = ChoiceField("责任单位、责任人", required=True, by_initials=True, render_kw=HALF)
    due_on = DayField("整改期限", meaning=Meaning.LIMIT, required=True, render_kw=HALF)


class CommonWordsForm(OfficeForm):
    """Words alone: why, or what was done."""

    said = AreaField("情况或理由", required=True, longest=LONGEST_SAID, hint="写进过程，以后不能改。")
    version = LineField("版本", longest=9)


class CommonMattersForm(CommonWordsForm):
    """Which matters are put in, or taken out."""

    first = ("cases",)
    cases = ManyField("信访事项", required=True)


class CommonDoneForm(CommonWordsForm):
    """Since when the measure is carried out."""

    first = ("happened_on",)
    happened_on = DayField("落实日期", meaning=Meaning.HAPPENED, required=True, render_kw=SHORT)


class CorrectCommonForm(CommonWordsForm):
    """Other words for the problem and the measure."""

    first = ("text", "measure")
    text = AreaField("共同的问题", required=True, longest=LONGEST_TEXT, hint="只写事，不写人。")
    measure = AreaField("措施", required=True, longest=LONGEST_MEASURE)


class CommonOwnerForm(CommonWordsForm):
    """Another unit and person."""

    first = ("owner",)
    owner = ChoiceField("责任单位、责任人", required=True, by_initials=True, render_kw=HALF)


class CommonDayForm(CommonWordsForm):
    """Another day."""

    first = ("due_on",)
    due_on = DayField("改到", meaning=Meaning.LIMIT, required=True, render_kw=SHORT)


class AdviseForm(OfficeForm):
    """A suggestion to improve, and the unit that writes back."""

    text = AreaField("改进建议", required=True, longest=LONGEST_ADVICE, hint="改进工作、完善政策的建议。")
    owner = ChoiceField("送哪个单位、经办人", required=True, by_initials=True, render_kw=HALF)
    sent_on = DayField("发出日期", meaning=Meaning.HAPPENED, required=True, render_kw=HALF)
    version = LineField("版本", longest=9)


class FeedBackForm(OfficeForm):
    """Whether a suggestion is adopted."""

    adoption = ChoiceField(
        "采纳情况",
        required=True,
        choices=[(str(each), label) for each, label in ADOPTION_LABELS.items()],
        render_kw=SEGMENTS,
    )
    replied_on = DayField("反馈作出日期", meaning=Meaning.HAPPENED, required=True, render_kw=SHORT)
    reply = AreaField("怎样采纳，或者不采纳的理由", required=True, longest=LONGEST_ADVICE)
    version = LineField("版本", longest=9)
