"""WITHOUT_CLOCK: where a live matter may have no clock of anybody's duty running, and why (没有正在计算的期限). Pure.

Anywhere else such a matter would be forgotten: tests/lifecycle proves that there is none, and that each row is needed.
"""

from tracker.cases.record.rules.codes import MatterClass, Status

S, C = Status, MatterClass
REMINDED = "一直没有销号的，由督办阶梯提醒。"
# In a state, of a class; None: of whatever class.
WITHOUT_CLOCK: dict[tuple[Status, MatterClass | None], str] = {
    (S.ACCEPTED, C.SUGGESTION): "意见建议没有法定的办理期限，转送的也没有反馈时限；需要时限的，可以催办、批示。",
    (S.ACCEPTED, C.CLAIM): (
        "应当导入其他途径的，请导入；申请查处、履行职责的，按其法定职责的期限依法履行或者答复，条例没有规定天数。"
    ),
    (S.OPINION_ISSUED, C.SUGGESTION): "意见建议已经研究答复，没有法定的办理期限；请登记送达。",
    (S.OPINION_ISSUED, C.CLAIM): "答复已经出具，或者不适用信访程序的办理期限；请登记送达。",
    (S.DELIVERED, None): f"已经答复送达，等办理销号；复查、复核意见已经作出的，请先登记送达。{REMINDED}",
    (S.NOT_ACCEPTED, None): f"已经决定不予受理，等信访人知悉、办理销号。{REMINDED}",
    (S.NO_LONGER_ACCEPTED, None): f"已经决定不再受理，等信访人知悉、办理销号。{REMINDED}",
    (S.DIVERTED, None): f"已经导入其他途径，由有权机关按法定程序办理；等信访人知悉、办理销号。{REMINDED}",
    (S.TRANSFERRED, None): f"已经移交、转送，由接收机关依规依法办理和告知；请登记回执，办理销号。{REMINDED}",
    (S.WITHDRAWN, None): f"信访人已经撤回，等办理销号。{REMINDED}",
}
HISTORY = "读入的历史件，不计算期限。"


def why_no_clock(status: Status, matter_class: MatterClass | None) -> str | None:
    """Return why nobody's clock runs in a live matter that stands here; None where one must run."""
    return WITHOUT_CLOCK.get((status, matter_class)) or WITHOUT_CLOCK.get((status, None))
