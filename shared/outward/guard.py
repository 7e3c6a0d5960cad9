"""Which addresses from outside may be asked: `https`, a public address, and nothing hidden in the spelling.

All of it is a decision about texts. `shared.outward.resolving` brings the addresses that a name has at the moment of
the connection, so a name that changes its mind between the check and the use gains nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import urlsplit

import idna

from shared.errors import DealregError, Misconfigured
from shared.http.echo import echoed
from shared.settings import variable

MAX_URL = 2_000
PORTS = {"https": 443, "http": 80}
LOWEST_FREE_PORT = 1_024
"""Below it only the two of the web: mail servers and the like have theirs there, and answer to what is not for them."""

Network = IPv4Network | IPv6Network
Address = IPv4Address | IPv6Address

_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
"""A last label of this kind makes the host an IPv4 address, in one of the spellings that servers read differently."""
_PRINTABLE = re.compile(r"[\x21-\x7e]+")
_READ_DIFFERENTLY = re.compile(r"[\x00-\x20\x7f\\]")
"""Space and controls, which some readers skip, and the backslash, which some take for a slash."""
# Where global unicast is; what carries an IPv4 address inside is public in name only.
_PUBLIC_6 = IPv6Network("2000::/3")
_NOT_PUBLIC_6 = tuple(map(IPv6Network, ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")))


class AddressRefused(DealregError):
    """The address may not be asked; the detail says why, and what to do."""

    code = "endpoint.address"
    status = 422


@dataclass(frozen=True, slots=True)
class Target:
    """An address, read: host as it is looked up (ASCII, lower case, no dot at its end), port, path with its query."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def authority(self) -> str:
        """The value of the `Host` header."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def url(self) -> str:
        """The address, spelled in the one way."""
        return f"{self.scheme}://{self.authority}{self.path}"

    @property
    def literal(self) -> Address | None:
        """The host, where it is an address itself and no name."""
        try:
            return ip_address(self.host)
        except ValueError:
            return None


@dataclass(frozen=True, slots=True)
class Guard:
    """Admits public addresses over `https`; of the operator's own networks any address, over `http` too."""

    networks: tuple[Network, ...] = ()

    def admit(self, target: Target, addresses: Sequence[str]) -> tuple[str, ...]:
        """Return the addresses that may be connected to; raise `AddressRefused` unless every one of them may be.

        All of them, since a name with a public and a private address would be asked again until the private one comes.
        """
        if not addresses:
            raise AddressRefused(f"{echoed(target.host)} has no address; check its spelling")
        read = [_plain(ip_address(one.partition("%")[0])) for one in addresses]
        ours = [self._is_ours(one) for one in read]
        if not all(mine or is_public(one) for mine, one in zip(ours, read, strict=True)):
            raise AddressRefused(
                f"{echoed(target.host)} is not a public address; give one that the internet reaches, or ask the "
                f"operator to name its network in {variable('outward_networks')}"
            )
        if target.scheme != "https" and not all(ours):
            raise AddressRefused("must begin with https://, since what is sent there is not for everybody")
        if target.port < LOWEST_FREE_PORT and target.port not in PORTS.values() and not all(ours):
            raise AddressRefused(f"port {target.port} is another service's; use 443, or one from {LOWEST_FREE_PORT} on")
        return tuple(map(str, read))

    def _is_ours(self, address: Address) -> bool:
        return any(address.version == one.version and address in one for one in self.networks)


def target_of(url: str) -> Target:
    """Read an address; raise `AddressRefused` for one that two readers could read differently."""
    if len(url) > MAX_URL:
        raise AddressRefused(f"has {len(url)} characters; at most {MAX_URL} are taken")
    if _READ_DIFFERENTLY.search(url):
        raise AddressRefused("has a space, a control character or a backslash; write them as %XX, or leave them out")
    try:
        parts = urlsplit(url)
        port = parts.port
        named = parts.hostname or ""
    except ValueError as error:
        raise AddressRefused("is not an address such as https://receiver.example/dealreg") from error
    if parts.scheme not in PORTS or not url.lower().startswith(f"{parts.scheme}://"):
        raise AddressRefused("must begin with https://")
    if "@" in parts.netloc:
        raise AddressRefused("names a user or a password; leave them out, since every message is signed")
    if "#" in url:
        raise AddressRefused("has a part after #, which no server sees; leave it out")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    if not _PRINTABLE.fullmatch(path):
        raise AddressRefused("has characters in its path that an address cannot have; write them as %XX")
    if port == 0 or (port is None and parts.netloc.endswith(":")):
        raise AddressRefused("names no port after the colon; leave the colon out, or name one")
    return Target(parts.scheme, _host(named), port or PORTS[parts.scheme], path)


def networks_of(text: str) -> tuple[Network, ...]:
    """Read the operator's networks, separated by commas; raise `Misconfigured`."""
    try:
        return tuple(ip_network(one.strip()) for one in text.split(",") if one.strip())
    except ValueError as error:
        raise Misconfigured(f"{variable('outward_networks')}: {error}; write 10.0.0.0/8, for example") from error


def is_public(address: Address) -> bool:
    """Whether the internet reaches the address, whatever it is wrapped in."""
    if isinstance(address, IPv6Address):
        return address in _PUBLIC_6 and not any(address in one for one in _NOT_PUBLIC_6)
    return address.is_global and not address.is_multicast and not address.is_reserved


def _plain(address: Address) -> Address:
    """The IPv4 address that an IPv6 spelling of it means."""
    return (address.ipv4_mapped if isinstance(address, IPv6Address) else None) or address


def _host(named: str) -> str:
    """The host in its one spelling; raises `AddressRefused` for any other spelling of an IPv4 address."""
    if ":" in named:
        try:
            # A scope names an interface of this machine.
            return str(IPv6Address(named)) if "%" not in named else _no_host(named)
        except ValueError:
            return _no_host(named)
    try:
        host = idna.encode(named, uts46=True).decode().rstrip(".").lower()
    except idna.IDNAError:
        return _no_host(named)
    if _NUMBER.fullmatch(host.rpartition(".")[2]):
        try:
            return str(IPv4Address(host))
        except ValueError as error:
            raise AddressRefused(
                f"{echoed(named)} is an unusual spelling of a number; write four decimal numbers, or a name"
            ) from error
    return host


def _no_host(named: str) -> str:
    raise AddressRefused(f"{echoed(named)} is not the name of a host" if named else "names no host")
