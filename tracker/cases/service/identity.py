"""查看信访人身份: masked until a person who may gives a purpose; the reading is on the record first."""

from datetime import datetime

from tracker.cases.models import Case
from tracker.cases.queries.scope import matter_of
from tracker.cases.rules.access import may_open_identity, may_see
from tracker.cases.rules.codes import Level
from tracker.core.errors import Forbidden, NotFound
from tracker.people.models import User
from tracker.people.rules import Reader
from tracker.petitioners import service as petitioners
from tracker.petitioners.service import SHORTEST_PURPOSE, OpenedPetitioner

SHORTEST_PURPOSE_OF_ACCUSATION = 4


def open_identity(case: Case, *, by: User, reader: Reader, purpose: str, now: datetime) -> list[OpenedPetitioner]:
    """Open the petitioners of a case to one reader for a stated purpose (查看信访人身份).

    The caller commits before a byte of the answer leaves. Raises NotFound where the person may not know of the case,
    Forbidden where it stays masked for him, DomainError where the purpose is missing.
    """
    matter = matter_of(case)
    if not may_see(reader, matter):
        raise NotFound
    if not may_open_identity(reader, matter):
        raise Forbidden("信访人身份只对受理、承办本件的人员开放；检举控告件只对知悉名单所列人员开放。")
    shortest = SHORTEST_PURPOSE_OF_ACCUSATION if case.level == Level.ACCUSATION else SHORTEST_PURPOSE
    return petitioners.open_identity(case.id, by=by, purpose=purpose, now=now, shortest_purpose=shortest)
