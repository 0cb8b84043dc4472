"""The facts of a matter on which the lifecycle decides, by name (办理步骤所依据的事实). Pure.

A guard asks these and nothing else, so that what it decides can be tried on every matter that can be, not on samples.
"""

from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple, Protocol

from tracker.cases.lifecycle.rules.actions import Action
from tracker.cases.lifecycle.rules.close_out import CloseOutFacts
from tracker.cases.record.rules.codes import MatterClass, Route, Track
from tracker.cases.record.rules.drafted import DraftStage
from tracker.deadlines.limits import LimitKind
from tracker.people.rules import Role
from tracker.statutes.rules.provisions import Provision


class ClockFact(NamedTuple):
    """A clock at hand: whether one of its kind was extended in its round.

    Whether its days were over is asked of the day of the act.
    """

    extended: bool


class LeadFact(NamedTuple):
    """The lead official (领办领导) of a matter: whether one is named, and the posts that they hold."""

    named: bool
    roles: frozenset[Role]


class WhoAsked(StrEnum):
    """Who asked for what a second person decides (提请): nobody yet, who acts now, or another."""

    NOBODY = "nobody"
    ME = "me"
    ANOTHER = "another"


class Facts(Protocol):
    """What guards look at: the matter, who acts, the day."""

    @property
    def is_history(self) -> bool:
        """Whether it was brought in with the history (历史件)."""

    @property
    def matter_class(self) -> MatterClass | None:
        """Its class (类别); None before it is classified."""

    @property
    def route(self) -> Route | None:
        """Its route (途径)."""

    @property
    def is_written(self) -> bool:
        """Whether it came as a letter, on paper or not (信件): nobody came or called with it."""

    @property
    def drafts(self) -> frozenset[tuple[Action, DraftStage]]:
        """The acts whose drafts wait to be signed (待签发), each with how far its draft is."""

    @property
    def vote_buying(self) -> bool:
        """Whether it is marked as vote buying (贿选)."""

    @property
    def is_urgent(self) -> bool:
        """Whether it is major and urgent (重大、紧急)."""

    @property
    def unmark_asked(self) -> WhoAsked:
        """Who asked that the mark 贿选 be taken away."""

    @property
    def unmark_needs_leader(self) -> bool:
        """Whether another main leader must have asked so and has not: there is more than one, and the head asked."""

    @property
    def is_election(self) -> bool:
        """Whether it is about an election."""

    @property
    def is_reported(self) -> bool:
        """Whether it was reported to the main leaders."""

    @property
    def awaits_my_reading(self) -> bool:
        """Whether a report waits for who acts to read it (阅知)."""

    @property
    def is_transferred(self) -> bool:
        """Whether it was handed over to discipline inspection (移交纪检监察机关)."""

    @property
    def awaits_receipt(self) -> bool:
        """Whether an organ outside has it and no receipt is known (回执)."""

    @property
    def rulings(self) -> Sequence[bool]:
        """The rulings on objections of the unit that has it: whether each was upheld."""

    @property
    def is_reviewed(self) -> bool:
        """Whether a 复查 or 复核 is under way."""

    @property
    def unserved_review(self) -> LimitKind | None:
        """Of which kind the opinion is that waits for its service: 复查 or 复核; None where none does."""

    @property
    def has_paper_on_its_way(self) -> bool:
        """Whether a notice or an opinion of this round has not reached the petitioner yet."""

    @property
    def has_promises(self) -> bool:
        """Whether a supported point is not carried out yet (未落实)."""

    @property
    def has_papers(self) -> bool:
        """Whether any document was written in it (文书)."""

    @property
    def acceptance_stands(self) -> bool:
        """Whether what is being handled cannot be unaccepted: the notice went out, or more was decided upon it."""

    @property
    def has_unit(self) -> bool:
        """Whether a unit has it (承办单位)."""

    @property
    def unit_is_gone(self) -> bool:
        """Whether that unit is closed, or nobody works in it (已撤销、无人在岗)."""

    @property
    def lead(self) -> LeadFact | None:
        """Its lead official; None where no unit has it and none is named: a leader of the area stands in."""

    @property
    def close_out(self) -> CloseOutFacts:
        """What the close-out checklist asks (销号核对单)."""

    @property
    def awaits_my_check(self) -> bool:
        """Whether an act that was entered late waits for who acts: neither of its unit nor who entered it."""

    @property
    def is_called_back(self) -> bool:
        """Whether the petitioner was called back since the latest answer was served (回访)."""

    @property
    def unfit_to_call(self) -> str | None:
        """Why nobody calls the petitioner back; None where somebody does."""

    @property
    def i_applied(self) -> bool:
        """Whether who acts applied for this close-out."""

    @property
    def i_decided(self) -> bool:
        """Whether who acts has applied for, confirmed or checked this close-out."""

    @property
    def is_last_merged(self) -> bool:
        """Whether it is the last that was merged into its parent (并案)."""

    @property
    def has_merged(self) -> bool:
        """Whether others were merged into it."""

    @property
    def void_asked(self) -> WhoAsked:
        """Who asked that it be declared void (申请作废)."""

    @property
    def drafts_wait_for_me(self) -> bool:
        """Whether a paper of supervision waits for the signature of who acts (待签发)."""

    @property
    def my_drafts_wait(self) -> bool:
        """Whether a paper that who acts drafted is not signed yet."""

    @property
    def is_mine(self) -> bool:
        """Whether all units that have it are those of who acts, or above them."""

    def running(self, track: Track) -> bool:
        """Return whether a side track is under way."""

    def clock(self, *kinds: LimitKind) -> ClockFact | None:
        """Return a clock of one of the kinds that is at hand: running, or a window that lapsed."""

    def cite(self, *basis: Provision) -> str:
        """Return a basis as it is printed on the day."""
