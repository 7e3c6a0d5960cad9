"""What a partner may read of each event: nothing marked for the vendor, nothing of a rival (G10)."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from pydantic import BaseModel

from services.projections.views.audience import hidden_from_partners, own_subjects, reader_of, redacted
from shared.events import conflict as c
from shared.events import customer as cu
from shared.events import held as h
from shared.events import opportunity as o
from shared.events import registration as r
from shared.events import vendor as v
from shared.events.base import VENDOR_ONLY, Finding, Need
from shared.events.codec import for_partner
from shared.events.registry import EVENTS
from shared.events.sealed import Sealed
from shared.messages import Words
from shared.policy.clauses import CLAUSES
from tests.journals import message

OWNERS = {
    "registration:reg_mine": "acme",
    "registration:reg_rival": "rival",
    "opportunity:opp_mine": "acme",
    "opportunity:opp_rival": "rival",
}
FINDINGS = (
    Finding(
        clause="exclusivity", outcome="failed", code="exclusivity", inputs={"keys": ["tax_id:1"]},
        rivals=("reg_rival",), rival_count=1,
    ),
)  # fmt: skip
OPPONENT = c.Opponent(registration="reg_rival", partner="rival", keys=("tax_id:1",), products=("GTX",))


def owner_of(subject: str) -> str | None:
    return OWNERS.get(subject)


EVENTS_OF_ACME = (
    r.RegistrationHeld(
        findings=FINDINGS, registration="reg_mine", reason="conflict", behind=("reg_rival",),
        lookalikes=("reg_rival",),
    ),
    c.ConflictDetected(findings=FINDINGS, conflict="con_1", registration="reg_mine", opponents=(OPPONENT,)),
    h.AmendmentHeld(
        findings=FINDINGS, registration="reg_mine", patch=r.Patch(products=("GTX",)), fields=("products",),
        products=("GTX",), keys=("tax_id:1",), opponents=(OPPONENT,), lookalikes=("reg_rival",),
    ),
    o.OpportunityLinked(
        opportunity="opp_mine", registration="reg_mine", previous="reg_rival", by="person"
    ),
    o.OpportunityClassified(
        opportunity="opp_mine", registration="reg_mine", case="breach", holder="reg_rival"
    ),
    message(o.OpportunityChanged, "opp_mine", partner="rival", registration="reg_rival"),
    r.ReviewDecided(registration="reg_mine", verdict="reject", code="other", note=Sealed(person="rival", box="QUJD")),
    v.FactRefused(
        fact="f1", fact_type="registration.submitted", status=422, code="product.unknown", errors=(),
        touches=("partner:acme", "registration:reg_mine", "registration:reg_rival"),
    ),
)  # fmt: skip


@pytest.mark.parametrize("event", EVENTS_OF_ACME, ids=lambda event: event.type)
def test_its_own_entry_names_no_rival(event: Any) -> None:
    assert reader_of(event, owner_of) == "acme"
    content = orjson.dumps(redacted(event, "acme", owner_of)).decode()
    assert "rival" not in content.replace('"rivals"', "")
    assert "rivals" not in content
    assert "rival" not in " ".join(own_subjects(event, event.subjects(), "acme", owner_of))


@pytest.mark.parametrize(
    "event",
    [
        r.CustomerMatchDecided(registration="reg_mine", other="reg_rival", same=True),
        cu.CustomerMatchRevoked(registration="reg_mine", other="reg_rival"),
        cu.CustomerMerged(customer=r.Customer(legal_name="Mine"), other_customer=r.Customer(legal_name="Rival's")),
        v.FactRefused(
            fact="f1", fact_type="customer.match_revoked", status=409, code="match.not_decided",
            errors=(), touches=("registration:reg_mine", "registration:reg_rival"),
        ),
        c.ConflictDetected(
            conflict="con_1", registration="reg_rival",
            opponents=(c.Opponent(registration="reg_mine", partner="acme", keys=("k",), products=("p",)),),
        ),
        r.RegistrationHeld(registration="reg_rival", reason="conflict", behind=("reg_mine",)),
        o.OpportunityLinked(
            opportunity="opp_rival", registration="reg_rival", previous="reg_mine", by="person"
        ),
        message(o.OpportunityWon, "opp_rival"),
        message(o.OpportunityCreated, "opp_nobody", partner="acme"),
        v.FactRefused(
            fact="f1", fact_type="registration.withdrawn", status=404, code="registration.unknown",
            errors=(), touches=("registration:reg_mine",),
        ),
        v.VendorConfigured(document=v.VendorDocument()),
        v.ClockTicked(),
    ],
    ids=lambda event: event.type,
)  # fmt: skip
def test_what_is_about_others_is_not_its_to_read(event: Any) -> None:
    assert reader_of(event, owner_of) != "acme"


@pytest.mark.parametrize("event", EVENTS_OF_ACME, ids=lambda event: event.type)
def test_what_is_hidden_is_what_the_codec_hides(event: Any) -> None:
    assert redacted(event, "acme", owner_of).keys() <= for_partner(event).keys()


def test_every_field_marked_for_the_vendor_is_left_out_however_deep() -> None:
    def marked(part: type[BaseModel], hidden: Any) -> int:
        count = 0
        for name, field in part.model_fields.items():
            extra = field.json_schema_extra
            if isinstance(extra, dict) and extra.get("audience") == VENDOR_ONLY["audience"]:
                assert hidden[name] is True
                count += 1
        return count

    found = sum(marked(event, hidden_from_partners(event)) for event in EVENTS.values())
    assert found >= 4
    findings = hidden_from_partners(r.RegistrationApproved)["findings"]
    assert findings == {"__all__": {"rivals": True, "rival_count": True}}


@pytest.mark.parametrize("clause", CLAUSES)
def test_of_every_clause_its_claimant_reads_its_own_inputs_and_needs_alone(clause: str) -> None:
    marks = {**CLAUSES[clause], "undeclared": "vendor"}
    held = Finding(
        clause=clause, outcome="failed", code=clause, inputs={name: f"secret of {name}" for name in marks},
        needs=tuple(Need(input=name, operator="is", value=f"need of {name}") for name in marks),
        rivals=("reg_rival",), rival_count=7,
    )  # fmt: skip
    event = r.RegistrationHeld(registration="reg_mine", reason="review", findings=(held,))
    [shown] = redacted(event, "acme", owner_of)["findings"]
    own = {name for name, mark in marks.items() if mark == "own"}
    assert shown.get("inputs", {}).keys() == own
    assert {one["input"] for one in shown.get("needs", ())} == own
    assert shown.keys() <= {"clause", "outcome", "code", "inputs", "needs"}
    # The vendor's own people read all of it.
    [whole] = Words().findings(event.model_dump(mode="json"))
    assert (whole["inputs"].keys(), whole["rivals"], whole["rival_count"]) == (marks.keys(), ["reg_rival"], 7)
    assert "rivals" not in Words(partner="acme").findings({"findings": [shown]})[0]
