"""Which addresses may be asked: every spelling of a private one is refused, whatever the name says now."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Sequence
from ipaddress import ip_address

import httpx
import pytest

from shared.errors import Misconfigured
from shared.outward import AddressRefused, Guard, Outward, networks_of, target_of
from shared.outward.client import guarded_client
from shared.outward.guard import is_public
from shared.outward.resolving import NameUnresolved

STRICT = Guard()
OURS = Guard(networks_of("127.0.0.0/8, 10.1.0.0/16, ::1/128"))


@pytest.mark.parametrize(
    "url, canonical",
    [
        ("https://receiver.example/hook", "https://receiver.example/hook"),
        ("HTTPS://Receiver.Example.:443", "https://receiver.example/"),
        ("https://receiver.example:8443/a?b=c", "https://receiver.example:8443/a?b=c"),
        ("https://münchen.example/", "https://xn--mnchen-3ya.example/"),
        ("https://１２７.0.0.1/", "https://127.0.0.1/"),
        ("https://127.0.0.1./", "https://127.0.0.1/"),
        ("https://[0:0::1]:8443/", "https://[::1]:8443/"),
    ],
)
def test_an_address_has_one_spelling(url: str, canonical: str) -> None:
    assert target_of(url).url == canonical


@pytest.mark.parametrize(
    "url",
    [
        "", "receiver.example", "//receiver.example", "ftp://receiver.example", "file:///etc/passwd", "https:receiver",
        "https://", "https:///path", "https://user@receiver.example", "https://user:word@receiver.example",
        "https://receiver.example#part", "https://receiver.example/a b", "https://receiver.example/\n",
        "https://receiver.example\\@127.0.0.1/", "https://receiver.example/ü", "https://receiver.example:0/",
        "https://receiver.example:/", "https://receiver.example:99999/", "https://receiver.example:x/",
        "https://2130706433/", "https://0x7f000001/", "https://0x7f.1/", "https://0177.0.0.1/", "https://127.1/",
        "https://127.0.0.1.0/", "https://256.1.1.1/", "https://[::1%25eth0]/", "https://[::1/", "https://a..b/",
        "https://-/", "https://" + "a" * 2_000,
    ],
)  # fmt: skip
def test_what_two_readers_could_read_differently_is_refused(url: str) -> None:
    with pytest.raises(AddressRefused) as refused:
        target_of(url)
    assert refused.value.detail


PRIVATE = [
    "127.0.0.1", "127.9.9.9", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",
    "224.0.0.1", "240.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1", "::", "::1", "::7f00:1", "fe80::1",
    "fc00::1", "fd00:ec2::254", "ff02::1", "::ffff:10.0.0.1", "::ffff:7f00:1", "64:ff9b::a00:1", "2002:a00:1::1",
    "2001:0:a00:1::1", "2001:db8::1",
]  # fmt: skip


@pytest.mark.parametrize("address", PRIVATE)
def test_a_private_address_is_refused_however_it_is_wrapped(address: str) -> None:
    with pytest.raises(AddressRefused):
        STRICT.admit(target_of("https://receiver.example/"), [address])
    with pytest.raises(AddressRefused):
        STRICT.admit(target_of("https://receiver.example/"), ["93.184.216.34", address])


def test_public_addresses_are_admitted_over_https_alone() -> None:
    public = ["93.184.216.34", "2606:4700::1111"]
    assert STRICT.admit(target_of("https://receiver.example/"), public) == tuple(public)
    assert STRICT.admit(target_of("https://receiver.example/"), ["::ffff:93.184.216.34"]) == ("93.184.216.34",)
    for url in ("http://receiver.example/", "https://receiver.example:25/", "https://receiver.example:6/"):
        with pytest.raises(AddressRefused):
            STRICT.admit(target_of(url), public)
        with pytest.raises(AddressRefused):
            OURS.admit(target_of(url), public)
    with pytest.raises(AddressRefused):
        STRICT.admit(target_of("https://receiver.example/"), [])


def test_of_the_operators_networks_any_address_and_no_other() -> None:
    assert OURS.admit(target_of("http://127.0.0.1:9000/"), ["127.0.0.1"]) == ("127.0.0.1",)
    assert OURS.admit(target_of("http://in.example:25/"), ["::ffff:10.1.2.3"]) == ("10.1.2.3",)
    for other in ("10.2.0.1", "192.168.0.1", "fe80::1"):
        with pytest.raises(AddressRefused):
            OURS.admit(target_of("https://in.example/"), ["127.0.0.1", other])


def test_the_networks_are_read_or_named_as_wrong() -> None:
    assert networks_of("") == ()
    assert [str(one) for one in networks_of("10.0.0.0/8,fd00::/8")] == ["10.0.0.0/8", "fd00::/8"]
    for wrong in ("10.0.0.1/8", "300.0.0.0/8", "here"):
        with pytest.raises(Misconfigured, match="DEALREG_OUTWARD_NETWORKS"):
            networks_of(wrong)


def test_documentation_and_translation_ranges_are_not_public() -> None:
    assert is_public(ip_address("2a00:1450::1"))
    assert not any(is_public(ip_address(one)) for one in ("64:ff9b:1::1", "3fff::1", "100::1", "5f00::1"))


async def test_a_name_is_asked_once_for_all_who_wait_and_again_after_an_answer_has_aged(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[str] = []
    answers = ["93.184.216.34", "127.0.0.1"]

    async def resolve(host: str, port: int) -> Sequence[str]:
        asked.append(host)
        await asyncio.sleep(0)
        return [answers[len(asked) - 1]]

    outward = Outward(STRICT, resolve)
    target = target_of("https://rebinding.example/")
    assert set(await asyncio.gather(*(outward.addresses(target) for _ in range(5)))) == {("93.184.216.34",)}
    assert len(asked) == 1
    monkeypatch.setattr("shared.outward.resolving.KEPT_SECONDS", 0.0)
    with pytest.raises(AddressRefused):
        await outward.addresses(target)


async def test_a_name_server_that_hangs_or_knows_nothing_is_no_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    async def hangs(host: str, port: int) -> Sequence[str]:
        return await asyncio.Event().wait() and []

    async def unknown(host: str, port: int) -> Sequence[str]:
        raise socket.gaierror("no such name")

    monkeypatch.setattr("shared.outward.resolving.RESOLVE_SECONDS", 0.01)
    for resolve in (hangs, unknown):
        with pytest.raises(NameUnresolved):
            await Outward(STRICT, resolve).addresses(target_of("https://gone.example/"))


async def test_names_for_examples_are_looked_up_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def lookup(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["93.184.216.34"]

    monkeypatch.setattr("shared.outward.resolving._addresses", lookup)
    outward = Outward(STRICT)
    for name in ("receiver.example", "a.invalid", "b.test"):
        with pytest.raises(NameUnresolved):
            await outward.addresses(target_of(f"https://{name}/"))
    assert await outward.addresses(target_of("https://receiver.example.org/")) == ("93.184.216.34",)
    assert asked == ["receiver.example.org"]
    outward.close()


async def test_the_client_connects_to_the_admitted_address_and_follows_no_redirect_to_another() -> None:
    met: list[bytes] = []

    async def answering(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        met.append(await reader.readuntil(b"\r\n\r\n"))
        to = b"https://[::1]:%d/" % port
        writer.write(b"HTTP/1.1 302 Found\r\nlocation: " + to + b"\r\ncontent-length: 0\r\n\r\n")
        writer.close()

    async def resolve(host: str, asked: int) -> Sequence[str]:
        return {"here.example": ["127.0.0.1"]}.get(host, ["10.0.0.1"])

    server = await asyncio.start_server(answering, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    outward = Outward(Guard(networks_of("127.0.0.0/8")), resolve)
    async with server, guarded_client(outward) as client:
        found = await client.get(f"http://here.example:{port}/a")
        assert (found.status_code, len(met)) == (302, 1)
        assert b"Host: here.example:" in met[0]
        with pytest.raises(AddressRefused):
            await client.get(f"http://here.example:{port}/a", follow_redirects=True)
        for url in (f"http://elsewhere.example:{port}/", "https://127.1/", "https://user@here.example/"):
            with pytest.raises(AddressRefused):
                await client.get(url)
        # The connection judges for itself: what the request was judged by may be older than it.
        pool = client._transport._pool  # type: ignore[attr-defined]
        with pytest.raises(AddressRefused):
            await pool._network_backend.connect_tcp("elsewhere.example", port)
    outward.close()
    with pytest.raises(httpx.ConnectError):
        async with guarded_client(Outward(OURS, resolve)) as client:
            await client.get(f"http://here.example:{port}/")
