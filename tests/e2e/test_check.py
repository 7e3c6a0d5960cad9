"""`?check=true`: what publishing would answer, from the same pure check, with nothing kept."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.e2e.channel import POLICY, PRODUCTS, Channel

NEXT = {**POLICY, "version": 2}
REFUSED: tuple[dict[str, Any], ...] = (
    POLICY,
    {**NEXT, "eligibility": {"min_tier": "gold", "partner_types": ["Reseler"]}},
    {**NEXT, "effective_from": "2020-01-01"},
    {**NEXT, "protection": {"days": 0}, "colour": "blue"},
)
SAME = ("status", "code", "title", "detail")
CHECK = "/v1/programs?check=true"


async def told(channel: Channel) -> tuple[int, int]:
    """How many facts were accepted, and how many idempotency rows are kept, of the vendor."""
    pool = channel.stack.pool
    facts = await pool.fetchval("SELECT count(*) FROM log.facts WHERE key = $1", channel.vendor)
    keys = await pool.fetchval("SELECT count(*) FROM registration.idempotency WHERE vendor = $1", channel.vendor)
    return facts, keys


@pytest.mark.parametrize("policy", REFUSED)
async def test_a_check_answers_with_the_refusal_that_publishing_gets(live: Channel, policy: dict[str, Any]) -> None:
    await live.house()
    checked = await live.send("POST", CHECK, policy)
    published = await live.send("POST", "/v1/programs", policy)
    assert checked.status_code == published.status_code >= 400
    # Only the check knows the text that was sent, and so where what is refused stands.
    assert _said(checked) == _said(published)


@pytest.mark.parametrize(
    ("text", "path", "line", "column"),
    [
        ("program: hunting\nversion: 2\nprotection: {days: 0}\n", "protection.days", 3, 20),
        ("program: hunting\nversion: 2\neligibility:\n  min_tier: gold\nprotection: {days: 9}\n",
         "policy.eligibility.min_tier", 4, 13),
        ("program: hunting\nversion: 2\nprotection: {days: [}\n", "", 3, 21),
        ("program: hunting\nprogram: b\n", "program", 2, 1),
    ],
)  # fmt: skip
async def test_what_is_wrong_is_named_by_line_and_column(
    live: Channel, text: str, path: str, line: int, column: int
) -> None:
    await live.house()
    headers = {"Authorization": f"Bearer {live.key}", "Content-Type": "application/yaml"}
    refused = await live.stack.client.post(CHECK, content=text, headers=headers)
    assert refused.status_code == 422, refused.text
    [error, *_] = refused.json()["errors"]
    assert (error["field"], error["line"], error["column"]) == (path, line, column)


async def test_a_check_says_what_changes_in_the_readers_language(live: Channel) -> None:
    await live.house(policy={"eligibility": {"max_open_registrations": 5}})
    changed = {**NEXT, "protection": {"days": 60}}
    checked = await live.send("POST", CHECK, changed, Accept_Language="ar")
    found = checked.json()
    assert (found["against"], checked.headers["Content-Language"]) == (1, "ar")
    told = {one["path"]: (one["kind"], one["before"], one["after"]) for one in found["differences"]}
    assert told == {
        "version": ("changed", 1, 2), "protection.days": ("changed", 90, 60),
        "eligibility.max_open_registrations": ("removed", 5, None),
    }  # fmt: skip
    sentences = [one["sentence"] for one in (await live.send("POST", CHECK, changed)).json()["differences"]]
    assert "protection.days changes from 90 to 60." in sentences
    assert not {one["sentence"] for one in found["differences"]} & set(sentences)
    first = await live.send("POST", CHECK, {**POLICY, "program": "new"})
    assert (first.json()["against"], first.json()["differences"]) == (None, [])


async def test_a_vendor_document_that_is_checked_is_compared_with_the_one_that_counts(live: Channel) -> None:
    await live.house()
    wider = {"products": PRODUCTS, "tiers": ["silver"]}
    checked = await live.send("PUT", "/v1/vendor/document?check=true", wider)
    assert [one["sentence"] for one in checked.json()["differences"]] == ["tiers is new: silver."]


async def test_a_published_version_is_read_as_a_text_from_which_the_next_is_written(live: Channel) -> None:
    await live.house(policy={"eligibility": {"max_open_registrations": 5}})
    headers = {"Authorization": f"Bearer {live.key}"}
    at = "/v1/programs/hunting/versions/1"
    read = await live.stack.client.get(at, headers={**headers, "Accept": "application/yaml"})
    assert read.headers["content-type"].startswith("application/yaml")
    wanted = "program: hunting\nversion: 1\neligibility:\n  max_open_registrations: 5\nprotection:\n  days: 90\n"
    assert read.text == wanted
    following = {**headers, "Content-Type": "application/yaml"}
    text = read.text.replace("version: 1", "version: 2")
    checked = await live.stack.client.post(CHECK, content=text, headers=following)
    assert [one["path"] for one in checked.json()["differences"]] == ["version"]
    other = await live.stack.client.get(at, headers={**headers, "Accept": "text/html"})
    assert other.status_code == 406


async def test_a_check_of_what_can_be_published_names_its_position_and_keeps_nothing(live: Channel) -> None:
    await live.house()
    before = await told(live)
    checked = await live.send("POST", CHECK, NEXT)
    assert checked.status_code == 200, checked.text
    position = checked.json().pop("position")
    assert checked.json() == {
        "program": "hunting", "version": 2, "takes_effect": "immediately", "position": position, "against": 1,
        "differences": [
            {"path": "version", "kind": "changed", "before": 1, "after": 2, "sentence": "version changes from 1 to 2."}
        ],
    }  # fmt: skip
    assert checked.headers["Dealreg-Position"] == str(position)
    assert position >= 3
    assert await told(live) == before
    published = await live.send("POST", "/v1/programs", NEXT)
    assert published.status_code == 200, published.text


async def test_a_check_needs_no_key_and_the_scope_of_the_write(live: Channel) -> None:
    await live.house("nord")
    without = {"Authorization": f"Bearer {live.key}", "Content-Type": "application/yaml"}
    text = "program: hunting\nversion: 2\nprotection: {days: 30}\n"
    checked = await live.stack.client.post(CHECK, content=text, headers=without)
    assert checked.status_code == 200, checked.text
    partner = {**without, "Authorization": f"Bearer {await live.partner_key('nord')}"}
    refused = await live.stack.client.post(CHECK, content=text, headers=partner)
    assert (refused.status_code, refused.json()["code"]) == (403, "scope.missing")
    wrong = await live.stack.client.post("/v1/programs?check=yes", content=text, headers=without)
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, "check")


@pytest.mark.parametrize(
    "document",
    [
        {"products": PRODUCTS},
        {"products": PRODUCTS, "tiers": ["silver", "silver"]},
        {"products": PRODUCTS, "tiers": ["silver"]},
    ],
)
async def test_a_vendor_document_is_checked_likewise(live: Channel, document: dict[str, Any]) -> None:
    await live.house()
    full = {"products": PRODUCTS, "tiers": ["silver", "gold"]}
    assert (await live.send("PUT", "/v1/vendor/document", full)).status_code == 200
    policy = {**NEXT, "eligibility": {"min_tier": "gold"}, "rewards": []}
    assert (await live.send("POST", "/v1/programs", policy)).status_code == 200
    await live.stack.drained()
    before = await told(live)
    checked = await live.send("PUT", "/v1/vendor/document?check=true", document)
    assert await told(live) == before
    real = await live.send("PUT", "/v1/vendor/document", document)
    assert (checked.status_code, checked.json()["code"]) == (real.status_code, real.json()["code"])
    assert checked.json()["errors"] == real.json()["errors"]


async def test_a_line_that_is_no_longer_listed_is_still_known(live: Channel) -> None:
    await live.house()
    policy = {**NEXT, "rewards": [{"name": "a", "kind": "rebate", "pct": 5, "when": {"lines": ["services"]}}]}
    dropped = {"products": PRODUCTS[:2]}
    checked = await live.send("PUT", "/v1/vendor/document?check=true", dropped)
    assert checked.status_code == 200, checked.text
    assert (await live.send("PUT", "/v1/vendor/document", dropped)).status_code == 200
    await live.stack.drained()
    checked = await live.send("POST", CHECK, policy)
    assert checked.status_code == 200, checked.text
    assert (await live.send("POST", "/v1/programs", policy)).status_code == 200


async def test_while_history_is_imported_a_check_asks_for_the_recorded_time_too(importing: Channel) -> None:
    await importing.house()
    assert (await importing.send("POST", CHECK, NEXT)).status_code == 200
    key = {"Authorization": f"Bearer {importing.key}", "Content-Type": "application/json"}
    refused = await importing.stack.client.post(CHECK, json=NEXT, headers=key)
    assert (refused.status_code, refused.json()["code"]) == (409, "vendor.importing")


def _said(answer: httpx.Response) -> list[Any]:
    body = answer.json()
    errors = [{name: one[name] for name in ("field", "code", "message")} for one in body["errors"]]
    return [*(body[name] for name in SAME), errors]
