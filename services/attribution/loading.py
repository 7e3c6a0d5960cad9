"""Loading: everything a batch of facts can touch, in bulk, before it is decided."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

from services.attribution.domain.matching.identity import identity_of
from services.attribution.domain.spelling import spelling_keys
from services.attribution.domain.state import THE_VENDOR, Document, Key, KeyList, Vendor
from services.attribution.ledger import Ledger
from services.attribution.lookup import DEPTH, named_by, reached_from
from services.attribution.port import Session
from services.attribution.told import Told
from shared.events.registration import RegistrationSubmitted

Ledgers = dict[str, Ledger]
"""By vendor; what they hold from earlier batches is not loaded again."""


async def load(session: Session, ledgers: Ledgers, told: Sequence[Told], most_deadlines: int) -> None:
    """Heads, known facts, due deadlines and documents of the batch, in as few queries as there are rounds."""
    vendors = {one.fact.vendor for one in told}
    fresh = vendors - ledgers.keys()
    if fresh:
        heads = await session.heads(fresh)
        ledgers.update({vendor: Ledger(vendor, heads.get(vendor)) for vendor in sorted(fresh)})
    known = await session.processed((one.fact.vendor, one.fact.id) for one in told)
    until = {vendor: datetime.min.replace(tzinfo=UTC) for vendor in vendors}
    for one in told:
        head = ledgers[one.fact.vendor].head
        clock = max(one.fact.recorded_at, head.clock) if head else one.fact.recorded_at
        until[one.fact.vendor] = max(until[one.fact.vendor], clock)
    due = await session.due(until, most_deadlines)
    for vendor in vendors:
        horizon = due[vendor][-1] if len(due[vendor]) == most_deadlines else None
        facts = (fact for owner, fact in known if owner == vendor)
        ledgers[vendor].begin(due[vendor], facts, horizon)
    wanted: dict[str, dict[Key, None]] = {vendor: {} for vendor in vendors}
    for one in told:
        wanted[one.fact.vendor].update(dict.fromkeys(named_by(one.fact.event)))
    for vendor in vendors:
        wanted[vendor].update((key, None) for _, _, key in due[vendor])
    await fetch(session, ledgers, wanted)
    if unread := _unread_names(ledgers, told):
        await fetch(session, ledgers, unread)


def _unread_names(ledgers: Ledgers, told: Sequence[Told]) -> dict[str, list[Key]]:
    """By vendor, where the names are listed that a name told for the first time will be compared with."""
    wanted: dict[str, list[Key]] = {}
    for one in told:
        if isinstance(one.fact.event, RegistrationSubmitted):
            documents, customer = ledgers[one.fact.vendor].documents, one.fact.event.customer
            vendor, listed = documents.get(THE_VENDOR), documents.get(Key("key", identity_of(customer).name_key))
            read = listed.read if isinstance(listed, KeyList) else 0
            if isinstance(vendor, Vendor) and read != vendor.normaliser:
                keys = (Key("spelling", key) for key in spelling_keys(customer.legal_name))
                wanted.setdefault(one.fact.vendor, []).extend(keys)
    return wanted


async def fetch(session: Session, ledgers: Ledgers, wanted: Mapping[str, Iterable[Key]]) -> None:
    """The documents and what they lead to are in their ledgers, or known not to exist."""
    for depth in range(DEPTH):
        reached: dict[str, dict[Key, None]] = {}
        absent: list[tuple[str, Key]] = []
        for vendor, keys in wanted.items():
            documents, beyond = ledgers[vendor].documents, reached.setdefault(vendor, {})
            for key in keys:
                if key in documents:
                    _reach(documents[key], depth, beyond)
                else:
                    absent.append((vendor, key))
        for (vendor, key), document in (await session.documents(absent)).items():
            ledgers[vendor].documents[key] = document
            _reach(document, depth, reached[vendor])
        wanted = reached


def _reach(document: Document | None, depth: int, beyond: dict[Key, None]) -> None:
    if document is not None:
        beyond.update(dict.fromkeys(reached_from(document, depth)))
