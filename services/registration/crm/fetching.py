"""Fetch deals with what belongs to them, and tell apart those that are archived, merged into another one, or gone."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from services.registration.crm.client import READING_SECONDS, CrmAway, HubSpot
from services.registration.crm.configured import Configured
from services.registration.crm.record import Record, text_of

MAX_ASKED_SINGLY = 20
"""Deals of a batch that are neither live nor archived, and asked for one by one; others wait for the next batch."""


@dataclass(slots=True)
class Fetched:
    """What the CRM has."""

    records: dict[str, Record] = field(default_factory=dict)
    became: dict[str, str] = field(default_factory=dict)
    """Merged deals, and the deal that each became."""
    gone: set[str] = field(default_factory=set)
    addresses: dict[str, str] = field(default_factory=dict)
    """E-mail addresses of contacts, by id."""


async def fetch(client: HubSpot, place: Configured, ids: Sequence[str]) -> Fetched:
    """Fetch up to a hundred deals; raise `CrmAway` where nothing is known of any of them."""
    try:
        async with asyncio.timeout(READING_SECONDS):
            return await _fetch(client, place, ids)
    except TimeoutError as error:
        raise CrmAway(f"HubSpot took more than {READING_SECONDS:.0f} s for {len(ids)} deals") from error


async def _fetch(client: HubSpot, place: Configured, ids: Sequence[str]) -> Fetched:
    found = Fetched()
    properties = place.settings.deal_properties
    live = await client.objects(place, "deals", ids, properties)
    live = {id_: one for id_, one in live.items() if id_ in ids}
    missing = [id_ for id_ in ids if id_ not in live]
    archived = await client.objects(place, "deals", missing, properties, archived=True)
    for id_ in missing:
        if id_ in archived:
            found.records[id_] = Record(archived[id_], archived=True)
    for id_ in [one for one in missing if one not in archived][:MAX_ASKED_SINGLY]:
        await _ask_singly(client, place, id_, found)
    companies, items, contacts = await _belonging(client, place, list(live))
    for id_, deal in live.items():
        found.records[id_] = Record(
            deal, companies.get(id_), items.get(id_, []), tuple(contacts.get(id_, [])), archived=_is_archived(deal)
        )
    if contacts:
        await _addresses(client, place, contacts, found)
    return found


async def _ask_singly(client: HubSpot, place: Configured, id_: str, found: Fetched) -> None:
    deal = await client.deal(place, id_, archived=False)
    if deal is None:
        deal = await client.deal(place, id_, archived=True)
    if deal is None:
        found.gone.add(id_)
    elif str(deal.get("id")) != id_:
        found.became[id_] = str(deal.get("id"))
    else:
        found.records[id_] = Record(deal, archived=_is_archived(deal))


def _is_archived(deal: object) -> bool:
    return isinstance(deal, dict) and deal.get("archived") is True


async def _belonging(
    client: HubSpot, place: Configured, ids: list[str]
) -> tuple[dict[str, dict[str, object]], dict[str, list[dict[str, object]]], dict[str, list[str]]]:
    """The company, the line items and the contacts of each deal, as far as the settings ask for them."""
    settings = place.settings
    companies: dict[str, dict[str, object]] = {}
    items: dict[str, list[dict[str, object]]] = {}
    if settings.company_properties:
        first = {id_: ends[0] for id_, ends in (await client.associated(place, ids, "companies")).items() if ends}
        read = await _objects(client, place, "companies", first.values(), settings.company_properties)
        companies = {id_: read[one] for id_, one in first.items() if one in read}
    if settings.line_items is not None:
        of = await client.associated(place, ids, "line_items")
        wanted = [settings.line_items.product, settings.line_items.amount]
        read = await _objects(client, place, "line_items", [one for ends in of.values() for one in ends], wanted)
        items = {id_: [read[one] for one in ends if one in read] for id_, ends in of.items()}
    contacts = await client.associated(place, ids, "contacts") if settings.contacts else {}
    return companies, items, contacts


async def _addresses(client: HubSpot, place: Configured, contacts: dict[str, list[str]], found: Fetched) -> None:
    read = await _objects(client, place, "contacts", [one for ends in contacts.values() for one in ends], ["email"])
    found.addresses = {id_: email for id_, one in read.items() if (email := text_of(one, "email"))}


async def _objects(
    client: HubSpot, place: Configured, kind: str, ids: object, properties: Sequence[str]
) -> dict[str, dict[str, object]]:
    wanted = list(dict.fromkeys(ids))  # type: ignore[call-overload]
    found: dict[str, dict[str, object]] = {}
    for start in range(0, len(wanted), 100):
        found |= await client.objects(place, kind, wanted[start : start + 100], properties)
    return found
