"""What each paper of supervision says around the text of its issuer (催办单、督办单、约谈、通报、挂牌督办). Pure."""

from dataclasses import dataclass

from tracker.reminders.ladder.rules.rungs import RungLevel

# Who issued a paper that no person did.
BY_LADDER = "系统按督办阶梯发出"


@dataclass(frozen=True)
class PaperWords:
    """The opening of a paper, after the number of the case, what is asked by the day of the reply, and to whom it goes.

    `whose` is whose matter it is, as the addressee reads it.
    """

    opens: str
    asks: str
    to: str = "{unit}"
    whose: str = "你单位"


# 约谈、通报、挂牌督办 are of the leadership of a unit (领导班子, 条例第三十九条第三款).
_LEADERSHIP = "{unit}领导班子"
PAPER_WORDS: dict[RungLevel, PaperWords] = {
    RungLevel.URGE: PaperWords("现予催办。", "请于{day}前书面回复。仍不办理的，将按规定予以督办。"),
    RungLevel.BLUE: PaperWords("现予蓝色督办。", "请于{day}前书面回复。"),
    RungLevel.AMBER: PaperWords("现予黄色督办。", "请于{day}前书面回复。"),
    RungLevel.RED: PaperWords("现予红色督办。", "请于{day}前书面回复，由主要负责人签字。"),
    RungLevel.ON_SITE: PaperWords("现决定派员实地督办。", "请做好准备，并于{day}前书面报送办理情况。"),
    RungLevel.INTERVIEW: PaperWords(
        "现决定约谈你单位负责人。", "请于{day}前回复参加约谈的负责人，并报送办理情况和整改措施。", _LEADERSHIP
    ),
    RungLevel.CIRCULAR: PaperWords("现予通报。", "请认真整改，于{day}前书面报送整改和办理情况。", _LEADERSHIP),
    RungLevel.LISTED: PaperWords(
        "现予挂牌督办。", "请明确负责人和办结时间，于{day}前书面回复；办结并经核实后摘牌。", _LEADERSHIP
    ),
    RungLevel.LIABILITY: PaperWords(
        "现提出追究责任的建议。", "请依照规定研究处理，并于{day}前反馈结果。", whose="有关单位"
    ),
}
