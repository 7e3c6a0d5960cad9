"""A program begun in the console with a template or a preset, down to its publication."""

from __future__ import annotations

import pytest

from shared.policy.reading import read_vendor
from shared.program_templates.folder import every, headers, names, presets
from tests.e2e.channel import PRODUCTS, Channel
from tests.e2e.console.conftest import SignIn
from tests.e2e.console.html import Shown, shown

LIST = "/console/program-templates"
MOST_BYTES = 60_000


def text_of(page: Shown, name: str = "policy") -> str:
    return dict(page.forms[-1].pairs)[name]


async def test_each_is_listed_with_what_it_is_its_source_and_its_year(live: Channel, sign_in: SignIn) -> None:
    await live.house()
    manager = await sign_in(live, None)
    for path in ("/console/programs", "/console/policy"):
        assert LIST in (await manager.see(path)).links, path
    page = await manager.see(LIST)
    for name in (*names(), *presets()):
        assert f"/console/policy?from={name}" in page.links
        assert every()[name].about in page.text
    for header in headers().values():
        assert {one.url for one in header.sources if one.url} <= set(page.links)
    assert "no company has reviewed or endorsed it" in page.text
    hunting = page.text.partition("cisco-hunting-2015")[2].partition("cisco-teaming-2015")[0]
    assert "2015 Guided deal registration training for certified partners, April 2015 (by the vendor) 9" in hunting
    assert "One waits for what policies cannot say yet." in hunting
    assert page.answer.text.count('rel="noreferrer"') == page.answer.text.count('href="http')


async def test_a_template_is_named_tried_and_published(live: Channel, sign_in: SignIn) -> None:
    await live.house()
    document = {"products": PRODUCTS, "tiers": ["silver", "gold"], "partner_types": ["reseller"]}
    assert (await live.send("PUT", "/v1/vendor/document", document)).status_code == 200
    manager = await sign_in(live, None)
    editor = await manager.see("/console/policy?from=teaming")
    assert text_of(editor) == every()["teaming"].policy
    assert "Begun with teaming" in editor.text
    assert "Your vendor document does not have these names: Partner type: integrator" in editor.text
    assert "Tier: gold" not in editor.text, "the vendor has it"
    assert "The scenarios run on the template’s own products" in editor.text
    tried = shown("", await manager.submit(editor, button="try"))
    assert "Passed: 7. Failed: 0. Pending: 0." in tried.text

    # What the page says beforehand is what the check refuses.
    refused = shown("", await manager.submit(tried, button="check"))
    assert (refused.answer.status_code, "integrator" in refused.text) == (422, True)
    assert "Partner type: integrator" in refused.text, "the note stays"
    policy = text_of(refused).replace("integrator", "reseller")
    better = shown("", await manager.submit(refused, button="check", policy=policy))
    assert "Nothing speaks against publishing teaming/1" in better.text
    assert "Your vendor document has every name in this text." in better.text
    asked = shown("", await manager.submit(better, button="publish"))
    back = shown("", await manager.submit(asked, button="edit"))
    assert "Begun with teaming" in back.text
    done = await manager.follow(await manager.submit(asked, button="confirm"))
    assert "Published." in done.text

    again = await manager.see("/console/policy?from=teaming")
    assert "You have a program of that name already, so the text calls this one teaming-2" in again.text
    assert "program: teaming-2\nversion: 1\n" in text_of(again)
    policy = text_of(again).replace("integrator", "reseller")
    came = shown("", await manager.submit(again, button="check", policy=policy))
    assert "Nothing speaks against publishing teaming-2/1" in came.text
    assert "Passed: 7. Failed: 0." in shown("", await manager.submit(again, button="try")).text


async def test_scenarios_run_on_a_document_of_ones_own_where_it_fits(live: Channel, sign_in: SignIn) -> None:
    await live.house()
    manager = await sign_in(live, None)
    assert "vendor:\n  products:\n" in text_of(await manager.see("/console/policy?from=referral"), "scenarios")
    own = read_vendor(every()["referral"].vendor.encode())[0].model_dump(mode="json", exclude_defaults=True)
    own["products"] += PRODUCTS
    assert (await live.send("PUT", "/v1/vendor/document", own)).status_code == 200
    editor = await manager.see("/console/policy?from=referral")
    assert text_of(editor, "scenarios") == every()["referral"].scenarios
    assert "The scenarios run on your own vendor document." in editor.text
    assert "Your vendor document has every name in this text." in editor.text
    tried = shown("", await manager.submit(editor, button="try"))
    assert "Passed: 7. Failed: 0. Pending: 0." in tried.text


@pytest.mark.parametrize("language", ["en", "ar"])
async def test_a_preset_says_what_it_assumes_and_what_it_cannot_say(
    live: Channel, sign_in: SignIn, language: str
) -> None:
    await live.house()
    manager = await sign_in(live, None, language)
    for name in ("dell-2017", "hubspot", "ibm-roles"):
        page = await manager.see(f"/console/policy?from={name}")
        header = headers()[name]
        for said in (header.modelled_on, *header.rules, *header.assumed, *header.missing.values()):
            assert said in page.text
        assert len(page.answer.content) <= MOST_BYTES
        assert text_of(page).startswith(f"program: {name}\nversion: 1\n"), "no comment on a file that is not here"


async def test_an_unknown_template_is_no_page_and_costs_nobody_a_text(live: Channel, sign_in: SignIn) -> None:
    await live.house("acme")
    manager = await sign_in(live, None)
    for name in ("nothing", "../presets/trend", "%00"):
        assert (await manager.get(f"/console/policy?from={name}")).status_code in (404, 422), name
    editor = await manager.see("/console/policy?from=referral")
    for name in ("nothing", "../x"):
        answer = shown("", await manager.submit(editor, button="check", template=name, policy="program: x\n"))
        assert text_of(answer) == "program: x\n"
    partner = await sign_in(live, "acme")
    for path in (LIST, "/console/policy?from=referral"):
        assert (await partner.get(path)).status_code == 404, path
