"""Who holds each post of the ladder towards a thing (岗位到人): one table, POSTS. Nothing is checked here."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select

from tracker.core.database import db
from tracker.deadlines.models import Deadline
from tracker.notifications.models import Notice
from tracker.people.models import Absence, Department, User
from tracker.people.models import Post as StaffPost
from tracker.people.queries import away_on, holders, in_office, line_of, reader_for
from tracker.people.rules import Reader, Role, area
from tracker.reminders.ladder.rules.reach import Ref
from tracker.reminders.ladder.rules.rungs import POST_LABELS, Recipient
from tracker.reminders.subjects.answers import Standing
from tracker.reminders.subjects.table import Subjects

HANDLER = "承办人"


@dataclass
class Directory:
    """The people of one day, remembered while a batch of notices is addressed."""

    today: date
    _readers: dict[int, Reader] = field(default_factory=dict)
    _away: dict[int, Absence | None] = field(default_factory=dict)
    _holders: dict[tuple[Role, int | None], list[User]] = field(default_factory=dict)

    def reader(self, user: User) -> Reader:
        """Return a person as the access rules see them today."""
        if user.id not in self._readers:
            self._readers[user.id] = reader_for(user, self.today)
        return self._readers[user.id]

    def absence(self, user: User) -> Absence | None:
        """Return why a person is away today (外出), or None."""
        if user.id not in self._away:
            self._away[user.id] = away_on([user.id], self.today).get(user.id)
        return self._away[user.id]

    def holders(self, role: Role, department: Department) -> list[User]:
        """Return who holds a role in a department today, or in the one that took over from it (继续行使职权的单位)."""
        unit_id = in_office(department, self.today).id
        if (role, unit_id) not in self._holders:
            self._holders[role, unit_id] = _people(holders(role, [unit_id], self.today))
        return self._holders[role, unit_id]

    def answering_for(self, role: Role, office: Department) -> list[list[User]]:
        """Return whose posts of a role answer for an office, level by level upwards, the nearest first."""
        if (role, None) not in self._holders:
            units = db.session.scalars(select(StaffPost.department_id).where(StaffPost.role == role.value).distinct())
            self._holders[role, None] = _people(holders(role, units, self.today))
        line = line_of(office)
        levels: dict[int, list[User]] = {}
        for person in self._holders[role, None]:
            if office.id in area(self.reader(person), role):
                levels.setdefault(self._distance(person, role, line), []).append(person)
        return [levels[distance] for distance in sorted(levels)]

    def _distance(self, person: User, role: Role, line: list[int]) -> int:
        """How far up a person sits; leadership that stands beside the units it leads sits at its superior's level."""
        sits = {post.department_id for post in self.reader(person).posts if post.role is role}
        above = {post.department.parent_id for post in person.posts if post.department_id in sits}
        return min((n for n, id_ in enumerate(line) if id_ in sits or id_ in above), default=len(line))


def _people(posts: Iterable[StaffPost]) -> list[User]:
    return list(dict.fromkeys(post.user for post in posts))


@dataclass(frozen=True)
class Concern:
    """What a notice is about, as far as it decides whose business it is: how people stand towards the thing."""

    subjects: Subjects
    notice: Notice
    deadline: Deadline | None
    standing: Standing
    directory: Directory

    @property
    def issuer(self) -> User | None:
        """Who wrote the paper that the clock or the notice is of; None where it is of none, or the ladder issued it."""
        of_clock = Ref(self.deadline.subject, self.deadline.subject_id) if self.deadline else None
        kind, id_ = of_clock or Ref(self.notice.source, self.notice.source_id)
        paper = self.subjects.paper(kind)
        return paper.issuer(id_) if paper else None


@dataclass(frozen=True)
class PostHolders:
    """People who hold a post together: all of them who can be reached are told."""

    label: str
    people: list[User]


def _owner(concern: Concern) -> list[PostHolders]:
    """Who owes the clock; of the office's own clocks its 受理员, of a unit without a handler its head."""
    unit, owner = concern.standing.unit, concern.standing.owner
    if owner is not None:
        return [PostHolders(HANDLER, [owner])]
    if unit.is_petition_office:
        return [PostHolders(POST_LABELS[Recipient.OFFICE], concern.directory.holders(Role.ACCEPTOR, unit))]
    return _unit_head(concern)


def _unit_head(concern: Concern) -> list[PostHolders]:
    unit = concern.standing.unit
    label = POST_LABELS[Recipient.OFFICE_HEAD if unit.is_petition_office else Recipient.UNIT_HEAD]
    return [PostHolders(label, concern.directory.holders(Role.DEPARTMENT_HEAD, unit))]


def _issuer(concern: Concern) -> list[PostHolders]:
    """Who issued the order or wrote the instruction; what the ladder issued is the supervisors' (督查员)."""
    return [PostHolders(POST_LABELS[Recipient.ISSUER], [concern.issuer])] if concern.issuer else _supervisor(concern)


def _office(concern: Concern) -> list[PostHolders]:
    return [
        PostHolders(POST_LABELS[Recipient.OFFICE], concern.directory.holders(Role.ACCEPTOR, concern.standing.office))
    ]


def _office_head(concern: Concern) -> list[PostHolders]:
    return [
        PostHolders(
            POST_LABELS[Recipient.OFFICE_HEAD], concern.directory.holders(Role.DEPARTMENT_HEAD, concern.standing.office)
        )
    ]


def _supervisor(concern: Concern) -> list[PostHolders]:
    return _levels(concern, Recipient.SUPERVISOR, Role.SUPERVISOR)


def _principal(concern: Concern) -> list[PostHolders]:
    return _levels(concern, Recipient.PRINCIPAL, Role.PRINCIPAL_LEADER)


def _levels(concern: Concern, post: Recipient, role: Role) -> list[PostHolders]:
    levels = concern.directory.answering_for(role, concern.standing.office)
    return [PostHolders(POST_LABELS[post], people) for people in levels]


def _lead(concern: Concern) -> list[PostHolders]:
    return [PostHolders(POST_LABELS[Recipient.LEAD], list(concern.standing.leads))] if concern.standing.leads else []


# 每个岗位是谁：按先后的几组人，前一组有人能接到就不再往后。
POSTS: dict[Recipient, Callable[[Concern], list[PostHolders]]] = {
    Recipient.OWNER: _owner,
    Recipient.UNIT_HEAD: _unit_head,
    Recipient.ISSUER: _issuer,
    Recipient.OFFICE: _office,
    Recipient.SUPERVISOR: _supervisor,
    Recipient.OFFICE_HEAD: _office_head,
    Recipient.LEAD: _lead,
    Recipient.PRINCIPAL: _principal,
}
