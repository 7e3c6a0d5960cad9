"""Templates and presets over the API: what each is and says, and what the vendor's own document lacks for it."""

from __future__ import annotations

from typing import Any

import pytest

from services.attribution.scenarios.reading import read_scenarios
from services.registration.api.program_templates import fits
from shared.events.base import Event
from shared.events.vendor import Product, VendorConfigured, VendorCreated, VendorDocument
from shared.policy.reading import read_policy, read_vendor
from shared.program_templates.folder import every, headers, names, presets
from tests.integration.registration.conftest import Edge
from tests.integration.registration.test_directory import entries, fold

LIST = "/v1/program-templates"


async def read(edge: Edge, path: str, key: dict[str, str]) -> Any:
    answer = await edge.client.get(path, headers=key)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def house(edge: Edge, document: VendorDocument) -> dict[str, str]:
    """A vendor with this document; returns a key of its people."""
    events: list[Event] = [VendorCreated(name="Acme", mode="importing"), VendorConfigured(document=document)]
    await fold(edge.pool, entries(events))
    return await edge.key("pipeline:read")


async def test_every_template_and_preset_is_listed_with_what_it_is(edge: Edge) -> None:
    found = (await read(edge, LIST, await edge.key("pipeline:read")))["templates"]
    assert [one["name"] for one in found] == [*names(), *presets()]
    by_name = {one["name"]: one for one in found}
    assert by_name["referral"] == {
        "name": "referral", "kind": "template", "year": None, "sources": [], "scenarios": 7, "pending": 0,
        "about": "Anybody may refer a deal; the vendor or a reseller delivers it, and the referrer earns a fee.",
    }  # fmt: skip
    hunting = by_name["cisco-hunting-2015"]
    assert (hunting["kind"], hunting["year"], hunting["scenarios"], hunting["pending"]) == ("preset", 2015, 9, 1)
    assert hunting["about"] == "Cisco's Opportunity Incentive Program (Hunting), training deck of April 2015"
    [source] = hunting["sources"]
    assert (source["grade"], source["url"][:26]) == ("first-party", "https://fdocuments.in/docu")
    assert by_name["trend"]["year"] is None, "undated"
    for one in found:
        text = every()[one["name"]].scenarios
        scenarios = read_scenarios(one["name"], text.encode(), lambda _: b"").scenarios
        waiting = sum(scenario.text.pending is not None for scenario in scenarios)
        assert (one["scenarios"], one["pending"]) == (len(scenarios), waiting), one["name"]


async def test_each_can_be_read_whole(edge: Edge) -> None:
    key = await edge.key("pipeline:read")
    for name in (*names(), *presets()):
        one = await read(edge, f"{LIST}/{name}", key)
        assert read_policy(one["policy"].encode()).program == name
        assert read_vendor(one["vendor_document"].encode())[0].products
        assert "policy: policy.yaml\nvendor: vendor.yaml\n" in one["scenario_file"]
        header = headers().get(name)
        assert one["missing"] == (header.missing if header else {})
        assert one["assumed"] == (list(header.assumed) if header else [])
        assert one["rules"] == (list(header.rules) if header else [])


async def test_it_says_what_the_vendors_own_document_lacks(edge: Edge) -> None:
    own = VendorDocument(products=(Product(product="X", line="hardware"),), partner_types=("reseller",))
    key = await house(edge, own)
    teaming = await read(edge, f"{LIST}/teaming", key)
    assert teaming["lacking"] == [
        {"kind": "partner_type", "name": "integrator", "section": "partner_types",
         "field": "eligibility.partner_types.0"},
        {"kind": "tier", "name": "gold", "section": "tiers", "field": "eligibility.min_tier"},
    ]  # fmt: skip
    reseller = await read(edge, f"{LIST}/simple-reseller", key)
    assert (reseller["lacking"], reseller["document_fits"]) == ([], False), "its scenarios name other products"


@pytest.mark.parametrize("name", [*names(), *presets()])
async def test_what_is_lacking_is_what_the_check_would_refuse(edge: Edge, name: str) -> None:
    key = await house(edge, VendorDocument())
    found = await read(edge, f"{LIST}/{name}", key)
    writer = {  # the vendor still imports its history, so the request brings a time of its own
        **await edge.key("program:admin", "import"),
        "Content-Type": "application/yaml",
        "Dealreg-Recorded-At": "2026-03-01T09:00:00Z",
    }
    answer = await edge.client.post("/v1/programs?check=true", content=found["policy"], headers=writer)
    refused = {one["field"].removeprefix("policy.") for one in answer.json().get("errors", [])}
    assert {one["field"] for one in found["lacking"]} <= refused, answer.text
    assert bool(found["lacking"]) == (answer.status_code == 422), answer.text


async def test_a_vendor_that_has_the_templates_document_lacks_nothing(edge: Edge) -> None:
    key = await house(edge, read_vendor(every()["teaming"].vendor.encode())[0])
    found = await read(edge, f"{LIST}/teaming", key)
    assert (found["lacking"], found["document_fits"]) == ([], True)


async def test_a_partner_reads_none_and_an_unknown_name_says_where_the_names_are(edge: Edge) -> None:
    partner = await edge.key("pipeline:read", partner="nord")
    for path in (LIST, f"{LIST}/referral", f"{LIST}/nothing"):
        answer = await edge.client.get(path, headers=partner)
        assert (answer.status_code, answer.json()["code"]) == (403, "credential.vendor_only"), path
    key = await edge.key("pipeline:read")
    answer = await edge.client.get(f"{LIST}/nothing", headers=key)
    assert (answer.status_code, answer.json()["code"]) == (404, "template.not_found")
    assert LIST in answer.json()["detail"]
    for path in ("%2e%2e", "..%2Fpresets%2Ftrend", "templates"):
        assert (await edge.client.get(f"{LIST}/{path}", headers=key)).status_code in (404, 422), path
    assert (await edge.client.get(LIST)).status_code == 401


@pytest.mark.parametrize(
    "other",
    [
        {"tiers": ("bronze", "silver", "gold", "platinum")},
        {"partner_types": ("reseller", "integrator")},
        {"products": (Product(product="Data Platform", line="other"), Product(product="Migration", line="services"))},
        {"products": ()},
    ],
)
def test_a_document_fits_only_if_scenarios_come_out_alike(other: dict[str, Any]) -> None:
    template = read_vendor(every()["teaming"].vendor.encode())[0]
    assert fits(template, template)
    more = (*template.products, Product(product="More", line="other"))
    assert fits(template.model_copy(update={"products": more, "certifications": ("Pro",)}), template)
    assert not fits(template.model_copy(update=other), template)
