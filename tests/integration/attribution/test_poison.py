"""Whatever stands in `facts`, the decider never stops: each spoilt record is one numbered refusal (G8, rule 8)."""

from __future__ import annotations

import pytest

from shared.events.codec import MAX_VALUE_BYTES, encode_fact
from shared.events.vendor import FactRefused
from shared.log.port import Record
from tests.integration.attribution.conftest import Deciding
from tests.poison import spoilt
from tests.unit.attribution.house import House

KINDS = tuple(spoilt(Record("acme", (), b"")))


@pytest.mark.parametrize("kind", KINDS)
async def test_a_spoilt_fact_is_refused_once_and_all_else_flows(deciding: Deciding, kind: str) -> None:
    house = House().open()
    good = [encode_fact(fact) for fact in house.taken]
    bad = spoilt(good[-1])[kind]
    # Twice: at least once is how the log delivers.
    await deciding.log.append("facts", [*good[:-1], bad, bad, good[-1]])
    await deciding.decide()
    journal = await deciding.journal()
    refused = [entry.event for entry in journal if isinstance(entry.event, FactRefused)]
    # Without an identity of their own, two records are two.
    assert len(refused) == (2 if kind == "no headers" else 1)
    assert {one.code for one in refused} == {"fact.unreadable"}
    assert [entry.event.type for entry in journal if not isinstance(entry.event, FactRefused)] == [
        entry.event.type for entry in house.entries
    ]
    assert max(len(record.value) for record in await deciding.records()) < MAX_VALUE_BYTES
