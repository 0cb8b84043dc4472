"""The form of 更正登记信息: it begins from what is registered, and what is left as it is stays so."""

from datetime import date
from typing import Any

from tracker.cases.acts.registered import EXTRAS, LONGEST_POINT, PointsCorrection, Value, correct, points_fixed
from tracker.cases.intake.registration import MOST_PEOPLE
from tracker.cases.lifecycle.case_file import CaseFile
from tracker.cases.lifecycle.rules.step_sets import BEFORE_OPINION
from tracker.cases.record.categories.queries import category_choices
from tracker.cases.record.models import Case
from tracker.cases.record.rules.channel_extras import LONGEST_EXTRA
from tracker.cases.record.rules.codes import CHANNEL_LABELS, CHANNELS, PURPOSE_LABELS
from tracker.cases.record.rules.elections import ELECTION_STAGE_LABELS, ELECTION_TYPE_LABELS, ElectionStage
from tracker.core import clock
from tracker.core.errors import DomainError
from tracker.web.case.step_forms.base import Given, StepForm, labelled, reason_field, today_field
from tracker.web.frame.access import reader
from tracker.web.frame.composed_fields import RowsField
from tracker.web.frame.declarations import FULL, HALF, SHORT
from tracker.web.frame.forms import AreaField, ChoiceField, LineField

MOST_ROWS = 20
CLOSES = "更正为揭发控告的，本件当即按检举控告管理，只有知悉名单上的人看得到；类别不随之改变。"


def _when(name: str) -> dict[str, str]:
    """Show a field with the channels that have it."""
    return {"when": f"channel={'|'.join(channel for channel, form in CHANNELS.items() if name in form.fields)}"}


def _extra(name: str, **options: Any) -> LineField:
    return LineField(EXTRAS[name], longest=LONGEST_EXTRA[name], render_kw=SHORT | _when(name), **options)


class CorrectForm(StepForm):
    """更正登记信息."""

    last = ("new_points", *StepForm.last)
    title = LineField("标题", required=True, longest=200, render_kw=FULL)
    summary = AreaField("概况", required=True, render_kw={"rows": 7})
    channel = ChoiceField("信访形式", choices=labelled(CHANNEL_LABELS), required=True, render_kw=SHORT)
    posted_on = today_field(EXTRAS["posted_on"], default=None, render_kw=SHORT | _when("posted_on"))
    received_by = _extra("received_by")
    hotline_no = _extra("hotline_no")
    source_no = _extra("source_no")
    superior_office = _extra("superior_office", required_when="channel=superior")
    superior_no = _extra("superior_no")
    purpose = ChoiceField(
        "信访目的",
        choices=labelled(PURPOSE_LABELS),
        required=True,
        hint=CLOSES,
        render_kw=HALF,
    )
    people_count = LineField("人数", required=True, longest=5, render_kw=SHORT)
    category_id = ChoiceField("内容分类", by_initials=True, render_kw=SHORT)
    election_type = ChoiceField(
        "选举类型",
        choices=labelled(ELECTION_TYPE_LABELS),
        required_when=f"election_stage={'|'.join(ElectionStage)}",
        render_kw=SHORT,
    )
    election_stage = ChoiceField("选举环节", choices=labelled(ELECTION_STAGE_LABELS), render_kw=SHORT)
    place_note = LineField("属地线索", longest=100, render_kw=SHORT)
    new_points = RowsField(
        "增加诉求点", longest=LONGEST_POINT, most=MOST_ROWS, words="诉求点", render_kw={"column": "诉求点"}
    )
    reason = reason_field()

    @classmethod
    def of(cls, case: Case) -> type[StepForm]:
        """Return the form with the wording of each demand point."""
        fields = {
            f"point-{point.id}": LineField(
                f"诉求点 {point.position}", required=True, longest=LONGEST_POINT, default=point.text, render_kw=FULL
            )
            for point in case.demand_points
        }
        return type("CorrectFormOfCase", (cls,), fields)

    def offer(self, case: Case) -> None:
        """Offer the categories of today, and the points while nothing answered them; of 贿选 ask for the election."""
        self.category_id.choices = list(category_choices(clock.today()))
        self.election_type.required = case.vote_buying
        if points_fixed(CaseFile(case, reader())):
            for point in case.demand_points:
                del self[f"point-{point.id}"]
        if case.status not in BEFORE_OPINION:
            del self.new_points

    def begin(self, case: Case) -> None:
        """Begin from what is registered."""
        for name in (
            "title",
            "summary",
            "election_type",
            "election_stage",
            "place_note",
            "channel",
            "purpose",
            *EXTRAS,
        ):
            self[name].data = getattr(case, name)
        self.people_count.data = str(case.people_count)
        self.category_id.data = str(case.category_id) if case.category_id else None

    def take(self, case: Case, given: Given) -> None:
        """Correct what was registered; raises DomainError for a number of people that cannot be."""
        count = self.people_count.data
        if not (count.isascii() and count.isdigit() and 1 <= int(count) <= MOST_PEOPLE):
            raise DomainError(f"人数应为 1 至 {MOST_PEOPLE}。", field="people_count")
        changes: dict[str, Value] = {
            "title": self.title.filled,
            "summary": self.summary.filled,
            "channel": self.channel.chosen,
            "purpose": self.purpose.chosen,
            "election_type": self.election_type.data or None,
            "election_stage": self.election_stage.data or None,
            "place_note": self.place_note.filled,
            "people_count": int(count),
            "category_id": self.category_id.row_id,
            **{name: self._extra_typed(name) for name in EXTRAS},
        }
        wording = {
            point.id: self[f"point-{point.id}"].data for point in case.demand_points if f"point-{point.id}" in self
        }
        added = [text for text in self.new_points.data if text] if "new_points" in self else []
        points = PointsCorrection(wording, added)
        correct(case, changes, points=points, reason=self.reason.data, **given)

    def _extra_typed(self, name: str) -> str | date | None:
        return self[name].data or None
