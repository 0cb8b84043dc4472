"""What the timer does with notices: the morning digests, and a round of addressing and sending."""

from datetime import datetime

from tracker.core import clock
from tracker.core.database import committed
from tracker.jobs import subjects
from tracker.jobs.sending import SendingReport, deliver
from tracker.reminders.gate.queries import believed
from tracker.reminders.runs.service import note_sent
from tracker.supervision.messages.digest_service import Wanting, wanting, write_digests


def write_all_digests(now: datetime | None = None) -> int:
    """Write the digests of the day for people who have something waiting (每日提醒); return how many.

    Under a clock that cannot be believed none is written: the run ledger says why.
    """
    at, count, found = now or clock.now(), 0, Wanting(after_id=0)
    if not believed(at).open:
        return 0
    while found.after_id is not None:
        found = wanting(subjects.SUBJECTS, at, after_id=found.after_id)
        if found.user_ids:
            with committed():
                count += write_digests(found.user_ids, now=at, stuck=found.stuck)
    return count


def send_notices(now: datetime | None = None) -> SendingReport:
    """Address and send what may go out now, and add it to the run ledger.

    Under a clock that cannot be believed nothing is sent.
    """
    at = now or clock.now()
    if not believed(at).open:
        return SendingReport()
    report = deliver(at)
    if report.addressed or report.sent or report.failed or report.dead:
        with committed():
            note_sent(sent=report.addressed + report.sent, failed=report.failed + report.dead)
    return report
