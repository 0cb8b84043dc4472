"""转出: a matter that not everybody of the office may know of any more leaves the open numbers for a closed one.

Its open number stays behind as a line of number, year and 已转出. Papers that were issued keep theirs.
"""

from tracker.cases.record.models import Case, TransferredNumber
from tracker.cases.record.numbering import next_closed_no
from tracker.cases.record.rules.codes import Confidentiality
from tracker.cases.record.rules.series import register_no
from tracker.cases.record.search import index_case
from tracker.core.database import db


def close_number(case: Case) -> None:
    """Give a matter that became closed a number of the closed series (转内部编号), of the year of its open one.

    Called where the level is raised or somebody of the system is complained of, before the log is locked; a matter
    whose number is closed already, or that has kept its open one from before there were such lines, keeps it. The year
    is not asked of the clock: what must be closed does not wait for it.
    """
    was = register_no(case.register_no)
    if was is None or was.closed:
        return
    # One statement writes level and number: what it overwrites of a matter that was plain is looked after there.
    with db.session.no_autoflush:
        if db.session.get(TransferredNumber, case.register_no) is not None:
            return
        number = next_closed_no(case.office_id, was.year)
    db.session.add(TransferredNumber(number=case.register_no, case_id=case.id))
    case.register_no = number
    db.session.flush()
    if case.level != Confidentiality.ACCUSATION:
        index_case(case)
