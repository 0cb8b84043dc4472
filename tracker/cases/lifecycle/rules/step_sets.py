"""Short names and sets of states and people in which the rows of the lifecycle are written. Pure."""

from tracker.cases.lifecycle.rules.actions import Action, Guard, Station
from tracker.cases.lifecycle.rules.step_rows import Prominence, Since, Start, Stop, Words
from tracker.cases.record.rules.codes import LedgerStatus, Status
from tracker.deadlines.limits import LimitKind
from tracker.reminders.ladder.rules.rungs import Recipient
from tracker.statutes.rules.provisions import Provision

A, S, L, By, G, K, P, To = Action, Status, LedgerStatus, Station, Guard, LimitKind, Provision, Recipient
MAIN, MORE, GRAVE, PAPER = Prominence
NO_WORDS, WHY, SAID = Words.NONE, Words.WHY, Words.SAID

GONE = frozenset({S.MERGED, S.VOIDED})
LIVE = frozenset(S) - GONE
# Where an answer may have been served that the petitioner can ask to be reviewed: of this round, or of one before it.
REVIEWABLE = LIVE - {S.REGISTERED}
REOPENED = REVIEWABLE - {S.DELIVERED}
BEFORE_ASSIGNMENT = frozenset({S.REGISTERED, S.TRIAGED})
WITH_UNIT = frozenset({S.ASSIGNED, S.SIGNED_FOR, S.OBJECTED, S.ACCEPTED, S.OPINION_ISSUED, S.DELIVERED})
# From where persons are handed to discipline inspection while another has the matter (双线办理).
HANDED_ON_FROM = (WITH_UNIT - {S.OBJECTED}) | {S.TRANSFERRED}
REFUSED = frozenset({S.NOT_ACCEPTED, S.NO_LONGER_ACCEPTED})
SENT_AWAY = REFUSED | {S.DIVERTED}
# A found accusation leaves from here; where an objection waits, 同意退回 takes the matter back first.
GIVEN_OR_ENDED = (WITH_UNIT - {S.OBJECTED}) | SENT_AWAY | {S.WITHDRAWN}
BEFORE_OPINION = frozenset({S.REGISTERED, S.TRIAGED, S.ASSIGNED, S.SIGNED_FOR, S.OBJECTED, S.ACCEPTED})
# What was handled, so that it can recur (反弹): not what was refused, diverted or withdrawn.
LOOKED_BACK_AT = frozenset({S.DELIVERED, S.TRANSFERRED})
OPEN_LEDGER = frozenset(L) - {L.CLOSED}
# What any result of 复查 or 复核 ends, and where the ledger stands that is not struck off and reviewed since.
DECIDED = (Stop(K.REVIEW), Stop(K.RE_EXAMINATION))
STILL_OPEN = OPEN_LEDGER - {L.UNDER_REVIEW}
ANY_LEDGER = frozenset(L)
OFFICE = frozenset({By.ACCEPTOR, By.OFFICE_HEAD})
UNIT = frozenset({By.HANDLER, By.UNIT_HEAD})
SIGNERS = frozenset({By.OFFICE_HEAD, By.PRINCIPAL_LEADER})
EVERYBODY = frozenset(Station)
SUPERVISED = (Stop(K.ORDER_REPLY), Stop(K.INSTRUCTION))
WORK = (K.OFFICE_REFERRAL, K.REASSIGNMENT, K.OBJECTION, K.RULING, K.ACCEPTANCE, K.HANDLING, K.REDO, K.FEEDBACK)
ALL_STOP = (*(Stop(kind) for kind in WORK), *SUPERVISED)
WITH_OTHERS = (
    *ALL_STOP,
    *(Stop(K.CARRYING_OUT), Stop(K.ASSISTANCE), Stop(K.VALIDITY), Stop(K.CHECK_UP)),
    *(Stop(K.REVIEW_WINDOW), Stop(K.REVIEW), Stop(K.RE_EXAMINATION_WINDOW), Stop(K.RE_EXAMINATION)),
)
# What giving a matter out ends: the office's days from the receipt, or those after it was taken back.
GIVEN_OUT = (Stop(K.OFFICE_REFERRAL), Stop(K.REASSIGNMENT))
# Who is told, is told by what was sent (发出，邮寄的以邮戳为准: our reading of 第二十三条、第三十四条).
TOLD = Stop(K.ACCEPTANCE, on=Since.SENT)
ANSWERED = (Stop(K.HANDLING, on=Since.SENT), Stop(K.REDO, on=Since.SENT))
# 回头看: what 销号 begins, whatever the first of them finds; each look back is one of them, and a new round needs none.
LOOKS_BACK = (Start(K.LOOK_BACK), Start(K.SECOND_LOOK_BACK))
LOOKED_BACK = tuple(Stop(kind, in_turn=True) for kind in (K.LOOK_BACK, K.SECOND_LOOK_BACK, K.PLANNED_LOOK_BACK))
NO_LOOK_BACK = tuple(Stop(kind) for kind in (K.LOOK_BACK, K.SECOND_LOOK_BACK, K.PLANNED_LOOK_BACK))
# Where something is drafted that a head signs (拟稿、签发).
DRAFTED_FROM = frozenset({S.TRIAGED, S.SIGNED_FOR, S.ACCEPTED})
# What a new answer takes the place of (原答复已被新答复代替).
OLDER_ANSWER = (Stop(K.REVIEW_WINDOW), Stop(K.RE_EXAMINATION_WINDOW))
NEVER_BEGUN = (*GIVEN_OUT, Stop(K.FORWARDING_RECEIPT), Stop(K.LEADER_REPORT), Stop(K.SUPERIOR_REPORT), *SUPERVISED)
