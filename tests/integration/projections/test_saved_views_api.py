"""`/v1/saved-views`: each person's own, only what the list knows, and gone with the person."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from services.projections.api import saved_view_pages as pages
from shared.saved_views import MAX_OF_PERSON, SavedViews
from shared.saved_views.store import lookup_of
from tests.integration.projections.conftest import World

PATH = "/v1/saved-views"
CHOICE = {"state": ["protected", "waiting"], "customer": "Zwiebelfisch", "sort": "protected_until"}
HIDDEN = ("Zwiebelfisch", "Quirina", "anna")
Key = dict[str, str]


async def save(
    world: World, key: Key, name: Any = "Ends next", page: Any = "registrations", **more: Any
) -> httpx.Response:
    body = {"page": page, "name": name, "parameters": CHOICE, **more}
    return await world.client.post(PATH, json=body, headers=key)


async def saved(world: World, key: Key, name: str = "Ends next", **more: Any) -> dict[str, Any]:
    answer = await save(world, key, name, **more)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    assert answer.headers["location"] == f"{PATH}/{found['saved_view']}"
    return found


async def names(world: World, key: Key, **query: str) -> list[str]:
    answer = await world.client.get(PATH, headers=key, params=query)
    assert answer.status_code == 200, answer.text
    return [one["name"] for one in answer.json()["saved_views"]]


def refusals(answer: httpx.Response) -> list[tuple[str, str]]:
    assert (answer.status_code, answer.json()["code"]) == (422, "request.invalid"), answer.text
    return [(one["field"], one["code"]) for one in answer.json()["errors"]]


async def test_a_choice_is_saved_read_replaced_and_deleted(world: World) -> None:
    # whoever may read the pipeline may save what is chosen there
    key = await world.key(scopes=("pipeline:read",))
    made = await saved(world, key)
    assert made["parameters"] == CHOICE
    assert made["opens"] == "/v1/pipeline?customer=Zwiebelfisch&sort=protected_until&state=protected&state=waiting"
    assert made["problems"] == []
    assert (await world.client.get(made["opens"], headers=key)).status_code == 200
    path = f"{PATH}/{made['saved_view']}"
    assert (await world.client.get(path, headers=key)).json() == made
    # when its choice is replaced, and then its name
    other = {"parameters": {"state": "lost"}}
    changed = (await world.client.put(path, json=other, headers=key)).json()
    assert (changed["name"], changed["parameters"]) == ("Ends next", {"state": ["lost"]})
    renamed = await world.client.put(path, json={**other, "name": "ENDS NEXT"}, headers=key)
    assert renamed.json()["name"] == "ENDS NEXT"
    assert (await world.client.get(path, headers=key)).json() == renamed.json()
    # then it is deleted
    assert (await world.client.delete(path, headers=key)).status_code == 204
    assert await names(world, key) == []
    for method in ("GET", "DELETE"):
        answer = await world.client.request(method, path, headers=key)
        assert (answer.status_code, answer.json()["code"]) == (404, "saved_view.unknown")
    gone = await world.client.put(path, json=other, headers=key)
    assert (gone.status_code, gone.json()["code"]) == (404, "saved_view.unknown")


async def test_what_opens_is_what_the_list_answers(world: World) -> None:
    key = await world.key()
    made = await saved(
        world, key, page="measures", parameters={"group_by": "month", "product": ["X & Y"], "as_of": "2026-03-31"}
    )
    assert (await world.client.get(made["opens"], headers=key)).json()["group_by"] == "month"
    assert (await saved(world, key, "All", parameters={}))["opens"] == "/v1/pipeline"


async def test_names_are_one_spelling_and_unique_on_their_page(world: World) -> None:
    key = await world.key()
    made = await saved(world, key, "  Caf\u0065\u0301 STRA\u00dfE ")
    assert made["name"] == "Caf\u00e9 STRA\u00dfE"
    # the same once more changes nothing; with another choice it would lose the first
    assert (await save(world, key, "Caf\u00e9 STRA\u00dfE")).json() == made
    for name in ("CAF\u00c9 strasse", "caf\u0065\u0301 stra\u00dfe"):
        taken = await save(world, key, name)
        assert (taken.status_code, taken.json()["code"]) == (409, "saved_view.exists")
        assert made["saved_view"] in taken.json()["detail"]
    assert (await save(world, key, "Caf\u00e9 STRA\u00dfE", parameters={})).status_code == 409
    # on another page it is another one
    await saved(world, key, "caf\u00e9 stra\u00dfe", page="measures", parameters={})
    # and nobody renames one into another
    other = await saved(world, key, "Other")
    answer = await world.client.put(
        f"{PATH}/{other['saved_view']}", json={"name": "caf\u00e9 STRASSE", "parameters": {}}, headers=key
    )
    assert (answer.status_code, answer.json()["code"]) == (409, "saved_view.exists")
    assert await names(world, key, page="registrations") == ["Caf\u00e9 STRA\u00dfE", "Other"]
    assert await names(world, key) == ["caf\u00e9 stra\u00dfe", "Caf\u00e9 STRA\u00dfE", "Other"]
    longest = "\u0623" * 60
    assert (await saved(world, key, longest))["name"] == longest


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("", "text.too_short"), (" \u00a0 ", "text.too_short"), ("x" * 61, "text.too_long"),
        ("a\nb", "text.control_character"), ("a\u202eb", "text.control_character"), ("\x00", "text.control_character"),
        (7, "field.type"), (None, "field.type"),
    ],
)  # fmt: skip
async def test_a_name_that_is_none_is_refused(world: World, name: Any, code: str) -> None:
    assert refusals(await save(world, await world.key(), name)) == [("name", code)]


@pytest.mark.parametrize(
    ("page", "parameters", "field", "code"),
    [
        ("registrations", {"colour": "red"}, "parameters.colour", "field.unknown"),
        ("registrations", {"cursor": "x"}, "parameters.cursor", "field.unknown"),
        ("registrations", {"limit": "5"}, "parameters.limit", "field.unknown"),
        ("registrations", {"as_of": "7"}, "parameters.as_of", "field.unknown"),
        ("registrations", {"month_from": "2026-01"}, "parameters.month_from", "field.unknown"),
        ("registrations", {"state": ["protected", "purple"]}, "parameters.state.1", "field.choice"),
        ("registrations", {"state": "purple"}, "parameters.state.0", "field.choice"),
        ("registrations", {"customer": ["a", "b"]}, "parameters.customer", "field.type"),
        ("registrations", {"customer": ""}, "parameters.customer", "text.too_short"),
        ("registrations", {"customer": "a\x00"}, "parameters.customer", "text.control_character"),
        ("registrations", {"sort": "colour"}, "parameters.sort", "field.choice"),
        ("registrations", {"close_from": "2026-02-30"}, "parameters.close_from", "date.impossible"),
        ("registrations", {"partner": ["x"] * 51}, "parameters.partner", "list.too_long"),
        ("registrations", {"state": 7}, "parameters.state", "field.type"),
        ("registrations", {"state": {"a": "b"}}, "parameters.state", "field.type"),
        ("registrations", {"state": [None]}, "parameters.state", "field.type"),
        ("registrations", {"partner": ["\u0623" * 199] * 20}, "parameters", "text.too_long"),
        ("registrations", ["state"], "parameters", "field.type"),
        ("measures", {"group_by": "colour"}, "parameters.group_by", "field.choice"),
        ("measures", {"month_to": "2026-13"}, "parameters.month_to", "date.impossible"),
        ("measures", {"as_of": "yesterday"}, "parameters.as_of", "date.impossible"),
        ("measures", {"sort": "amount"}, "parameters.sort", "field.unknown"),
        ("desk", {}, "page", "field.choice"),
        (None, {}, "page", "field.choice"),
    ],
)  # fmt: skip
async def test_what_the_list_would_refuse_is_refused_by_name(
    world: World, page: Any, parameters: Any, field: str, code: str
) -> None:
    key = await world.key()
    assert refusals(await save(world, key, page=page, parameters=parameters)) == [(field, code)]
    if page != "registrations":
        return
    # and a replacement no less
    made = await saved(world, key)
    answer = await world.client.put(f"{PATH}/{made['saved_view']}", json={"parameters": parameters}, headers=key)
    assert refusals(answer) == [(field, code)]
    assert await names(world, key) == ["Ends next"]


async def test_everything_wrong_is_said_at_once(world: World) -> None:
    key = await world.key()
    answer = await save(world, key, parameters={"colour": "red", "state": "purple", "sort": "x"}, more=1)
    assert refusals(answer) == [("more", "field.unknown")]
    answer = await save(world, key, parameters={"colour": "red", "state": "purple", "sort": "x"})
    assert refusals(answer) == [
        ("parameters.colour", "field.unknown"), ("parameters.state.0", "field.choice"),
        ("parameters.sort", "field.choice"),
    ]  # fmt: skip
    answer = await world.client.get(f"{PATH}?page=desk&colour=red", headers=key)
    assert refusals(answer) == [("page", "field.choice"), ("colour", "field.unknown")]
    assert refusals(await world.client.get(f"{PATH}/%00", headers=key)) == [("saved_view", "text.pattern")]


async def test_nobody_else_sees_them(world: World) -> None:
    anna = await world.key(principal="anna", partner="acme")
    mine = await saved(world, anna)
    path = f"{PATH}/{mine['saved_view']}"
    strangers = {
        "another person of the partner": await world.key(principal="bela", partner="acme"),
        "a namesake but for case": await world.key(principal="Anna", partner="acme"),
        "a namesake of a rival": await world.key(principal="anna", partner="zorro"),
        "a namesake of the vendor": await world.key(principal="anna"),
        "a namesake of another vendor": await world.key("other", principal="anna", partner="acme"),
    }
    for who, key in strangers.items():
        assert await names(world, key) == [], who
        for method, body in (("GET", None), ("PUT", {"parameters": {}}), ("DELETE", None)):
            answer = await world.client.request(method, path, json=body, headers=key)
            assert (answer.status_code, answer.json()["code"]) == (404, "saved_view.unknown"), who
        # their own of the same name is another one
        assert (await saved(world, key))["saved_view"] != mine["saved_view"], who
    # and she sees hers by any key of hers
    again = await world.key(principal="anna", partner="acme")
    assert await names(world, again) == ["Ends next"]


async def test_whoever_may_not_read_the_pipeline_saves_nothing(world: World) -> None:
    key = await world.key(scopes=("payouts:read",))
    for method, path in (
        ("GET", PATH), ("POST", PATH), ("GET", f"{PATH}/sv_1"), ("PUT", f"{PATH}/sv_1"), ("DELETE", f"{PATH}/sv_1"),
    ):  # fmt: skip
        answer = await world.client.request(method, path, headers=key)
        assert (answer.status_code, answer.json()["code"]) == (403, "scope.missing"), (method, path)
        assert (await world.client.request(method, path)).status_code == 401


async def test_fifty_are_enough_also_at_once(world: World) -> None:
    key = await world.key()
    answers = await asyncio.gather(*(save(world, key, f"number {n}") for n in range(MAX_OF_PERSON + 5)))
    codes = sorted(answer.status_code for answer in answers)
    assert codes == [201] * MAX_OF_PERSON + [409] * 5
    assert {one.json()["code"] for one in answers if one.status_code == 409} == {"saved_view.too_many"}
    found = (await world.client.get(PATH, headers=key)).json()["saved_views"]
    # one that is deleted makes room
    assert (await world.client.delete(f"{PATH}/{found[0]['saved_view']}", headers=key)).status_code == 204
    await saved(world, key, "one more")
    # and somebody else has fifty of their own
    await saved(world, await world.key())


async def test_of_one_name_at_once_there_is_one(world: World) -> None:
    key = await world.key()
    answers = await asyncio.gather(*(save(world, key, parameters={"sort": sort}) for sort in ("state", "amount") * 4))
    assert await names(world, key) == ["Ends next"]
    assert {answer.status_code for answer in answers} == {201, 409}


async def test_what_a_later_release_takes_no_more_is_said(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    key = await world.key()
    made = await saved(world, key)
    known = pages.LISTS["registrations"]
    fewer = pages._List(known.path, known.model, tuple(one for one in known.names if one != "customer"), known.more)
    monkeypatch.setitem(pages.LISTS, "registrations", fewer)
    found = (await world.client.get(PATH, headers=key)).json()["saved_views"]
    assert [(one["field"], one["code"]) for one in found[0]["problems"]] == [("parameters.customer", "field.unknown")]
    assert found[0]["parameters"] == made["parameters"]


async def test_the_table_says_nothing_of_who_or_what(world: World) -> None:
    await saved(world, await world.key(principal="anna", partner="acme"), "Quirina")
    rows = await world.pool.fetch("SELECT * FROM registration.saved_view")
    text = str([[*row.values()] for row in rows])
    assert len(rows) == 1
    assert not [word for word in HIDDEN if word in text]


async def test_they_go_with_their_person(world: World) -> None:
    anna, bela = [await world.key(principal=name) for name in ("anna", "bela")]
    await saved(world, anna)
    await saved(world, bela)
    person = await world.persons.find("maven", lookup_of("anna"))
    assert person is not None
    await world.persons.erase("maven", person)
    # her key is gone, so nobody opens them, not even before the rows are deleted
    assert await names(world, anna) == []
    await SavedViews(world.pool, world.persons).forget("maven", person)
    assert await world.pool.fetchval("SELECT count(*) FROM registration.saved_view") == 1
    assert await names(world, bela) == ["Ends next"]
    # whoever saves under this principal later is somebody new
    await saved(world, anna, "New")
    assert await names(world, anna) == ["New"]
    assert await world.persons.find("maven", lookup_of("anna")) != person


async def test_an_erasure_while_somebody_saves_leaves_nothing_that_cannot_be_read(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = await world.key(principal="anna")
    await saved(world, key, "First")
    person = await world.persons.find("maven", lookup_of("anna"))
    assert person is not None
    erased: list[bool] = []
    sealed = _erasing_once(world, person, erased)
    monkeypatch.setattr(SavedViews, "_sealed", sealed(SavedViews._sealed))
    await saved(world, key, "Second")
    assert erased == [True]
    await SavedViews(world.pool, world.persons).forget("maven", person)
    assert await names(world, key) == ["Second"]
    assert await world.pool.fetchval("SELECT count(*) FROM registration.saved_view") == 1


def _erasing_once(world: World, person: str, erased: list[bool]) -> Callable[[Any], Any]:
    """Erase the person right after the first seal."""

    def around(seal: Any) -> Any:
        async def sealing(self: SavedViews, *given: Any) -> Any:
            made = await seal(self, *given)
            if not erased:
                erased.append(await world.persons.erase("maven", person))
            return made

        return sealing

    return around
