"""To whom a notice goes (通知送给谁), asked when it is addressed: permission checked, nobody left out, never nobody.

Posts are resolved to people by `posts.POSTS`. A person who is disabled, has left the post, is away without a stand-in,
or may not see the thing is passed over; then the next post up is told, with the reason.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select

from tracker.core.clock import local_date
from tracker.core.database import db
from tracker.deadlines.models import Deadline
from tracker.notifications.models import Delivery, Notice
from tracker.notifications.rules import Addressee, Resolved, Way
from tracker.people.models import User
from tracker.people.rules import Role
from tracker.reminders.ladder.rules.reach import Ref
from tracker.reminders.ladder.rules.rungs import NEXT_POST, POST_LABELS, Recipient
from tracker.reminders.models import RUNG, Escalation
from tracker.reminders.subjects.answers import Standing
from tracker.reminders.subjects.table import Subjects
from tracker.reminders.telling.posts import HANDLER, POSTS, Concern, Directory, PostHolders

# What a step asks of somebody else (新的待办): the source of such notices.
NEW_WORK = "work"
# What is somebody's from now on, whether or not the matter waits for them (改由您领办): the source of such notices.
NEW_TASK = "task"
# What nobody can act on any more (待重新交办、待改派): the source of such notices.
LOOSE = "loose"
# Facts that are told to several posts at once; a person who holds two of them is told once.
TOLD_TOGETHER = ("rung", "order", NEW_WORK)
# After the chain of NEXT_POST: who answers for the area, then the people who may see it in any case (of an accusation).
LAST = (Recipient.SUPERVISOR, Recipient.PRINCIPAL)
LONGEST_BECAUSE = 100
GONE_FROM_POST, DISABLED = "已离任", "已停用"
PERSONAL = "本人"
AWAY, UNKNOWING = "外出、无人代理", "不在本件知悉范围"
Step = tuple[str, list[PostHolders]]


def resolve(notice: Notice, *, now: datetime, subjects: Subjects, directory: Directory | None = None) -> Resolved:
    """Return whom a notice goes to now, or why it no longer needs telling; nobody and no reason: it waits.

    `directory` is shared by a batch, so that the same people are not looked up again for each notice.
    """
    known = directory or Directory(local_date(now))
    if notice.subject is None or notice.subject_id is None:
        return _personal(notice, known)
    deadline = db.session.get(Deadline, notice.deadline_id) if notice.deadline_id else None
    standing = subjects.of(notice.subject).standing(notice.subject_id, deadline, seen_on(notice))
    pointless = _pointless(notice, standing, deadline)
    if pointless:
        return Resolved((), pointless)
    search = _Search(Concern(subjects, notice, deadline, standing, known))
    found = search.first(_steps(search.concern)) or search.though_away(_steps(search.concern))
    told = _told_already(notice)
    fresh = tuple(each for each in found if each.user_id not in told)
    return Resolved(fresh, "同一通知已送达本人" if found and not fresh else None)


def seen_on(notice: Notice) -> Ref | None:
    """Return what the rung of a notice was seen on; None where it is of no rung."""
    rung = db.session.get(Escalation, notice.source_id) if notice.source == RUNG else None
    return Ref(rung.subject, rung.subject_id) if rung is not None else None


def _personal(notice: Notice, known: Directory) -> Resolved:
    """A notice about a person alone, to that person: their own, nobody stands in for it (每日提醒)."""
    person = db.session.get(User, notice.user_id) if notice.user_id else None
    if person is None:
        return Resolved((), None)
    if not person.is_active or not known.reader(person).posts:
        return Resolved((), "账号已停用或已离任")
    return Resolved((Addressee(person.id, notice.heading, False, person.email),), None)


def _pointless(notice: Notice, standing: Standing, deadline: Deadline | None) -> str | None:
    """Return why nobody needs to be told any more, or None."""
    if standing.gone:
        return standing.gone
    if notice.source == NEW_WORK and notice.deadline_id is None:
        if notice.told not in standing.awaited():
            return "已经有人办理"
        return "同一小时内另有新的待办" if _asked_again(notice) else None
    if notice.source == LOOSE and notice.told not in standing.hangs():
        return "已经能够办理"
    if notice.source not in ("rung", "order", "instruction"):
        return None
    if deadline is not None and deadline.ended_on is not None:
        return "要办的已经完成" if deadline.met else "期限已经终止"
    return standing.over or None if deadline is None else None


def _asked_again(notice: Notice) -> bool:
    """Return whether the same post was asked something newer in the same matter."""
    same = (Notice.source == NEW_WORK, Notice.case_id == notice.case_id, Notice.told == notice.told)
    later = (Notice.subject == notice.subject, Notice.subject_id == notice.subject_id, Notice.id > notice.id)
    return db.session.scalar(select(Notice.id).where(*same, *later, Notice.deadline_id.is_(None)).limit(1)) is not None


def _told_already(notice: Notice) -> set[int]:
    """Return who has the same fact in their inbox through another of their posts, with no less asked of them."""
    if notice.source not in TOLD_TOGETHER:
        return set()
    same = (Notice.source == notice.source, Notice.source_id == notice.source_id, Notice.id != notice.id)
    asked = (Notice.awaits_answer.is_(True),) if notice.awaits_answer else ()
    told = select(Delivery.user_id).join(Delivery.notice).where(*same, *asked, Delivery.channel == Way.INBOX)
    return set(db.session.scalars(told))


def _steps(concern: Concern) -> Iterator[Step]:
    """Yield the posts to try, one after the other, each once: the one told, those above it, then the last resorts."""
    tried: set[Recipient] = set()
    start: Recipient | None
    if concern.notice.user_id is not None:
        yield from _person_and_head(concern, concern.notice.user_id)
        start = NEXT_POST[Recipient.UNIT_HEAD]
    else:
        start = Recipient(concern.notice.told) if concern.notice.told else None
    for post in (*_upwards(start), *LAST):
        if post not in tried:
            tried.add(post)
            yield POST_LABELS[post], POSTS[post](concern)
    standing = concern.standing
    if standing.last:
        yield standing.last_label, [PostHolders(standing.last_label, list(standing.last))]


def _upwards(post: Recipient | None) -> Iterator[Recipient]:
    while post is not None:
        yield post
        post = NEXT_POST.get(post)


def _person_and_head(concern: Concern, user_id: int) -> Iterator[Step]:
    person = db.session.get(User, user_id)
    if person is None:
        return
    yield PERSONAL, [PostHolders(PERSONAL, [person])]
    units = dict.fromkeys(post.department for post in person.posts)
    heads = [head for unit in units for head in concern.directory.holders(Role.DEPARTMENT_HEAD, unit)]
    yield (
        "所在单位负责人",
        [PostHolders("所在单位负责人", [head for head in dict.fromkeys(heads) if head.id != user_id])],
    )


@dataclass
class _Search:
    """One search for people who can be told of a thing; keeps why others were passed over."""

    concern: Concern
    passed: list[str] = field(default_factory=list)

    def first(self, steps: Iterator[Step]) -> tuple[Addressee, ...]:
        """Return the first people who can be reached, with why it is them."""
        for label, groups in steps:
            for group in groups:
                found = self._reached(group)
                if found:
                    return found
            self.passed.append(self._why_not(label, [person for group in groups for person in group.people]))
        return ()

    def though_away(self, steps: Iterator[Step]) -> tuple[Addressee, ...]:
        """Return the first people who may see the thing, though all of them are away (外出): never nobody.

        Otherwise a person who may note an absence could silence a complaint about themselves.
        """
        for _label, groups in steps:
            for group in groups:
                away = [person for person in group.people if self._obstacle(person, group.label) == AWAY]
                found = [person for person in away if self._may_know(person)]
                if found:
                    return tuple(self._addressee(person, group.label) for person in dict.fromkeys(found))
        return ()

    def _reached(self, group: PostHolders) -> tuple[Addressee, ...]:
        """Return those of a group who can be told, and the stand-ins of those who are away."""
        reached: dict[int, Addressee] = {}
        for person in group.people:
            if self._obstacle(person, group.label) is None:
                reached[person.id] = self._addressee(person, group.label)
        for person in group.people:
            stand_in = self._stand_in(person)
            if stand_in is not None and stand_in.id not in reached:
                reached[stand_in.id] = self._addressee(stand_in, group.label, instead_of=person)
        return tuple(reached.values())

    def _addressee(self, person: User, label: str, instead_of: User | None = None) -> Addressee:
        standing = f"代{instead_of.name}（外出）" if instead_of else ""
        if self.passed:
            because = "，".join(filter(None, ["；".join(self.passed), f"改送{label}", standing]))
        elif label == PERSONAL:
            because = standing or "指名送给您"
        else:
            because = f"{standing}，{label}" if standing else f"您是{label}"
        confidential = self.concern.standing.confidential
        return Addressee(person.id, because[:LONGEST_BECAUSE], confidential, person.email)

    def _obstacle(self, person: User, label: str = "") -> str | None:
        """Return what keeps a person from being told, or None."""
        reader = self.concern.directory.reader(person)
        if not person.is_active:
            return DISABLED
        if not reader.posts or (label == HANDLER and not self._in_unit(person)):
            return GONE_FROM_POST
        if self.concern.directory.absence(person) is not None:
            return AWAY
        return None if self._may_know(person) else UNKNOWING

    def _may_know(self, person: User) -> bool:
        return self.concern.standing.may_know(self.concern.directory.reader(person))

    def _in_unit(self, person: User) -> bool:
        """Who owes a clock for their unit owes it only while they work there."""
        clock = self.concern.deadline
        owes_for = clock.owner_department_id if clock is not None else None
        return owes_for is None or owes_for in self.concern.directory.reader(person).chain_ids

    def _stand_in(self, person: User) -> User | None:
        """Return who can be told instead of a person who is away (代理人), or None.

        Nobody stands in for a person who may not know of the thing: the accused chooses nobody to be told.
        """
        absence = self.concern.directory.absence(person)
        found = absence.stand_in if absence is not None else None
        usable = found is not None and self._may_know(person) and self._obstacle(found) is None
        return found if usable else None

    def _why_not(self, label: str, people: Sequence[User]) -> str:
        if not people:
            return f"没有{label}"
        if len(people) > 1:
            return f"{label}都送不到"
        return f"{label}{self._obstacle(people[0], HANDLER if label == POST_LABELS[Recipient.OWNER] else '')}"
