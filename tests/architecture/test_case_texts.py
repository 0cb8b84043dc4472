"""Every text that is kept of a matter is enclosed where the matter is closed, or it is said why it need not be."""

from collections.abc import Iterator

import pytest
from sqlalchemy import JSON, Column, Integer, MetaData, String, Table

from tracker.cases.record.models import Case
from tracker.core.database import Base
from tracker.core.enclosing import CaseFacts, CaseText

CODE = "a code, or words of the program, none of anybody"
KEY = "a random or keyed value"
STAFF = "who of the staff did it, and in which unit"
EXEMPT = {
    CODE: {
        *("accused_party.status", "act_draft.act", "act_draft.outcome", "assignment.ended_because", "assignment.mode"),
        *(
            "assignment.track",
            "case_request.kind",
            "assignment.validity_result",
            "audit_event.kind",
            "call_back.satisfaction",
        ),
        *("case_document.ground", "case_document.kind", "case_document.service_method", "case_step.action"),
        *("case_step.from_ledger", "case_step.from_status", "case_step.to_ledger", "case_step.to_status"),
        *("checklist_tick.item", "close_out_decision.station", "deadline.ended_by", "deadline.kind"),
        *("deadline.subject", "deadline.unit", "demand_point.result", "discipline_transfer.forwarded_to"),
        *("escalation.level", "escalation.rung", "escalation.skipped_because", "escalation.state"),
        *("escalation.subject", "instruction.subject", "leader_report.organs", "look_back.result"),
        *("named_reader.because", "notice.dropped_because", "notice.source", "notice.subject", "notice.told"),
        *("order_draft.kind", "order_draft.signer", "order_draft.subject", "petition_case.channel"),
        *("petition_case.election_stage", "petition_case.election_type", "petition_case.ledger_status"),
        *("petition_case.level", "petition_case.matter_class", "petition_case.purpose", "petition_case.result"),
        *("petition_case.route", "petition_case.status", "petition_case.urgency", "petitioner.kind"),
        *("recounted_clock.state", "review.kind", "review.result", "review.service_method"),
        *("supervision_order.kind", "supervision_order.subject", "attachment.media_type", "notice.key"),
    },
    KEY: {
        *(
            "accused_party.name_key",
            "attachment.public_id",
            "case_request.public_id",
            "attachment.sha256",
            "case_document.public_id",
        ),
        *("deadline.public_id", "draft.public_id", "draft.token", "instruction.public_id", "notice.public_id"),
        *("order_draft.public_id", "petition_case.public_id", "petitioner.identity_key"),
        *("petitioner.name_key", "petitioner.phone_key", "recounted_case.seal", "recounted_clock.seal"),
        *("supervision_order.public_id", "audit_event.request_id", "village_link.public_id", "query_code.code_key"),
        "case_sponsorship.public_id",
        # Only a matter with an open number is linked, and of one that turns that number stays known.
        "village_link.register_no",
    },
    STAFF: {
        *("audit_event.actor_role", "case_document.signer", "case_document.signer_post", "case_step.actor_name"),
        "case_step.actor_unit",
    },
    "a number of a closed series tells nothing (内部编号)": {
        *("petition_case.register_no", "supervision_order.number", "transferred_number.number")
    },
    "the address of a page, of random identifiers": {"draft.address"},
    "a hash of what an imported row said, no words": {"petition_case.import_key"},
    "which machine wrote the line": {"audit_event.node"},
}


def plain_texts(metadata: MetaData) -> Iterator[str]:
    """Yield the columns of what belongs to a matter in which text stands as it is."""
    for table in metadata.sorted_tables:
        if "case_id" in table.c or table.name == Case.__tablename__:
            for column in table.c:
                if isinstance(column.type, String | JSON) and not isinstance(column.type, CaseText | CaseFacts):
                    yield f"{table.name}.{column.name}"


def test_every_text_of_a_matter_is_enclosed_or_exempt_with_a_reason() -> None:
    exempt = set[str]().union(*EXEMPT.values())
    found = set(plain_texts(Base.metadata))
    assert sorted(found - exempt) == [], "enclose it (`core.enclosing.CaseText`), or say why not"
    assert sorted(exempt - found) == [], "no longer there, or enclosed: say nothing about it"


def test_each_is_known_by_its_own_name() -> None:
    """The name is the associated data: what is moved to another column is not read there."""
    texts = [c for t in Base.metadata.sorted_tables for c in t.c if isinstance(c.type, CaseText | CaseFacts)]
    assert [f"{c.table.name}.{c.name}" for c in texts] == [c.type.context for c in texts]  # type: ignore[union-attr]


@pytest.mark.parametrize(("kind", "wrong"), [(String(40), True), (JSON(), True), (CaseText("new.words"), False)])
def test_a_new_text_is_noticed(kind: object, wrong: bool) -> None:
    sample = MetaData()
    Table("new", sample, Column("id", Integer), Column("case_id", Integer), Column("words", kind))  # type: ignore[arg-type]
    assert list(plain_texts(sample)) == (["new.words"] if wrong else [])
