"""Who may see a case (知悉范围): deny first, then one table of relations and levels (条例第三十条). Pure.

`tracker/cases/access/scope.py` says the same in SQL, from the same tables; a property test holds them equal.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum

from tracker.cases.record.rules.codes import DECIDED_SUBJECT, Confidentiality, LedgerStatus, SubjectStatus
from tracker.cases.record.rules.series import is_closed
from tracker.people.rules import DepartmentKind, Reader, Role, area, does_case_work

# Why an assignment ended, where its unit keeps reading: the case was closed out in its hands.
ENDED_BY_CLOSE_OUT = "closed"
LEAD_ROLES = frozenset({Role.LEAD_OFFICIAL, Role.PRINCIPAL_LEADER})
DESK_ROLES = frozenset({Role.ACCEPTOR, Role.DEPARTMENT_HEAD})
# Where the petitioner is called back (回访): who must call opens the telephone number.
CALLED_BACK_IN = frozenset({LedgerStatus.REQUESTED, LedgerStatus.CONFIRMED})
REGISTERING_ROLES = frozenset({Role.REGISTRAR, Role.ACCEPTOR})


@dataclass(frozen=True)
class Assigned:
    """One assignment of a case, as far as it decides who may know."""

    department_id: int
    handler_id: int | None = None
    lead_official_id: int | None = None
    ended: bool = False
    ended_because: str | None = None

    @property
    def counts(self) -> bool:
        """Whether it lets anybody read: it runs, or it ended with the close-out of the case."""
        return not self.ended or self.ended_because == ENDED_BY_CLOSE_OUT


@dataclass(frozen=True)
class Accused:
    """One 被反映人 or 被反映单位: the user or unit that was matched, or neither, where that is an open question."""

    user_id: int | None = None
    department_id: int | None = None
    status: str | None = SubjectStatus.PROVISIONAL

    @property
    def blocks(self) -> bool:
        """Whether it shuts anybody out: only a decision that it is somebody else lifts it."""
        return self.status != SubjectStatus.CLEARED

    @property
    def asks(self) -> bool:
        """Whether it is open who is meant (待核实): nobody in the system was found, and nobody has decided yet."""
        return self.user_id is None and self.department_id is None and self.status not in DECIDED_SUBJECT


@dataclass(frozen=True)
class Matter:
    """What of one case decides who may see it. `awaits_call`: its petitioner is to be called back (回访).

    `lead_official_id` is who leads it while no unit has it; None while one has, whose assignment names its own.
    Who of the named is masked (只看脱敏件) reads what is told, and not who told it; who visits (紧急查阅) reads for a
    while, and takes no step.
    """

    level: str
    office_id: int
    registered_by_id: int | None = None
    lead_official_id: int | None = None
    assignments: tuple[Assigned, ...] = ()
    accused: tuple[Accused, ...] = ()
    named_reader_ids: frozenset[int] = frozenset()
    masked_reader_ids: frozenset[int] = frozenset()
    visitor_ids: frozenset[int] = frozenset()
    awaits_call: bool = False

    @property
    def counting(self) -> tuple[Assigned, ...]:
        """The assignments that let somebody read."""
        return tuple(assigned for assigned in self.assignments if assigned.counts)

    @property
    def accused_user_ids(self) -> frozenset[int]:
        """The users who are complained of."""
        return frozenset(a.user_id for a in self.accused if a.blocks and a.user_id is not None)

    @property
    def accused_department_ids(self) -> frozenset[int]:
        """The units that are complained of."""
        return frozenset(a.department_id for a in self.accused if a.blocks and a.department_id is not None)

    @property
    def asks(self) -> bool:
        """Whether somebody is named of whom nobody has said yet who it is: until then it goes to no unit."""
        return any(a.asks for a in self.accused)

    @property
    def numbers_closed(self) -> bool:
        """Whether what is issued about it takes numbers of the closed series (内部编号)."""
        return is_closed(self.level, shuts_out=bool(self.accused_user_ids or self.accused_department_ids))


class Denial(StrEnum):
    """What shuts a person out of a case, whatever their rank and whatever was granted."""

    INACTIVE = "inactive"
    NO_CASE_WORK = "no_case_work"
    ACCUSED = "accused"
    OF_ACCUSED_UNIT = "of_accused_unit"
    NOT_NAMED = "not_named"


DENIAL_LABELS: dict[Denial, str] = {
    Denial.INACTIVE: "账号已停用",
    Denial.NO_CASE_WORK: "没有办理信访事项的岗位（系统管理员、安全管理员、审计管理员不看信访内容）",
    Denial.ACCUSED: "本人是被反映人，或者与被反映人同名而未排除",
    Denial.OF_ACCUSED_UNIT: "在被反映单位或者它的下属单位任职",
    Denial.NOT_NAMED: "检举控告件，不在知悉名单上",
}
DENIALS: dict[Denial, Callable[[Reader, Matter], bool]] = {
    Denial.INACTIVE: lambda reader, matter: not reader.active,
    Denial.NO_CASE_WORK: lambda reader, matter: not does_case_work(reader),
    Denial.ACCUSED: lambda reader, matter: reader.user_id in matter.accused_user_ids,
    Denial.OF_ACCUSED_UNIT: lambda reader, matter: bool(reader.chain_ids & matter.accused_department_ids),
    Denial.NOT_NAMED: lambda reader, matter: (
        matter.level == Confidentiality.ACCUSATION and reader.user_id not in matter.named_reader_ids
    ),
}


def concerned(reader: Reader, matter: Matter) -> bool:
    """Return whether the person is complained of in the case, alone or with their unit."""
    return DENIALS[Denial.ACCUSED](reader, matter) or DENIALS[Denial.OF_ACCUSED_UNIT](reader, matter)


class Relation(StrEnum):
    """How a person is concerned with a case."""

    REGISTERED_IT = "registered_it"
    OFFICE_REGISTRAR = "office_registrar"
    OFFICE_DESK = "office_desk"
    OFFICE_SUPERVISOR = "office_supervisor"
    CALLER = "caller"
    HANDLER = "handler"
    UNIT_HEAD = "unit_head"
    UNIT_STAFF = "unit_staff"
    LEAD_OFFICIAL = "lead_official"
    OFFICE_LEAD = "office_lead"
    PRINCIPAL_LEADER = "principal_leader"
    NAMED_READER = "named_reader"
    NAMED_OPENER = "named_opener"


@dataclass(frozen=True)
class Access:
    """One row of the access table: at which levels the relation reads the case, at which it may open identities."""

    relation: Relation
    label: str
    reads: frozenset[Confidentiality]
    opens: frozenset[Confidentiality]


_NONE: frozenset[Confidentiality] = frozenset()
_ORDINARY = frozenset({Confidentiality.ORDINARY})
_UP_TO_SENSITIVE = frozenset({Confidentiality.ORDINARY, Confidentiality.SENSITIVE})
_ACCUSATION = frozenset({Confidentiality.ACCUSATION})
_EVERY = frozenset(Confidentiality)

# 知悉范围表。检举控告只看知悉名单；身份信息的查看每次留痕。
ACCESS: tuple[Access, ...] = (
    Access(Relation.REGISTERED_IT, "登记人本人（仍任登记员或者受理员）", _UP_TO_SENSITIVE, _UP_TO_SENSITIVE),
    Access(Relation.OFFICE_REGISTRAR, "信访部门登记员", _ORDINARY, _NONE),
    Access(Relation.OFFICE_DESK, "信访部门受理员、负责人", _UP_TO_SENSITIVE, _UP_TO_SENSITIVE),
    Access(Relation.OFFICE_SUPERVISOR, "督查员", _UP_TO_SENSITIVE, _NONE),
    Access(Relation.CALLER, "督查员（审核销号、须回访时）", _UP_TO_SENSITIVE, _UP_TO_SENSITIVE),
    Access(Relation.HANDLER, "承办人", _UP_TO_SENSITIVE, _UP_TO_SENSITIVE),
    Access(Relation.UNIT_HEAD, "承办单位负责人", _UP_TO_SENSITIVE, _UP_TO_SENSITIVE),
    Access(Relation.UNIT_STAFF, "承办单位其他人员", _ORDINARY, _NONE),
    Access(Relation.LEAD_OFFICIAL, "领办领导", _UP_TO_SENSITIVE, _UP_TO_SENSITIVE),
    Access(Relation.OFFICE_LEAD, "领办领导（没有承办单位的件）", _UP_TO_SENSITIVE, _UP_TO_SENSITIVE),
    Access(Relation.PRINCIPAL_LEADER, "本地区主要领导", _ORDINARY, _NONE),
    Access(Relation.NAMED_READER, "知悉名单所列人员", _EVERY, _NONE),
    Access(Relation.NAMED_OPENER, "其中不限于脱敏件的人员", _EVERY, _ACCUSATION),
)
# Whose cases are those of whole offices: which.
REGISTERS: dict[Relation, Callable[[Reader], frozenset[int]]] = {
    Relation.OFFICE_REGISTRAR: lambda reader: offices(reader, Role.REGISTRAR),
    Relation.OFFICE_DESK: lambda reader: offices(reader, *DESK_ROLES),
    Relation.OFFICE_SUPERVISOR: lambda reader: area(reader, Role.SUPERVISOR),
    Relation.PRINCIPAL_LEADER: lambda reader: area(reader, Role.PRINCIPAL_LEADER),
}
RELATIONS: dict[Relation, Callable[[Reader, Matter], bool]] = {
    Relation.REGISTERED_IT: lambda reader, matter: (
        reader.user_id == matter.registered_by_id and reader.holds(*REGISTERING_ROLES)
    ),
    Relation.OFFICE_REGISTRAR: lambda reader, matter: matter.office_id in REGISTERS[Relation.OFFICE_REGISTRAR](reader),
    Relation.OFFICE_DESK: lambda reader, matter: matter.office_id in REGISTERS[Relation.OFFICE_DESK](reader),
    Relation.OFFICE_SUPERVISOR: lambda reader, matter: (
        matter.office_id in REGISTERS[Relation.OFFICE_SUPERVISOR](reader)
    ),
    Relation.CALLER: lambda reader, matter: matter.awaits_call and matter.office_id in area(reader, Role.SUPERVISOR),
    Relation.HANDLER: lambda reader, matter: any(
        a.handler_id == reader.user_id and a.department_id in reader.department_ids for a in matter.counting
    ),
    Relation.UNIT_HEAD: lambda reader, matter: any(a.department_id in units_headed(reader) for a in matter.counting),
    Relation.UNIT_STAFF: lambda reader, matter: any(a.department_id in reader.department_ids for a in matter.counting),
    Relation.LEAD_OFFICIAL: lambda reader, matter: (
        reader.holds(*LEAD_ROLES) and any(a.lead_official_id == reader.user_id for a in matter.counting)
    ),
    Relation.OFFICE_LEAD: lambda reader, matter: (
        reader.holds(*LEAD_ROLES) and reader.user_id == matter.lead_official_id
    ),
    Relation.PRINCIPAL_LEADER: lambda reader, matter: matter.office_id in REGISTERS[Relation.PRINCIPAL_LEADER](reader),
    Relation.NAMED_READER: lambda reader, matter: reader.user_id in matter.named_reader_ids,
    Relation.NAMED_OPENER: lambda reader, matter: reader.user_id in matter.named_reader_ids - matter.masked_reader_ids,
}


def offices(reader: Reader, *roles: Role) -> frozenset[int]:
    """Return the offices whose cases are before the person's posts of these roles in a petition office (信访部门)."""
    return frozenset[int]().union(
        *(
            post.scope_ids
            for post in reader.posts
            if post.role in roles and post.department_kind == DepartmentKind.PETITION_OFFICE
        )
    )


def registers_read(reader: Reader) -> frozenset[int]:
    """Return the offices whose register the person reads as a whole: all of its ordinary matters."""
    return frozenset[int]().union(*(whose(reader) for whose in REGISTERS.values()))


def hands_out(reader: Reader) -> frozenset[int]:
    """Return the offices whose matters the person classifies and gives out (分类、交办)."""
    return offices(reader, *DESK_ROLES)


def units_headed(reader: Reader) -> frozenset[int]:
    """Return the departments that the person heads (承办单位负责人)."""
    return frozenset(post.department_id for post in reader.posts if post.role is Role.DEPARTMENT_HEAD)


def denial(reader: Reader, matter: Matter) -> Denial | None:
    """Return what shuts the person out, or None."""
    return next((name for name, holds in DENIALS.items() if holds(reader, matter)), None)


def relations(reader: Reader, matter: Matter) -> frozenset[Relation]:
    """Return how the person is concerned with the case, before anything is denied."""
    return frozenset(name for name, holds in RELATIONS.items() if holds(reader, matter))


def may_see(reader: Reader, matter: Matter) -> bool:
    """Return whether the person may see the case at all; every page, list, count, export and notice asks this."""
    if denial(reader, matter):
        return False
    return any(matter.level in row.reads and RELATIONS[row.relation](reader, matter) for row in ACCESS)


ONLY_VISITS = "您是紧急查阅，只能看，不能办理本件。"


def only_visits(reader: Reader, matter: Matter) -> bool:
    """Return whether the person sees the case only for a while (紧急查阅): they read, and others act."""
    if reader.user_id not in matter.visitor_ids:
        return False
    staying = replace(matter, named_reader_ids=matter.named_reader_ids - {reader.user_id}, visitor_ids=frozenset())
    return not may_see(reader, staying)


def may_open_identity(reader: Reader, matter: Matter) -> bool:
    """Return whether the person may open petitioners' names, numbers and addresses; for others they stay masked."""
    if not may_see(reader, matter):
        return False
    return any(matter.level in row.opens and RELATIONS[row.relation](reader, matter) for row in ACCESS)
