"""A village on the ledger, worked on by the people of the county, for the tests."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from tests.people.factories import SINCE, make_user
from tests.world.county import THE_DAY, County
from tracker.core import clock
from tracker.core.database import committed, db
from tracker.key_villages.models import VillageEntry, VillageProblem
from tracker.key_villages.rules.acts import VillageAct
from tracker.key_villages.rules.codes import VillageDutyKind, VillageKind
from tracker.key_villages.service import entering, keeping, signing
from tracker.people.models import User
from tracker.people.rules import Role
from tracker.people.service import give_post
from tracker.places.models import Place

DUE = date(2026, 12, 10)
TODAY = THE_DAY.date()
ANSWERING = {
    VillageDutyKind.SPONSOR: "lead",
    VillageDutyKind.LIAISON: "colleague",
    VillageDutyKind.TOWNSHIP: "town_head",
}
REASON = "三个月内同类信访 3 件，村务两年未公开。"


@dataclass
class Ledger:
    """The ledger as a test works on it."""

    county: County

    @property
    def answering(self) -> dict[VillageDutyKind, str]:
        """Who answers for a village, by duty."""
        return ANSWERING

    def entry(self, entry_id: int) -> VillageEntry:
        """Return an entry, read afresh."""
        db.session.expire_all()
        return db.session.get_one(VillageEntry, entry_id)

    def problem(self, problem_id: int) -> VillageProblem:
        """Return a problem, read afresh."""
        db.session.expire_all()
        return db.session.get_one(VillageProblem, problem_id)

    def enter(self, *texts: str, kind: VillageKind = VillageKind.PETITIONED, village: str = "village") -> int:
        """Enter a village with problems of the handler, and everybody who answers for it; return its id."""
        county = self.county
        with committed():
            row = entering.enter(
                db.session.get_one(Place, county.ids[village]),
                office=county.office,
                kind=kind,
                reason=REASON,
                decided_by=county.lead,
                entered_on=TODAY,
                by=county.acceptor,
                now=clock.now(),
                problems=[self.one(text) for text in texts],
            )
            for duty, key in ANSWERING.items():
                self.give(row, duty, key)
            return row.id

    def one(
        self, text: str, *, owner: str = "handler", unit: str = "civil", due_on: date = DUE
    ) -> entering.ListedProblem:
        """Return a problem as it is listed."""
        return entering.ListedProblem(text, self.county.ids[unit], self.county.ids[owner], due_on)

    def give(self, entry: VillageEntry, duty: VillageDutyKind, key: str) -> None:
        """Let somebody answer for a village from today on."""
        keeping.give_duty(
            entry, duty, user_id=self.county.ids[key], words="", started_on=TODAY, by=self.county.acceptor,
            now=clock.now(),
        )  # fmt: skip

    def act(self, thing: VillageEntry | VillageProblem, act: VillageAct, key: str, said: str = "情况属实。") -> None:
        """Let somebody take an act that needs nothing but words."""
        with committed():
            fresh = db.session.get_one(type(thing), thing.id)
            signing.sign(fresh, act, by=self.county.user(key), now=clock.now(), said=said)

    def strike_off(self, problem_id: int) -> None:
        """Let a problem go through its gate."""
        for act, key in (
            (VillageAct.APPLY, "handler"),
            (VillageAct.AGREE, "unit_head"),
            (VillageAct.CHECK, "acceptor"),
            (VillageAct.SIGN, "lead"),
        ):
            self.act(self.problem(problem_id), act, key)

    def visit(self, entry_id: int, key: str = "lead") -> None:
        """Let somebody be in the village today."""
        with committed():
            signing.note_visit(
                self.entry(entry_id), by=self.county.user(key), now=clock.now(), said="到村核实。",
                happened_on=clock.today(),
            )  # fmt: skip

    def second(self, key: str, name: str, role: Role, unit: str) -> User:
        """Make one more person of a role."""
        with committed():
            person = make_user(key, name)
            give_post(
                person, department=getattr(self.county, unit), role=role, started_on=SINCE, by=None, now=clock.now()
            )
        self.county.ids[key] = person.id
        return person


def later(days: int) -> datetime:
    """Return a moment so many days after the day of the tests."""
    return THE_DAY + timedelta(days=days)
