"""Routes that read program templates and presets: policies to begin a program with."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Request
from pydantic import Field
from starlette.responses import Response

from services.registration.api.answers import answer
from services.registration.api.directory import Reader
from services.registration.api.documents import plain_spec
from services.registration.api.edge import edge_of
from services.registration.api.errors import TemplateNotFound, VendorAlone
from services.registration.directory.reading import Standing
from shared.events.vendor import VendorDocument
from shared.http.wire.fields import WirePart
from shared.http.wire.off_loop import in_thread
from shared.http.wire.parameters import PathIdentity
from shared.policy.reading import read_policy, read_vendor
from shared.policy.references import SECTIONS, Kind, known_names, references
from shared.program_templates.folder import Template, every
from shared.program_templates.header import Source
from shared.values.written import written_json

_VENDOR_ONLY: dict[int, tuple[str, ...]] = {403: ("credential.vendor_only",)}


class SourceShown(WirePart):
    """One piece of public material that a preset is modelled on."""

    text: str
    grade: Literal["first-party", "first-party, in part", "third party"] = Field(
        description="Who tells the rule: the vendor; the vendor, in text of which only a part was read; somebody else."
    )
    url: str | None


class TemplateListed(WirePart):
    """A template, or a preset: a template that is modelled on a public program."""

    name: str
    kind: Literal["template", "preset"]
    about: str = Field(description="What it is, in English; of a preset the public program that it is modelled on.")
    year: int | None = Field(description="Of a preset: when its material was current; null if that is not known.")
    sources: list[SourceShown] = Field(description="Of a preset: the public material.")
    scenarios: int = Field(description="Scenarios that test it, with those that wait.")
    pending: int = Field(description="Scenarios that wait for what the policy language does not have yet.")


class TemplateList(WirePart):
    """Every template, then every preset, each ordered by name."""

    templates: list[TemplateListed]


class LackingShown(WirePart):
    """A name that the policy rests on, and that the vendor's own document does not have."""

    kind: Kind
    name: str
    section: str = Field(description="The part of the vendor document that would list it.")
    field: str = Field(description="The first parameter of the policy that names it.")


class TemplateShown(TemplateListed):
    """A template or preset with its texts, beside what the vendor's own document lacks for it."""

    policy: str = Field(description="The policy's text in YAML; its program is called as the template is.")
    vendor_document: str = Field(description="A vendor document in YAML that has every name the other texts use.")
    scenario_file: str = Field(
        description="Scenarios in YAML; they call the policy `policy.yaml` and the vendor document `vendor.yaml`."
    )
    rules: list[str] = Field(description="Of a preset: what its material says, in our words.")
    assumed: list[str] = Field(
        description="Of a preset: what its material leaves open, and what the preset says there."
    )
    missing: dict[str, str] = Field(
        description="Of a preset: what the policy language does not have yet, each with the rule that waits for it."
    )
    lacking: list[LackingShown] = Field(
        description="What `POST /v1/programs` would refuse as unknown if the policy were sent as it stands."
    )
    document_fits: bool = Field(
        description="Whether the scenarios come out under the vendor's own document as under `vendor_document`: it has "
        "the same partner types and tiers, and every other name, with the same meaning."
    )


async def _of_the_vendor(reader: Reader) -> str:
    """The vendor whose person asks; raise `VendorAlone` for a partner's."""
    if reader.partner is not None:
        raise VendorAlone("templates are for who writes programs; use a credential of the vendor")
    return reader.vendor


Vendor = Annotated[str, Depends(_of_the_vendor)]

router = APIRouter(tags=["directory"])


@router.get("/v1/program-templates", **plain_spec(None, 200, TemplateList, _VENDOR_ONLY))
async def list_program_templates(request: Request, vendor: Vendor) -> Response:
    """List the templates and presets that a program can begin with. For the vendor only."""
    found = await in_thread(every)
    return answer(request, {"templates": [_listed(one) for one in found.values()]})


@router.get(
    "/v1/program-templates/{name}",
    **plain_spec(None, 200, TemplateShown, {404: ("template.not_found",), 422: ("request.invalid",), **_VENDOR_ONLY}),
)
async def read_program_template(request: Request, vendor: Vendor, name: PathIdentity) -> Response:
    """Read a template or preset: its policy, vendor document and scenarios as texts. For the vendor only.

    Give the program a name of your own, send the policy to `POST /v1/programs?check=true`, and publish it.
    """
    found = (await in_thread(every)).get(name)
    if found is None:
        raise TemplateNotFound(f"there is no program template {name}; GET /v1/program-templates lists them")
    standing = await edge_of(request).directory.standing(vendor)
    return answer(request, await in_thread(lambda: _shown(found, standing)))


def _listed(one: Template) -> dict[str, Any]:
    header = one.header
    year = header.year if header is not None else None
    return {
        "name": one.name,
        "kind": one.kind,
        "about": one.about,
        "year": year if isinstance(year, int) else None,
        "sources": [_source(source) for source in header.sources] if header is not None else [],
        "scenarios": one.scenario_count,
        "pending": one.pending_count,
    }


def _source(one: Source) -> dict[str, Any]:
    return one.model_dump(mode="json")


def _shown(one: Template, standing: Standing) -> dict[str, Any]:
    header = one.header
    own = VendorDocument.model_validate_json(written_json(standing.document))
    return {
        **_listed(one),
        "policy": one.policy,
        "vendor_document": one.vendor,
        "scenario_file": one.scenarios,
        "rules": list(header.rules) if header is not None else [],
        "assumed": list(header.assumed) if header is not None else [],
        "missing": header.missing if header is not None else {},
        "lacking": _lacking(one, own, standing),
        "document_fits": fits(own, read_vendor(one.vendor.encode())[0]),
    }


def _lacking(one: Template, own: VendorDocument, standing: Standing) -> list[dict[str, Any]]:
    """Each name once that the policy rests on and the vendor's document does not have."""
    known = known_names(own, retired_lines=standing.retired.values())
    found: dict[tuple[Kind, str], dict[str, Any]] = {}
    for path, kind, name in references(read_policy(one.policy.encode())):
        if name not in known[kind]:
            told = {"kind": kind, "name": name, "section": SECTIONS[kind].field, "field": path}
            found.setdefault((kind, name), told)
    return list(found.values())


def fits(own: VendorDocument, template: VendorDocument) -> bool:
    """Whether scenarios written for the template's document come out alike under the vendor's own.

    Types and tiers must be the same, since a scenario's partner that states none has the usual one of those listed.
    """
    lines = {one.product: one.line for one in own.products}
    return (
        own.partner_types == template.partner_types
        and own.tiers == template.tiers
        and own.territories == template.territories
        and set(template.scores) <= set(own.scores)
        and set(template.certifications) <= set(own.certifications)
        and template.calendars.items() <= own.calendars.items()
        and all(lines.get(one.product) == one.line for one in template.products)
        and template.spellings().items() <= own.spellings().items()
    )
