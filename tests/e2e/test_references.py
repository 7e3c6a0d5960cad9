"""A credential for somebody: the partner must have been enrolled, however far the directory has read."""

from __future__ import annotations

from pathlib import Path

import pytest

from dealreg.runtime.in_process import stack
from services.registration.directory import references
from services.registration.directory.references import PartnerUnknown, References
from shared.errors import Unavailable
from tests.crash.place import quick
from tests.e2e.channel import Channel


async def test_a_partner_that_was_enrolled_a_moment_ago_gets_its_key_and_nobody_gets_none(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(references, "WAIT_SECONDS", 50.0)  # of a slow machine
    async with stack(quick(database, tmp_path)) as running:
        await running.vendor("acme")
        channel = await Channel.open(running, "acme", day=None)
        for number in range(5):
            partner = f"partner-{number}"
            answer = await channel.send("POST", "/v1/partners", {"partner": partner, "name": partner}, wait=0)
            assert answer.status_code == 202, answer.text
            # at once: the directory has not read of it
            body = {"scopes": ["pipeline:read"], "partner": partner}
            made = await channel.send("POST", "/v1/credentials", body)
            assert (made.status_code, made.json()["partner"]) == (201, partner), made.text
        for nobody in ("nobody", "Partner-0", "partner-00"):
            refused = await channel.send("POST", "/v1/credentials", {"scopes": ["pipeline:read"], "partner": nobody})
            assert (refused.status_code, refused.json()["code"]) == (422, "partner.unknown"), refused.text
            assert [one["field"] for one in refused.json()["errors"]] == ["partner"]
        # another vendor's partner is nobody here
        await running.vendor("other")
        other = await Channel.open(running, "other", day=None)
        refused = await other.send("POST", "/v1/credentials", {"scopes": ["pipeline:read"], "partner": "partner-0"})
        assert (refused.status_code, refused.json()["code"]) == (422, "partner.unknown")


async def test_where_nobody_decides_nobody_can_say_who_exists(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(references, "WAIT_SECONDS", 0.3)
    async with stack(quick(database, tmp_path), work=False) as running:
        looked = References(running.pool, running.log)
        with pytest.raises(PartnerUnknown):
            await looked.assert_partner("acme", "nobody")  # nothing was ever told: there is nothing to wait for
        await running.vendor("acme")
        with pytest.raises(Unavailable, match="do the workers run"):
            await looked.assert_partner("acme", "nobody")
