"""Shares of a partition: each vendor belongs to one, so that several processes can rebuild a view."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import NamedTuple

from shared.log.port import Whose
from shared.projection.reading import ELSEWHERE, Head


class Share(NamedTuple):
    """One of `of` equal shares of a partition's vendors."""

    number: int
    of: int

    def has(self, vendor: str) -> bool:
        """Whether the vendor belongs to it."""
        # The partition is a remainder of CRC 32: of any CRC, its vendors would fall into few of the shares.
        digest = hashlib.blake2b(vendor.encode(), digest_size=8).digest()
        return int.from_bytes(digest) % self.of == self.number

    @property
    def whose(self) -> Whose | None:
        """Whose records its process reads; None if it reads all."""
        return self.has if self.of > 1 else None

    def elsewhere(self, vendors: Iterable[str]) -> dict[str, Head]:
        """Return heads beyond every entry of those vendors that belong to other shares."""
        if self.of == 1:
            return {}
        return {vendor: ELSEWHERE for vendor in vendors if not self.has(vendor)}


WHOLE = Share(0, 1)
