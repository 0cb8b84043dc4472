"""地方规定的理由: grounds of refusal that a region's own rules alone have, switched on by the office with their basis.

None holds until the office says so. What the Regulations have is no row here, and nobody changes it.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from tracker import audit
from tracker.audit import Event
from tracker.cases.lifecycle.rules.grounds import LOCAL_GROUNDS, RefusalGround
from tracker.core.clock import local_date
from tracker.core.database import db, read_once
from tracker.core.errors import DomainError, FieldErrors
from tracker.people.models import User
from tracker.statutes.models import LocalGround
from tracker.statutes.rules.sources import SOURCES, Source
from tracker.statutes.service import is_article

LONGEST_TITLE, LONGEST_REASON = 40, 500
_HELD = "local grounds"


class SetGround(NamedTuple):
    """What the office decided on a ground, from a day on."""

    ground: str
    in_force: bool
    title: str
    article: str
    since: date

    @property
    def basis(self) -> str:
        """Its basis as it is printed: 《某省信访条例》, article and paragraph; empty where it holds no more."""
        return f"{self.title}{self.article}" if self.in_force else ""


def set_grounds() -> Sequence[SetGround]:
    """Return every decision, the one that holds over the others last. Read once in a transaction."""
    return read_once(_HELD, _read)


def _read() -> tuple[SetGround, ...]:
    columns = (LocalGround.ground, LocalGround.in_force, LocalGround.title, LocalGround.article, LocalGround.since)
    rows = select(*columns).order_by(LocalGround.since, LocalGround.id)
    return tuple(SetGround(*row) for row in db.session.execute(rows))


def local_basis(ground: RefusalGround, on: date) -> str:
    """Return where a ground of the region's own rules stands on a day; empty where it does not hold."""
    held = [each for each in set_grounds() if each.ground == ground and each.since <= on]
    return held[-1].basis if held else ""


def local_grounds(on: date) -> list[RefusalGround]:
    """Return the grounds of the region's own rules that hold on a day."""
    return [ground for ground in LOCAL_GROUNDS if local_basis(ground, on)]


def history() -> list[LocalGround]:
    """Return every decision, the latest first."""
    rows = select(LocalGround).options(joinedload(LocalGround.set_by)).order_by(LocalGround.id.desc())
    return list(db.session.scalars(rows))


def set_ground(
    ground: RefusalGround,
    since: date,
    *,
    in_force: bool,
    title: str,
    article: str,
    reason: str,
    by: User,
    now: datetime,
) -> LocalGround:
    """Switch a ground of the region's own rules on with its basis, or off, from a day on.

    Raises DomainError for a ground of the Regulations, FieldErrors with a sentence for each wrong field.
    """
    if ground not in LOCAL_GROUNDS:
        raise DomainError("条例规定的理由不在这里启用、停用。", field="ground")
    title = title.strip("《》 ")
    errors = _basis_errors(title, article) if in_force else {}
    basis = (f"《{title}》", article) if in_force else ("", "")
    if since < local_date(now):
        errors["since"] = "从今天或者以后的一天起，已经作出的决定不改。"
    if not 1 <= len(reason) <= LONGEST_REASON:
        errors["reason"] = f"请写明由谁决定、哪份文件（最多 {LONGEST_REASON} 个字）。"
    if not errors and "".join(basis) == local_basis(ground, since):
        errors["in_force"] = "和这一天施行的一样，不用改。"
    if errors:
        raise FieldErrors(errors)
    row = LocalGround(
        ground=ground.value, in_force=in_force, title=basis[0], article=basis[1], since=since, reason=reason,
        set_at=now, set_by_id=by.id,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    db.session().info.pop(_HELD, None)
    payload = {"ground": ground.value, "in_force": in_force, "since": since.isoformat(), "basis": "".join(basis)}
    audit.record(Event.LOCAL_GROUND_SET, by=by, now=now, payload=payload, text=reason)
    return row


def _basis_errors(title: str, article: str) -> dict[str, str]:
    errors = {}
    if not 1 <= len(title) <= LONGEST_TITLE:
        errors["title"] = f"请填写地方规定的名称，如“浙江省信访条例”（最多 {LONGEST_TITLE} 个字）。"
    elif title == SOURCES[Source.PETITIONS].title.strip("《》"):
        errors["title"] = "《信访工作条例》没有这一条理由：请填写地方规定的名称。"
    if not is_article(article):
        errors["article"] = "请按地方规定的写法填写条号：第几条、第几款，用汉字。"
    return errors
