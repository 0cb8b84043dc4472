"""The slices in which the lifecycle is explored: each leaves acts aside that have nothing to do with the others of it.

Together they take every act of the table; two acts that meet in no slice share no fact, clock or state.
"""

from dataclasses import dataclass

from tests.lifecycle.explore import Lifecycle
from tests.lifecycle.state import State
from tracker.cases.lifecycle.rules.actions import Action
from tracker.deadlines.limits import LimitKind

A, K = Action, LimitKind

PLAIN = frozenset({"civil lead", "handler", "lead", "upheld", "explained", "supported"})
WORDS = frozenset(
    {A.CORRECT, A.CORRECT_PETITIONER, A.CORRECT_RECEIPT, A.CORRECT_PAPER, A.NOTE, A.SET_PLACE, A.UNDO_SIGN_FOR}
)
PAPERS = frozenset({A.URGE, A.SUPERVISE, A.INSTRUCT, A.ASSIST})
ELECTION = frozenset({A.MARK_VOTE_BUYING, A.ASK_UNMARK, A.ASSIGN_VALIDITY, A.REPORT_LEADERS})
URGENT = frozenset({A.MARK_URGENT, A.UNMARK_URGENT})
CLOSED = frozenset({A.NAME_ACCUSED, A.RAISE_LEVEL, A.SEAL_ACCUSATION, A.CORRECT})
OUTSIDE = frozenset({A.FORWARD, A.TAKE_BACK})
AGAIN = frozenset({A.REOPEN, A.LOOK_BACK_REOPENS})
PLANNED = frozenset({A.PLAN_LOOK_BACK})
CHECKED = frozenset({A.CHECK_UP})
ENDS = frozenset({A.MERGE, A.ASK_VOID, A.VOID, A.WITHDRAW})
REVIEWS = frozenset({A.REQUEST_REVIEW, A.MOVE_FEEDBACK, A.HOLD_HEARING, A.RECORD_FORCE_MAJEURE})
CLASSES = frozenset({A.RECLASSIFY})
DRAFTS = frozenset({A.DRAFT_OPINION, A.DRAFT_NOT_ACCEPT, A.DRAFT_NO_LONGER_ACCEPT, A.DRAFT_EXTENSION, A.RETURN_DRAFT})
APPROVALS = frozenset({A.REFER_DRAFT, A.APPROVE_DRAFT, A.DECLINE_DRAFT})
DRAFTED = (A.ISSUE_OPINION, A.NOT_ACCEPT, A.NO_LONGER_ACCEPT, A.EXTEND)
ABOVE = frozenset({A.SET_SUPERIOR_DAY})
BRANCHES = frozenset({A.UNDO_ACCEPT, A.OBJECT, A.EXTEND, A.NOT_ACCEPT, A.NO_LONGER_ACCEPT})
LATE = frozenset({A.CHECK_LATE_ENTRY})
CLOSING = frozenset({A.REASSIGN})
ALL = (
    URGENT
    | LATE
    | CLOSING
    | DRAFTS
    | APPROVALS
    | WORDS
    | PAPERS
    | ELECTION
    | CLOSED
    | AGAIN
    | PLANNED
    | CHECKED
    | ENDS
    | REVIEWS
    | CLASSES
    | BRANCHES
    | ABOVE
    | OUTSIDE
)


@dataclass(frozen=True)
class Slice:
    """One slice: the matter it begins with, the acts it takes besides the main line, the ways of doing them.

    `aside` are acts of the main line that it leaves to other slices.
    """

    first: State
    acts: frozenset[A]
    ways: frozenset[str]
    late: frozenset[LimitKind] = frozenset()
    aside: frozenset[A] = frozenset()

    @property
    def lifecycle(self) -> Lifecycle:
        """The product's lifecycle, narrowed to the slice."""
        return Lifecycle(
            without=ALL - self.acts | self.aside,
            only=PLAIN | self.ways,
            late=self.late,
            closing=CLOSING <= self.acts,
        )


SLICES: dict[str, Slice] = {
    "申诉求决，复查、复核": Slice(State(), REVIEWS | BRANCHES, frozenset({"claim"})),
    "申诉求决，再办": Slice(State(), AGAIN | WORDS | ENDS | BRANCHES, frozenset({"claim"})),
    "再办，复查、复核": Slice(State(), AGAIN | {A.REQUEST_REVIEW, A.HOLD_HEARING}, frozenset({"claim"})),
    "再办，并案、作废": Slice(State(), AGAIN | ENDS | {A.REQUEST_REVIEW, A.NOT_ACCEPT}, frozenset({"claim"})),
    "拟稿，签发": Slice(State(), DRAFTS | BRANCHES, frozenset({"claim", *(act.value for act in DRAFTED)})),
    "补录，待核": Slice(State(), LATE, frozenset({"claim"}), frozenset({K.OFFICE_REFERRAL, K.ACCEPTANCE, K.HANDLING})),
    "建议": Slice(
        State(),
        ENDS | BRANCHES | PLANNED | {A.LOOK_BACK_REOPENS},
        frozenset({"suggestion", "suggestion, lead", "civil"}),
    ),
    "督促检查": Slice(State(checked=True), CHECKED | {A.OBJECT, A.NOT_ACCEPT, A.SEAL_ACCUSATION}, frozenset({"claim"})),
    "督促检查，复查": Slice(State(checked=True), CHECKED | {A.REQUEST_REVIEW}, frozenset({"claim"})),
    "其他途径，变更类别": Slice(State(), CLASSES | BRANCHES, frozenset({"claim", "route", "suggestion"})),
    "检举控告": Slice(
        State(accused=True),
        CLOSED | CLASSES | OUTSIDE,
        frozenset({"claim", "accusation", "accusation, lead", "competent"}),
        aside=frozenset({A.CHANGE_LEAD}),
    ),
    "涉法涉诉，申请履职": Slice(State(), OUTSIDE | CLASSES | BRANCHES, frozenset({"legal", "duty", "legal, leader"})),
    "走访，涉法涉诉": Slice(State(visit=True), OUTSIDE | ENDS, frozenset({"legal", "duty"})),
    "转送，贿选": Slice(
        State(election=True),
        OUTSIDE | CLOSED | ELECTION - {A.ASSIGN_VALIDITY},
        frozenset({"legal", "accusation", "competent"}),
        aside=frozenset({A.CHANGE_LEAD}),
    ),
    "保密级别，被反映人": Slice(State(), CLOSED, frozenset({"claim", "accusation", "sensitive", "land lead"})),
    "贿选，检举控告": Slice(State(election=True), ELECTION, frozenset({"accusation", "accusation, lead"})),
    "贿选，报告": Slice(
        State(election=True),
        ELECTION - {A.ASSIGN_VALIDITY},
        frozenset({"claim", "accusation", "civil leader", "leader"}),
    ),
    "重大紧急": Slice(State(), URGENT | {A.REPORT_LEADERS}, frozenset({"claim"})),
    "重大紧急，审批": Slice(
        State(urgent=True),
        {A.UNMARK_URGENT, A.EXTEND, A.NOT_ACCEPT, A.NO_LONGER_ACCEPT} | DRAFTS | APPROVALS,
        frozenset({"claim", *(act.value for act in DRAFTED)}),
    ),
    "重大紧急，没有主要领导": Slice(
        State(company="no leader", urgent=True),
        {A.UNMARK_URGENT} | DRAFTS | APPROVALS,
        frozenset({"claim", *(act.value for act in DRAFTED)}),
    ),
    "督办，批示，协办": Slice(State(), PAPERS, frozenset({"claim"})),
    "单位撤销，重新交办": Slice(
        State(), CLOSING | {A.URGE, A.OBJECT}, frozenset({"claim", "land lead", "stranger", "again land stranger"})
    ),
    "单位撤销，保密": Slice(
        State(),
        CLOSING | {A.RAISE_LEVEL, A.SEAL_ACCUSATION},
        frozenset({"suggestion", "accusation", "land lead", "stranger", "again land stranger"}),
    ),
    "上级要求": Slice(State(superior=True), ABOVE | ENDS, frozenset({"claim", "named", "none"})),
    "匿名": Slice(State(anonymous=True), ENDS | BRANCHES, frozenset({"claim", "suggestion", "route"})),
    "岗位空缺": Slice(
        State(company="vacant"),
        BRANCHES | DRAFTS,
        frozenset({"claim", "civil", "colleague", "leader", "civil leader"}),
    ),
    "一人多岗": Slice(
        State(company="many posts"),
        ENDS,
        frozenset({"claim", "suggestion", "civil unit_head", "unit_head", "leader"}),
    ),
}
