"""ORDER and INSTRUCTION: the papers of supervision (督办单、批示) among the subjects of the timer."""

from tracker.core.database import db
from tracker.people.models import User
from tracker.reminders.subjects.answers import PaperKind
from tracker.supervision.papers import instructions, orders
from tracker.supervision.papers.letters import LETTERS
from tracker.supervision.papers.models import Instruction, SupervisionOrder


def _issuer(order_id: int) -> User | None:
    order = db.session.get(SupervisionOrder, order_id)
    return order.issued_by if order else None


def _leader(instruction_id: int) -> User | None:
    instruction = db.session.get(Instruction, instruction_id)
    return instruction.by if instruction else None


ORDER = PaperKind(
    kind=orders.SUBJECT,
    model=SupervisionOrder,
    issuer=_issuer,
    personal=False,
    letters=LETTERS,
)
INSTRUCTION = PaperKind(
    kind=instructions.SUBJECT,
    model=Instruction,
    issuer=_leader,
    personal=True,
    letters=None,
)
