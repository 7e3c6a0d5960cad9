"""The registered domain of a web or mail address, where that is one company's."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Final

from publicsuffixlist import PublicSuffixList

from services.attribution.domain.matching.tables import words_of

_HOST: Final = re.compile(r"^(?:[a-z][a-z0-9+.-]*://)?(?:[^/@\s]*@)?([^/:?#\s]+)")
LONGEST: Final = 253


@cache
def _lists() -> tuple[PublicSuffixList, PublicSuffixList]:
    return PublicSuffixList(accept_unknown=False, only_icann=True), PublicSuffixList(accept_unknown=False)


@lru_cache(maxsize=65_536)
def registrable(written: str) -> str | None:
    """The registered domain of an address; none where anybody can have one there, or where it is no address."""
    host = _host(written)
    if host is None:
        return None
    registries, everybody = _lists()
    domain = registries.privatesuffix(host)
    # Under these suffixes of the list's private part companies let strangers have names: shops, pages, servers.
    if domain is None or domain in _shared() or registries.publicsuffix(host) != everybody.publicsuffix(host):
        return None
    return domain


def _host(written: str) -> str | None:
    match = _HOST.match(written.strip().lower()[:LONGEST])
    if match is None:
        return None
    try:
        host = match[1].strip(".").encode("idna").decode("ascii")
    except UnicodeError:
        return None
    return host if "." in host and not host.replace(".", "").isdigit() else None


@cache
def _shared() -> frozenset[str]:
    return words_of("free_mail") | words_of("hosting")


def label(domain: str) -> str:
    """What of a registered domain was chosen: siemens of siemens.com and of siemens.de."""
    return domain.partition(".")[0]
