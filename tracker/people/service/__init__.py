"""What people do with departments, accounts, posts and sessions. Nothing here commits."""

from tracker.people.rules import token_hash
from tracker.people.service.absences import end_absence, note_absence
from tracker.people.service.accounts import (
    change_email,
    change_password,
    change_user,
    create_user,
    disable_user,
    enable_user,
    folded_username,
    reset_password,
)
from tracker.people.service.departments import (
    call_off_closing,
    change_department,
    close_department,
    create_department,
    ending_with,
)
from tracker.people.service.devices import forget_device, note_device
from tracker.people.service.posts import end_post, give_post, refuse_post, title_of
from tracker.people.service.second_factor import disable_factor, enable_factor, prove
from tracker.people.service.sessions import (
    SEEN_EVERY,
    Ending,
    end_other_sessions,
    end_session,
    end_sessions,
    note_seen,
    start_session,
)
from tracker.people.service.sign_in import REFUSED, begin_attempt, prove_again, refuse_attempt, sign_in

__all__ = [
    "REFUSED",
    "SEEN_EVERY",
    "Ending",
    "begin_attempt",
    "call_off_closing",
    "change_department",
    "change_email",
    "change_password",
    "change_user",
    "close_department",
    "create_department",
    "create_user",
    "disable_factor",
    "disable_user",
    "enable_factor",
    "enable_user",
    "end_absence",
    "end_other_sessions",
    "end_post",
    "end_session",
    "end_sessions",
    "ending_with",
    "folded_username",
    "forget_device",
    "give_post",
    "note_absence",
    "note_device",
    "note_seen",
    "prove",
    "prove_again",
    "refuse_attempt",
    "refuse_post",
    "reset_password",
    "sign_in",
    "start_session",
    "title_of",
    "token_hash",
]
