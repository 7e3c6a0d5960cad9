"""`?check=true`: what publishing a policy or replacing the vendor document would answer, with nothing kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Literal

from fastapi import Request
from pydantic import Field
from starlette.responses import Response

from services.registration.api.answers import answer
from services.registration.api.edge import edge_of
from services.registration.api.errors import WouldBeRefused
from services.registration.api.writing import Read, ReadPlaces
from services.registration.directory.reading import Standing, in_force
from services.registration.intake.submission import Submission
from shared.credentials import Caller
from shared.errors import FieldProblem, RequestInvalid
from shared.events.program import ProgramPublished
from shared.events.vendor import VendorConfigured, VendorDocument
from shared.http.wire.fields import WirePart
from shared.http.wire.off_loop import in_thread
from shared.messages import Language, Words, language, negotiated
from shared.messages.documents import sentence
from shared.policy.differences import Difference, differences
from shared.policy.publication import Refusal, configuring, publishing
from shared.policy.reading import Places
from shared.policy.references import known_names, retired_products
from shared.policy.refused import Place
from shared.policy.schema import Policy
from shared.values.written import written_json

NO_KEY = ""
"""Nothing is kept under a key, so none is asked for."""
POSITION = "Dealreg-Position"
"""The header that names the vendor's last entry that the answer knows."""


class DifferenceShown(WirePart):
    """One parameter that would be otherwise than published."""

    path: str
    kind: Literal["added", "removed", "changed", "members", "order"]
    before: Any
    after: Any
    sentence: str


class WouldPublish(WirePart):
    """Nothing speaks against it, and nothing was kept. The same request without `check` publishes it."""

    program: str | None = None
    version: int | None = None
    takes_effect: str | None = None
    against: int | None = Field(
        default=None,
        description="The version that it is compared with: the one in force, or the last one if none is. Null for a "
        "program's first version, and for the vendor document, which is compared with the one that counts.",
    )
    differences: list[DifferenceShown] = Field(
        default=[], description="What it says otherwise, defaults filled in on both sides. At most 1,000."
    )
    position: int


def asks_to_check(request: Request) -> bool:
    """Read whether the request only asks what its answer would be; raise `RequestInvalid` for any other word."""
    asked = request.query_params.get("check", "false")
    if asked not in ("true", "false"):
        raise RequestInvalid([FieldProblem("check", "field.choice", "must be true or false")])
    return asked == "true"


async def check(request: Request, caller: Caller, read: Read, places: ReadPlaces | None = None) -> Response:
    """Answer what the write would come to, as far as the directory knows; raise what it would be refused with.

    `places` says where the parameters of a policy's text stand.
    """
    submission = await in_thread(read)
    standing = await edge_of(request).directory.standing(caller.vendor)
    request.state.answer_headers = {**request.state.answer_headers, POSITION: str(standing.position)}
    found = await in_thread(lambda: _refusals(submission, standing))
    said = language(negotiated(request.headers.get("accept-language")))
    if found:
        raise _refused(said, found, await in_thread(places) if places is not None else {})
    event = submission.event({})
    told: dict[str, Any] = {"position": standing.position}
    if isinstance(event, ProgramPublished):
        told |= {
            "program": event.program, "version": event.number, "takes_effect": event.policy["effective_from"],
            **await _against(request, caller, event, said),
        }  # fmt: skip
    elif isinstance(event, VendorConfigured):
        before = VendorDocument.model_validate_json(written_json(standing.document))
        told |= {"against": None, "differences": _shown(differences(before, event.document), said)}
    request.state.answer_headers |= {"Content-Language": said.tag}
    return answer(request, told)


async def _against(request: Request, caller: Caller, event: ProgramPublished, said: Language) -> dict[str, Any]:
    """What the policy says otherwise than the version in force, or than the last one if none is."""
    versions = (await edge_of(request).directory.programs(caller.vendor, event.program)).get(event.program, [])
    published = in_force(versions) or (versions[-1] if versions else None)
    if published is None:
        return {"against": None, "differences": []}
    before, after = (Policy.model_validate_json(written_json(one)) for one in (published["policy"], event.policy))
    return {"against": published["number"], "differences": _shown(differences(before, after), said)}


def _shown(found: Sequence[Difference], said: Language) -> list[dict[str, Any]]:
    return [{**one._asdict(), "sentence": sentence(one, said)} for one in found]


def _refusals(submission: Submission, standing: Standing) -> Sequence[Refusal]:
    if standing.mode is None:
        return (Refusal("vendor.unknown", "", status=404),)
    importing = submission.recorded_at is not None
    if standing.mode != "sandbox" and importing != (standing.mode == "importing"):
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
    clock = submission.recorded_at or datetime.now(UTC)
    return publishing(policy, newest=newest, known=known, calendars=document.calendars, clock=clock)


def _published(standing: Standing) -> list[tuple[str, int, Policy]]:
    return [
        (program, number, Policy.model_validate_json(written_json(policy)))
        for program, versions in standing.programs.items()
        for number, policy in sorted(versions.items())
    ]


def _refused(said: Language, found: Sequence[Refusal], places: Places) -> WouldBeRefused:
    words = Words(said)
    problems = []
    for one in found:
        content = words.refusal({"code": one.code, "field": one.field, "params": one.params})
        place = _place_of(one.field.removeprefix("policy."), places)
        where = (place.line, place.column) if place is not None else ()
        problems.append(FieldProblem(one.field, one.code, content, *where))
    return WouldBeRefused(found[0].status, found[0].code, problems, said.tag)


def _place_of(path: str, places: Places) -> Place | None:
    """Where the parameter stands, or the nearest one around it."""
    while path and path not in places:
        path = path.rpartition(".")[0]
    return places.get(path)
