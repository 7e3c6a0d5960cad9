"""Registrations from a file: what each row becomes is seen first, then it is sent, and nothing is sent twice."""

from __future__ import annotations

import re
from base64 import b64encode
from typing import Any

import httpx
import pytest
from starlette.datastructures import Headers

from services.console.forms import MAX_FILE_BYTES, in_parts
from tests.e2e.channel import CUSTOMER, Channel
from tests.e2e.console.conftest import SignIn
from tests.e2e.console.html import Shown, shown
from tests.e2e.console.person import Person
from tests.e2e.console.test_crawl import assert_translated

HERE = "/console/file"
HEAD = "program,customer.legal_name,customer.country,customer.tax_id,products,amount,currency\n"
GOOD = "hunting,Delta Foods,EG,204-829-321,X,1000.50,EUR\n"
OTHER = 'hunting,"Nile, Trading",EG,204-829-305,X;Y,20.00,EUR\n'
BAD = "hunting,Broken,EG,204-829-402,X,soon,EUR\n"
UNKNOWN = "nowhere,Delta West,EG,204-829-488,X,1.00,EUR\n"
MISSPELT = "hunting,Giza Steel,EG,204-829-402,XX,500.00,EUR\n"
SMALL = "hunting,Small Shop,EG,204-829-497,X,20.00,EUR\n"
WAITS = "hunting,Nile Trading,EG,204-829-305,X,500.00,EUR\n"
LEAST = {"gates": {"min_amount": {"value": "100.00", "currency": "EUR"}}, "required_fields": ["amount"]}
BOUNDARY = "----here"


async def posted(person: Person, page: Shown, act: str, file: bytes | None = None, **typed: Any) -> httpx.Response:
    """Send the page's form with a file as a browser does."""
    form = next(one for one in page.forms if one.action == HERE)
    stated = {name: value if isinstance(value, list) else [value] for name, value in typed.items()}
    assert stated.keys() <= {name for name, _ in form.pairs}, stated
    filled = [(name, value) for name, value in form.pairs if name != "file" and name not in stated]
    filled += [(name, one) for name, values in stated.items() for one in values] + [("act", act)]
    parts = [f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{n}"\r\n\r\n{v}\r\n'.encode() for n, v in filled]
    name, content = ("deals.csv", file) if file is not None else ("", b"")
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
    head += "Content-Type: text/csv\r\n\r\n"
    body = b"".join(parts) + head.encode() + content + f"\r\n--{BOUNDARY}--\r\n".encode()
    kind = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
    own = {"Origin": person.origin, "Sec-Fetch-Site": "same-origin", **kind}
    return await person.client.post(HERE, content=body, headers=own)


async def looked(person: Person, text: str, status: int = 200, **typed: Any) -> Shown:
    answer = await posted(person, await person.see(HERE), "check", text.encode(), **typed)
    assert answer.status_code == status, answer.text
    return shown(HERE, answer)


async def test_the_empty_file_that_is_offered_is_read_once_it_is_filled_in(live: Channel, sign_in: SignIn) -> None:
    await live.house("acme")
    person = await sign_in(live, "acme")
    page = await person.see(HERE)
    [link] = [one for one in page.links if one.endswith(".csv")]
    empty = (await person.get(link)).text
    row = "hunting,Delta Foods,EG,204-829-321,,X;Y,1000.50,EUR,2031-03-31,Q-1,Jana,jana@delta.example,soon\r\n"
    assert "1 of 1" in (await looked(person, empty + row)).text


@pytest.mark.parametrize("language", ["en", "ar"])
async def test_each_row_is_shown_then_registered_once(live: Channel, sign_in: SignIn, language: str) -> None:
    await live.house("acme", "zorro")
    person = await sign_in(live, "acme", language)
    page = await looked(person, HEAD + GOOD + OTHER + BAD + UNKNOWN)
    # then the page says what each row becomes, and which cannot be used, and nothing is registered
    for text in ("Delta Foods", "Nile, Trading", "1000.50 EUR", "X, Y", "4", "amount"):
        assert text in page.text, text
    assert ("Delta West" in page.text) == (language in ("en", "ar"))
    assert (await live.read("/v1/pipeline"))["items"] == []
    # when it is sent without choosing the file again
    done = await posted(person, page, "take")
    assert done.status_code == 200, done.text
    await live.stack.drained()
    names = sorted(one["customer"]["legal_name"] for one in (await live.read("/v1/pipeline"))["items"])
    assert names == ["Delta Foods", "Nile, Trading"]
    assert {one["partner"] for one in (await live.read("/v1/pipeline"))["items"]} == {"acme"}
    # then pressing it again registers nothing twice
    await posted(person, page, "take")
    await live.stack.drained()
    assert len((await live.read("/v1/pipeline"))["items"]) == 2
    assert not shown(HERE, done).unclosed


@pytest.mark.parametrize("language", ["en", "ar"])
async def test_a_product_or_program_that_there_is_not_is_said_before_anything_is_sent(
    live: Channel, sign_in: SignIn, language: str
) -> None:
    await live.house("acme")
    person = await sign_in(live, "acme", language)
    page = await looked(person, HEAD + GOOD + MISSPELT + UNKNOWN + GOOD.replace(",X,", ",x-one,"))
    text = re.sub("[\u2066-\u2069]", "", page.text)
    told = ("XX is not in", "Program nowhere is not open") if language == "en" else ("XX", "nowhere")
    for one in told:
        assert one in text, text
    form = next(one for one in page.forms if one.action == HERE)
    assert ("act", "take") in form.buttons
    assert len(re.findall("not usable" if language == "en" else "غير صالح", text)) == 2
    if language == "ar":
        assert_translated(page)


@pytest.mark.parametrize("language", ["en", "ar"])
async def test_after_sending_each_row_says_what_became_of_it(live: Channel, sign_in: SignIn, language: str) -> None:
    await live.house("acme", "zorro", policy=LEAST)
    await live.claim("zorro", customer=CUSTOMER, amount={"amount": "500.00", "currency": "EUR"})
    person = await sign_in(live, "acme", language)
    page = await looked(person, HEAD + GOOD + MISSPELT + UNKNOWN + SMALL + WAITS)
    done = shown(HERE, await posted(person, page, "take"))
    items = {one["customer"]["legal_name"]: one for one in (await live.read("/v1/pipeline?partner=acme"))["items"]}
    assert {name: one["state"] for name, one in items.items()} == {
        "Delta Foods": "protected", "Small Shop": "rejected", "Nile Trading": "waiting",
    }  # fmt: skip
    assert {f"/console/registrations/{one['registration']}" for one in items.values()} <= set(done.links)
    if language == "ar":
        assert_translated(done)
        return
    text = re.sub("[\u2066-\u2069]", "", done.text)
    for told in (
        "3 of 5 rows are registered", "Delta Foods protected", "Small Shop rejected", "Nile Trading waiting",
        "Not sent, because it cannot be used", "XX is not in the vendor's catalogue", "Program nowhere is not open",
    ):  # fmt: skip
        assert told in text, told
    # a row whose product or program there is not was not sent
    assert "sent and refused" not in text


async def test_a_row_that_is_refused_once_it_was_sent_says_why(live: Channel, sign_in: SignIn) -> None:
    await live.house("acme")
    person = await sign_in(live, "acme")
    page = await looked(person, HEAD + GOOD + OTHER)
    await live.send("POST", "/v1/partners/acme/suspension", {"reason": "unpaid"})
    done = shown(HERE, await posted(person, page, "take"))
    assert "0 of 2 rows are registered" in done.text
    assert "2 were sent and refused" in done.text
    assert "Delta Foods refused" in done.text


async def test_every_reason_is_told_in_the_language_of_the_page(live: Channel, sign_in: SignIn) -> None:
    await live.house("acme")
    person = await sign_in(live, "acme", "ar")
    head = "program,customer.legal_name,customer.country,customer.tax_id,products,amount,currency,close_date,units\n"
    rows = (
        "hunting,Broken,EG,204-829-402,X,soon,EUR,2026-02-30,many",
        f"hunting,{'x' * 400},Egypt,1,X,1.00,EURO,,0",
        ",,,,,,,,1",
        "hunting,short",
    )
    page = await looked(person, head + "\n".join(rows) + "\n")
    text = re.sub("[\u2066-\u2069]", "", page.text)
    for told in ("ليس عددا بنقطة عشرية؛ صححه", "يوم ليس في التقويم؛ صححه", "ليس عددا صحيحا؛ صححه", "خلايا الصف"):
        assert told in text, told
    assert len(re.findall("السطر [2-5]،", text)) >= 9, text
    assert_translated(page)
    for file, told in (
        (head + rows[0].replace("soon", "1.234"), "عددان"),
        ("Firma;Ort,Land\nA;B,C\n", "لا يمكن معرفته"),
    ):
        refused = await looked(person, file, 422)
        assert told in refused.text
        assert_translated(refused)


FIRMA = "program;Firma;customer.country;customer.tax_id;products;amount;Vertreter\n"
MUELLER = "hunting;Müller;EG;204-829-321;X;1.234;<i>Jana\n"


def column_selects(page: Shown) -> list[str]:
    return [one["id"] for one in page.inputs if one.get("name") == "column"]


@pytest.mark.parametrize("language", ["en", "ar"])
async def test_a_column_whose_name_is_not_known_is_chosen_from_a_list(
    live: Channel, sign_in: SignIn, language: str
) -> None:
    await live.house("acme")
    person = await sign_in(live, "acme", language)
    page = await looked(person, FIRMA + MUELLER, 422)
    # then each column is shown with its first cells, and both unknown ones are asked about
    assert {"Firma", "Vertreter", "Müller", "<i>Jana"} <= set(page.texts)
    assert len(column_selects(page)) == 7
    assert [one["id"] for one in page.inputs if "aria-invalid" in one] == ["column-2", "column-7"]
    assert set(column_selects(page)) <= set(page.labels)
    if language == "ar":
        assert_translated(page)
    for value in ("Firma=", "Firma=customer.legal_name", "Vertreter=contact.name", "program="):
        assert f'value="{value}"' in page.answer.text
    assert 'value="program=customer.legal_name"' not in page.answer.text, "a known name can only be left out"
    assert "Firma=recorded_at" not in page.answer.text
    # when one is chosen alone, the choice is kept and the other still asked
    half = shown(HERE, await posted(person, page, "check", column="Firma=customer.legal_name"))
    assert half.answer.status_code == 422
    assert [one["id"] for one in half.inputs if "aria-invalid" in one] == ["column-7"]
    typed: dict[str, Any] = {
        "column": ["Firma=customer.legal_name", "Vertreter="],
        "value": "currency=EUR",
        "decimal": "comma",
    }
    look = shown(HERE, await posted(person, half, "check", **typed))
    assert look.answer.status_code == 200, look.text
    assert "1234 EUR" in look.text
    if language == "ar":
        assert_translated(look)
    # then it holds through to Register, and when pressed again
    done = await posted(person, look, "take")
    assert done.status_code == 200, done.text
    await live.stack.drained()
    await posted(person, shown(HERE, done), "take")
    await live.stack.drained()
    [one] = (await live.read("/v1/pipeline"))["items"]
    assert (one["customer"]["legal_name"], one["amount"]["amount"]) == ("Müller", "1234.00")


async def test_two_columns_cannot_be_one_field_and_a_known_one_can_be_left_out(live: Channel, sign_in: SignIn) -> None:
    await live.house("acme")
    person = await sign_in(live, "acme")
    page = await looked(person, HEAD.replace("currency", "currency,Firm") + GOOD.replace("EUR", "EUR,Delta West"), 422)
    twice = shown(HERE, await posted(person, page, "check", column="Firm=customer.legal_name"))
    assert twice.answer.status_code == 422
    assert "is given by column" in twice.text
    typed: dict[str, Any] = {"column": ["customer.legal_name=", "Firm=customer.legal_name"]}
    look = shown(HERE, await posted(person, twice, "check", **typed))
    assert look.answer.status_code == 200, look.text
    done = await posted(person, look, "take")
    assert "Delta West" in done.text


async def test_what_the_file_leaves_open_is_asked_for_and_the_file_is_kept(live: Channel, sign_in: SignIn) -> None:
    await live.house("acme")
    person = await sign_in(live, "acme")
    text = FIRMA.replace(";Vertreter", "") + MUELLER.replace(";<i>Jana", "")
    page = await looked(person, text, 422)
    assert "deals.csv" in page.text
    declared: dict[str, Any] = {"column": ["Firma=customer.legal_name"], "value": "currency=EUR", "decimal": "comma"}
    answer = await posted(person, page, "check", **declared)
    assert answer.status_code == 200, answer.text
    assert "1234" in answer.text
    again = shown(HERE, answer)
    form = next(one for one in again.forms if one.action == HERE).pairs
    for pair in (("column", "Firma=customer.legal_name"), ("value", "currency=EUR"), ("decimal", "comma")):
        assert pair in form
    # another file takes the place of the one that is kept, and a choice for a column that it has not is nothing
    other = await posted(person, again, "check", (HEAD + GOOD).replace(",currency", "").replace(",EUR", "").encode())
    assert other.status_code == 200, other.text
    assert "Delta Foods" in other.text
    assert "Müller" not in other.text


async def test_what_is_no_file_is_refused_with_a_sentence(live: Channel, sign_in: SignIn) -> None:
    await live.house("acme")
    person = await sign_in(live, "acme")
    empty = await posted(person, await person.see(HERE), "check")
    assert empty.status_code == 422
    assert "Choose a file" in empty.text
    large = await looked(person, "x" * (MAX_FILE_BYTES + 1), 413)
    assert "more than 1 MB" in large.text
    assert (await posted(person, await person.see(HERE), "check", b"\x00\xff\xfe" * 9)).status_code == 422
    script = await looked(person, HEAD + "hunting,<script>alert(1)</script>,EG,204-829-321,X,1.00,EUR\n")
    assert "script" not in script.tags
    for kind, body in (
        ("multipart/form-data", b""), ("multipart/form-data; boundary=x", b"--y--"),
        ("multipart/form-data; boundary=x", b"--x\r\n\r\nnameless\r\n--x--\r\n"), ("text/csv", b"a,b"),
    ):  # fmt: skip
        own = {"Origin": person.origin, "Sec-Fetch-Site": "same-origin", "Content-Type": kind}
        assert (await person.client.post(HERE, content=body, headers=own)).status_code == 400, (kind, body)
    # no other page takes a form in parts
    own = {"Origin": person.origin, "Sec-Fetch-Site": "same-origin", "Content-Type": "multipart/form-data; boundary=x"}
    assert (await person.client.post("/console/registrations", content=b"--x--", headers=own)).status_code == 400
    # and the vendor's people have no such page
    assert (await (await sign_in(live, None)).get(HERE)).status_code == 404


async def test_a_file_outlives_the_session(live: Channel, sign_in: SignIn) -> None:
    await live.house("acme")
    person = await sign_in(live, "acme")
    page = await looked(person, HEAD + GOOD)
    person.client.cookies.clear()
    answer = await posted(person, page, "take")
    assert answer.status_code == 401
    kept = b64encode((HEAD + GOOD).encode()).decode()
    assert answer.text.count(kept) == 1
    await person.sign_in("acme")
    again = shown(HERE, answer)
    number = next(n for n, form in enumerate(again.forms) if ("content", kept) in form.pairs)
    done = await person.submit(again, number)
    assert done.status_code == 200, done.text
    await live.stack.drained()
    assert len((await live.read("/v1/pipeline"))["items"]) == 1


async def test_a_file_is_read_to_the_byte() -> None:
    content = bytes(range(256)) + b"\r\n--b\r\n"
    body = (
        b'--bb\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n' + content + b"\r\n--bb--\r\n"
    )
    kept = b64encode(content).decode()
    headers = Headers({"content-type": "multipart/form-data; boundary=bb"})
    assert await in_parts(headers, body) == [("filename", "a.csv"), ("content", kept)]
