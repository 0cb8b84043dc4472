"""A round of inspection of the demonstration (督导): its check list, what it found, and what became of that."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select

from tracker.core.clock import at_local, local_date
from tracker.core.database import db
from tracker.demo.staff import Staff
from tracker.demo.villages import KEEPER, Deed
from tracker.key_villages.models import CheckEdition, InspectionRound, VillageFinding
from tracker.key_villages.rules.check_templates import CheckPurpose, CheckReply, Replied
from tracker.key_villages.rules.findings import FindingAct
from tracker.key_villages.service import inspecting, rounds
from tracker.key_villages.service.check_templates import Edited, begin_template
from tracker.key_villages.service.filling import Filling, fill_for_round
from tracker.places.models import Place

NAME, TEAM = "第二轮集中督导", "县纪委、民政局、信访局各 1 人"
BEGAN, LASTED = 24, 5
# What a check list of the demonstration asks is made up for it, and says so.
LIST, ONLY_SHOWN = "督导检查清单（示例）", "示例内容，只供演示，不是任何文件的规定。"
ASKED = (
    "必查：示例：公开栏设在村民看得到的地方",
    "必查：示例：近三年账目逐月公开",
    "示例：村务监督委员会按季开会，有记录",
    "必查：示例：推选会议记录签字齐全",
)
REPLIES = {
    1: Replied(CheckReply.NO, "设在村委院内，夜间看不到"),
    2: Replied(CheckReply.YES),
    4: Replied(CheckReply.NOT_APPLICABLE, "尚未召开推选会议"),
}


@dataclass(frozen=True)
class FindingPlanned:
    """A finding: in which village of the round, what, who owes it where, in how many days, how it ended."""

    village: int
    text: str
    unit: str
    owner: str
    days: int
    ends: str = ""


FINDINGS = (
    FindingPlanned(0, "公开栏设在村委院内，夜间看不到", "civil", "wanghaiyan", 14, "rechecked"),
    FindingPlanned(1, "推选会议记录缺两名监票人签字", "civil", "zhaoli", 40),
    FindingPlanned(2, "集体资产台账和实物对不上", "agriculture", "mabin", 17, "reported"),
    FindingPlanned(3, "村务监督委员会三个月没有开会", "agriculture", "mabin", 19),
    FindingPlanned(4, "机动地租金收支没有入账", "agriculture", "mabin", 45, "listed"),
)


def inspection_deeds(staff: Staff, now: datetime, place_ids: Sequence[int]) -> Iterator[Deed]:
    """Yield the deeds of one round to some villages of the ledger; none lies after now."""
    story = RoundStory(staff, local_date(now), place_ids)
    for back, hour, deed in story.told():
        yield min(at_local(story.today - timedelta(days=back), hour), now - timedelta(minutes=1)), deed


@dataclass
class RoundStory:
    """One round as deeds, each with its days before today and its hour."""

    staff: Staff
    today: date
    place_ids: Sequence[int]

    def told(self) -> Iterator[tuple[int, int, Callable[[datetime], None]]]:
        """Yield the deeds in their order."""
        yield BEGAN + 1, 10, self.write_list
        yield BEGAN, 9, self.open
        yield BEGAN - 2, 15, self.find_all
        yield BEGAN - 2, 17, self.fill_list
        yield 12, 10, self.report
        yield 9, 16, self.recheck
        yield 6, 11, self.list_one

    def open(self, now: datetime) -> None:
        """Enter the round."""
        day = local_date(now)
        places = [db.session.get_one(Place, id_) for id_ in self.place_ids]
        given = rounds.Rounding(NAME, self.staff.people["qinyue"], TEAM, day, day + timedelta(days=LASTED), places)
        rounds.open_round(given, office=self.staff.units["office"], by=self.staff.people[KEEPER], now=now)

    def write_list(self, now: datetime) -> None:
        """Write a check list; the names that come with the program stay without contents."""
        given = Edited(LIST, "\n".join(ASKED), local_date(now), ONLY_SHOWN)
        office, by = self.staff.units["office"], self.staff.people[KEEPER]
        begin_template(office, CheckPurpose.INSPECTION, given, by=by, now=now)

    def fill_list(self, now: datetime) -> None:
        """Fill it in in the first village."""
        row, edition = db.session.scalars(select(InspectionRound)).one(), db.session.scalars(select(CheckEdition)).one()
        place = db.session.get_one(Place, self.place_ids[0])
        given = Filling(local_date(now), REPLIES)
        fill_for_round(edition, row, place, given, by=self.staff.people["qinyue"], now=now)

    def find_all(self, now: datetime) -> None:
        """Enter what was found."""
        row, day = db.session.scalars(select(InspectionRound)).one(), local_date(now)
        for each in FINDINGS:
            one = rounds.Observed(
                self.place_ids[each.village],
                each.text,
                self.staff.units[each.unit].id,
                self.staff.people[each.owner].id,
                day,
                day + timedelta(days=each.days),
            )
            rounds.find(row, one, by=self.staff.people[KEEPER], now=now)

    def report(self, now: datetime) -> None:
        """Let two be put right."""
        for finding in self._those("rechecked", "reported"):
            done_on = local_date(now)
            inspecting.report(finding, by=finding.owner, now=now, said="已经整改，附照片。", happened_on=done_on)

    def recheck(self, now: datetime) -> None:
        """Let one of them be checked again by the leader of the round."""
        for finding in self._those("rechecked"):
            by = self.staff.people["qinyue"]
            inspecting.decide(finding, FindingAct.RECHECK, by=by, now=now, said="到村看过，已经改到戏台东墙。")

    def list_one(self, now: datetime) -> None:
        """Let one become a problem on the ledger."""
        for finding in self._those("listed"):
            by = self.staff.people[KEEPER]
            inspecting.list_finding(finding, by=by, now=now, said="涉及多年账目，列为问题逐项办理。")

    def _those(self, *ends: str) -> list[VillageFinding]:
        wanted = [number for number, each in enumerate(FINDINGS, start=1) if each.ends in ends]
        return list(db.session.scalars(select(VillageFinding).where(VillageFinding.number.in_(wanted))))
