"""Load everything that a batch of facts can touch, in bulk, before it is decided."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

from services.attribution.decoded import Decoded
from services.attribution.domain.documents.keys import THE_VENDOR, Key
from services.attribution.domain.documents.kinds import Document
from services.attribution.faults import is_infrastructure
from services.attribution.lookup import DEPTH, named_by, reached_from, unread_name
from services.attribution.port import Session
from services.attribution.vendor_batch import VendorBatch
from shared.events.envelope import Fact
from shared.events.registration import RegistrationSubmitted
from shared.events.vendor import ClockMoved

VendorBatches = dict[str, VendorBatch]
"""By vendor. Documents cached from earlier batches are not loaded again."""


async def load(
    session: Session, batches: VendorBatches, content: Sequence[Decoded], most_deadlines: int
) -> dict[str, Exception]:
    """Load heads, known facts, due deadlines and documents of the batch, with one query per round.

    Returns, by fact id, what was raised for facts whose subjects could not be determined. Raises
    `Halted` where a stored document cannot be read.
    """
    vendors = {one.fact.vendor for one in content}
    fresh = vendors - batches.keys()
    if fresh:
        heads = await session.heads(fresh)
        batches.update({vendor: VendorBatch(vendor, heads.get(vendor)) for vendor in sorted(fresh)})
    known = await session.processed((one.fact.vendor, one.fact.id) for one in content)
    until = {vendor: datetime.min.replace(tzinfo=UTC) for vendor in vendors}
    for one in content:
        head = batches[one.fact.vendor].head
        reached = _reached(one.fact)
        clock = max(reached, head.clock) if head else reached
        until[one.fact.vendor] = max(until[one.fact.vendor], clock)
    due = await session.due(until, most_deadlines)
    for vendor in vendors:
        horizon = due[vendor][-1] if len(due[vendor]) == most_deadlines else None
        facts = (fact for owner, fact in known if owner == vendor)
        batches[vendor].begin(due[vendor], facts, horizon)
    wanted: dict[str, dict[Key, None]] = {vendor: {} for vendor in vendors}
    failed: dict[str, Exception] = {}
    for one in content:
        try:
            wanted[one.fact.vendor].update(dict.fromkeys(named_by(one.fact.event)))
        except Exception as error:
            if is_infrastructure(error):
                raise
            failed[one.fact.id] = error
            wanted[one.fact.vendor][THE_VENDOR] = None
    for vendor in vendors:
        wanted[vendor].update((key, None) for _, _, key in due[vendor])
    await fetch(session, batches, wanted)
    if unread := _unread_names(batches, content):
        await fetch(session, batches, unread)
    return failed


def _reached(fact: Fact) -> datetime:
    """The latest time that deciding the fact may bring the clock to."""
    return max(fact.recorded_at, fact.event.to) if isinstance(fact.event, ClockMoved) else fact.recorded_at


def _unread_names(batches: VendorBatches, content: Sequence[Decoded]) -> dict[str, list[Key]]:
    """Name lists by vendor, for names that are compared for the first time."""
    wanted: dict[str, list[Key]] = {}
    for one in content:
        if isinstance(one.fact.event, RegistrationSubmitted):
            try:
                keys = unread_name(batches[one.fact.vendor].documents, one.fact.event.customer)
            except Exception as error:
                if is_infrastructure(error):
                    raise
                # The decision asks for what it lacks. Whether this raises depends on what is at hand by chance, so
                # only the decision itself may say what becomes of the fact.
                continue
            wanted.setdefault(one.fact.vendor, []).extend(keys)
    return {vendor: keys for vendor, keys in wanted.items() if keys}


async def fetch(session: Session, batches: VendorBatches, wanted: Mapping[str, Iterable[Key]]) -> None:
    """Load the documents and what they lead to into their batches, or note that they do not exist."""
    for depth in range(DEPTH):
        reached: dict[str, dict[Key, None]] = {}
        absent: list[tuple[str, Key]] = []
        for vendor, keys in wanted.items():
            documents, beyond = batches[vendor].documents, reached.setdefault(vendor, {})
            for key in keys:
                if key not in documents:
                    absent.append((vendor, key))
                elif (document := documents[key]) is not None:
                    _reach(document, depth, beyond)
        for (vendor, key), document in (await session.documents(absent)).items():
            batches[vendor].documents[key] = document
            if document is not None:
                _reach(document, depth, reached[vendor])
        wanted = reached


def _reach(document: Document, depth: int, beyond: dict[Key, None]) -> None:
    try:
        beyond.update(dict.fromkeys(reached_from(document, depth)))
    except Exception as error:
        if is_infrastructure(error):
            raise
        # Only a shortcut: the decision asks for what it needs.
