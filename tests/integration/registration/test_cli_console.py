"""`dealreg console link`: a link for a person of the vendor or of a partner, and no other."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import asyncpg

from services.console.sessions import Sessions
from shared.credentials import PARTNER_SCOPES, SCOPES, Credentials
from shared.persons import MasterKey
from shared.settings import Settings
from tests.integration.registration.test_cli import _ENROLLED, Run, run, told

__all__ = ["run"]


async def test_a_link_signs_in_whom_it_names_and_its_key_is_bound_to_them(
    run: Run, pool: asyncpg.Pool, settings: Settings
) -> None:
    await told(run, "vendor", "create", "acme", "--live")
    await pool.execute(_ENROLLED)
    credentials = Credentials(pool, 0)
    sessions = Sessions(pool, MasterKey(settings.master_key_bytes()), credentials)
    manager = await told(run, "console", "link", "acme", "--url", "https://deals.example/")
    partner = await told(run, "console", "link", "acme", "--partner", "nordlicht", "--principal", "person:mona")
    assert manager["link"].startswith("https://deals.example/console/sign-in?link=")
    for made, who, scopes in (
        (manager, ("acme", None, "console:acme"), frozenset(SCOPES) - {"import"}),
        (partner, ("acme", "nordlicht", "person:mona"), frozenset(PARTNER_SCOPES)),
    ):
        [token] = parse_qs(urlsplit(made["link"]).query)["link"]
        assert await sessions.offered(token) == who
        identity = await sessions.begin(token)
        assert identity is not None
        session = await sessions.read(identity)
        assert session is not None
        caller = await credentials.authenticate(session.key)
        assert (caller.vendor, caller.partner, caller.principal) == who
        assert caller.scopes == scopes
        assert await sessions.begin(token) is None
    listed = await told(run, "credential", "list", "acme")
    assert [one["label"] for one in listed] == ["console", "console"]


async def test_nobody_unknown_is_signed_in(run: Run) -> None:
    await told(run, "vendor", "create", "acme", "--live")
    for arguments, code, words in [
        (("console", "link", "nobody"), 1, "no vendor 'nobody'"),
        # No worker runs here, so a partner that nobody knows may be one that is not read yet.
        (("console", "link", "acme", "--partner", "stranger"), 75, "stranger"),
        (("console", "link", "acme", "--partner", "a b"), 2, "letter or digit"),
        (("console", "link", "acme", "--principal", "a\nb"), 2, "control"),
    ]:
        done, _, err = await run(*arguments)
        assert (done, words in " ".join(err.split())) == (code, True), err
