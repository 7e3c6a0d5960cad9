"""Replays of facts that a house took, in this process: a fold for each side, and what differs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import orjson

from services.attribution.decoded import Decoded
from services.attribution.domain.documents.money import Case
from services.attribution.replay.candidate import Candidate
from services.attribution.replay.differences import Change, Totals, changes
from services.attribution.replay.fold import Fold
from services.attribution.replay.outcomes import sortable
from services.attribution.scenarios.engine import Engine
from shared.events.codec import encode_fact
from shared.events.envelope import Fact
from shared.log.port import StoredRecord
from shared.policy.reading import read_policy
from shared.policy.schema import Policy

RELEASE = "test"
AT_ONCE = 3
"""Facts between two looks at how much is in memory."""


def policy_of(document: Mapping[str, Any]) -> Policy:
    """The policy of a document, as it is read from a file."""
    return read_policy(orjson.dumps({"program": "hunting", "version": 1, "protection": {"days": 90}, **document}))


def decoded(facts: Iterable[Fact]) -> list[Decoded]:
    """The facts as the log has them, in its order."""
    found = []
    for offset, fact in enumerate(facts):
        record = encode_fact(fact)
        found.append(Decoded(StoredRecord(offset, record.key, record.headers, record.value), fact))
    return found


def folded(house: Engine, candidate: Candidate | None = None, **more: Any) -> Fold:
    """The house's facts folded anew."""
    documents = house.ledger.documents.values()
    cases = {one.id: one.opportunity for one in documents if isinstance(one, Case)}
    fold = Fold("acme", candidate, release=RELEASE, cases=cases, **more)
    told = decoded(house.taken)
    for start in range(0, len(told), AT_ONCE):
        if not fold.take(told[start : start + AT_ONCE]):
            break
    fold.finish()
    return fold


def replayed(house: Engine, policy: Policy, since: datetime | None = None, **more: Any) -> tuple[list[Change], Totals]:
    """What differs under the candidate."""
    totals = Totals()
    sides = folded(house, **more), folded(house, Candidate(policy, since), **more)
    found = list(changes(*sides, totals, sortable(since) if since is not None else None))
    for side in sides:
        side.close()
    return found, totals
