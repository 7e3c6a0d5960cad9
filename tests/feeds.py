"""What a partner reads of folded rows: its own, and what they leave out from the vendor's, as queries join them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from services.projections.views.feed_rows import FeedRow, PartnerFeedRow
from shared.compression import decompressed


class Read(NamedTuple):
    """One entry as its partner reads it; `data` is JSON."""

    partner: str
    n: int
    seq: int
    type: str
    cause: str | None
    subjects: list[str]
    data: str


def read(whole: Iterable[FeedRow], own: Iterable[PartnerFeedRow]) -> Iterator[Read]:
    """Every partner's entries, in the order of the rows."""
    rows = {(row.vendor, row.seq): row for row in whole}
    for row in own:
        full = rows[row.vendor, row.seq]
        less = row.data is not None or row.body is not None
        yield Read(
            row.partner, row.n, row.seq, full.type, full.cause if row.caused else None,
            full.subjects if row.subjects is None else row.subjects, content_of(row if less else full),
        )  # fmt: skip


def content_of(row: FeedRow | PartnerFeedRow) -> str:
    """The JSON that the row keeps; exactly one of its forms is there."""
    assert (row.data is None) != (row.body is None)
    return row.data if row.body is None else decompressed(row.body).decode()  # type: ignore[return-value]
