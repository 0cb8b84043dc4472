"""What lies on the disk of a closed matter (密存): every text of an accusation is ciphertext, whatever table it is in.

The one place that says which rows are enclosed. Before rows are written, the texts of each are marked by the level of
its matter; when a matter becomes an accusation, or is none any more, all that was written of it is written again in the
same transaction. The columns are those of the models, by their types (`core.enclosing`); nobody keeps a list.
"""

from collections.abc import Collection
from functools import cache
from itertools import chain
from typing import Any

from sqlalchemy import Column, Table, bindparam, event, inspect, select, update
from sqlalchemy.orm import ORMExecuteState, Session
from sqlalchemy.orm.util import identity_key

from tracker.cases.record.models import Case
from tracker.cases.record.rules.codes import Confidentiality
from tracker.cases.record.search import index_case
from tracker.core.database import Base, after_commit, forget_what_was_overwritten
from tracker.core.enclosing import CaseFacts, CaseText, Enclosed, EnclosedFacts, enclosed

_CROSSED = "matters that become accusations, or no longer are"
_ACCUSATION = Confidentiality.ACCUSATION


@cache
def texts_of(table: Table) -> tuple[Column[Any], ...]:
    """Return the columns of a table that are enclosed where the matter is closed."""
    return tuple(each for each in table.columns if isinstance(each.type, CaseText | CaseFacts) and not each.type.always)


def tables_with_texts() -> dict[Table, Column[Any]]:
    """Return every table with such columns, and the column that names the matter of a row."""
    tables = (table for table in Base.metadata.sorted_tables if texts_of(table))
    return {table: table.c.id if table is Case.__table__ else table.c.case_id for table in tables}


@event.listens_for(Session, "before_flush")
def _mark(session: Session, _context: object, _rows: object) -> None:
    """Mark what is new or changed in the texts of rows."""
    rows = [(row, names) for row in chain(session.new, session.dirty) if (names := _written(row))]
    closed = _closed(session, {key for row, _ in rows if isinstance(key := _matter(row), int)})
    for row, names in rows:
        matter = _matter(row)
        shut = matter.level == _ACCUSATION if isinstance(matter, Case) else matter is ... or matter in closed
        for name in names:
            value = getattr(row, name)
            if shut or isinstance(value, Enclosed | EnclosedFacts):
                setattr(row, name, enclosed(value, closed=shut))
    session.info.setdefault(_CROSSED, []).extend(row for row in session.dirty if _crosses(row))


def _written(row: Any) -> list[str]:
    """Return the texts of a row that this flush writes."""
    state: Any = inspect(row)
    names = _names(state.mapper)
    if state.pending:
        return [name for name in names if state.dict.get(name) is not None]
    return [name for name in names if name in state.dict and state.attrs[name].history.has_changes()]


@cache
def _names(mapper: Any) -> tuple[str, ...]:
    texts = set(texts_of(mapper.local_table))
    return tuple(each.key for each in mapper.column_attrs if each.columns[0] in texts)


def _matter(row: Any) -> Any:
    """Return the matter of a row, or its key; None where the row is about none, ... where that is not known yet."""
    if isinstance(row, Case):
        return row
    if row.case_id is not None:
        return row.case_id
    return row.__dict__.get("case") or (None if type(row).__table__.c.case_id.nullable else ...)


def _closed(session: Session, keys: Collection[int]) -> set[int]:
    """Return which matters are accusations: what the session knows of them, the others in one query."""
    known: dict[int, str] = {}
    for key in keys:
        case = session.identity_map.get(identity_key(Case, key))
        if case is not None and "level" in case.__dict__:
            known[key] = case.level
    found = {key for key, level in known.items() if level == _ACCUSATION}
    if asked := sorted(set(keys) - known.keys()):
        found |= set(session.scalars(select(Case.id).where(Case.id.in_(asked), Case.level == _ACCUSATION)))
    return found


def _crosses(row: object) -> bool:
    """Return whether a matter becomes an accusation, or is none any more."""
    if not isinstance(row, Case):
        return False
    history = inspect(row).attrs.level.history
    return history.has_changes() and _ACCUSATION in (*history.added, *(history.deleted or [_ACCUSATION]))


@event.listens_for(Session, "after_flush")
def _write_again(session: Session, _context: object) -> None:
    """Write all of a matter again, and its entry in the search; the plain bytes are overwritten where they lay."""
    for case in session.info.pop(_CROSSED, ()):
        rewrite(session, case.id, closed=case.level == _ACCUSATION)
        index_case(case)
        if case.level == _ACCUSATION:
            after_commit(forget_what_was_overwritten)


@event.listens_for(Session, "after_rollback")
def _forget(session: Session) -> None:
    session.info.pop(_CROSSED, None)


def rewrite(session: Session, case_id: int, *, closed: bool) -> None:
    """Write every text of a matter again, enclosed or open."""
    for table, owner in tables_with_texts().items():
        columns = texts_of(table)
        rows = session.execute(select(table.c.id, *columns).where(owner == case_id)).all()
        if rows:
            again = update(table).where(table.c.id == bindparam("row_id"))
            again = again.values({each: bindparam(f"again_{each.name}", type_=each.type) for each in columns})
            session.connection().execute(again, [_again(row, columns, closed=closed) for row in rows])


def _again(row: Any, columns: Collection[Column[Any]], *, closed: bool) -> dict[str, Any]:
    texts = {f"again_{each.name}": enclosed(row._mapping[each], closed=closed) for each in columns}
    return {"row_id": row.id, **texts}


@event.listens_for(Session, "do_orm_execute")
def _refuse_going_round(state: ORMExecuteState) -> None:
    """Refuse a statement that writes texts of matters past their rows: nothing would mark them."""
    statement: Any = state.statement
    if not (state.is_insert or state.is_update) or not texts_of(statement.table):
        return
    some = state.parameters[0] if isinstance(state.parameters, list | tuple) else state.parameters
    given = {getattr(each, "name", each) for each in (*(statement._values or ()), *(some or ()))}
    if state.is_insert or given & {each.name for each in texts_of(statement.table)}:
        raise TypeError(f"texts of {statement.table.name} are written by rows alone")
