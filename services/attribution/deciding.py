"""Decide a batch of facts in order, in memory: load missing documents, and isolate what fails."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence

import structlog

from services.attribution.decoded import Decoded
from services.attribution.domain.documents.working_set import FactRejected, NeedsDocuments
from services.attribution.faults import MOST_FAULTS, Fault, Halted, Recent, TooManyFaults, is_infrastructure
from services.attribution.loading import VendorBatches, fetch, load
from services.attribution.metrics import FAULTS
from services.attribution.port import Session
from services.attribution.vendor_batch import BatchFull, VendorBatch, touches_of
from services.attribution.written import Written
from shared.events.codec import TooLarge

CACHED_DOCUMENTS = 200_000
"""Documents cached between batches by a process that has all partitions, about 1 kB each."""
YIELD_EVERY_FACTS = 8
"""Facts between yields to the event loop: a few milliseconds of deciding."""

_log = structlog.get_logger(__name__)


class Deciding:
    """The vendors of one partition while their facts are decided. Nothing in it is durable."""

    def __init__(self, decisions_per_transaction: int, now: Callable[[], float], partitions: int = 1) -> None:
        """`partitions` are those of the log: each caches its share, whoever has the others."""
        self.batches: VendorBatches = {}
        self.trouble: Fault | Halted | None = None
        """Why the batch ended early; handled once everything before is committed."""
        self.skipped: Collection[str] = ()
        """Facts and timers that halted an import and that an operator decided to skip."""
        self._room = decisions_per_transaction
        self._now = now
        self._cached = CACHED_DOCUMENTS // partitions
        self._suspects: set[str] = set()
        """Subjects that raised once. A second time, the fact is refused or the timer disarmed."""
        self._careful: set[str] = set()
        """Vendors with a document that could not be serialised."""
        self._faults = Recent()

    async def decide(self, session: Session, facts: Sequence[Decoded], release: str) -> int:
        """Decide the facts and return how many. Missing documents are loaded and the fact is decided again.

        Stops early if the transaction is full, or if `trouble` says why.
        """
        decided = 0
        try:
            failed = await load(session, self.batches, facts, self._room)
        except Halted as halted:
            self.trouble = halted
            return 0
        for index, one in enumerate(facts):
            if index % YIELD_EVERY_FACTS == 0:
                await asyncio.sleep(0)
            batch = self._prepared(one.fact.vendor, failed)
            before = batch.decisions
            while decided < self._room:
                try:
                    _take(batch, one, release, self._room - decided)
                    break
                except NeedsDocuments as missing:
                    if not await self._fetched(session, one.fact.vendor, missing):
                        return index
                except BatchFull:
                    return index
                except (Fault, Halted) as trouble:
                    self.trouble = trouble
                    return index
            else:
                return index
            self._suspects.clear()
            decided += batch.decisions - before
        return len(facts)

    def _prepared(self, vendor: str, failed: Mapping[str, Exception]) -> VendorBatch:
        batch = self.batches[vendor]
        # One fault over the limit is raised again instead of being concluded.
        batch.suspects = () if self._faults.full(self._now()) else self._suspects
        batch.skipped, batch.failed, batch.careful = self.skipped, failed, vendor in self._careful
        return batch

    async def _fetched(self, session: Session, vendor: str, missing: NeedsDocuments) -> bool:
        try:
            await fetch(session, self.batches, {vendor: missing.keys})
        except Halted as halted:
            self.trouble = halted
            return False
        return True

    def leave(self) -> list[Written] | None:
        """Return the decided batch in stored form; None if a document cannot be serialised and all is decided again."""
        written: list[Written] = []
        for batch in self.batches.values():
            try:
                one = batch.leave()
            except Exception as error:
                if is_infrastructure(error):
                    raise
                self._begin_anew(batch.vendor, error)
                return None
            if one is not None:
                written.append(one)
        return written

    def _begin_anew(self, vendor: str, error: Exception) -> None:
        self.batches.clear()
        self.trouble = None
        if vendor in self._careful:
            self.trouble = Halted(vendor, f"its documents cannot be serialised ({type(error).__name__})")
        self._careful.add(vendor)

    def arrived(self) -> None:
        """Note that the last batch is committed; drop the documents if there are too many."""
        for batch in self.batches.values():
            batch.arrived()

    @property
    def full(self) -> bool:
        """Return whether so many documents are cached that all should be dropped once everything is committed."""
        return sum(len(batch.documents) for batch in self.batches.values()) > self._cached

    def look_again(self) -> Halted | None:
        """Retry the vendor's facts from the stored state, or return its halt.

        Raises `TooManyFaults` if it raised twice and would exceed the limit.
        """
        trouble, self.trouble = self.trouble, None
        assert trouble is not None
        self.batches.pop(trouble.vendor, None)
        if isinstance(trouble, Halted):
            self._suspects.clear()
            return trouble
        if trouble.subject in self._suspects:
            raise TooManyFaults(
                f"{MOST_FAULTS} facts and timers could not be decided within a minute, and {trouble.subject} of "
                f"{trouble.vendor} would be one more: the release is at fault. Start a repaired one, then run "
                "`dealreg facts retell`"
            )
        _log.warning("decision failed; trying once more", vendor=trouble.vendor, exc_info=trouble.__cause__)
        self._suspects.add(trouble.subject)
        return None

    def committed(self, written: Sequence[Written]) -> None:
        """Count and log what these faults conclude."""
        for one in written:
            self._faults.add(len(one.concluded), self._now())
            for fault in one.concluded:
                FAULTS.labels(fault.what).inc()
                outcome = "the fact is refused" if fault.what == "fact" else "the timer is disarmed"
                _log.error(
                    f"decision failed twice: {outcome}",
                    vendor=one.vendor, fact_id=fault.fact_id, state=fault.subject, exc_info=fault.error,
                )  # fmt: skip


def _take(batch: VendorBatch, one: Decoded, release: str, room: int) -> None:
    if one.failed is not None:
        batch.give_up(one.fact, one.record.value, one.type, one.failed)
        return
    if one.refused is not None:
        batch.refuse(one.fact, one.record.value, one.refused, fact_type=one.type, touches=())
        return
    try:
        batch.take(one.fact, one.record.value, release, room)
    except TooLarge as error:
        refused = FactRejected(error.code, status=error.status)
        touches = touches_of(one.fact)
        batch.refuse(one.fact, one.record.value, refused, fact_type=one.fact.event.type, touches=touches)
