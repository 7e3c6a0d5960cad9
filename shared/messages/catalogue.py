"""The catalogue: one file a language, from a code to a message with arguments; formats as the language has them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, Literal

from babel import Locale
from babel.dates import format_date, format_time
from babel.lists import format_list
from babel.numbers import format_decimal
from fluent.runtime import FluentBundle, FluentResource

from shared.messages.directions import directed

HERE = Path(__file__).parent
DEFAULT = "en"
ABSENT = "none"
"""What a message sees in place of a value that is not there: it can choose by it."""

_MESSAGE = re.compile(r"^([A-Za-z][\w-]*)(?= *=)", re.MULTILINE)
_MONEY = re.compile(r"(-?\d+(?:\.\d+)?) ([A-Z]{3})")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)")


@dataclass(frozen=True, slots=True)
class Language:
    """One language's messages, with the locale whose dates, numbers, lists and plurals it uses."""

    tag: str
    locale: Locale
    texts: Mapping[str, str]
    """Each message as it is written, by its identifier. No message refers to another, so each is read when first said:
    reading all of them took a third of every command's start."""
    bundle: FluentBundle

    def has(self, code: str) -> bool:
        return _identifier(code) in self.texts

    def say(self, code: str, arguments: Mapping[str, Any] | None = None) -> str:
        """The code's message with these arguments; raises `KeyError` where the language has none."""
        identifier = _identifier(code)
        if not self.bundle.has_message(identifier):
            self.bundle.add_resource(FluentResource(self.texts[identifier]))
        pattern = self.bundle.get_message(identifier).value
        assert pattern is not None, f"{code} has no text"
        text, _ = self.bundle.format_pattern(pattern, dict(arguments or {}))
        return directed(str(text))

    def value(self, value: Any, zone: tzinfo = UTC, *, computed: bool = False) -> Any:
        """A value as a message takes it: numbers stay, so that plurals can be chosen by them.

        Only a `computed` text is read as an instant, a day or an amount: what somebody typed stays as it is.
        """
        if value is None or value == [] or value == "":
            return ABSENT
        if isinstance(value, bool):
            return str(value).lower()
        if isinstance(value, int):
            return value
        if isinstance(value, Mapping):
            return self.money(**value) if value.keys() == {"amount", "currency"} else ABSENT
        if isinstance(value, list | tuple):
            if any(isinstance(one, Mapping) for one in value):
                return ABSENT
            return self.listed([str(self.value(one, zone)) for one in value])
        return self._text(str(value), zone) if computed else str(value)

    def _text(self, text: str, zone: tzinfo) -> str:
        try:
            if _INSTANT.fullmatch(text):
                return self.moment(datetime.fromisoformat(text), zone)
            if _DAY.fullmatch(text):
                return self.day(date.fromisoformat(text))
        except (ValueError, OverflowError):
            return text  # no day of the calendar, or none in that zone: the first and the last of all times
        if found := _MONEY.fullmatch(text):
            return self.money(found[1], found[2])
        return text

    def money(self, amount: str, currency: str) -> str:
        """An amount with as many decimals as it is written with."""
        places = len(amount.partition(".")[2])
        pattern = f"#,##0.{'0' * places}" if places else "#,##0"
        return f"{format_decimal(Decimal(amount), format=pattern, locale=self.locale)} {currency}"

    def day(self, day: date) -> str:
        return str(format_date(day, format="medium", locale=self.locale))

    def moment(self, at: datetime, zone: tzinfo) -> str:
        """A local day, and the time where it is not midnight."""
        local = at.astimezone(zone)
        if (local.hour, local.minute) == (0, 0):
            return self.day(local.date())
        return f"{self.day(local.date())} {format_time(local, format='short', locale=self.locale)}"

    def listed(self, texts: Sequence[str], style: Literal["standard", "or"] = "standard") -> str:
        """The texts as a list: all of them, or any of them."""
        return str(format_list(list(texts), style=style, locale=self.locale)) if texts else ABSENT


def _identifier(code: str) -> str:
    return code.replace(".", "-")


def read(path: Path) -> Language:
    """The language that a file has, under the file's own name."""
    parts = _MESSAGE.split(path.read_text(encoding="utf-8"))
    texts = {name: name + text for name, text in zip(parts[1::2], parts[2::2], strict=True)}
    own = Locale.parse(path.stem)
    if "locale" in texts:
        own = Locale.parse(_in(own, path.stem, texts).say("locale"), sep="-")
    return _in(own, path.stem, texts)


def _in(locale: Locale, tag: str, texts: Mapping[str, str]) -> Language:
    # Marks that isolate what is placed into a sentence serve languages from right to left alone.
    bundle = FluentBundle([str(locale)], use_isolating=locale.text_direction == "rtl")
    return Language(tag, locale, texts, bundle)


@cache
def languages() -> Mapping[str, Language]:
    """Every language by its tag: one for each file here."""
    return {path.stem: language(path.stem) for path in sorted(HERE.glob("*.ftl"))}


def language(tag: str = DEFAULT) -> Language:
    """One language, whose tag is known to be one of them."""
    return _of(tag)


@cache
def _of(tag: str) -> Language:
    return read(HERE / f"{tag}.ftl")


def negotiated(stated: str | None, offered: Iterable[str] | None = None) -> str:
    """The offered language that an `Accept-Language` field likes best, by RFC 9110 and the lookup of RFC 4647.

    The default where it likes none: a sentence in another language is better than none.
    """
    tags = list(offered) if offered is not None else list(languages())
    best: tuple[float, int, str] | None = None
    for place, part in enumerate((stated or "").split(",")[:MOST_RANGES]):
        wanted, _, parameter = part.strip().partition(";")
        quality = _quality(parameter)
        found = DEFAULT if wanted == "*" else _looked_up(wanted.strip().lower(), tags)
        if found is not None and quality > 0 and (best is None or (-quality, place) < best[:2]):
            best = (-quality, place, found)
    return best[2] if best is not None else DEFAULT


MOST_RANGES = 20
"""Of one field: far more than anybody reads, few enough to be read at each request."""


def _quality(parameter: str) -> float:
    name, _, value = parameter.strip().partition("=")
    if name.strip() != "q":
        return 1.0
    found = re.fullmatch(r"0(?:\.\d{0,3})?|1(?:\.0{0,3})?", value.strip())
    return float(value) if found else 0.0


def _looked_up(wanted: str, tags: Sequence[str]) -> str | None:
    """The range itself, or it shortened from the end until a language has it."""
    known = {tag.lower(): tag for tag in tags}
    while wanted:
        if wanted in known:
            return known[wanted]
        wanted = wanted.rpartition("-")[0]
    return None
