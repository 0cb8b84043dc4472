"""再次验证身份, for a page that was to be opened."""

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue

from tracker.web.frame.access import signed_in
from tracker.web.frame.proof import ProofForm, is_fresh, is_proved_by, proof_page
from tracker.web.office.sign_in import safe_next

pages = Blueprint("proof", __name__)


@pages.route("/account/proof", methods=["GET", "POST"])
@signed_in
def ask() -> ResponseReturnValue:
    """Ask again who it is (再次验证身份), and go on to the page that was asked for."""
    form, here = ProofForm(), url_for(".ask", next=safe_next())
    if is_fresh() or is_proved_by(form):
        return redirect(safe_next(), 303)
    return proof_page(form, here, []), form.status if form.is_submitted() else 200
