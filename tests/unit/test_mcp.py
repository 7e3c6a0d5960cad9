"""What an assistant is handed, what it may propose, and where its key may go."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from dealreg.mcp.access import Access, AddressWrong, KeyWrong, Reader, Refused, access, address, folder
from dealreg.mcp.proposals import (
    ACTS,
    MOST_OPEN,
    Proposal,
    ProposalAltered,
    ProposalOver,
    ProposalUnknown,
    Shelf,
    TooManyProposals,
    proposed,
)
from dealreg.mcp.reading import BY_NAME, ArgumentWrong, read
from dealreg.mcp.texts import NOTICE, line, marked, visible
from shared.errors import Unavailable
from shared.messages import languages

NOW = datetime(2026, 11, 29, 9, tzinfo=UTC)
URL = "https://deals.acme.example"
BODY = {"program": "hunting", "partner": "acme", "customer": {"legal_name": "Nile"}, "products": ["X"]}
KEY = "dr_0123456789abcdef_secret"


def one(now: datetime = NOW, **body: Any) -> Proposal:
    return proposed(ACTS["register"], {"body": {**BODY, **body}}, URL, now)


def test_texts_are_data_and_nothing_in_them_hides() -> None:
    hidden = "ok\u202eevil\U000e0041\x1b[2J\u200b"
    assert visible({"a\x00": [hidden, 1, None]}) == {
        "a\\u{0}": ["ok\\u{202e}evil\\u{e0041}\\u{1b}[2J\\u{200b}", 1, None]
    }
    assert visible("شركة النيل\u200c\nB") == "شركة النيل\u200c\nB"
    assert line("a\nb\tc") == "a\\nb\\tc"
    assert marked([1]) == {"notice": NOTICE, "data": [1]}


@pytest.mark.parametrize(
    "url",
    ["", "deals.acme.example", "http://deals.acme.example", "https://u:p@deals.acme.example", "https://a.example/v1",
     "https://a.example?x=1", "ftp://a.example", "https://a.example:x", "https://[::1"],
)  # fmt: skip
def test_a_key_goes_to_no_address_where_others_read_it(url: str) -> None:
    with pytest.raises(AddressWrong, match="DEALREG_MCP_URL"):
        address({"DEALREG_MCP_URL": url})


@pytest.mark.parametrize("key", ["", "sk_live_0123456789abc", "dr_x", "dr_0123456789\nabc"])
def test_what_is_no_key_is_refused_and_not_repeated(key: str) -> None:
    with pytest.raises(KeyWrong, match="DEALREG_MCP_KEY") as caught:
        access({"DEALREG_MCP_URL": URL, "DEALREG_MCP_KEY": key})
    assert not key or key not in str(caught.value)


def test_where_things_are_is_in_the_environment() -> None:
    assert access({"DEALREG_MCP_URL": f"{URL}/ ", "DEALREG_MCP_KEY": KEY}) == Access(URL, KEY)
    assert KEY not in repr(Access(URL, KEY))
    assert address({"DEALREG_MCP_URL": "http://127.0.0.1:8080"}) == "http://127.0.0.1:8080"
    assert folder({"XDG_STATE_HOME": "/s"}) == Path("/s/dealreg/proposals")
    assert folder({"DEALREG_MCP_DIR": "/d", "XDG_STATE_HOME": "/s"}) == Path("/d")


def test_a_proposal_says_exactly_what_would_be_sent() -> None:
    said = one().document()
    assert said["request"] == {"method": "POST", "path": "/v1/registrations", "body": BODY}
    assert said["consequence"].startswith("A registration for Nile is submitted under the program hunting.")
    assert said["expires_at"] == "2026-11-30T09:00:00+00:00"
    assert one().id == one().id
    assert len({one().id, one(NOW + timedelta(seconds=1)).id, one(products=["Y"]).id}) == 3


@pytest.mark.parametrize(
    ("act", "given", "fields"),
    [
        ("register", {"body": {**BODY, "products": "X", "state": "protected"}}, {"body.products", "body.state"}),
        ("register", {}, {"body.program", "body.partner", "body.customer", "body.products"}),
        ("review", {"id": "reg_1", "body": {"verdict": "reject"}}, {"body"}),
        ("withdraw", {"id": "../vendor/go-live", "body": {}}, {"id"}),
        ("withdraw", {"body": {}}, {"id"}),
        ("link", {"id": "opp_1", "body": {}}, {"body.registration"}),
        ("match", {"id": "m", "body": []}, {"body"}),
    ],
)
def test_what_the_api_would_refuse_is_not_proposed(act: str, given: dict[str, Any], fields: set[str]) -> None:
    with pytest.raises(ArgumentWrong) as caught:
        proposed(ACTS[act], given, URL, NOW)
    assert {each.field for each in caught.value.problems} == fields


def test_every_act_says_what_follows_in_every_language() -> None:
    bodies: dict[str, Any] = {
        "register": BODY, "withdraw": {}, "evidence": {"kind": "demo", "on": "2026-01-01"}, "extension": {},
        "review": {"verdict": "approve"}, "link": {"registration": None}, "match": {"same": True},
    }  # fmt: skip
    assert bodies.keys() == ACTS.keys()
    for name, body in bodies.items():
        found = proposed(ACTS[name], {"id": "id_1", "body": body}, URL, NOW)
        said = {spoken.tag: found.consequence(spoken) for spoken in languages().values()}
        assert all(text and "{" not in text for text in said.values()), name
        assert len(set(said.values())) == len(said)
    linked = proposed(ACTS["link"], {"id": "opp_1", "body": {"registration": "reg_1"}}, URL, NOW)
    assert "belongs to the registration reg_1" in linked.consequence()


def test_a_proposal_is_confirmed_once_in_its_time_and_as_it_was(tmp_path: Path) -> None:
    shelf, first = Shelf(tmp_path / "new"), one()
    shelf.put(first)
    file = tmp_path / "new" / f"{first.id}.json"
    assert (file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert (shelf.get(first.id, NOW), shelf.open(NOW)) == (first, [first])
    for unknown in ("prp_" + "0" * 40, "prp_x", "../../etc/passwd", first.id + "\u00b2"):
        with pytest.raises(ProposalUnknown):
            shelf.get(unknown, NOW)
    with pytest.raises(ProposalOver, match="expired"):
        shelf.get(first.id, NOW + timedelta(hours=24))
    text = file.read_text()
    for altered in (text.replace("Nile", "Delta"), text.replace(URL, "https://evil.example"), "{}", "[]", "x"):
        file.write_text(altered)
        with pytest.raises(ProposalAltered):
            shelf.get(first.id, NOW)
        assert shelf.open(NOW) == []
    # What follows from its id counts, not what stands beside it.
    file.write_text(json.dumps({**json.loads(text), "consequence": "nothing happens", "expires_at": "2099-01-01"}))
    assert shelf.get(first.id, NOW) == first
    shelf.settle(first, NOW, {"state": "protected"})
    assert shelf.open(NOW) == []
    with pytest.raises(ProposalOver, match="confirmed already at 2026-11-29T09:00:00"):
        shelf.get(first.id, NOW)


def test_so_many_proposals_that_nobody_reads_them_are_refused(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    made = [one(NOW + timedelta(seconds=number)) for number in range(MOST_OPEN)]
    for each in made:
        shelf.put(each)
    later = NOW + timedelta(hours=1)
    with pytest.raises(TooManyProposals):
        shelf.put(one(later))
    shelf.discard(made[0])
    shelf.put(one(later))
    assert len(shelf.open(later)) == MOST_OPEN


def reader(answer: httpx.Response, asked: list[httpx.Request]) -> Reader:
    found = Reader(Access(URL, KEY))

    def handle(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return answer

    found._client = httpx.AsyncClient(transport=httpx.MockTransport(handle), base_url=URL)
    return found


async def test_a_tool_asks_what_it_was_told_and_nothing_else() -> None:
    asked: list[httpx.Request] = []
    found = reader(httpx.Response(200, json={"items": []}), asked)
    await read(BY_NAME["search_registrations"], {"customer": "a&b=c", "state": ["protected", "lost"]}, found)
    assert str(asked[0].url) == f"{URL}/v1/pipeline?state=protected&state=lost&customer=a%26b%3Dc&limit=20"
    wrong: list[dict[str, Any]] = [
        {"limit": 51}, {"limit": "5"}, {"limit": True}, {"path": "/v1/credentials"}, {"state": [1]}, {"partner": {}},
    ]  # fmt: skip
    for given in wrong:
        with pytest.raises(ArgumentWrong) as caught:
            await read(BY_NAME["search_registrations"], given, found)
        assert [each.field for each in caught.value.problems] == [*given]
    for identity in ("", "..", "a/b", "a?b", 5, None):
        with pytest.raises(ArgumentWrong, match="id is not an id"):
            await read(BY_NAME["registration"], {"id": identity}, found)
    assert {request.method for request in asked} == {"GET"}
    await found.close()


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (httpx.Response(403, json={"code": "scope.missing", "detail": "needs pipeline:read"}), Refused),
        (httpx.Response(200, content=b"<html>"), Unavailable),
        (httpx.Response(302, headers={"location": "https://evil.example"}, content=b""), Unavailable),
        (httpx.Response(503, json={}), Unavailable),
        (httpx.Response(200, content=b"[" + b"1," * 300_000 + b"1]"), Refused),
        (httpx.Response(400, json=[]), Refused),
    ],
)
async def test_what_the_api_refuses_or_cannot_answer_is_said(answer: httpx.Response, error: type[Exception]) -> None:
    asked: list[httpx.Request] = []
    found = reader(answer, asked)
    with pytest.raises(error):
        await read(BY_NAME["programs"], {}, found)
    assert len(asked) == 1, "no redirect is followed"
    await found.close()
