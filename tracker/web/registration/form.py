"""The form of registration (登记): the fields of the paper form, in its order."""

import re
from itertools import zip_longest
from typing import Any

from tracker.cases.acts import accused
from tracker.cases.acts.accused import AccusedEntry
from tracker.cases.intake.registration import (
    CHANNEL_EXTRAS,
    LONGEST,
    LONGEST_POINT,
    LONGEST_SUMMARY,
    LONGEST_TITLE,
    MOST_PEOPLE,
    Registration,
    field_errors,
)
from tracker.cases.record.categories.queries import category_choices
from tracker.cases.record.rules.codes import (
    CHANNELS,
    ELECTION_STAGE_LABELS,
    ELECTION_TYPE_LABELS,
    LEVEL_LABELS,
    MAX_REPRESENTATIVES,
    PURPOSE_LABELS,
    URGENCY_LABELS,
    Channel,
    Confidentiality,
    PetitionerKind,
    Purpose,
    Urgency,
)
from tracker.core import clock
from tracker.core.dates import Meaning
from tracker.core.text import clean_line, normalise
from tracker.petitioners.rules import FIELD_LABELS
from tracker.petitioners.rules import LONGEST as LONGEST_OF_PERSON
from tracker.petitioners.service import PetitionerEntry
from tracker.web.frame.composed_fields import PickField, RowsField
from tracker.web.frame.forms import (
    AreaField,
    ChoiceField,
    DayField,
    FilesField,
    LineField,
    OfficeField,
    TickField,
)
from tracker.web.frame.kept_files import ManyTextsField
from tracker.web.frame.sending import SentForm

MOST_POINTS = 20
MOST_ACCUSED = 20
_WIDE_DIGITS = str.maketrans("０１２３４５６７８９", "0123456789")
_COUNT = re.compile(r"[0-9]{1,9}")
_OPEN_LEVELS = (Confidentiality.ORDINARY, Confidentiality.SENSITIVE)


class CountField(OfficeField):
    """How many people: plain digits, of any width; nothing typed is one."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the number."""
        text = clean_line(valuelist[0]).translate(_WIDE_DIGITS) if valuelist else ""
        self.data = None
        if text and not _COUNT.fullmatch(text):
            raise ValueError(f"{self.label.text}请写数字，1 至 {MOST_PEOPLE}。")
        self.data = int(text) if text else 1


class DecisionField(OfficeField):
    """接到原件 or 仍登记新件: `data` is the id of the original, "" for a new matter, None while undecided."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Take the radio that is on, if any."""
        self.data = clean_line(valuelist[0])[:22] if valuelist else None

    def typed(self) -> dict[str, Any]:
        """Return the decision, None included."""
        return {self.short_name: self.data}


def _person(name: str) -> LineField:
    return LineField(FIELD_LABELS[name], longest=LONGEST_OF_PERSON[name])


def _extra(name: str) -> LineField:
    return LineField(CHANNEL_EXTRAS[name], longest=LONGEST[name])


class RegistrationForm(SentForm):
    """登记: what channel decides is checked by the service; every field keeps what was typed."""

    columns = {"accused_post": "accused_name"}
    office = ChoiceField("登记单位")
    channel = ChoiceField("信访形式", required=True, choices=[(c.value, f.label) for c, f in CHANNELS.items()])
    received_on = DayField("收到日期", meaning=Meaning.HAPPENED, required=True)
    posted_on = DayField(CHANNEL_EXTRAS["posted_on"], meaning=Meaning.HAPPENED)
    received_by = _extra("received_by")
    hotline_no = _extra("hotline_no")
    source_no = _extra("source_no")
    superior_office = _extra("superior_office")
    superior_no = _extra("superior_no")
    superior_due_on = DayField(CHANNEL_EXTRAS["superior_due_on"], meaning=Meaning.LIMIT)
    anonymous = TickField("匿名")
    petitioner_name = _person("name")
    identity_no = _person("identity_no")
    phone = _person("phone")
    address = _person("address")
    people_count = CountField("人数")
    representatives = RowsField("代表人", words="姓名", longest=LONGEST_OF_PERSON["name"], most=MAX_REPRESENTATIVES)
    village = PickField("村（社区）")
    place_note = LineField("具体地点", longest=LONGEST["place_note"])
    title = LineField("标题", longest=LONGEST_TITLE)
    summary = AreaField("概况", longest=LONGEST_SUMMARY)
    demand_points = RowsField("诉求点", words="诉求点", longest=LONGEST_POINT, most=MOST_POINTS)
    purpose = ChoiceField("信访目的", required=True, choices=[(p.value, w) for p, w in PURPOSE_LABELS.items()])
    category = ChoiceField("内容分类", by_initials=True)
    occurred_on = DayField("事发日期", meaning=Meaning.HAPPENED)
    accused_name = RowsField("被反映人", words="姓名（单位）", longest=accused.LONGEST_NAME, most=MOST_ACCUSED)
    accused_post = RowsField("职务", longest=accused.LONGEST_NAME, most=MOST_ACCUSED)
    election_type = ChoiceField("选举类型", choices=[(t.value, w) for t, w in ELECTION_TYPE_LABELS.items()])
    election_stage = ChoiceField("选举环节", choices=[(s.value, w) for s, w in ELECTION_STAGE_LABELS.items()])
    vote_buying = TickField("反映贿选")
    urgency = ChoiceField("紧急程度", required=True, choices=[(u.value, w) for u, w in URGENCY_LABELS.items()])
    level = ChoiceField("密级", choices=[(level.value, LEVEL_LABELS[level]) for level in _OPEN_LEVELS])
    files = FilesField("附件")
    joins = DecisionField("可能的原件")
    joins_seen = ManyTextsField("已列出的旧件")
    category_initials: dict[str, str]

    def _field_of(self, name: str) -> str:
        return "accused_name" if name == "accused" else super()._field_of(name)

    def offer_choices(self, offices: list[tuple[str, str]]) -> None:
        """Set what is read from the database: the person's offices, the categories valid today."""
        self.office.choices = offices
        groups = category_choices(clock.today())
        self.category.choices = groups
        self.category.required = any(group for _top, group in groups)
        self.category_initials = self.category.initials

    def check(self, entry: Registration) -> None:
        """Ask every field, then the rules of registration; all sentences at once."""
        self.validate()
        self._check_accused()
        told = {self._field_of(name) for name in self.errors}
        self._failed |= {k: v for k, v in field_errors(entry, clock.today()).items() if self._field_of(k) not in told}

    def _check_accused(self) -> None:
        names, posts = self.accused_name.data or [], self.accused_post.data or []
        for index, (name, post) in enumerate(zip_longest(names, posts, fillvalue="")):
            if (name or post) and not normalise(name):
                self._failed[f"accused_name-{index}"] = "请填写姓名或者单位名称；不知道的，职务写在概况里。"

    def entry(self, *, village_id: int | None, original_id: int | None) -> Registration:
        """Return what was typed with the right types; what is missing or wrong is stood in for, `check` told of it."""
        return Registration(
            channel=_member(Channel, self.channel.data, Channel.OTHER),
            received_on=self.received_on.data or clock.today(),
            title=self.title.data,
            summary=self.summary.data,
            purpose=_member(Purpose, self.purpose.data, Purpose.OTHER),
            demand_points=[text for text in self.demand_points.data or () if text],
            category_id=int(self.category.data) if self.category.data in self.category.allowed else None,
            people_count=self.people_count.data or 0,
            anonymous=self.anonymous.data,
            petitioners=self._people(),
            accused=self._accused(),
            village_id=village_id,
            place_note=self.place_note.data or None,
            occurred_on=self.occurred_on.data,
            election_type=self.election_type.data,
            election_stage=self.election_stage.data,
            vote_buying=self.vote_buying.data,
            urgency=self.urgency.data or Urgency.NORMAL,
            level=_member(Confidentiality, self.level.data, Confidentiality.ORDINARY),
            original_id=original_id,
            **{name: getattr(self, name).data or None for name in CHANNEL_EXTRAS},
        )

    def _people(self) -> list[PetitionerEntry]:
        main = PetitionerEntry(
            kind=PetitionerKind.MAIN,
            name=self.petitioner_name.data or None,
            identity_no=self.identity_no.data or None,
            phone=self.phone.data or None,
            address=self.address.data or None,
        )
        others = [
            PetitionerEntry(kind=PetitionerKind.REPRESENTATIVE, name=n) for n in self.representatives.data or () if n
        ]
        return [main, *others]

    def _accused(self) -> list[AccusedEntry]:
        posts = self.accused_post.data or []
        named = enumerate(self.accused_name.data or ())
        return [AccusedEntry(name, posts[i] if i < len(posts) else None) for i, name in named if name]


def _member(kind: Any, value: str | None, otherwise: Any) -> Any:
    return kind(value) if value in set(kind) else otherwise
