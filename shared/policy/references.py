"""References of a policy to the vendor's document: declared by type, found by walking the models, checked here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, NamedTuple, Union, get_args, get_origin, get_type_hints

from pydantic import BaseModel

from shared.events.vendor import VendorDocument
from shared.policy.problems import similar
from shared.values.fields import Identifier, Line

Kind = Literal["calendar", "tier", "partner_type", "score", "certification", "territory", "line"]
"""What of the vendor's document is referred to."""


class Section(NamedTuple):
    """Where the vendor's document keeps the names of a kind, and the code of what it does not have."""

    code: str
    field: str
    names: Callable[[VendorDocument], Iterable[str]]


SECTIONS: Mapping[Kind, Section] = {
    "calendar": Section("calendar.unknown", "calendars", lambda document: document.calendars),
    "tier": Section("tier.unknown", "tiers", lambda document: document.tiers),
    "partner_type": Section("partner_type.unknown", "partner_types", lambda document: document.partner_types),
    "score": Section("score.unknown", "scores", lambda document: document.scores),
    "certification": Section("certification.unknown", "certifications", lambda document: document.certifications),
    "territory": Section("territory.unknown", "territories", lambda document: document.territories),
    "line": Section("line.unknown", "products", lambda document: (product.line for product in document.products)),
}

MOST_KNOWN = 10
"""Known names that are told of each unknown one: enough for most tiers and types, and no catalogue of thousands."""
MOST_UNKNOWN = 10
"""Unknown names that one refusal lists: with what is known beside each, it stays an entry of the journal."""


@dataclass(frozen=True, slots=True)
class Reference:
    """Marks a text that names something of the vendor's document."""

    kind: Kind


CalendarName = Annotated[Identifier, Reference("calendar")]
Tier = Annotated[Line, Reference("tier")]
PartnerType = Annotated[Line, Reference("partner_type")]
Score = Annotated[Line, Reference("score")]
Certification = Annotated[Line, Reference("certification")]
Territory = Annotated[Line, Reference("territory")]
ProductLine = Annotated[Line, Reference("line")]

ITEM, KEY = "*", "<key>"
"""Steps of a path: any item of a list or member of a mapping, and the name of a member itself."""


class Place(NamedTuple):
    """Where the schema has a reference: its path, its kind, and words there that name nothing."""

    path: tuple[str, ...]
    kind: Kind
    words: frozenset[str] = frozenset()


class Named(NamedTuple):
    """One reference of a policy: its path there, its kind and the name."""

    path: str
    kind: Kind
    name: str


class Unknown(NamedTuple):
    """A reference to what the vendor's document does not have, with what it has and what was likely meant."""

    path: str
    kind: Kind
    name: str
    known: tuple[str, ...]
    similar: str | None


@lru_cache(maxsize=64)
def places(model: type[BaseModel]) -> tuple[Place, ...]:
    """Every place of the schema where a reference may stand."""
    hints = get_type_hints(model, include_extras=True)
    return tuple(place for name in model.model_fields for place in _places(hints[name], (name,), frozenset()))


def _places(hint: Any, path: tuple[str, ...], words: frozenset[str]) -> Iterator[Place]:
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Annotated:
        kinds = [one.kind for one in arguments[1:] if isinstance(one, Reference)]
        yield from (Place(path, kind, words) for kind in kinds)
        if not kinds:
            yield from _places(arguments[0], path, words)
    elif origin in (Union, UnionType):
        literals = (get_args(one) for one in arguments if get_origin(one) is Literal)
        words = words.union(*literals)
        for one in arguments:
            yield from _places(one, path, words)
    elif origin is tuple:
        yield from _places(arguments[0], (*path, ITEM), frozenset())
    elif origin is dict:
        yield from _places(arguments[0], (*path, KEY), frozenset())
        yield from _places(arguments[1], (*path, ITEM), frozenset())
    elif isinstance(hint, type) and hint is not NoneType and issubclass(hint, BaseModel):
        yield from (Place((*path, *one.path), one.kind, one.words) for one in places(hint))


def references(policy: BaseModel) -> Iterator[Named]:
    """Every name of the vendor's document that the policy rests on, with its path."""
    for place in places(type(policy)):
        for path, name in _at(policy, place.path, ()):
            if name is not None and name not in place.words:
                yield Named(".".join(path), place.kind, name)


def _at(value: Any, steps: tuple[str, ...], path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    if not steps:
        yield path, value
        return
    step, *rest = steps
    for name, one in _members(value, step):
        yield from _at(one, tuple(rest), (*path, name))


def _members(value: Any, step: str) -> Iterable[tuple[str, Any]]:
    if isinstance(value, Mapping):
        return [(str(key), key if step == KEY else one) for key, one in value.items()]
    if isinstance(value, tuple):
        return [(str(index), one) for index, one in enumerate(value)]
    # An absent part has no fields, and of alternatives a model without such a field is another one.
    return [(step, getattr(value, step))] if step in getattr(type(value), "model_fields", ()) else []


def retired_products(listed: Mapping[str, str], document: VendorDocument) -> dict[str, str]:
    """The products, with their lines, that were listed before and are not in the document."""
    still = {product.product for product in document.products}
    return {name: line for name, line in sorted(listed.items()) if name not in still}


Known = Mapping[Kind, tuple[str, ...]]
"""The names that there are, by kind."""


def known_names(document: VendorDocument, *, retired_lines: Iterable[str] = ()) -> Known:
    """The names of the vendor's document; the lines of products that it no longer lists are known too.

    Claims on those products still belong to these lines, and a vendor must be able to drop the last product of one.
    """
    names = {kind: tuple(dict.fromkeys(section.names(document))) for kind, section in SECTIONS.items()}
    names["line"] = tuple(dict.fromkeys((*names["line"], *retired_lines)))
    return names


def unknown(policy: BaseModel, known: Known) -> tuple[Unknown, ...]:
    """The references of the policy that name nothing, at most `MOST_UNKNOWN` of them."""
    have = {kind: frozenset(names) for kind, names in known.items()}
    missing = (one for one in references(policy) if one.name not in have[one.kind])
    return tuple(told(one, known) for one in islice(missing, MOST_UNKNOWN))


def told(one: Named, known: Known) -> Unknown:
    """The name, which is not known, with names that are."""
    names = known[one.kind]
    return Unknown(*one, known=names[:MOST_KNOWN], similar=similar(one.name, names))
