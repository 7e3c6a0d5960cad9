"""A policy names only what the vendor's document has, whatever the place and whatever the name."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.events.program import ProgramPublished
from shared.events.vendor import FactRefused, VendorConfigured
from shared.policy.reading import read_policy
from shared.policy.references import ITEM, SECTIONS, Place, places
from shared.policy.schema import Policy
from tests.unit.attribution.house import DOCUMENT, POLICY, House, event, only, types
from tests.unit.attribution.shop import REBATE

FULL: dict[str, Any] = {
    **POLICY,
    "version": 2,
    "calendar": "DE",
    "eligibility": {"partner_types": ["reseller"], "min_tier": "gold"},
    "rewards": [{**REBATE, "when": {"lines": ["services"]}}],
}
"""A policy that names something known wherever a reference may stand; a new place belongs here."""
PLACES = pytest.mark.parametrize("place", places(Policy), ids=lambda place: ".".join(place.path))
NAMES = st.from_regex(r"\A[A-Za-z0-9][A-Za-z0-9 ._-]{0,40}[a-z0-9]\Z").filter(lambda name: "  " not in name)


def concrete(place: Place) -> list[str | int]:
    return [0 if step == ITEM else step for step in place.path]


def at(document: Any, path: list[str | int]) -> Any:
    for step in path:
        document = document[step]
    return document


def publish(house: House, policy: dict[str, Any]) -> list[Any]:
    document = read_policy(orjson.dumps(policy)).model_dump(mode="json")
    return house.when(event(ProgramPublished, program="hunting", number=policy["version"], policy=document))


@PLACES
@settings(max_examples=20, deadline=None)
@given(name=NAMES)
def test_an_unknown_name_is_refused_with_its_path_in_the_policy(place: Place, name: str) -> None:
    house = House().open()
    assert types(publish(house, FULL))[0] == "program.published"
    policy, path = deepcopy({**FULL, "version": 3}), concrete(place)
    at(policy, path[:-1])[path[-1]] = f"un{name}".replace(" ", "-")
    refusal = only(publish(house, policy), FactRefused)
    assert [(one.code, one.field) for one in refusal.errors] == [
        (f"{place.kind}.unknown", ".".join(("policy", *map(str, path))))
    ]


@PLACES
def test_a_document_without_a_name_that_a_policy_names_is_refused_by_it(place: Place) -> None:
    house = House().open()
    publish(house, FULL)
    publish(house, {**POLICY, "version": 3})  # version 2 still decides the claims that pinned it
    name = at(FULL, concrete(place))
    section = SECTIONS[place.kind].field
    document = deepcopy(DOCUMENT)
    if section == "products":
        document["products"] = [{**one, "line": one["line"].replace(name, "other")} for one in DOCUMENT["products"]]
    elif section == "calendars":
        del document["calendars"][name]
    else:
        document[section].remove(name)
    [error] = only(house.when(event(VendorConfigured, document=document)), FactRefused).errors
    assert (error.code, error.field) == (f"{place.kind}.unknown", f"document.{section}")
    assert (error.params[place.kind], error.params["version"]) == (name, 2)
    assert error.params["place"] == ".".join(map(str, concrete(place)))
