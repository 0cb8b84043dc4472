"""What a unit answers with (答复的文书), by class and route: one row each for paper, contents and remedies. Pure."""

from dataclasses import dataclass

from tracker.cases.record.rules.codes import DOCUMENT_KIND_LABELS, DocumentKind, MatterClass, Route
from tracker.statutes.rules.provisions import Basis, P

Said = tuple[tuple[str, Basis], ...]


@dataclass(frozen=True)
class AnswerKind:
    """The paper that answers, what it sets out and on which provision, what the petitioner is told of his rights.

    `told` are sentences for the petitioner, each with its basis; the 30 days for 复查 are told of what has them alone.
    """

    paper: DocumentKind
    contents: str
    basis: Basis
    told: Said

    @property
    def label(self) -> str:
        """信访处理意见书, 履行职责答复书, 建议意见回复."""
        return DOCUMENT_KIND_LABELS[self.paper]


OPINION = AnswerKind(
    DocumentKind.OPINION,
    "查明的事实和处理意见",
    (P.T32_1,),
    (("对处理意见不服的，可以自收到书面答复之日起 30 日内请求复查", (P.T35,)),),
)
# What is to be sent on to another procedure has no review by this one; it is answered only where it was misjudged.
OTHERWISE = AnswerKind(OPINION.paper, OPINION.contents, OPINION.basis, ())
ANSWERS: dict[tuple[MatterClass, Route | None], AnswerKind] = {
    (MatterClass.CLAIM, Route.PETITION): OPINION,
    (MatterClass.CLAIM, Route.ENFORCEMENT): AnswerKind(
        DocumentKind.DUTY_ANSWER,
        "查明的事实、履行职责的情况或者答复",
        (P.T31_5,),
        (
            ("您申请查处违法行为、履行保护职责的事项，由负有职责的机关、单位依法履行或者答复", (P.T31_5,)),
            (
                "不适用信访的复查、复核；行政机关拒绝履行、未依法履行职责或者不予答复的，可以先依法申请行政复议",
                (P.DUTY_RECONSIDERED, P.RECONSIDERED_FIRST),
            ),
        ),
    ),
    (MatterClass.SUGGESTION, None): AnswerKind(
        DocumentKind.SUGGESTION_REPLY,
        "研究论证的情况和是否采纳",
        (P.T29_1,),
        (("提出的意见建议由有关机关研究，采纳的予以回复", (P.T29_1,)),),
    ),
}
ANSWER_PAPERS = tuple(dict.fromkeys(answer.paper for answer in ANSWERS.values()))


def answer_of(matter_class: str | None, route: str | None) -> AnswerKind:
    """Return how a matter of a class and route is answered."""
    return next((answer for (of, by), answer in ANSWERS.items() if (of, by) == (matter_class, route)), OTHERWISE)


def papers_of(issues: DocumentKind | None) -> tuple[DocumentKind, ...]:
    """Return which papers a step may write whose row names this one: an answer is of one kind or another."""
    if issues is None:
        return ()
    return ANSWER_PAPERS if issues in ANSWER_PAPERS else (issues,)
