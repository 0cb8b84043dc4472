"""材料: handed out as downloads only, noted before a byte leaves. Nothing that was uploaded runs on this site."""

from flask import Blueprint, Response, request, send_file

from tracker import audit
from tracker.cases.page.materials import visible_material
from tracker.core.files import open_file, open_part
from tracker.people.rules import Permission
from tracker.web.frame.access import reader, recorded_reading, requires

pages = Blueprint("materials", __name__, url_prefix="/materials")


@pages.get("/<pid:public_id>")
@requires(Permission.READ_CASES)
def download(public_id: str) -> Response:
    """Hand out a material (下载材料), or a part of it; its name is data, the content policy allows nothing.

    The whole is hashed before a byte leaves; of a part only what it needs is decrypted, which proves it as well.
    """
    found = visible_material(public_id, reader())
    name, media_type, size = found.name, found.media_type, found.size
    part = request.range and request.range.range_for_length(size)
    file = open_part(found.sha256, *part) if part else open_file(found.sha256)
    try:
        recorded_reading(audit.Event.ATTACHMENT_READ, case_id=found.case_id, payload={"attachment": found.id})
    except BaseException:
        file.close()
        raise
    answer = send_file(file, mimetype=media_type, as_attachment=True, download_name=name, etag=False)
    answer.content_length = size
    answer.accept_ranges = "bytes"
    if part:
        answer.make_conditional(request, accept_ranges=True, complete_length=size)
    return answer
