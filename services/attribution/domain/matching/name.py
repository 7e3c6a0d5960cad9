"""A company's name, read once: its core words, its legal forms, its script."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final, Literal

from services.attribution.domain.matching import arabic
from services.attribution.domain.matching.folding import LONGEST, Script, plain, script_of, seen
from services.attribution.domain.matching.forms import found_in, unglued
from services.attribution.domain.matching.phrases import without_own_initials, written_out
from services.attribution.domain.matching.remembered import COMPANIES
from services.attribution.domain.matching.tables import rows, words_of
from services.attribution.domain.matching.words import canonical, meaning, weight

VERSION: Final = 3
"""Of the normaliser: of the reading of names, identifiers and domains, its tables and the pinned libraries."""

Blank = Literal["", "empty", "placeholder", "form", "noise", "letter", "address"]
"""Why a text is no name, empty where it is one."""

_EAST_ASIAN: Final = frozenset({"han", "kana", "hangul"})
_STATE: Final = re.compile(
    r"(?P<open>\s-\s*\(?|\(|-|,|\b[Oo][Ff]\b)\s*(?P<code>[A-Z]{2})\b\s*\)?(?=\s*(?:$|[,(]|(?:Inc|LLC|Co|Corp)\b))"
)
_TAG: Final = re.compile(r"(?<=\S)\s*(?:/([A-Z]{2})/|\[([A-Z]{2})\])\s*$")
_STATE_OF: Final = {code: name for code, name, *_ in rows("states.tsv")}
STATES: Final = frozenset(word for name in _STATE_OF.values() for word in name.split() if word not in ("new", "west"))
"""Words of the names of states and provinces."""
FEW: Final = 3
"""Words of which a name is made by chance; who takes four common ones has chosen them."""
_ADDRESS: Final = re.compile(r"\s*[^\s@]+@[^\s@]+\.[^\s@]+\s*")
_PLACEHOLDERS: Final = words_of("placeholders")
_NOISE: Final = words_of("noise")


@dataclass(frozen=True, slots=True)
class Name:
    """What a name says once spelling habits are put aside; equal keys mean names that differ in nothing that counts."""

    text: str
    words: tuple[str, ...]
    """Core words in Latin letters, in order, abbreviations written out; never empty unless the name is."""
    forms: tuple[str, ...]
    script: Script
    weights: tuple[float, ...] = ()
    """Of the words: how much each tells companies apart."""
    aside: tuple[str, ...] = ()
    """The name's own initials, and words after the legal form and a comma: an address, no part of the name."""
    states: tuple[str, ...] = ()
    """States of the USA or provinces named beside."""
    blank: Blank = ""
    country: str | None = None

    @property
    def key(self) -> str:
        """The normal form as one string."""
        return " ".join(self.words)

    @property
    def meanings(self) -> tuple[str, ...]:
        """The words in English where a table knows them."""
        return tuple(map(meaning, self.words))


def read_name(text: str, country: str | None = None) -> Name:
    """The name of any text; nothing raises."""
    return _read(text[: LONGEST + 1], country)


def core_words(text: str) -> tuple[str, ...]:
    """The words of the name alone."""
    return _read.__wrapped__(text, None).words


@lru_cache(maxsize=COMPANIES)
def _read(text: str, country: str | None) -> Name:
    visible = seen(text)
    script = script_of(visible)
    forms: tuple[str, ...] = ()
    only_form = False
    if script in _EAST_ASIAN:
        rest, forms = unglued(visible)
        only_form = bool(forms) and rest == visible
        visible = _spaced(rest)
    elif script == "arabic":
        whole = arabic.folded(visible)
        visible, forms = arabic.without_forms(whole)
        only_form = bool(forms) and visible == whole
    visible, states = _without_state(visible)
    visible, tail = _without_tail(visible)
    folded = plain(visible).split()
    if script == "latin":
        folded = written_out(folded)
    words, found = found_in(folded)
    words, initials = without_own_initials(words) if words else (words, ())
    core = canonical(words, foreign=script != "latin", settled=arabic.english_words() if script == "arabic" else None)
    only_form = only_form or bool(found and len(words) == len(folded))
    return Name(
        text=text,
        words=tuple(core),
        forms=(*forms, *found),
        script=script,
        weights=tuple(map(weight, core)),
        aside=(*initials, *tail),
        states=states,
        blank=_blank(text, core, only_form=only_form),
        country=country,
    )


def _without_state(visible: str) -> tuple[str, tuple[str, ...]]:
    """The text with states written out, and without one in brackets, slashes or behind a dash, which is said beside."""
    aside: list[str] = []
    if (tag := _TAG.search(visible)) and (tagged := _STATE_OF.get(tag[1] or tag[2])):
        aside.append(tagged)
        visible = visible[: tag.start()]
    if _STATE.search(visible) is None:
        return visible, tuple(aside)

    def spelled_out(match: re.Match[str]) -> str:
        state = _STATE_OF.get(match["code"])
        if state is None or not match.start():
            return match[0]
        if match["open"] == "(" or match["open"][0].isspace():
            aside.append(state)
            return " "
        return f" {state} "

    return _STATE.sub(spelled_out, visible), tuple(aside)


def _without_tail(visible: str) -> tuple[str, tuple[str, ...]]:
    """The text up to a legal form that a comma follows, and the words after that comma."""
    if "," not in visible:
        return visible, ()
    head, *rest = re.split(r"[,;]", visible)
    for at, part in enumerate(rest):
        words, found = found_in(plain(head).split())
        ended = found and words and plain(head).split()[-1] not in words
        following = plain(part).split()
        if ended and following and found_in(following).words == following and not found_in(following).forms:
            return head, tuple(word for later in rest[at:] for word in plain(later).split())
        head = f"{head}, {part}"
    return visible, ()


def _blank(text: str, core: list[str], *, only_form: bool) -> Blank:
    if not core:
        return "empty"
    if "@" in text and _ADDRESS.fullmatch(text):
        return "address"
    joined = "".join(core)
    if joined in _PLACEHOLDERS or (len(set(joined)) == 1 and len(joined) > 1):
        return "placeholder"
    if len(joined) == 1:
        return "letter"
    if only_form:
        return "form"
    return "noise" if len(core) <= FEW and all(word in _NOISE for word in core) else ""


def _spaced(visible: str) -> str:
    """East Asian text with English for the words that the tables of concepts and countries know."""
    pattern, english = _east_asian()
    return pattern.sub(lambda match: f" {english[match[0]]} ", visible)


@cache
def _east_asian() -> tuple[re.Pattern[str], dict[str, str]]:
    english = {
        written: meanings[-1]
        for name in ("concepts.tsv", "countries.tsv.gz", "concepts_more.tsv")
        for written, *meanings in rows(name)
        if not written.isascii()
    }
    return re.compile("|".join(map(re.escape, sorted(english, key=lambda text: (-len(text), text))))), english
