"""What did not go along the main line: objections, extensions, exits, vote buying, reviews, new rounds."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from io import BytesIO

from tracker.cases.acts import accused, forwarding, office, records, refusals, reviews, serving, sidetracks, unit
from tracker.cases.acts.naming import AccusedEntry
from tracker.cases.lifecycle.rules.grounds import RefusalGround
from tracker.cases.lifecycle.stepping import Material
from tracker.cases.record.rules.codes import (
    MatterClass,
    Purpose,
    Route,
    ServiceMethod,
)
from tracker.cases.record.rules.serious import ValidityResult
from tracker.core.clock import local_date
from tracker.core.files import store
from tracker.demo.matters import COMMITTEE, GENERAL, Theme
from tracker.demo.story import Story
from tracker.people.rules import Role


def _as_planned(story: Story) -> None:
    """Change nothing before the story begins."""


@dataclass(frozen=True)
class Sideline:
    """How a matter leaves the main line: what is different from the start, and what happens after day `last`."""

    go_on: Callable[[Story, int], None]
    prepare: Callable[[Story], None] = _as_planned
    themes: tuple[Theme, ...] = ()


def _after(story: Story, last: int, days: int, deed: Callable[[datetime], None], hour: int = 10) -> None:
    story.on(story.received_on + timedelta(days=last + days), deed, hour=hour)


def _objection(story: Story, last: int) -> None:
    def object_(now: datetime) -> None:
        unit.file_objection(
            story.the_case,
            by=story.head,
            now=now,
            reason="主管职责不在本单位（三定方案第四条），申请改派。",
        )

    _after(story, last, 1, object_)


def _extension(story: Story, last: int) -> None:
    _after(story, last, 40, story.extend)


def _diverted(story: Story, last: int) -> None:
    def triage(now: datetime) -> None:
        office.triage(
            story.the_case,
            by=story.person("lixiaomei"),
            now=now,
            matter_class=MatterClass.CLAIM,
            route=Route.ADMINISTRATIVE,
        )

    def divert(now: datetime) -> None:
        today = local_date(now)
        number = f"阳访告〔{today.year}〕{story.the_case.id}号"
        records.divert(
            story.the_case,
            serving.ServedNotice(number, today, ServiceMethod.IN_PERSON, "信访人"),
            by=story.person("lixiaomei"),
            now=now,
            organ="阳城县人民政府（行政复议机关）",
        )

    _after(story, last, 1, triage)
    _after(story, last, 2, divert)


def _not_accepted(story: Story, last: int) -> None:
    def refuse(now: datetime) -> None:
        today = local_date(now)
        notice = serving.ServedNotice(
            f"阳访不受〔{today.year}〕{story.the_case.id}号", None, ServiceMethod.POST, sent_on=today, proof="EMS 4021"
        )
        refusals.not_accept(
            story.the_case,
            notice,
            by=story.head,
            now=now,
            ground=RefusalGround.OTHER_ROUTE,
            reason="所提事项属劳动争议，应当依法申请仲裁。",
            organ="阳城县劳动人事争议仲裁委员会",
        )

    _after(story, last, 5, refuse)


def _withdrawn(story: Story, last: int) -> None:
    def withdraw(now: datetime) -> None:
        name = "撤回声明.txt"
        paper = Material(name, store(BytesIO("本人自愿撤回上述信访事项。".encode()), name=name))
        records.withdraw(
            story.the_case,
            by=story.person("lixiaomei"),
            now=now,
            reason="双方已自行协商解决，信访人书面申请撤回。",
            materials=[paper],
        )

    _after(story, last, 4, withdraw)


def _merged(story: Story, last: int) -> None:
    def merge(now: datetime) -> None:
        if story.original is not None:
            records.merge(
                story.the_case,
                story.original.the_case,
                by=story.person("lixiaomei"),
                now=now,
                reason="同人同事，并入原件办理。",
            )

    _after(story, last, 1, merge)


def _voided(story: Story, last: int) -> None:
    def void(now: datetime) -> None:
        reason = "信访人送错机关，已当面说明并退还材料。"
        records.ask_void(story.the_case, by=story.person("zhaomin"), now=now, reason=reason)
        head, today = story.person("zhoujianguo"), local_date(now)
        records.void(story.the_case, by=head, now=now, reason=reason, served_on=today)

    _after(story, last, 0, void, hour=15)


def _report(story: Story, now: datetime) -> None:
    text = "来信反映候选人请客送礼拉票，涉嫌贿选，按规定当日报告。"
    sidetracks.report_to_leaders(story.the_case, by=story.person("lixiaomei"), now=now, text=text)


def _read_by(username: str) -> Callable[[Story, datetime], None]:
    return lambda story, now: sidetracks.read_report(story.the_case, by=story.person(username), now=now)


def _triage_accusation(story: Story, now: datetime) -> None:
    office.triage(
        story.the_case, by=story.person("lixiaomei"), now=now, matter_class=MatterClass.ACCUSATION, route=None
    )


def _transfer(story: Story, now: datetime) -> None:
    forwarding.transfer(
        story.the_case,
        by=story.person("zhoujianguo"),
        now=now,
        organ="中共阳城县纪委监委",
        materials_list="信访登记表 1 份；来信原件 1 份（密封）；照片 3 张。",
        handed_over_on=local_date(now),
        briefing=forwarding.Briefing("中共阳城县委组织部", local_date(now)),
    )


def _settle_accused(story: Story, now: datetime) -> None:
    """Say that the candidate complained of holds no post in the system: until then the matter goes to no unit."""
    case = story.the_case
    for row in case.accused:
        accused.confirm_accused(row, by=story.person("zhoujianguo"), now=now, version=case.version)


def _validity(story: Story, now: datetime) -> None:
    sidetracks.assign_validity(
        story.the_case,
        by=story.person("lixiaomei"),
        now=now,
        department_id=story.staff.units["runcheng"].id,
        handler_id=None,
        due_on=local_date(now) + timedelta(days=20),
    )


def _receipt(story: Story, now: datetime) -> None:
    forwarding.record_receipt(
        story.the_case,
        by=story.person("lixiaomei"),
        now=now,
        receipt_no=f"阳纪收〔{local_date(now).year}〕{story.the_case.id}号",
        received_by="纪委信访室",
        received_on=local_date(now),
    )


def _conclude_validity(story: Story, now: datetime) -> None:
    day = local_date(now)
    finding = sidetracks.Finding(ValidityResult.VALID, f"润政〔{day.year}〕{story.the_case.id}号", day)
    said = "经入户调查四十户，未发现影响选举结果的情形，选举有效；所涉个人问题由纪检监察机关处理。"
    head = story.staff.of("runcheng", Role.DEPARTMENT_HEAD)
    sidetracks.conclude_validity(story.the_case, finding, by=head, now=now, reason=said)


# days after receipt · deed · hour: reported the same day, then both tracks.
VOTE_BUYING: tuple[tuple[int, Callable[[Story, datetime], None], int], ...] = (
    (1, _read_by("linyiming"), 9),
    (1, _read_by("gaoyuan"), 10),
    (1, _triage_accusation, 11),
    (1, _settle_accused, 15),
    (2, _transfer, 10),
    (2, _validity, 15),
    (4, _receipt, 10),
    (15, _conclude_validity, 16),
)


def _vote_buying(story: Story, last: int) -> None:
    _after(story, last, 0, partial(_report, story), hour=11)
    for days, deed, hour in VOTE_BUYING:
        if _fits(story, days):
            _after(story, last, days, partial(deed, story), hour=hour)


def _fits(story: Story, days: int) -> bool:
    """Whether a deed some days after receipt lies before today."""
    return story.received_on + timedelta(days=days) < story.today


def _accusation(story: Story) -> None:
    story.vote_buying = True
    story.accused = [AccusedEntry(name="冯某某", position_held="村委会主任候选人")]


def _place_unknown(story: Story) -> None:
    story.village_id = None
    story.place_note = "来信只写“我们村”，邮戳为阳城，待电话核实"
    story.village_name = "某村"


def _reopened(story: Story, last: int) -> None:
    _after(story, last, 32, story.recur)


def _sent_back(story: Story, last: int) -> None:
    _after(story, last, 1, story.send_back)


def _review(story: Story, last: int) -> None:
    def request(now: datetime) -> None:
        today = local_date(now)
        reviews.request_review(
            story.the_case,
            by=story.person("lixiaomei"),
            now=now,
            organ="阳城县人民政府信访事项复查复核办公室",
            requested_on=today,
            received_on=today,
        )

    def uphold(now: datetime) -> None:
        reviews.conclude_review(
            story.the_case,
            by=story.person("lixiaomei"),
            now=now,
            result="upheld",
            concluded_on=local_date(now),
            reason="原处理意见事实清楚、依据正确，予以维持。",
        )

    def serve(now: datetime) -> None:
        receipt = serving.ServiceReceipt(local_date(now), ServiceMethod.POST, "信访人", f"EMS {story.the_case.id:06}")
        reviews.serve_review(story.the_case, receipt, by=story.person("lixiaomei"), now=now)

    _after(story, last, 6, request)
    if _fits(story, last + 26):
        _after(story, last, 24, uphold)
        _after(story, last, 25, serve)


def _assistance(story: Story, last: int) -> None:
    def assist(now: datetime) -> None:
        sidetracks.assist(
            story.the_case,
            by=story.person("lixiaomei"),
            now=now,
            department_id=story.staff.units["runcheng"].id,
            due_on=local_date(now) + timedelta(days=7),
            task="请协助提供该村三年台账并配合入户核实。",
        )

    _after(story, last, 1, assist)


_BRIBERY = (
    Theme(
        "贪污贿赂", "civil", "反映{v}换届选举有人请客送礼",
        "署名来信反映{v}换届选举期间有人宴请、送礼拉票，附照片三张。",
        ("查处贿选行为。", "认定选举是否有效。"),
        (("supported", ""), ("explained", "")),
        Purpose.ACCUSATION, COMMITTEE[0].election_type, COMMITTEE[2].election_stage,
    ),
)  # fmt: skip

SIDELINES: dict[str, Sideline] = {
    "objection": Sideline(_objection),
    "extension": Sideline(_extension),
    "diverted": Sideline(_diverted),
    "not_accepted": Sideline(_not_accepted),
    "withdrawn": Sideline(_withdrawn),
    "merged": Sideline(_merged),
    "voided": Sideline(_voided),
    "vote_buying": Sideline(_vote_buying, prepare=_accusation, themes=_BRIBERY),
    "reopened": Sideline(_reopened),
    "place_unknown": Sideline(lambda story, last: None, prepare=_place_unknown, themes=GENERAL[:2]),
    "sent_back": Sideline(_sent_back),
    "review": Sideline(_review),
    "assistance": Sideline(_assistance),
}
