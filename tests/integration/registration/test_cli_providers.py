"""`dealreg provider` and `identity`: set up from a file, shown without the secret, people blocked and admitted."""

from __future__ import annotations

from pathlib import Path

import asyncpg
import pytest

from dealreg.commands.providers import read_provider
from services.registration.api.providers import NewProvider
from shared.credentials import Credentials, operator
from shared.errors import Invalid
from shared.identity.wiring import identity_over
from shared.settings import Settings
from tests.integration.registration.test_cli import Run, run, told

__all__ = ["run"]

FILE = """
name: Acme staff
issuer: https://login.acme.example
client_id: dealreg
client_secret: a secret of ours
audience: https://deals.acme.example
roles:
  - name: channel manager
    when: [{claim: groups, value: channel-managers}]
    scopes: [reviews:write, pipeline:read]
  - name: seller
    partner_claim: [dealreg, partner]
    scopes: [registrations:write]
"""


async def test_a_provider_is_set_up_shown_and_removed(
    run: Run, pool: asyncpg.Pool, settings: Settings, tmp_path: Path
) -> None:
    file = tmp_path / "staff.yaml"
    file.write_text(FILE)
    await told(run, "vendor", "create", "acme", "--live")
    done, out, err = await run("provider", "set", "acme", "staff", str(file))
    assert (done, "https://<host>/console/sign-in/acme/staff/answer" in " ".join(out.split())) == (0, True), err
    found = identity_over(pool, settings, Credentials(pool, 0))
    provider = await found.providers.get("acme", "staff")
    assert await found.providers.secret(provider) == "a secret of ours"
    assert provider.document.roles[1].partner_claim == ("dealreg", "partner")
    # Without a secret it stays, for the same client alone.
    same = NewProvider.model_validate(provider.document.model_dump()).document
    kept = await found.providers.configure("acme", "staff", same, None, by=operator("acme"))
    assert (kept.has_secret, kept.number) == (True, provider.number), "no change"
    moved = same.model_copy(update={"issuer": "https://login.evil.example"})
    assert not (await found.providers.configure("acme", "staff", moved, None, by=operator("acme"))).has_secret
    identity = await found.people.arrived(await found.providers.get("acme", "staff"), "sam", None)
    assert (await told(run, "identity", "block", "acme", identity))["blocked_at"]
    [came] = await told(run, "identity", "list", "acme")
    assert (came["identity"], came["subject"], came["blocked_at"] is None) == (identity, "sam", False)
    assert (await told(run, "identity", "admit", "acme", identity))["blocked_at"] is None
    done, out, _ = await run("provider", "show", "acme", "staff")
    assert (done, "a secret of ours" in out) == (0, False)
    [listed] = await told(run, "provider", "list", "acme")
    assert (listed["provider"], "secret of ours" in str(listed)) == ("staff", False)
    assert (await run("provider", "remove", "acme", "staff"))[:2] == (0, "provider staff removed\n")
    assert await told(run, "provider", "list", "acme") == []
    done, _, err = await run("provider", "show", "acme", "staff")
    assert (done, "staff" in err) == (1, True)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (FILE.replace("reviews:write", "reviews:all"), "roles.0.scopes"),
        (FILE.replace("https://login", "login"), "issuer"),
        ("[", "cannot be read"),
        ("- x", "staff.yaml"),
    ],
)
def test_what_is_wrong_with_a_file_is_said_at_its_field(tmp_path: Path, text: str, words: str) -> None:
    file = tmp_path / "staff.yaml"
    file.write_text(text)
    with pytest.raises(Invalid) as refused:
        read_provider(file)
    assert words in refused.value.detail
