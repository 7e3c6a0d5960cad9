"""Halts: the vendors of a partition whose facts wait while others continue, and reading what waited.

A partition has one position. A halted vendor's facts are passed over behind it, and a row remembers where the first of
them stands; once the vendor goes on, they are read from there up to the position before anything that comes later.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from services.attribution.decoded import Decoded, decode_records
from services.attribution.metrics import HALTED
from services.attribution.port import Halt
from shared.log.port import EventLog, Reader


class Halts:
    """The halts of one partition."""

    def __init__(self, log: EventLog, partition: int, found: Sequence[Halt], release: str) -> None:
        self._log, self._partition = log, partition
        self.halted = {one.vendor: one for one in found if one.release == release}
        """Halted vendors, and why."""
        self.returning = {one.vendor: one for one in found if one.release != release}
        """Resumed vendors: what waited for them is decided first."""
        self._reader: Reader | None = None
        self._at = min((one.facts_from for one in self.returning.values()), default=0)
        self._tell()

    @property
    def quiet(self) -> frozenset[str]:
        """Vendors without ticks: their deadlines wait with their facts."""
        return frozenset((*self.halted, *self.returning))

    @property
    def skipped(self) -> frozenset[str]:
        """Subjects that halted an import and that an operator decided to skip."""
        return frozenset(one.subject for one in self.returning.values() if one.skip and one.subject)

    def add(self, halt: Halt) -> None:
        """Halt the vendor."""
        self.returning.pop(halt.vendor, None)
        self.halted[halt.vendor] = halt
        self._tell()

    def passing(self, facts: Iterable[Decoded]) -> list[Decoded]:
        """Return the facts to decide now, without those of halted vendors."""
        return [one for one in facts if one.fact.vendor not in self.halted] if self.halted else list(facts)

    async def waited(self, until: int, limit: int) -> list[Decoded] | None:
        """Read the next waiting facts of resumed vendors: none in a stretch without any; None at the position."""
        if not self.returning or self._at >= until:
            return None
        if self._reader is None:
            self._reader = await self._log.reader("facts", self._partition, self._at)
        records = [one for one in await self._reader.fetch(limit, 1_000) if one.offset < until]
        if not records:
            return []
        self._at = records[-1].offset + 1
        mine = [one for one in records if one.key in self.returning]
        return decode_records(
            [one for one in mine if one.offset >= self.returning[one.key].facts_from], self._partition
        )

    async def returned(self) -> None:
        """Note that the resumed vendors have reached the position."""
        self.returning.clear()
        await self.close()

    async def close(self) -> None:
        """Stop reading."""
        if self._reader is not None:
            reader, self._reader = self._reader, None
            await reader.close()

    def _tell(self) -> None:
        HALTED.labels(str(self._partition)).set(len(self.halted))
