"""The form of registration (登记): the fields of the paper form, in its order."""

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import zip_longest
from typing import Any

from tracker.cases.acts import naming
from tracker.cases.acts.naming import AccusedEntry
from tracker.cases.acts.registered import LONGEST_POINT
from tracker.cases.intake.registration import (
    LONGEST,
    LONGEST_SUMMARY,
    LONGEST_TITLE,
    MOST_PEOPLE,
    NO_PETITIONER,
    NO_PLACE_AT_ALL,
    Registration,
    field_errors,
    proposed_title,
)
from tracker.cases.record.categories.queries import category_choices
from tracker.cases.record.rules.channel_extras import CHANNEL_EXTRAS
from tracker.cases.record.rules.codes import (
    CHANNEL_LABELS,
    COLLECTIVE_FROM,
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
from tracker.cases.record.rules.elections import ELECTION_STAGE_LABELS, ELECTION_TYPE_LABELS
from tracker.core import clock
from tracker.core.dates import Meaning
from tracker.core.errors import DomainError
from tracker.core.text import clean_line, normalise
from tracker.petitioners.rules import FIELD_LABELS
from tracker.petitioners.rules import LONGEST as LONGEST_OF_PERSON
from tracker.petitioners.service import PetitionerEntry
from tracker.web.frame.composed_fields import PickField, RowsField
from tracker.web.frame.declarations import Either, Group
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
MOST_CO_SIGNERS = 200
ACCUSATION_NOTE = "揭发控告按“检举控告”管理：只有知悉名单上的人看得到，材料和有关情况不得透露、转给被反映的人和单位。"
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


def _person(name: str, *, label: str = "", size: str = "third", **kw: str) -> LineField:
    return LineField(label or FIELD_LABELS[name], longest=LONGEST_OF_PERSON[name], render_kw={"size": size, **kw})


def _extra(name: str, channels: str, *, size: str = "short", hint: str = "", **kw: str) -> LineField:
    drawn = {"size": size, "when": f"channel={channels}", **kw}
    return LineField(CHANNEL_EXTRAS[name], longest=LONGEST[name], hint=hint, render_kw=drawn)


def _day(label: str, *, meaning: Meaning = Meaning.HAPPENED, size: str = "third", when: str = "") -> DayField:
    return DayField(label, meaning=meaning, render_kw={"size": size, "when": when, "bare": True})


def _coded(label: str, labels: Mapping[Any, str], *, only: Iterable[Any] | None = None, **options: Any) -> ChoiceField:
    return ChoiceField(label, choices=[(code.value, labels[code]) for code in only or labels], **options)


class RegistrationForm(SentForm):
    """登记, as its page draws it: in the order of the paper form, seldom changed fields before, proposed ones behind.

    What the channel decides is checked by the service; every field keeps what was typed.
    """

    columns = {"accused_post": "accused_name"}
    either = (
        Either(("petitioner_name", "anonymous"), NO_PETITIONER, mark="必填；没有署名的勾“匿名”"),
        Either(("village", "place_note"), NO_PLACE_AT_ALL, mark="必填；不清楚的在“具体地点”写线索"),
    )
    groups = (
        Group("来件", ("office", "channel", "received_on", *CHANNEL_EXTRAS)),
        Group(
            "信访人",
            (
                *("people_count", "anonymous", "petitioner_name", "identity_no", "phone", "address"),
                *("represents", "representatives"),
            ),
        ),
        Group("属地", ("village",)),
        Group("事项", ("demand_points", "summary", "purpose", "category", "title", "occurred_on", "place_note")),
        Group("被反映人", ("accused_name",)),
        Group("选举", ("election_type", "election_stage", "vote_buying")),
        Group("其他", ("urgency", "level", "co_signers", "files")),
    )
    office = ChoiceField("登记单位", render_kw={"size": "half", "blank": "", "several": True})
    channel = _coded("信访形式", CHANNEL_LABELS, required=True, render_kw={"shape": "segments", "size": "half"})
    received_on = DayField("收到日期", meaning=Meaning.HAPPENED, required=True, render_kw={"size": "short"})
    posted_on = _day(CHANNEL_EXTRAS["posted_on"], size="short", when="channel=letter")
    received_by = _extra("received_by", "visit", placeholder="不填就是您本人")
    hotline_no = _extra("hotline_no", "call")
    source_no = _extra("source_no", "online|other", placeholder="编号或者网址")
    superior_office = LineField(
        CHANNEL_EXTRAS["superior_office"],
        longest=LONGEST["superior_office"],
        required_when="channel=superior",
        render_kw={"size": "third", "when": "channel=superior"},
    )
    superior_no = _extra("superior_no", "superior", size="third")
    superior_due_on = _day(CHANNEL_EXTRAS["superior_due_on"], meaning=Meaning.LIMIT, when="channel=superior")
    people_count = CountField("人数", render_kw={"size": "short", "inputmode": "numeric"})
    anonymous = TickField(
        "匿名（没有署名）", render_kw={"size": "half side", "when": "channel=letter|call|online|superior|other"}
    )
    petitioner_name = _person("name", label="姓名（名称）")
    identity_no = _person("identity_no")
    phone = _person("phone", inputmode="tel")
    address = _person("address", size="full")
    represents = TickField("信访人本人是代表人之一", render_kw={"size": "full", "when": "channel=visit"})
    representatives = RowsField(
        "其他代表人",
        words="姓名",
        longest=LONGEST_OF_PERSON["name"],
        most=MAX_REPRESENTATIVES,
        least=MAX_REPRESENTATIVES,
        hint=f"{COLLECTIVE_FROM} 人以上来访的，填推选的代表人，连信访人本人不超过 {MAX_REPRESENTATIVES} 人",
        render_kw={"size": "full names", "when": "channel=visit", "split": "、，,；;"},
    )
    village = PickField(
        "问题属地的村（社区）",
        render_kw={"size": "full", "placeholder": "村名、拼音首字母或代码，如 润城 上庄、rcsz"},
    )
    demand_points = RowsField(
        "诉求点",
        required=True,
        longest=LONGEST_POINT,
        most=MOST_POINTS,
        render_kw={"column": "要求什么；一行一个，逐个答复", "add": "再加一个诉求点"},
    )
    summary = AreaField("概况", required=True, longest=LONGEST_SUMMARY, render_kw={"rows": 4})
    purpose = _coded(
        "信访目的",
        PURPOSE_LABELS,
        required=True,
        render_kw={"shape": "segments", "tells": ("purpose=accusation", ACCUSATION_NOTE)},
    )
    category = ChoiceField("内容分类", by_initials=True, render_kw={"size": "half"})
    title = LineField(
        "标题",
        longest=LONGEST_TITLE,
        hint="空着的，用第一个诉求点作标题。",
        render_kw={"proposed": "demand_points", "placeholder": "如：反映上庄村参加选举的村民名单遗漏三户"},
    )
    occurred_on = _day("事发日期")
    place_note = LineField(
        "具体地点",
        longest=LONGEST["place_note"],
        hint="村还不清楚的，在这里写线索，按“属地待定”登记",
        render_kw={"size": "half"},
    )
    accused_name = RowsField(
        "被反映人",
        words="姓名（单位）",
        longest=naming.LONGEST_NAME,
        most=MOST_ACCUSED,
        least=1,
        hint="加密保存；与系统内人员、单位同名的，从保存起即不能查看本件",
        render_kw={
            "columns": [("accused_name", "姓名或者单位名称"), ("accused_post", "职务")],
            "add": "再加一名",
            "rows_label": "姓名或者单位，与职务",
        },
    )
    accused_post = RowsField("职务", longest=naming.LONGEST_NAME, most=MOST_ACCUSED)
    election_type = _coded("选举类型", ELECTION_TYPE_LABELS, render_kw={"size": "third", "blank": "与选举无关"})
    election_stage = _coded("选举环节", ELECTION_STAGE_LABELS, render_kw={"size": "third", "blank": "不明"})
    vote_buying = TickField("反映贿选（当日报告主要领导）", render_kw={"size": "third"})
    urgency = _coded("紧急程度", URGENCY_LABELS, required=True, render_kw={"shape": "segments", "size": "short"})
    level = _coded(
        "保密级别",
        LEVEL_LABELS,
        only=_OPEN_LEVELS,
        hint="敏感件、检举控告件，以及反映系统内人员、单位的件，编内部编号（XFN）",
        render_kw={"shape": "segments", "size": "half"},
    )
    co_signers = RowsField(
        "联名人",
        words="姓名",
        longest=LONGEST_OF_PERSON["name"],
        most=MOST_CO_SIGNERS,
        least=1,
        hint="一起署名的人，一行一个，可以成批粘贴；不包括信访人本人和代表人",
        render_kw={"size": "full names", "split": "、，,；;", "add": "再加一名联名人"},
    )
    files = FilesField("附件", render_kw={"size": "half"})
    joins = DecisionField("可能的原件")
    joins_seen = ManyTextsField("已列出的旧件")

    def _field_of(self, name: str) -> str:
        return "accused_name" if name == "accused" else super()._field_of(name)

    def fail(self, error: DomainError) -> None:
        """Put the sentences of a refusal at their fields: what is said of the accused stands at their rows."""
        super().fail(error)
        if "accused" in self._failed:
            self._failed["accused_name"] = self._failed.pop("accused")

    @property
    def heading(self) -> str:
        """The title as typed; the first demand point where none was."""
        return self.title.data or proposed_title(self.points)

    @property
    def others_named(self) -> list[str]:
        """The names of whoever petitions beside the first person: representatives and co-signers."""
        return list(filter(None, [*(self.representatives.data or ()), *(self.co_signers.data or ())]))

    @property
    def points(self) -> list[str]:
        """The demand points that were filled in."""
        return [text for text in self.demand_points.data or () if text]

    def offer_choices(self, offices: list[tuple[str, str]]) -> None:
        """Set what is read from the database: the person's offices, the categories valid today."""
        self.office.choices = offices
        groups = category_choices(clock.today())
        self.category.choices = groups
        self.category.required = any(group for _top, group in groups)

    def check(self, entry: Registration) -> None:
        """Ask every field, then the rules of registration; all sentences at once."""
        self.validate()
        self._check_accused()
        told = {self._field_of(name) for name in self.errors}
        self._failed |= {k: v for k, v in field_errors(entry, clock.today()).items() if self._field_of(k) not in told}

    def _check_accused(self) -> None:
        names, posts = self.accused_name.data or [], self.accused_post.data or []
        for index, (name, post) in enumerate(zip_longest(names, posts, fillvalue="")):
            if (name or post) and not normalise(name or post):
                self._failed[f"accused_name-{index}"] = "请填写姓名、单位名称，不知道的只填职务（写明单位）。"

    def entry(self, *, village_id: int | None, original_id: int | None) -> Registration:
        """Return what was typed with the right types; what is missing or wrong is stood in for, `check` told of it."""
        return Registration(
            channel=_member(Channel, self.channel.data, Channel.OTHER),
            received_on=self.received_on.data or clock.today(),
            title=self.heading,
            summary=self.summary.data,
            purpose=_member(Purpose, self.purpose.data, Purpose.OTHER),
            demand_points=self.points,
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
        named = list(filter(None, self.representatives.data or ()))
        if self._represents(main.name, named):
            named.insert(0, main.name or "")
        signed = filter(None, self.co_signers.data or ())
        others = [(PetitionerKind.REPRESENTATIVE, named), (PetitionerKind.CO_SIGNER, signed)]
        return [main, *(PetitionerEntry(kind=kind, name=name) for kind, names in others for name in names)]

    def _represents(self, name: str | None, others: Sequence[str]) -> bool:
        """Return whether the petitioner is one of the representatives and does not stand among them already."""
        if not (self.represents.data and name and self.channel.data == Channel.VISIT):
            return False
        chosen = bool(others) or (self.people_count.data or 0) >= COLLECTIVE_FROM
        return chosen and normalise(name) not in map(normalise, others)

    def _accused(self) -> list[AccusedEntry]:
        rows = zip_longest(self.accused_name.data or (), self.accused_post.data or (), fillvalue="")
        return [AccusedEntry(name, post or None) for name, post in rows if name or post]


def _member(kind: Any, value: str | None, otherwise: Any) -> Any:
    return kind(value) if value in set(kind) else otherwise
