"""A release does not decide for a vendor that a later one has decided for: it might lose what that one keeps."""

from __future__ import annotations

import pytest

from shared.errors import Misconfigured
from shared.release import RELEASE, later
from tests.integration.attribution.conftest import Deciding
from tests.unit.attribution.house import House

NEXT = "99.0.0"


async def decided_by(deciding: Deciding, release: str) -> None:
    """What the vendor's document says once that release has decided."""
    await deciding.pool.execute(
        "UPDATE attribution.document SET body = (body::jsonb || jsonb_build_object('release', $1::text))::json "
        "WHERE kind = 'vendor'",
        release,
    )


async def test_a_partition_that_a_later_release_decided_for_is_refused_and_named(deciding: Deciding) -> None:
    house = House().open(partners="A")
    facts = len(house.taken)
    house.submit("r1", "A")
    await deciding.append(*house.taken[:facts])
    await deciding.decide()
    journal = await deciding.journal()
    await decided_by(deciding, NEXT)
    await deciding.append(*house.taken[facts:])
    worker = deciding.worker()
    with pytest.raises(
        Misconfigured, match=f"release {NEXT} decided facts of vendor acme, but this is release {RELEASE}"
    ):
        await worker.step()
    assert list(worker.failed.values()) == [
        f"release {NEXT} decided facts of vendor acme, but this is release {RELEASE}: run {NEXT} here too"
    ]
    await worker.close()
    assert await deciding.journal() == journal
    # An earlier one is followed.
    await decided_by(deciding, "0.0.9")
    await deciding.decide()
    upgraded = [entry.event for entry in await deciding.journal() if entry.event.type == "decider.upgraded"]
    assert [one.release for one in upgraded] == [RELEASE, RELEASE]  # type: ignore[attr-defined]
    assert (await deciding.journal())[-1].event.type == "registration.approved"


def test_releases_are_compared_by_their_numbers() -> None:
    assert later("0.10.0", than="0.9.1")
    assert later("1.0.0", than="0.9.1")
    assert not later("0.9.1", than="0.10.0")
    assert not later("0.1.0", than="0.1.0")
    assert not later("0.2.0.dev3", than="0.2.0")
    assert not later("next", than="0.1.0")
    assert not later("0.1.0", than="next")
