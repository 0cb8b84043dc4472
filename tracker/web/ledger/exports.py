"""导出: the ledger as a spreadsheet, recorded before a byte leaves."""

import io

from flask import Blueprint, request, send_file
from flask.typing import ResponseReturnValue

from tracker.audit import Event
from tracker.cases.ledger import Filters
from tracker.core import clock
from tracker.people.rules import Permission
from tracker.spreadsheets.export_ledger import export
from tracker.web.frame.access import actor, reader, recorded_reading, requires
from tracker.web.frame.proof import proved

pages = Blueprint("exports", __name__, url_prefix="/export")
MOST_ROWS = 20_000
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pages.get("/ledger")
@requires(Permission.EXPORT_LEDGER)
@proved
def ledger() -> ResponseReturnValue:
    """Return the list of this address as xlsx (导出台账): the reader's own scope, petitioners masked."""
    now = clock.now()
    filters = Filters.parse(request.args, today=clock.today(), asker=actor().id)
    file = io.BytesIO()
    sort = request.args.get("sort", "")
    done = export(reader(), filters, file, sort=sort, most=MOST_ROWS, by=actor().name, now=now)
    recorded_reading(Event.LEDGER_EXPORTED, payload=done.payload, text=done.words or None)
    file.seek(0)
    name = f"信访台账-{clock.local(now):%Y%m%d-%H%M}.xlsx"
    return send_file(file, mimetype=XLSX, as_attachment=True, download_name=name)
