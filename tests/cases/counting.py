"""How many statements a piece of code sends."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import event

from tracker.core.database import db


@contextmanager
def statements() -> Iterator[list[str]]:
    """Give the list of statements sent inside; what waits to be written is written before."""
    sent: list[str] = []
    db.session.flush()

    def notice(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        sent.append(statement)

    event.listen(db.engine, "before_cursor_execute", notice)
    try:
        yield sent
    finally:
        event.remove(db.engine, "before_cursor_execute", notice)
