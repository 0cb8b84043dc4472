"""Who can be told to carry an instruction out (批示落实人): the handler, heads of that unit and others, the office."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from tracker.cases.access.rules import Matter, may_see
from tracker.cases.access.scope import matter_from
from tracker.cases.record.models import AccusedParty, Assignment, Case, NamedReader
from tracker.core.database import db
from tracker.people.models import Post, User
from tracker.people.queries import holders, readers_for
from tracker.people.rules import Reader, Role

Choice = tuple[str, str]


def people_to_name(cases: Iterable[Case], today: date) -> dict[int, list[Choice]]:
    """Return by case who can be named, as choices, the usual one first; only people who may see the case.

    A fixed number of queries, however many cases there are.
    """
    asked = list(cases)
    ids = [case.id for case in asked]
    given = _by_case(Assignment, ids, joinedload(Assignment.department))
    staff = _Staff.of(asked, given, today)
    readers = _readers(staff, today)
    accused, named = _by_case(AccusedParty, ids), _by_case(NamedReader, ids)
    found = {}
    for case in asked:
        running = [row for row in named.get(case.id, ()) if row.ended_at is None]
        assignments = given.get(case.id, ())
        matter = matter_from(case, assignments=assignments, accused=accused.get(case.id, ()), named=running)
        found[case.id] = _choices(staff.posts_for(case, assignments), readers, matter)
    return found


def _by_case(model: Any, case_ids: Sequence[int], *options: Any) -> dict[int, list[Any]]:
    rows: dict[int, list[Any]] = {}
    for row in db.session.scalars(
        select(model).where(model.case_id.in_(case_ids)).options(*options).order_by(model.id)
    ):
        rows.setdefault(row.case_id, []).append(row)
    return rows


@dataclass(frozen=True)
class _Staff:
    """The posts of all units concerned, by role and department."""

    posts: Mapping[tuple[Role, int], Sequence[Post]]

    @classmethod
    def of(cls, cases: Iterable[Case], given: Mapping[int, Sequence[Assignment]], today: date) -> "_Staff":
        offices = {case.office_id for case in cases}
        units = {row.department_id for rows in given.values() for row in rows if row.ended_on is None} | offices
        wanted = ((Role.HANDLER, units), (Role.DEPARTMENT_HEAD, units), (Role.ACCEPTOR, offices))
        posts: dict[tuple[Role, int], list[Post]] = {}
        for role, department_ids in wanted:
            for post in holders(role, department_ids, today):
                posts.setdefault((role, post.department_id), []).append(post)
        return cls(posts)

    def posts_for(self, case: Case, assignments: Iterable[Assignment]) -> list[Post]:
        """Return the posts in question for one case, in the order in which they are offered."""
        running = [row for row in assignments if row.ended_on is None]
        running.sort(key=lambda row: row.id != case.assignment_id)
        posts = [post for row in running[:1] for post in self._handlers(row)]
        for row in running:
            posts += self._at(Role.DEPARTMENT_HEAD, row.department_id)
        return [*posts, *self._at(Role.DEPARTMENT_HEAD, case.office_id), *self._at(Role.ACCEPTOR, case.office_id)]

    def _handlers(self, given: Assignment) -> list[Post]:
        staff = (*self._at(Role.HANDLER, given.department_id), *self._at(Role.DEPARTMENT_HEAD, given.department_id))
        return [post for post in staff if post.user_id == given.handler_id]

    def _at(self, role: Role, department_id: int) -> Sequence[Post]:
        return self.posts.get((role, department_id), ())


def _readers(staff: _Staff, today: date) -> dict[int, Reader]:
    ids = {post.user_id for posts in staff.posts.values() for post in posts}
    users = db.session.scalars(select(User).where(User.id.in_(ids)).options(selectinload(User.posts)))
    return {reader.user_id: reader for reader in readers_for(users, today)}


def _choices(posts: Iterable[Post], readers: Mapping[int, Reader], matter: Matter) -> list[Choice]:
    words: dict[int, str] = {}
    for post in posts:
        words.setdefault(
            post.user_id, f"{post.user.name}（{post.department.short_name}·{post.title or post.role_label}）"
        )
    return [(str(user_id), said) for user_id, said in words.items() if may_see(readers[user_id], matter)]
