"""草稿 on the pages: which draft a form goes on with, which others this page has, where a draft may belong."""

from typing import Any

from flask import current_app, g, request
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException

from tracker.cases.access.scope import visible_case
from tracker.cases.intake import drafts
from tracker.cases.intake.drafts import KeptDraft
from tracker.core.errors import DomainError
from tracker.people.rules import permissions
from tracker.web.frame.access import SIGNED_IN, access_of, reader

OF_A_CASE = "/cases/<pid:public_id>"
# What the script says beside the fields of a form: the page, its title, what the form is called there.
ADDRESS, TITLE, FORM = "draft-address", "draft-title", "draft-form"
NOT_HERE = "这一页不能存草稿。"


def resumed() -> KeptDraft | None:
    """Return the draft that this page was asked to go on with; None where it is not one's own or of another page."""
    if "reader" not in g:
        return None
    if "resumed_draft" not in g:
        asked = request.args.get("draft", "")
        found = drafts.draft(asked, reader()) if asked else None
        g.resumed_draft = found if found and found.address == request.path else None
    draft: KeptDraft | None = g.resumed_draft
    return draft


def resumed_fields(kept_as: str) -> MultiDict[str, Any] | None:
    """Return what a form of this page is filled with: the draft that it goes on with, under the token it had.

    `kept_as` is what the form is called: of several on a page a draft fills its own.
    """
    draft = resumed()
    if draft is None or draft.first(FORM) not in ("", kept_as):
        return None
    return MultiDict({**draft.fields, "submission": [draft.token]})


def drafts_here(token: str, address: str = "") -> list[KeptDraft]:
    """Return the person's drafts of this page, without that of the form which is shown or gone on with.

    `address` is where its drafts are gone on with, if not here.
    """
    draft = resumed()
    shown = {token, draft.token if draft else ""}
    return [each for each in drafts.drafts_of(reader(), address=address or request.path) if each.token not in shown]


def case_of_page(address: str) -> int | None:
    """Return the case of a page with a form, None where it has none.

    Raises DomainError for what is no page of one's own posts, NotFound for a case that one may not know of.
    """
    try:
        rule, given = current_app.url_map.bind("").match(address, method="GET", return_rule=True)
    except HTTPException:
        raise DomainError(NOT_HERE) from None
    access = access_of(rule.endpoint)
    if access is None or (access != SIGNED_IN and access not in permissions(reader().posts)):
        raise DomainError(NOT_HERE)
    return visible_case(given["public_id"], reader()).id if rule.rule.startswith(OF_A_CASE) else None
