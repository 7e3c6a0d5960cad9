"""`POST /v1/scenarios`: scenarios run against a policy that is not published, as `dealreg policy test` does."""

from __future__ import annotations

from typing import Any, Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from services.attribution.api.described import trial
from services.attribution.api.parts import checks_of
from services.attribution.scenarios.reading import MAX_FILE_BYTES
from services.attribution.standing import document_of
from shared.credentials.dependency import authenticate
from shared.http.wire.body import JSON, read_model
from shared.http.wire.fields import WirePart
from shared.policy.reading import MAX_POLICY_BYTES
from shared.values.written import written_json

router = APIRouter(tags=["vendor, partners and programs"])
MAX_BODY_BYTES = 6 * (MAX_POLICY_BYTES + MAX_FILE_BYTES)
"""JSON may write each letter of a text as an escape of six."""


class Trial(WirePart):
    """A policy and the scenarios to run against it, as texts in YAML."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "policy": "program: hunting\nversion: 2\nprotection: {days: 60}\n",
                "scenarios": "topic: sixty days\npartners: [A]\ncustomers: {nile: {legal_name: Nile Trading}}\n"
                "scenarios:\n- name: protected at once\n  when:\n"
                "  - registration.submitted: {registration: a, partner: A, customer: nile, products: [X]}\n"
                "  then: {states: {a: protected}}\n",
            }
        }
    )

    policy: str = Field(max_length=MAX_POLICY_BYTES, description="The policy's text; scenarios call it `policy.yaml`.")
    scenarios: str = Field(
        max_length=MAX_FILE_BYTES,
        description="A scenario file. Where it names no policy and no vendor document, the policy sent counts, "
        "and the vendor document in force, which scenarios call `vendor.yaml`.",
    )


class ScenarioShown(BaseModel):
    """How one scenario came out."""

    file: str
    line: int = Field(description="Where it begins.")
    name: str
    status: Literal["passed", "failed", "pending"]
    pending: str | None = Field(description="What it waits for, where it says so itself.")
    failures: list[str] = Field(description="Each thing that is otherwise than it says, with its place. At most 20.")
    facts: int


class CoverageShown(BaseModel):
    """The clauses that decisions applied, and the parameters that policies state."""

    clauses: dict[str, list[str]] = Field(description="By clause: how it came out.")
    parameters: list[str]


class TrialReport(BaseModel):
    """How the scenarios came out. The same as `dealreg policy test --json` prints."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "scenarios": [
                    {"file": "scenarios.yaml", "line": 5, "name": "protected at once", "status": "passed",
                     "pending": None, "failures": [], "facts": 1}
                ],
                "counts": {"passed": 1, "failed": 0, "pending": 0},
                "waiting": {},
                "facts": 1,
                "seconds": 0.012,
                "coverage": {"clauses": {"protection.days": ["passed"]}, "parameters": ["protection.days"]},
            }
        }
    )  # fmt: skip

    scenarios: list[ScenarioShown]
    counts: dict[str, int] = Field(description="How many `passed`, `failed`, and are `pending`.")
    waiting: dict[str, int] = Field(description="By what pending scenarios wait for.")
    facts: int
    seconds: float
    coverage: CoverageShown


@router.post("/v1/scenarios", summary="How scenarios come out under a policy", **trial(Trial, TrialReport))
async def run_scenarios(request: Request) -> Response:
    """Run scenarios against a policy before it is published. Nothing is kept, and no deal is read.

    They are decided in memory by the decider that decides deals, within 20 seconds. The request takes no
    `Idempotency-Key`.
    """
    caller = await authenticate(request)
    caller.need("program:admin")
    asked = await read_model(request, Trial, MAX_BODY_BYTES)
    checks = checks_of(request)
    document = await document_of(checks.pool, caller.vendor)
    found: dict[str, Any] = await checks.trials.run(
        asked.policy, asked.scenarios, document.model_dump(mode="json", exclude_defaults=True)
    )
    return Response(written_json(found), 200, {"Cache-Control": "no-store", **request.state.answer_headers}, JSON[0])
