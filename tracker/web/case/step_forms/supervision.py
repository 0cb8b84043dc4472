"""The forms of supervision: 催办, 督办, their answers and withdrawal, 批示 and the report on it."""

from collections.abc import Sequence
from datetime import date
from typing import ClassVar

from tracker.cases.access.named_readers import unconcerned
from tracker.cases.record.models import Case, OrderDraft
from tracker.core import clock
from tracker.core.database import db
from tracker.core.dates import Meaning, long_date
from tracker.core.errors import DomainError, Forbidden
from tracker.people.models import Department
from tracker.people.rules import Role
from tracker.reminders.ladder.rules.rungs import LEVELS, ORDER_LEVELS, RungLevel
from tracker.supervision.papers import drafting, instructions, orders
from tracker.supervision.papers.models import Instruction, SupervisionOrder
from tracker.supervision.papers.orders import authorities_of, units_of
from tracker.supervision.papers.persons import people_to_name
from tracker.supervision.papers.queries import (
    drafts_to_sign,
    instructions_to_report,
    may_answer,
    open_orders,
    waiting_drafts,
)
from tracker.supervision.papers.rules.phrases import PHRASES, is_task, worded
from tracker.supervision.papers.rules.signing import LED
from tracker.web.case.step_forms.base import Given, StepForm, files_field, reason_field
from tracker.web.frame.access import reader
from tracker.web.frame.declarations import HALF, RADIOS, SEGMENTS, SHORT, Either
from tracker.web.frame.forms import AreaField, ChoiceField, DayField
from tracker.working_days.queries import calendar
from tracker.working_days.rules import add_working_days

# Working days that are offered first, for a reply and for what an instruction asks.
URGED_DAYS, SUPERVISED_DAYS, INSTRUCTED_DAYS = 3, 5, 3
URGED = "请抓紧办理，并在回复期限以前书面报告办理情况。"
CUT = 40
Choices = list[tuple[str, str]]


def working_days_on(days: int) -> date:
    """Return the day a number of working days after today."""
    return add_working_days(clock.today(), days, calendar())


def level_choices() -> Choices:
    """Return what can be issued above a 催办单."""
    return [(level.value, LEVELS[level].paper) for level in ORDER_LEVELS if level is not RungLevel.URGE]


class OrderForm(StepForm):
    """Whatever is issued to a unit: to whom, by when, with which words."""

    days = URGED_DAYS
    first: ClassVar[tuple[str, ...]] = ("level", "department", "reply_by")
    department = ChoiceField("发给", required=True, render_kw=HALF)
    reason = reason_field()
    reply_by = DayField(
        "回复期限", meaning=Meaning.LIMIT, required=True, hint="到期以前不再发第二份；可写 12月1日。", render_kw=SHORT
    )

    def offer(self, case: Case) -> None:
        """Offer the units that have the case."""
        self.department.choices = _units(units_of(case, clock.today()))

    def begin(self, case: Case) -> None:
        """Begin with the unit that handles the case, and some working days."""
        self.department.data = self.department.choices[0][0]
        self.reply_by.data = working_days_on(self.days)


class UrgeForm(OrderForm):
    """催办."""

    reason = reason_field("催办内容", "写进催办单和过程记录。", rows=4)

    def begin(self, case: Case) -> None:
        """Begin with the usual words."""
        super().begin(case)
        self.reason.data = URGED

    def take(self, case: Case, given: Given) -> None:
        orders.issue(
            case,
            level=RungLevel.URGE,
            reason=self.reason.data,
            reply_by=self.reply_by.data,
            department_id=int(self.department.chosen),
            **given,
        )


class SuperviseForm(OrderForm):
    """督办: how far, to whom, what is asked (条例第四十条); what somebody else signs is drafted and sent to them."""

    first = ("level", "department", "organ", "asked", "reply_by")
    days = SUPERVISED_DAYS
    level = ChoiceField(
        "文书种类",
        required=True,
        choices=level_choices(),
        hint="黄色、红色、实地督办由信访部门负责人签发；约谈、通报、挂牌督办、追责建议由主要领导签发，先送签。",
        render_kw=SEGMENTS,
    )
    organ = ChoiceField("追责建议送", hint="只有追责建议选：对有关人员有管理权限的机关、单位。", render_kw=HALF)
    asked = ChoiceField("送签领导", hint="由主要领导签发的才选。", render_kw=HALF)
    reason = reason_field("督办内容", "写清为什么督办、要求做什么；写进督办单和过程记录。", rows=5)

    def offer(self, case: Case) -> None:
        """Offer the units that have the case, the organs above persons, and the main leaders."""
        super().offer(case)
        self.organ.choices = _units(authorities_of(case, clock.today()))
        leaders = unconcerned(Role.PRINCIPAL_LEADER, case, clock.today())
        self.asked.choices = [(str(each.id), each.name) for each in leaders]

    def take(self, case: Case, given: Given) -> None:
        level = RungLevel(self.level.chosen)
        to = self.organ.row_id if level is RungLevel.LIABILITY else int(self.department.chosen)
        drafting.supervise(
            case,
            level=level,
            reason=self.reason.data,
            reply_by=self.reply_by.data,
            department_id=to,
            asked_id=self.asked.row_id if level in LED else None,
            **given,
        )


class OnDraftForm(StepForm):
    """An act on one of the papers that wait for their signer."""

    first = ("draft",)
    draft = ChoiceField("哪一份", required=True, render_kw=RADIOS)

    def offer(self, case: Case) -> None:
        """Offer the drafts that are this person's to decide."""
        self.draft.choices = [(str(each.id), draft_words(each)) for each in self.drafts(case)]

    def drafts(self, case: Case) -> Sequence[OrderDraft]:
        """Return the drafts that this act can be on."""
        raise NotImplementedError

    def begin(self, case: Case) -> None:
        """Begin with the oldest; raises Forbidden where none is this person's to decide."""
        if not self.draft.choices:
            raise Forbidden("没有待您签发的督办文书。")
        self.draft.data = self.draft.choices[0][0]

    @property
    def chosen_draft(self) -> OrderDraft:
        """The draft that was chosen among those offered."""
        return db.session.get_one(OrderDraft, int(self.draft.chosen))


class SignOrderForm(OnDraftForm):
    """签发督办文书."""

    reply_by = DayField(
        "回复期限", meaning=Meaning.LIMIT, hint="留空按拟稿；拟稿的已经过了的，请另写。", render_kw=SHORT
    )

    def drafts(self, case: Case) -> Sequence[OrderDraft]:
        """Return those that wait for this person's signature."""
        return drafts_to_sign(case, reader())

    def take(self, case: Case, given: Given) -> None:
        drafting.sign(self.chosen_draft, reply_by=self.reply_by.data, **given)


class RefuseOrderForm(OnDraftForm):
    """不签发、收回拟稿."""

    reason = reason_field("理由", "写进过程记录，告诉拟稿人。")

    def drafts(self, case: Case) -> Sequence[OrderDraft]:
        """Return those that wait for this person's signature, and the person's own."""
        own = [each for each in waiting_drafts(case.id) if each.drafted_by_id == reader().user_id]
        return list(dict.fromkeys([*drafts_to_sign(case, reader()), *own]))

    def take(self, case: Case, given: Given) -> None:
        drafting.refuse(self.chosen_draft, reason=self.reason.data, **given)


class OnOrderForm(StepForm):
    """An act on one of the orders that wait: which one is chosen among those of the case."""

    first = ("order",)
    order = ChoiceField("哪一份", required=True, render_kw=RADIOS)

    def offer(self, case: Case) -> None:
        """Offer the orders that wait."""
        self.order.choices = [(str(each.id), order_words(each)) for each in self.orders(case)]

    def orders(self, case: Case) -> Sequence[SupervisionOrder]:
        """Return the orders that this act can be on."""
        return open_orders(case.id)

    def begin(self, case: Case) -> None:
        """Begin with the oldest; raises Forbidden where none is this person's to act on."""
        if not self.order.choices:
            raise Forbidden("应由收到催办、督办的单位回复。")
        self.order.data = self.order.choices[0][0]

    @property
    def chosen_order(self) -> SupervisionOrder:
        """The order that was chosen: the form offers only those of the case, and takes no other."""
        return db.session.get_one(SupervisionOrder, int(self.order.chosen))


class AnswerOrderForm(OnOrderForm):
    """回复催办、督办."""

    reason = reason_field("回复", "写清办到哪一步、为什么、何时办结。", rows=6)
    files = files_field()

    def orders(self, case: Case) -> Sequence[SupervisionOrder]:
        """Return those that were sent to this person's unit."""
        return [each for each in open_orders(case.id) if may_answer(each, reader())]

    def take(self, case: Case, given: Given) -> None:
        orders.answer(self.chosen_order, reason=self.reason.data, materials=self.materials, **given)


class WithdrawOrderForm(OnOrderForm):
    """撤回催办、督办."""

    reason = reason_field("撤回的理由")

    def take(self, case: Case, given: Given) -> None:
        orders.withdraw(self.chosen_order, reason=self.reason.data, **given)


class InstructForm(StepForm):
    """批示: a usual phrase, own words, who carries it out, by when."""

    first = ("phrase", "words", "task_of", "due_on")
    either = (Either(("phrase", "words"), "请写明批示内容，或者选一句常用批示。"),)
    phrase = ChoiceField(
        "常用批示",
        choices=[(phrase.code, phrase.words) for phrase in PHRASES],
        hint="选一句，或者在下面另写；只选“已阅”的不派任务。",
        render_kw=RADIOS,
    )
    words = AreaField("批示内容", longest=5000, hint="写进过程记录，以后不能改，也不能删。", render_kw={"rows": 4})
    task_of = ChoiceField("由谁落实", hint="只是批阅意见、不派任务的，和落实时限一起留空。", render_kw=HALF)
    due_on = DayField("落实时限", meaning=Meaning.LIMIT, hint="可写 12月1日、20261201。", render_kw=SHORT)
    files = files_field("手写批示等材料")

    def offer(self, case: Case) -> None:
        """Offer the people who can carry it out."""
        self.task_of.choices = people_to_name([case], clock.today())[case.id]

    def begin(self, case: Case) -> None:
        """Begin with the handler and some working days."""
        if self.task_of.choices:
            self.task_of.data = self.task_of.choices[0][0]
            self.due_on.data = working_days_on(INSTRUCTED_DAYS)

    def take(self, case: Case, given: Given) -> None:
        """Write the instruction; raises DomainError where it has no words."""
        words = worded(self.phrase.data, self.words.data)
        if not words:
            raise DomainError("请写明批示内容，或者选一句常用批示。", field="words")
        task = is_task(self.phrase.data, self.words.data)
        instructions.instruct(
            case,
            reason=words,
            task_of_id=self.task_of.row_id if task else None,
            due_on=self.due_on.data if task else None,
            materials=self.materials,
            **given,
        )


class ReportInstructionForm(StepForm):
    """报告批示落实情况."""

    first = ("instruction",)
    instruction = ChoiceField("哪一条批示", required=True, render_kw=RADIOS)
    reason = reason_field("落实情况", "写清按批示做了什么、结果如何。", rows=6)
    files = files_field()

    def offer(self, case: Case) -> None:
        """Offer the instructions that are this person's to report on."""
        found = instructions_to_report(case.id, reader())
        self.instruction.choices = [(str(each.id), instruction_words(each)) for each in found]

    def begin(self, case: Case) -> None:
        """Begin with the oldest; raises Forbidden where none is this person's to report on."""
        if not self.instruction.choices:
            raise Forbidden("应由批示指定的人，或者他的单位负责人报告。")
        self.instruction.data = self.instruction.choices[0][0]

    def take(self, case: Case, given: Given) -> None:
        row = db.session.get_one(Instruction, int(self.instruction.chosen))
        instructions.report(row, reason=self.reason.data, materials=self.materials, **given)


def order_words(order: SupervisionOrder) -> str:
    """Return an order in one line: 催〔2026〕3号催办单，县民政局 2026年12月1日以前回复：请抓紧办理."""
    paper = LEVELS[RungLevel(order.kind)].paper
    head = f"{order.number}{paper}，{order.department.short_name} {long_date(order.reply_by)}以前回复"
    return f"{head}：{_cut(order.text)}"


def draft_words(draft: OrderDraft) -> str:
    """Return a draft, all of its text: 约谈通知书，拟发县民政局，郝明拟稿，回复期限2026年12月1日：拖延不办.

    Who signs it must read it whole.
    """
    by = draft.drafted_by.name if draft.drafted_by else "系统"
    paper = f"{LEVELS[RungLevel(draft.kind)].paper}，拟发{draft.department.short_name}"
    return f"{paper}，{by}拟稿，回复期限{long_date(draft.reply_by)}：{draft.text}"


def instruction_words(instruction: Instruction) -> str:
    """Return an instruction in one line: 陈志远批示，2026年12月1日以前落实：请抓紧办理."""
    until = f"，{long_date(instruction.due_on)}以前落实" if instruction.due_on else ""
    return f"{instruction.by.name}批示{until}：{_cut(instruction.text)}"


def _cut(text: str) -> str:
    return text if len(text) <= CUT else text[:CUT] + "…"


def _units(rows: Sequence[Department]) -> Choices:
    return [(str(row.id), row.short_name) for row in rows]
