"""A matter of the county, carried on by the services as far as a test wants."""

from datetime import date

from tests.world.county import County
from tracker.cases.acts import answers, close_out, office, signing, unit
from tracker.cases.intake.registration import Registration, register
from tracker.cases.lifecycle.rules.actions import Action
from tracker.cases.record.models import Case
from tracker.cases.record.rules.codes import (
    AssignmentMode,
    Channel,
    MatterClass,
    PetitionerKind,
    Purpose,
    Result,
    Route,
    ServiceMethod,
)
from tracker.core import clock
from tracker.core.database import committed, db
from tracker.deadlines.limits import LimitKind
from tracker.deadlines.models import Deadline
from tracker.people.models import User
from tracker.petitioners.service import PetitionerEntry


def an_entry(received_on: date | None = None, **changes: object) -> Registration:
    """Return a registration that is complete and consistent."""
    entry = Registration(
        channel=Channel.LETTER,
        received_on=received_on or clock.today(),
        title="反映上庄村换届选举选民登记遗漏",
        summary="来信反映选民名单漏登十余户。",
        purpose=Purpose.SETTLEMENT,
        demand_points=["补登遗漏的选民户。", "公开村级收支明细。"],
        petitioners=[PetitionerEntry(kind=PetitionerKind.MAIN, name="原秀英", phone="13900000001", address="上庄村")],
        place_note="上庄村",
        election_type="committee",
    )
    for name, value in changes.items():
        setattr(entry, name, value)
    return entry


class Matter:
    """One matter, carried along the main line as far as a test wants."""

    LINE = ("triage", "assign", "sign_for", "accept", "answer", "deliver", "carry_out", "confirm_file", "apply",
            "confirm", "call_back", "check", "sign")  # fmt: skip

    def __init__(self, county: County, **changes: object) -> None:
        self.county = county
        with committed():
            self.case: Case = register(an_entry(**changes), office=county.office, by=county.registrar, now=clock.now())  # type: ignore[arg-type]

    def until(self, last: str) -> "Matter":
        """Take the main line's steps up to and including `last`, each now."""
        for name in self.LINE:
            with committed():
                getattr(self, name)()
            if name == last:
                break
        return self

    def clock(self, kind: LimitKind) -> Deadline | None:
        """Return the latest clock of a kind."""
        return (
            db.session.query(Deadline).filter_by(case_id=self.case.id, kind=kind).order_by(Deadline.id.desc()).first()
        )

    def triage(self, **changes: object) -> None:
        """分类."""
        values: dict[str, object] = {"matter_class": MatterClass.CLAIM, "route": Route.PETITION, **changes}
        office.triage(self.case, by=self.county.acceptor, now=clock.now(), **values)  # type: ignore[arg-type]

    def order(self, **changes: object) -> office.AssignmentOrder:
        """Return an order that gives the case to 县民政局."""
        values: dict[str, object] = {
            "mode": AssignmentMode.ASSIGNMENT,
            "department_id": self.county.civil.id,
            "handler_id": self.county.handler.id,
            "lead_official_id": self.county.lead.id,
            "due_on": date(2027, 1, 15),
            "delivered_on": clock.today(),
            "letter_no": "阳信交〔2026〕1号",
            **changes,
        }
        return office.AssignmentOrder(**values)  # type: ignore[arg-type]

    def assign(self, **changes: object) -> None:
        """交办."""
        office.assign(self.case, self.order(**changes), by=self.county.acceptor, now=clock.now())

    def sign_for(self) -> None:
        """签收."""
        unit.sign_for(self.case, by=self.county.handler, now=clock.now())

    def accept(self) -> None:
        """受理."""
        notice = unit.ServedNotice("阳访受〔2026〕1号", clock.today(), ServiceMethod.IN_PERSON, "原秀英")
        unit.accept(self.case, notice, by=self.county.handler, now=clock.now())

    def draft(self) -> None:
        """拟稿：处理意见."""
        said = signing.Wording({"text": "事实清楚。"}, [("查明的事实和处理意见", "事实清楚。")])
        signing.draft(self.case, Action.DRAFT_OPINION, said, by=self.county.handler, now=clock.now())

    def refer(self) -> None:
        """报请主要领导审批."""
        signing.refer_draft(self.case, Action.ISSUE_OPINION, by=self.county.unit_head, now=clock.now())

    def approve(self) -> None:
        """审批同意."""
        signing.approve_draft(self.case, Action.ISSUE_OPINION, by=self.county.leader, now=clock.now())

    def answer(self, *results: Result, same_because: str | None = None) -> None:
        """出具处理意见, signed by the head."""
        given = results or (Result.SUPPORTED, Result.NOT_SUPPORTED)
        points = {
            point.id: answers.PointAnswer(result, "经核实答复如下。")
            for point, result in zip(self.case.demand_points, given, strict=True)
        }
        opinion = answers.Opinion("阳访意〔2026〕1号", "村民委员会组织法第十四条。", "事实清楚。", same_because)
        answers.issue_opinion(self.case, opinion, points, by=self.county.unit_head, now=clock.now())

    def deliver(self) -> None:
        """送达."""
        delivery = answers.ServiceReceipt(clock.today(), ServiceMethod.IN_PERSON, "原秀英", "回证0001")
        answers.deliver(self.case, delivery, by=self.county.handler, now=clock.now())

    def carry_out(self) -> None:
        """落实."""
        notes = {p.id: "已补登并重新公布。" for p in self.case.demand_points if p.result == Result.SUPPORTED}
        answers.carry_out(self.case, notes, by=self.county.handler, now=clock.now(), carried_out_on=clock.today())

    def confirm_file(self) -> None:
        """一案一档."""
        close_out.confirm_file(self.case, by=self.county.handler, now=clock.now(), note="齐全")

    def apply(self, by: User | None = None) -> None:
        """申请销号."""
        close_out.apply_for_close_out(self.case, by=by or self.county.handler, now=clock.now(), reason="已办结。")

    def confirm(self, by: User | None = None) -> None:
        """单位负责人审核."""
        close_out.confirm_close_out(self.case, by=by or self.county.unit_head, now=clock.now(), reason="同意。")

    def call_back(self, by: User | None = None) -> None:
        """回访."""
        close_out.call_back(
            self.case, by=by or self.county.checker, now=clock.now(), called_on=clock.today(), reached=True,
            satisfaction="satisfied", reason="已收到答复。",
        )  # fmt: skip

    def check(self, by: User | None = None) -> None:
        """信访部门审核."""
        close_out.check_close_out(self.case, by=by or self.county.checker, now=clock.now(), reason="材料齐全。")

    def sign(self, by: User | None = None) -> None:
        """签批."""
        close_out.sign_close_out(self.case, by=by or self.county.lead, now=clock.now(), reason="同意销号。")
