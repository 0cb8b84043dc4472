"""一次性密码: made where it is handed out, shown once to who hands it out, and known to nobody else."""

from collections.abc import Callable

from flask import render_template
from flask.typing import ResponseReturnValue

from tracker.core import clock
from tracker.core.database import committed, end_reading
from tracker.people import passwords
from tracker.people.models import User
from tracker.supervision.messages.feed_service import end_feed
from tracker.web.frame.access import actor


def one_time_password(user: User, act: Callable[[passwords.PasswordHash], None], *, back: str) -> ResponseReturnValue:
    """Make a password, give it by an act, and show it this once; the calendar address of the account ends with it."""
    user_id, username, name = user.id, user.username, user.name
    end_reading()
    made = passwords.one_time()
    hashed = passwords.accepted(made, username=username, name=name)
    with committed():
        act(hashed)
        end_feed(of_id=user_id, by=actor(), now=clock.now())
    return render_template("office/people/one_time.html", made=made, name=name, username=username, back=back)
