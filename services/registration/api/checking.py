"""`?check=true`: what publishing a policy or replacing the vendor document would answer, with nothing kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from fastapi import Request
from starlette.responses import Response

from services.registration.api.answers import answer
from services.registration.api.edge import edge_of
from services.registration.api.errors import WouldBeRefused
from services.registration.api.writing import Read
from services.registration.directory.reading import Standing
from services.registration.intake.submission import Submission
from shared.credentials import Caller
from shared.errors import FieldProblem
from shared.events.program import ProgramPublished
from shared.events.vendor import VendorConfigured, VendorDocument
from shared.http.problems import RequestInvalid
from shared.http.wire.fields import WirePart
from shared.http.wire.off_loop import in_thread
from shared.messages import Words, language, negotiated
from shared.policy.publication import Refusal, configuring, publishing
from shared.policy.references import known_names, retired_products
from shared.policy.schema import Policy
from shared.values.written import written_json

NO_KEY = ""
"""Nothing is kept under a key, so none is asked for."""
POSITION = "Dealreg-Position"
"""The header that names the vendor's last entry that the answer knows."""


class WouldPublish(WirePart):
    """Nothing speaks against it, and nothing was kept. The same request without `check` publishes it."""

    program: str | None = None
    version: int | None = None
    takes_effect: str | None = None
    position: int


def asks_to_check(request: Request) -> bool:
    """Read whether the request only asks what its answer would be; raise `RequestInvalid` for any other word."""
    asked = request.query_params.get("check", "false")
    if asked not in ("true", "false"):
        raise RequestInvalid([FieldProblem("check", "field.choice", "must be true or false")])
    return asked == "true"


async def check(request: Request, caller: Caller, read: Read) -> Response:
    """Answer what the write would come to, as far as the directory knows; raise what it would be refused with."""
    submission = await in_thread(read)
    standing = await edge_of(request).directory.standing(caller.vendor)
    request.state.answer_headers = {**request.state.answer_headers, POSITION: str(standing.position)}
    found = await in_thread(lambda: _refusals(submission, standing))
    if found:
        raise _refused(request, found)
    event = submission.event({})
    told: dict[str, Any] = {"position": standing.position}
    if isinstance(event, ProgramPublished):
        told |= {
            "program": event.program, "version": event.number, "takes_effect": event.policy["effective_from"],
        }  # fmt: skip
    return answer(request, told)


def _refusals(submission: Submission, standing: Standing) -> Sequence[Refusal]:
    if standing.mode is None:
        return (Refusal("vendor.unknown", "", status=404),)
    importing = submission.recorded_at is not None
    if importing != (standing.mode == "importing"):
        return (Refusal("vendor.live" if importing else "vendor.importing", "", status=409),)
    document = VendorDocument.model_validate_json(written_json(standing.document))
    event = submission.event({})
    if isinstance(event, VendorConfigured):
        listed = standing.retired | {one.product: one.line for one in document.products}
        retired = retired_products(listed, event.document)
        known = known_names(event.document, retired_lines=retired.values())
        return configuring(_published(standing), known)
    assert isinstance(event, ProgramPublished)
    known = known_names(document, retired_lines=standing.retired.values())
    policy = Policy.model_validate_json(written_json(event.policy))
    newest = max(standing.programs.get(event.program, {}), default=0)
    return publishing(policy, newest=newest, known=known, clock=submission.recorded_at or datetime.now(UTC))


def _published(standing: Standing) -> list[tuple[str, int, Policy]]:
    return [
        (program, number, Policy.model_validate_json(written_json(policy)))
        for program, versions in standing.programs.items()
        for number, policy in sorted(versions.items())
    ]


def _refused(request: Request, found: Sequence[Refusal]) -> WouldBeRefused:
    words = Words(language(negotiated(request.headers.get("accept-language"))))
    problems = [
        FieldProblem(one.field, one.code, words.refusal({"code": one.code, "field": one.field, "params": one.params}))
        for one in found
    ]
    return WouldBeRefused(found[0].status, found[0].code, problems)
