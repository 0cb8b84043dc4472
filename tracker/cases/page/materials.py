"""Materials (材料) as they are asked for one by one: through the scope of their case."""

from sqlalchemy import select

from tracker.cases.access.scope import may_know
from tracker.cases.record.models import Attachment, Case
from tracker.core.database import db
from tracker.core.errors import NotFound
from tracker.people.rules import Reader


def visible_material(public_id: str, reader: Reader) -> Attachment:
    """Return a material of a case that the reader may see; raises NotFound, the same for one that is not there."""
    statement = select(Attachment).join(Case, Case.id == Attachment.case_id)
    found: Attachment | None = db.session.scalar(statement.where(Attachment.public_id == public_id, may_know(reader)))
    if found is None:
        raise NotFound
    return found
