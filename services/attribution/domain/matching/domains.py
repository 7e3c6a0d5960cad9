"""Read the registered domain of a web or mail address, where that is one company's."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Final

import idna
from publicsuffixlist import PublicSuffixList

from services.attribution.domain.matching.remembered import COMPANIES
from services.attribution.domain.matching.tables import rows, words_of

LONGEST: Final = 253
"""Characters of a host name (RFC 1035), which bounds the keys made of it."""
LONGEST_TEXT: Final = 2_000
"""Characters of an address that are read: a host stands at its beginning, however long its path is."""

_SCHEME: Final = re.compile(r"(?:(?:[a-z][a-z0-9+.-]*:)?[/\\]{2,}|(?:https?|mailto|ftp):[/\\]*)+")
# Whatever ends a host: its port, a path, the next address of a list.
_END: Final = re.compile(r"[/\\?#:,;|<>()\[\]\s]")
_MAIL: Final = re.compile(r"[^\s@<>/\\]@([^\s@<>/\\?]+)")
_WWW: Final = re.compile(r"(?:www\d?\.)+")
_ASCII_HOST: Final = re.compile(r"(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z][a-z0-9-]*[a-z0-9]")


@cache
def _lists() -> tuple[PublicSuffixList, PublicSuffixList]:
    # A suffix that the list does not know is one label, as the list itself prescribes.
    return PublicSuffixList(only_icann=True), PublicSuffixList()


@lru_cache(maxsize=COMPANIES)
def registrable(written: str) -> str | None:
    """The registered domain of an address; none where anybody can have one there, or where it is no address."""
    host = _host(written)
    if host is None:
        return None
    registries, everybody = _lists()
    domain = registries.privatesuffix(host)
    if domain is None:
        return None
    suffix = everybody.publicsuffix(host)
    if suffix != registries.publicsuffix(host):
        # Under the suffixes of the list's private part strangers have shops, pages and servers; some are registries.
        domain = everybody.privatesuffix(host) if suffix in words_of("registries") else None
    return None if domain is None or _anybodys(domain) else str(domain)


def _host(written: str) -> str | None:
    """The host in its ASCII form, without what surrounds it; None where the text holds none."""
    text = written[:LONGEST_TEXT].strip().lower()
    mail = _MAIL.search(text) if "@" in text else None
    scheme = _SCHEME.match(text)
    if scheme is not None:
        text = text[scheme.end() :]
    if mail is not None and "/" not in text.partition("@")[0]:
        text = mail[1]
    host = _END.split(text.lstrip(" <\"'(*.@"), maxsplit=1)[0].strip(".\"'")
    if not host.isascii() or "xn--" in host:
        try:
            host = idna.encode(host, uts46=True).decode("ascii").strip(".")
        except (idna.IDNAError, UnicodeError):
            return None
    host = host[leading.end() :] if (leading := _WWW.match(host)) else host
    return host if len(host) <= LONGEST and _ASCII_HOST.fullmatch(host) else None


def _anybodys(domain: str) -> bool:
    """Whether strangers share the domain: free mail, hosting, names of private networks, placeholders."""
    chosen, _, suffix = domain.partition(".")
    return (
        domain in _shared()
        or chosen in words_of("free_mail_anywhere")
        or chosen in words_of("placeholder_domains")
        or suffix in words_of("private_networks")
    )


@cache
def _shared() -> frozenset[str]:
    listed = frozenset(domain for (domain,) in rows("free_mail.tsv"))
    return listed | words_of("free_mail") | words_of("hosting")


def label(domain: str) -> str:
    """What of a registered domain was chosen: siemens of siemens.com and of siemens.de."""
    return domain.partition(".")[0]
