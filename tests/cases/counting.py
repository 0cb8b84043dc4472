"""How many statements a piece of code sends, and which transactions it begins."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, event

from tracker.core.database import WRITING, db


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


@contextmanager
def transactions() -> Iterator[list[bool]]:
    """Give, for each transaction that begins inside, whether it may write."""
    begun: list[bool] = []

    def notice(connection: Connection) -> None:
        begun.append(WRITING in connection.get_execution_options())

    event.listen(db.engine, "begin", notice)
    try:
        yield begun
    finally:
        event.remove(db.engine, "begin", notice)
