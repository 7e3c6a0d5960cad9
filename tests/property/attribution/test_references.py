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
from shared.policy.references import ITEM, KEY, SECTIONS, Place, places
from shared.policy.schema import Policy
from tests.unit.attribution.house import DOCUMENT, POLICY, House, event, only, types
from tests.unit.attribution.shop import REBATE

FULL: dict[str, Any] = {
    **POLICY,
    "version": 2,
    "calendar": "DE",
    "eligibility": {
        "partner_types": ["reseller"],
        "min_tier": "gold",
        "min_score": {"index": 5},
        "certifications": ["Pro"],
        "territories": ["DACH"],
    },
    "required_fields": ["customer.country"],
    "rewards": [{**REBATE, "when": {"lines": ["services"]}}],
}
"""A policy that names something known wherever a reference may stand; a new place belongs here."""
PLACES = pytest.mark.parametrize("place", places(Policy), ids=lambda place: ".".join(place.path))
NAMES = st.from_regex(r"\A[A-Za-z0-9][A-Za-z0-9 ._-]{0,40}[a-z0-9]\Z").filter(lambda name: "  " not in name)


def found(document: Any, place: Place) -> tuple[list[str | int], Any, Any]:
    """The place in the document, what it stands in, and the name there, which may be that of a member."""
    path: list[str | int] = []
    around, value = None, document
    for step in place.path:
        part: str | int = 0 if step == ITEM else next(iter(value)) if step == KEY else step
        around, value = value, part if step == KEY else value[part]
        path.append(part)
    return path, around, value


def renamed(document: Any, place: Place, name: str) -> list[str | int]:
    """Put the name there; return where it stands now."""
    path, around, value = found(document, place)
    around[name if place.path[-1] == KEY else path[-1]] = around.pop(value) if place.path[-1] == KEY else name
    return [*path[:-1], name] if place.path[-1] == KEY else path


def publish(house: House, policy: dict[str, Any]) -> list[Any]:
    document = read_policy(orjson.dumps(policy)).model_dump(mode="json")
    return house.when(event(ProgramPublished, program="hunting", number=policy["version"], policy=document))


@PLACES
@settings(max_examples=20, deadline=None)
@given(name=NAMES)
def test_an_unknown_name_is_refused_with_its_path_in_the_policy(place: Place, name: str) -> None:
    house = House().open()
    assert types(publish(house, FULL))[0] == "program.published"
    policy = deepcopy({**FULL, "version": 3})
    path = renamed(policy, place, f"un{name}".replace(" ", "-"))
    refusal = only(publish(house, policy), FactRefused)
    assert [(one.code, one.field) for one in refusal.errors] == [
        (f"{place.kind}.unknown", ".".join(("policy", *map(str, path))))
    ]


@PLACES
def test_a_document_without_a_name_that_a_policy_names_is_refused_by_it(place: Place) -> None:
    house = House().open()
    publish(house, FULL)
    publish(house, {**POLICY, "version": 3})  # version 2 still decides the claims that pinned it
    path, _, name = found(FULL, place)
    section = SECTIONS[place.kind].field
    document = deepcopy(DOCUMENT)
    if section == "products":
        document["products"] = [{**one, "line": one["line"].replace(name, "other")} for one in DOCUMENT["products"]]
    elif section in ("calendars", "territories"):
        del document[section][name]
    else:
        document[section].remove(name)
    [error] = only(house.when(event(VendorConfigured, document=document)), FactRefused).errors
    assert (error.code, error.field) == (f"{place.kind}.unknown", f"document.{section}")
    assert (error.params[place.kind], error.params["version"]) == (name, 2)
    assert error.params["place"] == ".".join(map(str, path))
