"""References to the vendor's document: found wherever the type stands, told with what is known."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel

from shared.events.vendor import Product, VendorDocument
from shared.policy.references import (
    ITEM,
    KEY,
    MOST_UNKNOWN,
    SECTIONS,
    Named,
    Place,
    ProductLine,
    Tier,
    known_names,
    places,
    references,
    unknown,
)
from shared.policy.schema import Policy


class Rates(BaseModel):
    """A table of rates by tier."""

    by_tier: dict[Tier, int] = {}


class Fixed(BaseModel):
    """One rate for lines."""

    lines: tuple[ProductLine, ...] = ()


class Everything(BaseModel):
    """A reference in each way that a schema can hold one."""

    least: Tier | Literal["none"] = "none"
    rate: Rates | Fixed | None = None
    several: tuple[Fixed, ...] = ()
    by_name: dict[str, Fixed] = {}


def test_references_are_found_by_their_type_wherever_it_stands() -> None:
    assert places(Everything) == (
        Place(("least",), "tier", frozenset({"none"})),
        Place(("rate", "by_tier", KEY), "tier"),
        Place(("rate", "lines", ITEM), "line"),
        Place(("several", ITEM, "lines", ITEM), "line"),
        Place(("by_name", ITEM, "lines", ITEM), "line"),
    )


def test_each_reference_is_told_with_its_path() -> None:
    fixed = Fixed(lines=("a", "b"))
    one = Everything(least="gold", rate=Rates(by_tier={"silver": 1}), several=(Fixed(), fixed), by_name={"x": fixed})
    assert list(references(one)) == [
        Named("least", "tier", "gold"),
        Named("rate.by_tier.silver", "tier", "silver"),
        Named("several.1.lines.0", "line", "a"),
        Named("several.1.lines.1", "line", "b"),
        Named("by_name.x.lines.0", "line", "a"),
        Named("by_name.x.lines.1", "line", "b"),
    ]
    assert list(references(Everything(rate=fixed))) == [
        Named("rate.lines.0", "line", "a"),
        Named("rate.lines.1", "line", "b"),
    ]


def test_a_word_of_the_language_names_nothing() -> None:
    assert list(references(Everything(least="none"))) == []


def test_every_kind_of_reference_is_used_by_the_schema_of_a_policy() -> None:
    assert {place.kind for place in places(Policy)} == set(SECTIONS)


def test_a_likely_spelling_is_told_and_a_word_like_none_is_not() -> None:
    known = known_names(VendorDocument(tiers=("silver", "gold"), products=(Product(product="X", line="Hardware"),)))
    told = unknown(Everything(least="Gold", several=(Fixed(lines=("hardwar", "zzz")),)), known)
    assert [(one.path, one.similar, one.known) for one in told] == [
        ("least", "gold", ("silver", "gold")),
        ("several.0.lines.0", "Hardware", ("Hardware",)),
        ("several.0.lines.1", None, ("Hardware",)),
    ]


def test_a_policy_of_nothing_but_unknown_names_is_told_its_first() -> None:
    told = unknown(Fixed(lines=tuple(f"line {number}" for number in range(1_000))), known_names(VendorDocument()))
    assert len(told) == MOST_UNKNOWN
