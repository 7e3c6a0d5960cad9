"""Saved views of the console: found above the list, opened with a press, replaced, deleted, and nobody else's."""

from __future__ import annotations

from typing import Any, get_args
from urllib.parse import parse_qs, urlsplit

import pytest

from dealreg.runtime.in_process import Stack
from services.console.pages import measures, registrations
from services.console.saved import Inputs
from services.projections.api import pipeline
from services.projections.api.saved_view_pages import LISTS
from shared.persons import MasterKey, Persons
from shared.saved_views import MAX_OF_PERSON, Page
from shared.saved_views.store import lookup_of
from tests.e2e.channel import Channel
from tests.e2e.console.conftest import SignIn
from tests.e2e.console.html import Shown, shown
from tests.e2e.console.person import Person

HERE = "/console/registrations"
LISTED = {"legal_name": "Delta Foods", "country": "EG", "tax_id": "204-829-321"}
HOSTILE = "</a><script>alert(1)</script>"


async def house(channel: Channel) -> None:
    await channel.house("acme", "zorro")
    await channel.claim("acme")
    await channel.claim("acme", customer=LISTED)
    await channel.claim("zorro", customer={"legal_name": "Rival Deal", "country": "EG", "tax_id": "204-829-402"})


async def kept(person: Person, path: str, name: str) -> Shown:
    """Save what the page shows under a name, and see what follows."""
    page = await person.see(path)
    return await acted(person, page, "save", name=name)


def saved_links(page: Shown) -> list[str]:
    return [link for link in page.links if "saved=sv_" in link and "cursor=" not in link]


def chosen(page: Shown) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.path).query)


def acting(page: Shown, act: str) -> int:
    """The number of the form with this button."""
    return next(number for number, form in enumerate(page.forms) if ("act", act) in form.buttons)


async def acted(person: Person, page: Shown, act: str, **typed: Any) -> Shown:
    return await person.follow(await person.submit(page, acting(page, act), act, **typed))


async def refused(person: Person, page: Shown, act: str, status: int, **typed: Any) -> str:
    answer = await person.submit(page, acting(page, act), act, **typed)
    assert answer.status_code == status, answer.text
    return answer.text


@pytest.mark.parametrize("language", ["en", "ar"])
async def test_a_choice_is_saved_opened_replaced_and_deleted(
    importing: Channel, sign_in: SignIn, language: str
) -> None:
    await house(importing)
    person = await sign_in(importing, "acme", language)
    # given a choice, saved under a name
    done = await kept(person, f"{HERE}?customer=Delta&state=protected&sort=customer", "  صفقات دلتا  ")
    assert "صفقات دلتا" in done.text
    # when the list is opened anew, then the view is above it, and a press leads to the same choice
    page = await person.see(HERE)
    [link] = saved_links(page)
    assert page.answer.text.index("صفقات دلتا") < page.answer.text.index("Nile Trading")
    opened = await person.see(link)
    assert "Delta Foods" in opened.text
    assert "Nile Trading" not in opened.text
    assert 'aria-current="true"><bdi>صفقات دلتا' in opened.answer.text
    # when another choice replaces it, then the earlier one is one press away
    search = opened.forms[next(n for n, form in enumerate(opened.forms) if form.method == "get")]
    other = dict(search.filled({"customer": "Nile"}))
    assert other["saved"] == chosen(opened)["saved"][0]
    narrowed = await person.see(f"{HERE}?customer=Nile&saved={other['saved']}")
    replaced = await acted(person, narrowed, "replace")
    assert "Nile Trading" in (await person.see(saved_links(await person.see(HERE))[0])).text
    before = next(link for link in replaced.links if "customer=Delta" in link)
    again = await acted(person, await person.see(before), "replace")
    assert chosen(again)["customer"] == ["Delta"]
    # when it is deleted, then its choice and name are still there to be saved again
    gone = await acted(person, await person.see(saved_links(again)[0]), "delete")
    assert saved_links(gone) == []
    assert chosen(gone)["customer"] == ["Delta"]
    back = await acted(person, gone, "save", name=dict(gone.forms[acting(gone, "save")].pairs)["name"])
    assert "صفقات دلتا" in back.text
    assert len(saved_links(back)) == 1


async def test_nobody_else_sees_or_changes_them(importing: Channel, running: Stack, sign_in: SignIn) -> None:
    await house(importing)
    mine = await sign_in(importing, "acme")
    page = await kept(mine, HERE, "My secret plan")
    [link] = saved_links(page)
    for partner in ("zorro", None):
        other = await sign_in(importing, partner)
        seen = await other.see(link)
        assert "My secret plan" not in seen.text
        assert not seen.answer.text.count('value="delete"')
        # not even by a form that they wrote themselves
        who = next(value for name, value in seen.forms[acting(seen, "save")].pairs if name == "who")
        for act in ("replace", "delete"):
            answer = await other.post(link, [("who", who), ("key", f"forged-{act}"), ("act", act)])
            assert answer.status_code == 404
            assert "is there no more" in answer.text
    assert "My secret plan" in (await mine.see(HERE)).text


async def test_what_is_refused_is_said_beside_what_was_typed(importing: Channel, sign_in: SignIn) -> None:
    await house(importing)
    person = await sign_in(importing, "acme")
    page = await kept(person, f"{HERE}?state=protected", "Mine")
    said = await refused(person, page, "save", 409, name="MINE")
    assert "A view of yours has this name" in said
    assert 'value="MINE"' in said
    assert '<details class="panel" open>' in said
    said = await refused(person, page, "save", 422, name="x" * 61)
    assert "61 characters" in said
    assert "x" * 61 in said
    assert "must" in await refused(person, page, "save", 422, name=" ")
    for number in range(MAX_OF_PERSON - 1):
        await kept(person, HERE, f"view {number}")
    assert "as many saved views as there may be" in await refused(person, page, "save", 409, name="One more")
    # one that was deleted in another window
    other = await person.see(saved_links(page)[0])
    await acted(person, other, "delete")
    assert "is there no more" in await refused(person, other, "replace", 404)
    # and an act that is none
    who = dict(other.forms[acting(other, "save")].pairs)["who"]
    assert (await person.post(HERE, [("who", who), ("key", "k"), ("act", "purge")])).status_code == 404


async def test_a_choice_that_the_list_refuses_is_a_sentence_and_no_error_page(
    importing: Channel, sign_in: SignIn
) -> None:
    await house(importing)
    person = await sign_in(importing, None)
    page = await person.see(f"{HERE}?close_from=soon&customer=Delta", 422)
    assert "cannot be shown with this choice" in page.text
    assert "Expected close from" in page.text
    assert dict(page.forms[acting(page, "save")].pairs)
    assert 'value="Delta"' in page.answer.text
    numbers = await person.see("/console/measures?month_from=soon", 422)
    assert "cannot be shown with this choice" in numbers.text
    assert "From month" in numbers.text


async def test_a_saved_view_that_the_list_takes_no_more_opens_with_a_sentence(
    importing: Channel, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    await house(importing)
    person = await sign_in(importing, "acme")
    page = await kept(person, f"{HERE}?customer=Delta", "Old")
    known = LISTS["registrations"]
    fewer = type(known)(known.path, known.model, tuple(one for one in known.names if one != "customer"), known.more)
    monkeypatch.setitem(LISTS, "registrations", fewer)
    opened = await person.see(saved_links(page)[0])
    assert "does not take all of this saved view any more" in opened.text
    assert "It does not take: Customer" in opened.text
    # a state of another release is not passed over in silence either
    monkeypatch.undo()
    stale = await _with_a_state_of_old(importing, person)
    assert "It does not take: State" in (await person.see(stale)).text


async def _with_a_state_of_old(channel: Channel, person: Person) -> str:
    """Have the saved view ask for a state that there is no more."""
    stack = channel.stack
    persons = Persons(stack.pool, MasterKey(stack.settings.master_key_bytes()))
    text = '{"name": "Old", "parameters": {"state": ["purple"]}}'
    sealed = await persons.seal(channel.vendor, lookup_of("person:acme"), {"view": text})
    await stack.pool.execute(
        "UPDATE registration.saved_view SET box = $2 WHERE vendor = $1", channel.vendor, sealed["view"].box
    )
    [link] = saved_links(await person.see(HERE))
    return link


async def test_what_the_api_saved_opens_whole(importing: Channel, sign_in: SignIn) -> None:
    await house(importing)
    person = await sign_in(importing, None)
    key = await importing.stack.key(importing.vendor, ["pipeline:read"], principal="person:manager")
    wanted = {"state": ["protected", "waiting"], "partner": ["acme"], "product": ["X"], "sort": "-close_date"}
    body = {"page": "registrations", "name": "By the API", "parameters": wanted}
    assert (await importing.send("POST", "/v1/saved-views", body, as_=key)).status_code == 201
    [link] = saved_links(await person.see(HERE))
    page = await person.see(link)
    assert ("Nile Trading" in page.text, "Rival Deal" in page.text) == (True, False)
    assert "Product: X" in page.text
    assert "Expected close, falling" in page.text
    # a search within it, a page further and the file keep all of it
    search = next(form for form in page.forms if form.method == "get")
    assert {("state", "protected"), ("state", "waiting"), ("product", "X"), ("sort", "-close_date")} <= set(
        search.pairs
    )
    file = await person.get(next(link for link in page.links if ".csv" in link))
    assert ("Nile Trading" in file.text, "Rival Deal" in file.text) == (True, False)
    without = await person.see(next(link for link in page.links if "product" not in link and "waiting" in link))
    assert "Product: X" not in without.text
    # and what it holds is saved again as it was
    await acted(person, page, "replace")
    [found] = (await importing.read("/v1/saved-views", as_=key))["saved_views"]
    assert found["parameters"] == wanted


@pytest.mark.parametrize("page", get_args(Page))
def test_the_console_knows_every_parameter_that_a_saved_view_may_hold(page: Page) -> None:
    inputs: Inputs = {"registrations": registrations.INPUTS, "measures": measures.INPUTS}[page]
    assert {*inputs.one, *inputs.rest} == set(LISTS[page].names)
    orders = {*registrations.SORTS, *registrations.MORE_SORTS}
    assert orders == {sign + name for name in pipeline.LISTING.sorts for sign in ("", "-")}


async def test_measures_are_saved_without_their_day(importing: Channel, sign_in: SignIn) -> None:
    await house(importing)
    person = await sign_in(importing, None)
    here = "/console/measures"
    await kept(person, f"{here}?group_by=product&partner=acme&as_of=2026-01-01", "By product")
    page = await person.see(here)
    [link] = saved_links(page)
    assert parse_qs(urlsplit(link).query).keys() == {"group_by", "partner", "saved"}
    opened = await person.see(link)
    assert "Product" in opened.headings
    # those of one page are not shown on the other
    assert "By product" not in (await person.see(HERE)).text
    assert saved_links(await acted(person, opened, "delete")) == []


async def test_a_name_is_text_wherever_it_is_shown(importing: Channel, sign_in: SignIn) -> None:
    await house(importing)
    person = await sign_in(importing, "acme")
    page = await kept(person, HERE, HOSTILE)
    opened = await person.see(saved_links(page)[0])
    gone = await acted(person, opened, "delete")
    for one in (page, opened, gone):
        assert "script" not in one.tags
        assert HOSTILE not in one.answer.text
    assert dict(gone.forms[acting(gone, "save")].pairs)["name"] == HOSTILE
    # what anybody may have written into an address leads nowhere else
    forged = await person.see(f"{HERE}?done=replaced&before=saved%3Dx%26next%3D//evil.example%26customer%3Da")
    assert not [link for link in forged.links if "evil" in link]
    assert (await person.see(f"{HERE}?done=purged")).text.count("The view is saved") == 0


async def test_nothing_typed_is_lost_when_the_session_ends(importing: Channel, sign_in: SignIn) -> None:
    await house(importing)
    person = await sign_in(importing, "acme")
    page = await person.see(f"{HERE}?state=protected")
    person.client.cookies.clear()
    answer = await person.submit(page, acting(page, "save"), "save", name="Kept for later")
    assert answer.status_code == 401
    assert "Kept for later" in answer.text
    await person.sign_in("acme")
    again = shown(page.path, answer)
    number = next(n for n, form in enumerate(again.forms) if ("name", "Kept for later") in form.pairs)
    answer = await person.submit(again, number)
    done = await person.follow(answer)
    assert "Kept for later" in done.text
    assert chosen(done)["state"] == ["protected"]
