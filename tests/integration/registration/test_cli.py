"""The operator's commands, each a process of its own, as an operator runs them."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import asyncpg
import orjson
import pytest

from shared.compression import decompressed
from shared.credentials import OPERATOR, PARTNER_SCOPES, SCOPES, Credentials
from shared.errors import DealregError
from shared.log.postgres import read_headers
from shared.persons import MasterKey, Persons
from shared.settings import Settings, variable
from tests.conftest import TEST_KEY
from tests.instants import odd_instants

_ENROLLED = """
INSERT INTO registration.directory_partner (vendor, partner, name, segments, status, seq)
VALUES ('acme', 'nordlicht', 'Nordlicht', '{}', 'active', 1)
"""
"""As the workers do that do not run here."""
Run = Callable[..., Awaitable[tuple[int, str, str]]]


def command_on(database: str, settings: Settings, **more: str) -> Run:
    """The command over that database, with no settings but these."""
    environment = {
        variable("database_url"): database,
        variable("master_key"): TEST_KEY.get_secret_value(),
        variable("data_dir"): str(settings.data_dir),
        "NO_COLOR": "1",
        "COLUMNS": "200",
        **{variable(name): value for name, value in more.items()},
    }

    async def command(*arguments: str) -> tuple[int, str, str]:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "dealreg.cli", *arguments,
            env=environment, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        out, err = await process.communicate()
        return process.returncode or 0, out.decode(), err.decode()

    return command


@pytest.fixture
def run(database: str, settings: Settings) -> Run:
    return command_on(database, settings)


async def told(run: Run, *arguments: str) -> Any:
    code, out, err = await run(*arguments, "--json")
    assert not odd_instants(out)
    assert code == 0, err
    return json.loads(out)


async def test_a_vendor_is_created_once_and_its_keys_work(run: Run, pool: asyncpg.Pool) -> None:
    first = await told(run, "vendor", "create", "acme", "--live")
    assert await told(run, "vendor", "create", "acme", "--live") == first
    code, _, err = await run("vendor", "create", "acme", "--importing")
    assert (code, "another name or mode" in err) == (1, True)
    made = await told(run, "credential", "create", "acme", "--all-scopes", "--label", "desk")
    credentials = Credentials(pool, 0)
    caller = await credentials.authenticate(made["key"])
    assert (caller.vendor, caller.scopes) == ("acme", frozenset(SCOPES))
    await pool.execute(_ENROLLED)
    bound = await told(run, "credential", "create", "acme", "--all-scopes", "--partner", "nordlicht")
    caller = await credentials.authenticate(bound["key"])
    assert (caller.partner, caller.scopes) == ("nordlicht", frozenset(PARTNER_SCOPES))
    turned = await told(run, "credential", "rotate", "acme", made["credential"])
    assert (await credentials.authenticate(turned["key"])).principal == made["principal"]
    assert (turned["replaced"]["credential"], turned["replaced"]["grace_seconds"]) == (made["credential"], 0)
    await told(run, "credential", "revoke", "acme", turned["credential"])
    with pytest.raises(DealregError) as refused:
        await credentials.authenticate(turned["key"])
    assert refused.value.code == "credential.revoked"
    listed = await told(run, "credential", "list", "acme")
    assert {one["credential"] for one in listed} >= {made["credential"], turned["credential"], bound["credential"]}
    assert made["key"] not in str(listed)
    acts = await pool.fetch("SELECT principal FROM registration.idempotency WHERE key LIKE 'administration %'")
    assert [row["principal"] for row in acts] == [OPERATOR] * 4, "two made, one rotated, one revoked"
    assert await pool.fetchval("SELECT count(*) FROM registration.administration") == 0


async def test_a_rotation_prints_the_key_and_says_beside_it_when_the_old_one_ends(run: Run) -> None:
    await told(run, "vendor", "create", "acme", "--live")
    made = await told(run, "credential", "create", "acme", "--all-scopes")
    code, out, err = await run("credential", "rotate", "acme", made["credential"], "--grace-seconds", "60")
    [key] = out.split()
    assert (code, key.startswith("dr_")) == (0, True)
    assert f"replaces {made['credential']}, whose key ends at 20" in err


async def test_wrong_use_is_said_with_its_exit_code(run: Run) -> None:
    for arguments, code, words in [
        (("vendor", "create", "acme"), 2, "--live, --importing and --sandbox"),
        (("vendor", "create", "a cme", "--live"), 2, "letter or digit"),
        (("credential", "create", "nobody", "--all-scopes"), 1, "no vendor 'nobody'"),
        (("credential", "create", "acme", "--scope", "everything"), 2, "unknown scope"),
        (("persons", "erase", "acme"), 2, "--email"),
    ]:
        done, _, err = await run(*arguments)
        assert (done, words in " ".join(err.split())) == (code, True), err


async def test_connections_are_made_and_persons_erased(run: Run, pool: asyncpg.Pool, settings: Settings) -> None:
    await told(run, "vendor", "create", "acme", "--live")
    made = await told(run, "connection", "create", "acme", "sales CRM")
    assert (made["connection"][:4], made["secret"][:6]) == ("crm_", "whsec_")
    persons = Persons(pool, MasterKey(settings.master_key_bytes()))
    sealed = (await persons.seal("acme", "jana@adler.example", {"name": "Jana"}))["name"]
    erased = await told(run, "persons", "erase", "acme", "--email", "Jana@Adler.example")
    assert (erased["person"], erased["erased"]) == (sealed.person, True)
    told_of = await pool.fetch('SELECT headers, value FROM log.facts ORDER BY "offset"')
    assert dict(read_headers(told_of[-1]["headers"]))["ce_type"] == "dealreg.person.erased"
    assert orjson.loads(decompressed(told_of[-1]["value"])) == {"person": sealed.person}
    assert await persons.unseal("acme", [sealed]) == {sealed: None}
    assert (await told(run, "persons", "erase", "acme", "--email", "jana@adler.example"))["erased"] is False


async def test_a_vendor_begins_with_a_program_and_a_key(run: Run, pool: asyncpg.Pool, tmp_path: Path) -> None:
    code, _, err = await run("policy", "new", str(tmp_path / "channel"), "--from", "referral")
    assert code == 0, err
    made = await told(run, "vendor", "create", "acme", "--live", "--program", str(tmp_path / "channel"))
    caller = await Credentials(pool, 0).authenticate(made["key"])
    assert (caller.vendor, caller.scopes) == ("acme", frozenset(SCOPES))
    assert await pool.fetchval("SELECT count(*) FROM log.facts WHERE key = 'acme'") >= 3
    (tmp_path / "channel" / "policy.yaml").write_text("program: channel\nversion: 1\n")
    code, _, err = await run("vendor", "create", "other", "--live", "--program", str(tmp_path / "channel"))
    assert (code, "protection" in err) == (2, True)
    assert await pool.fetchval("SELECT count(*) FROM log.facts WHERE key = 'other'") == 0


async def test_what_is_published_is_shown_and_compared(run: Run, pool: asyncpg.Pool, tmp_path: Path) -> None:
    await told(run, "vendor", "create", "acme", "--live")
    document = {"program": "hunting", "version": 1, "protection": {"days": 90}}
    await pool.execute(
        "INSERT INTO registration.directory_program (vendor, program, number, policy, in_effect, withdrawn, seq) "
        "VALUES ('acme', 'hunting', 1, $1, 5, false, 5), ('acme', 'hunting', 2, $2, NULL, false, 6)",
        json.dumps(document),
        json.dumps({**document, "version": 2, "protection": {"days": 60}}),
    )
    shown = await told(run, "policy", "show", "--program", "hunting", "--vendor", "acme")
    assert (shown["version"], shown["protection"]["days"]) == (1, 90)
    code, out, err = await run("policy", "diff", "hunting", "hunting/2", "--vendor", "acme", "--json")
    assert code == 1, err
    paths = [(one["path"], one["before"], one["after"]) for one in json.loads(out)["differences"]]
    assert paths == [("version", 1, 2), ("protection.days", 90, 60)]
    code, _, err = await run("policy", "diff", "hunting", "hunting/3", "--vendor", "acme")
    assert (code, "hunting/1, hunting/2" in err) == (2, True)
    code, out, _ = await run("policy", "diff", "document", "document", "--vendor", "acme")
    assert code == 0, out


async def test_published_rates_are_shown(run: Run, pool: asyncpg.Pool) -> None:
    await told(run, "vendor", "create", "acme", "--live")
    for seq, (day, usd) in enumerate((("2027-01-04", "1.0721"), ("2027-02-01", "1.09")), 2):
        await pool.execute(
            "INSERT INTO projections.feed (vendor, seq, type, version, decision, clock, known_at, known_by, cause, "
            "subjects, data) VALUES ('acme', $1, 'rates.published', 1, false, now(), now(), now(), 'f', "
            "'{rates:EUR}', $2)",
            seq,
            json.dumps({"base": "EUR", "day": day, "rates": {"USD": usd}}),
        )
    shown = await told(run, "policy", "rates", "--vendor", "acme", "--base", "EUR", "--on", "2027-01-31")
    assert [(one["day"], one["rates"]) for one in shown] == [("2027-01-04", {"USD": "1.0721"})]
    code, out, _ = await run("policy", "rates", "--vendor", "acme")
    assert (code, [line.split()[0] for line in out.splitlines()]) == (0, ["from", "2027-02-01", "2027-01-04"])
    code, _, err = await run("policy", "rates", "--vendor", "acme", "--currency", "usd")
    assert (code, "--currency" in err) == (2, True)


async def test_webhook_endpoints_from_the_command_line(run: Run, pool: asyncpg.Pool) -> None:
    await told(run, "vendor", "create", "acme", "--live")
    code, _, err = await run("webhook", "create", "acme", "--url", "https://127.0.0.1/hook")
    assert (code, "DEALREG_OUTWARD_NETWORKS" in err) == (1, True)
    code, _, err = await run("webhook", "create", "acme", "--url", "https://93.184.216.34/", "--type", "nothing.such")
    assert (code, "docs/events.md" in err) == (2, True)
    made = await told(run, "webhook", "create", "acme", "--url", "https://93.184.216.34:8443/hook", "--ordered")
    assert made["secret"].startswith("whsec_")
    endpoint = made["endpoint"]
    rotated = await told(run, "webhook", "rotate", "acme", endpoint, "--grace", "60")
    assert (rotated["secret"] != made["secret"], rotated["replaced"]["grace_seconds"]) == (True, 60)
    assert (await told(run, "webhook", "test", "acme", endpoint))["message"].startswith("msg_test_")
    assert (await told(run, "webhook", "disable", "acme", endpoint))["state"] == "disabled"
    assert (await run("webhook", "replay", "acme", endpoint, "--after", "0"))[0] == 1
    assert (await told(run, "webhook", "enable", "acme", endpoint))["state"] == "enabled"
    assert (await told(run, "webhook", "replay", "acme", endpoint, "--after", "0"))["cursor"] == 0
    [listed] = await told(run, "webhook", "list", "acme")
    assert (listed["url"], listed["ordered"], "secret" in listed) == ("https://93.184.216.34:8443/hook", True, False)
    assert await told(run, "webhook", "deliveries", "acme", endpoint) == []
    await told(run, "webhook", "delete", "acme", endpoint)
    assert (await run("webhook", "list", "acme"))[1].strip() == "no webhook endpoint"
    code, _, err = await run("webhook", "deliveries", "acme", endpoint)
    assert (code, "no webhook endpoint" in err) == (1, True)
    assert await pool.fetchval("SELECT count(*) FROM registration.administration") == 0
