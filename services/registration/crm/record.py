"""A deal as it was fetched, with its company and line items; numbers keep the digits in which the CRM wrote them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from shared.errors import Invalid

_INTEGER_DIGITS = 15


class RecordInvalid(Invalid):
    """The text is no deal of a CRM."""

    code = "crm.record_invalid"


@dataclass(frozen=True, slots=True)
class Record:
    """One deal with what belongs to it."""

    deal: Mapping[str, Any]
    company: Mapping[str, Any] | None = None
    line_items: Sequence[Mapping[str, Any]] = ()
    contacts: tuple[str, ...] = ()
    merged: tuple[str, ...] = ()
    """Other deals that were merged into this one."""
    archived: bool = False

    @property
    def id(self) -> str:
        return str(self.deal["id"])

    def property(self, reference: str | None) -> str:
        """The text of a property such as `deal.amount`; empty where there is none."""
        if reference is None:
            return ""
        of, _, name = reference.partition(".")
        return text_of(self.deal if of == "deal" else self.company, name)

    def content(self) -> bytes:
        """The record as it is stored."""
        named = {name: getattr(self, name) for name in self.__slots__}
        return orjson.dumps(named)


def text_of(thing: Mapping[str, Any] | None, name: str) -> str:
    """The text of a property of a CRM object; empty where there is none."""
    properties = (thing or {}).get("properties")
    value = properties.get(name) if isinstance(properties, dict) else None
    if value is None or isinstance(value, dict | list):
        return ""
    return str(value).strip()


def read_numbers_as_text(body: bytes) -> Any:
    """Parse JSON without making a float of any number. Raises `ValueError`, or `RecursionError`."""
    return json.loads(body, parse_float=str, parse_int=_whole, parse_constant=_no_constant)


def record_of(body: bytes) -> Record:
    """Read a stored record, or a deal just as HubSpot answers it; raises `RecordInvalid`."""
    try:
        found = read_numbers_as_text(body)
    except (ValueError, RecursionError) as error:
        raise RecordInvalid("is not JSON; give a batch of events, or a deal as HubSpot answers it") from error
    if isinstance(found, dict) and "properties" in found:
        contacts = ids_of(found, "contacts")
        found = {"deal": found, "contacts": contacts, "archived": found.get("archived") is True}
    deal = found.get("deal") if isinstance(found, dict) else None
    if not isinstance(deal, dict) or not isinstance(deal.get("properties"), dict) or "id" not in deal:
        raise RecordInvalid("is no deal: `id` and `properties` are expected")
    company, items = found.get("company"), found.get("line_items") or ()
    return Record(
        deal=deal,
        company=company if isinstance(company, dict) else None,
        line_items=[one for one in items if isinstance(one, dict)],
        contacts=tuple(map(str, found.get("contacts") or ())),
        merged=tuple(map(str, found.get("merged") or ())),
        archived=found.get("archived") is True,
    )


def ids_of(deal: Mapping[str, Any], what: str) -> tuple[str, ...]:
    """The ids of associated objects in an answer that has them."""
    try:
        return tuple(dict.fromkeys(str(one["id"]) for one in deal["associations"][what]["results"]))
    except (KeyError, TypeError):
        return ()


def _whole(digits: str) -> int | str:
    return int(digits) if len(digits) <= _INTEGER_DIGITS else digits


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not a JSON number")
