"""Where a person stands towards a case: from their posts and the case's assignments, never from rank alone. Pure."""

from dataclasses import dataclass

from tracker.cases.lifecycle.rules.actions import Station
from tracker.people.rules import DepartmentKind, HeldPost, Reader, Role


@dataclass(frozen=True)
class Position:
    """What of a case decides who stands where. Without a handling unit the office itself handles the matter."""

    office_id: int
    handling_department_id: int | None
    handler_id: int | None
    lead_official_id: int | None
    side_department_ids: frozenset[int] = frozenset()
    vote_buying: bool = False

    @property
    def responsible_department_id(self) -> int:
        """The unit whose own people may not check its work."""
        return self.handling_department_id or self.office_id


_OFFICE_POSTS = {
    Role.REGISTRAR: frozenset({Station.REGISTRAR}),
    Role.ACCEPTOR: frozenset({Station.ACCEPTOR, Station.CHECKER}),
    Role.DEPARTMENT_HEAD: frozenset({Station.OFFICE_HEAD}),
    Role.SUPERVISOR: frozenset({Station.CHECKER, Station.SUPERVISOR}),
}
_UNIT_POSTS = {
    Role.HANDLER: frozenset({Station.UNIT_MEMBER}),
    Role.DEPARTMENT_HEAD: frozenset({Station.UNIT_HEAD}),
}


def stations(reader: Reader, position: Position) -> frozenset[Station]:
    """Return every station the person holds towards the case."""
    found: set[Station] = set()
    for post in reader.posts:
        found |= _by_post(post, position)
    if reader.user_id == position.handler_id:
        found.add(Station.HANDLER)
    if reader.user_id == position.lead_official_id:
        found.add(Station.LEAD_OFFICIAL)
    if position.responsible_department_id in reader.department_ids:
        found.discard(Station.CHECKER)
    return frozenset(found)


def acting_post(reader: Reader, position: Position, by: frozenset[Station]) -> HeldPost | None:
    """Return the post by which somebody takes a step: the first that gives one of its stations, else the first held."""
    giving = (post for post in reader.posts if _by_post(post, position) & by or _sits_named(reader, post, position, by))
    return next(giving, next(iter(reader.posts), None))


def _sits_named(reader: Reader, post: HeldPost, position: Position, by: frozenset[Station]) -> bool:
    """Return whether the post is the one in which the named handler or lead official sits."""
    if Station.HANDLER in by and reader.user_id == position.handler_id:
        return post.department_id == position.handling_department_id
    leads = Station.LEAD_OFFICIAL in by and reader.user_id == position.lead_official_id
    return leads and post.role in (Role.LEAD_OFFICIAL, Role.PRINCIPAL_LEADER)


def _by_post(post: HeldPost, position: Position) -> set[Station]:
    found: set[Station] = set()
    covers = position.office_id in post.scope_ids
    if covers and (post.department_kind == DepartmentKind.PETITION_OFFICE or post.role is Role.SUPERVISOR):
        found |= _OFFICE_POSTS.get(post.role, frozenset())
    if covers and post.role is Role.PRINCIPAL_LEADER:
        found.add(Station.PRINCIPAL_LEADER)
    if post.department_id == position.handling_department_id:
        found |= _UNIT_POSTS.get(post.role, frozenset())
    if post.department_id in position.side_department_ids and post.role in _UNIT_POSTS:
        found.add(Station.SIDE_UNIT)
    if position.handling_department_id is None:
        found |= _standing_in(post, position, found)
    return found


def _standing_in(post: HeldPost, position: Position, found: set[Station]) -> set[Station]:
    """Without a handling unit, 受理员 applies, the office's head confirms; without a lead, one of the area signs."""
    extra: set[Station] = set()
    if Station.ACCEPTOR in found:
        extra.add(Station.HANDLER)
    if Station.OFFICE_HEAD in found:
        extra.add(Station.UNIT_HEAD)
    signers = {Role.PRINCIPAL_LEADER} if position.vote_buying else {Role.PRINCIPAL_LEADER, Role.LEAD_OFFICIAL}
    if position.lead_official_id is None and post.role in signers and position.office_id in post.scope_ids:
        extra.add(Station.LEAD_OFFICIAL)
    return extra
