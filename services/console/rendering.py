"""Pages from templates: texts escaped, sentences from the catalogue, days and amounts as people write them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode
from zoneinfo import ZoneInfo

from babel.numbers import format_decimal
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.responses import HTMLResponse

from services.console.forms import KEY, WHO, Typed, new_key
from services.console.guard import SCRIPTED
from services.console.sessions import Session
from shared.messages import Language, Words, languages

HERE = Path(__file__).parent
ASSETS = HERE / "assets"
STYLE = (ASSETS / "console.css").read_bytes()
STYLE_PATH = f"/console/assets/{sha256(STYLE).hexdigest()[:16]}.css"
"""Named by its content, so that browsers may keep it."""
SCRIPT = (ASSETS / "editor.js").read_bytes()
SCRIPT_PATH = f"/console/assets/{sha256(SCRIPT).hexdigest()[:16]}.js"
UTC_ZONE = ZoneInfo("UTC")
_RTL = re.compile(r"[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_ISOLATED = "\u2068{}\u2069"


@cache
def _environment(comma: str) -> Environment:
    """Return the templates of a language; its comma is known to imported macros, too."""
    found = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.globals["comma"] = comma
    return found


@dataclass(frozen=True, slots=True)
class Speech:
    """How pages say things in one language."""

    language: Language
    zone: ZoneInfo = UTC_ZONE
    """Whose days and times are shown."""

    @property
    def tag(self) -> str:
        return self.language.tag

    @property
    def direction(self) -> str:
        return str(self.language.locale.text_direction)

    def say(self, code: str, **arguments: Any) -> str:
        """A message of the pages; right-to-left names stay whole inside left-to-right sentences."""
        given = {name: self._isolated(value) for name, value in arguments.items()}
        return self.language.say(f"page.{code}", given)

    def word(self, code: str | None) -> str:
        """A code as a word."""
        return Words(self.language).word(code) if code else ""

    def key(self, key: str) -> str:
        """What a customer was recognised by, in words."""
        return str(self._isolated(Words(self.language).key(key)))

    def knows(self, code: str) -> bool:
        return self.language.has(f"page.{code}")

    def money(self, amount: Mapping[str, str] | None) -> Markup:
        """An amount with Latin digits, as one piece whatever stands around it."""
        if amount is None:
            return Markup("")
        return Markup('<bdi class="money">{}</bdi>').format(self.language.money(amount["amount"], amount["currency"]))

    def number(self, count: int) -> str:
        """A count with its thousands apart."""
        return str(format_decimal(count, locale=self.language.locale))

    def day(self, text: str | None) -> Markup:
        """The day of a date, or of an instant in the zone."""
        if not text:
            return Markup("")
        at = date.fromisoformat(text) if len(text) == len("2026-01-01") else self._local(text).date()
        return Markup('<time datetime="{}">{}</time>').format(text, self.language.day(at))

    def moment(self, text: str | None) -> Markup:
        """Day and time in the zone."""
        if not text:
            return Markup("")
        return Markup('<time datetime="{}">{}</time>').format(text, self.language.moment(self._local(text), self.zone))

    def _local(self, text: str) -> datetime:
        return datetime.fromisoformat(text).astimezone(self.zone)

    def _isolated(self, value: Any) -> Any:
        apart = isinstance(value, str) and self.direction == "ltr" and _RTL.search(value)
        return _ISOLATED.format(value) if apart else value


@dataclass(frozen=True, slots=True)
class Page:
    """One page for one reader."""

    speech: Speech
    path: str
    """Path and query that were asked for: where the reader comes back to."""
    session: Session | None = None
    context: Mapping[str, Any] = field(default_factory=dict)

    def show(self, template: str, status: int = 200, **values: Any) -> HTMLResponse:
        """Render the template."""
        found = {**self._common(), **self.context, **values}
        text = _environment(self.speech.language.say("comma")).get_template(template).render(found)
        headers = {"Content-Language": self.speech.tag, "Cache-Control": "no-store"}
        if found.get("script"):
            headers["Content-Security-Policy"] = SCRIPTED
        return HTMLResponse(text, status, headers)

    def _common(self) -> dict[str, Any]:
        speech = self.speech
        return {
            "t": speech.say, "knows": speech.knows, "word": speech.word, "key": speech.key, "money": speech.money,
            "day": speech.day, "moment": speech.moment, "number": speech.number, "lang": speech.tag,
            "dir": speech.direction, "zone": speech.zone.key, "session": self.session, "here": self.path,
            "style": STYLE_PATH, "typed": Typed(), "hidden": self.hidden, "query": query, "segment": segment,
            "total": total,
            "tongues": [(tag, one.say("page.language.name")) for tag, one in languages().items()],
        }  # fmt: skip

    def hidden(self, typed: Typed | None = None) -> Markup:
        """The inputs that every form has beside what is typed."""
        key = (typed.one(KEY) if typed is not None else "") or new_key()
        who = self.session.who if self.session is not None else ""
        row = '<input type="hidden" name="{}" value="{}">'
        return Markup(row + row).format(KEY, key, WHO, who)


def query(**values: Any) -> str:
    """A query of those values that say something."""
    stated = [(name, value) for name, value in values.items() if value not in (None, "", [])]
    return f"?{urlencode(stated, doseq=True)}" if stated else "?"


def segment(text: str) -> str:
    """A segment of a path."""
    return quote(text, safe="")


def now() -> str:
    """The time as the API writes one, so that the two compare as texts."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def total(amounts: list[dict[str, str]]) -> list[dict[str, str]]:
    """Amounts added up, each currency by itself."""
    sums: dict[str, Decimal] = {}
    for one in amounts:
        sums[one["currency"]] = sums.get(one["currency"], Decimal(0)) + Decimal(one["amount"])
    return [{"amount": str(amount), "currency": name} for name, amount in sorted(sums.items())]
