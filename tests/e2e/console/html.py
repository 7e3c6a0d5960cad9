"""A page as a person meets it: its text, its links, its forms."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

import httpx

_VOID = frozenset({"meta", "link", "input", "br", "img"})
_FOREIGN = frozenset({"bdi", "time", "code", "textarea", "title"})
_OPTIONAL = frozenset({"li", "p", "option", "td", "th", "tr", "dt", "dd"})


@dataclass(slots=True)
class Form:
    """A form with what it would send."""

    action: str
    method: str
    pairs: list[tuple[str, str]] = field(default_factory=list)
    choices: list[tuple[str, str]] = field(default_factory=list)
    """What can be ticked."""
    buttons: list[tuple[str, str]] = field(default_factory=list)

    def filled(self, typed: dict[str, Any], button: str = "") -> list[tuple[str, str]]:
        """The pairs that are sent once these inputs are filled in."""
        known = {name for name, _ in self.pairs} | {name for name, _ in self.choices}
        assert typed.keys() <= known, f"no such input: {typed.keys() - known}"
        pairs = [(name, value) for name, value in self.pairs if name not in typed]
        for name, value in typed.items():
            pairs += [(name, one) for one in (value if isinstance(value, list) else [value])]
        pressed = [one for one in self.buttons if one[1] == button]
        return pairs + pressed


@dataclass(slots=True)
class Shown:
    """What one answer shows."""

    path: str
    answer: httpx.Response
    language: str = ""
    direction: str = ""
    texts: list[str] = field(default_factory=list)
    ours: list[str] = field(default_factory=list)
    """Texts of the page itself: not names, ids, times, or what somebody typed."""
    links: list[str] = field(default_factory=list)
    sources: list[str] = field(default_factory=list)
    forms: list[Form] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)
    inputs: list[dict[str, str]] = field(default_factory=list)
    inline: list[str] = field(default_factory=list)
    unclosed: list[str] = field(default_factory=list)
    headings: list[str] = field(default_factory=list)
    tags: set[str] = field(default_factory=set)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.texts).split())

    def form(self, act: str) -> int:
        """The number of the form that is sent there."""
        acts = [one.action.split("?")[0] for one in self.forms]
        return acts.index(act)


def shown(path: str, answer: httpx.Response) -> Shown:
    """Read the page; what is not well nested is told."""
    assert answer.headers["content-type"] == "text/html; charset=utf-8", answer.headers
    reader = _Reader(Shown(path, answer))
    reader.feed(answer.text)
    reader.close()
    reader.page.unclosed += [tag for tag in reader.open if tag not in _OPTIONAL]
    return reader.page


class _Reader(HTMLParser):
    def __init__(self, page: Shown) -> None:
        super().__init__()
        self.page = page
        self.open: list[str] = []
        self._select = ""
        self._area: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        page, given = self.page, {name: value or "" for name, value in attrs}
        page.tags.add(tag)
        page.inline += [name for name in given if name == "style" or name.startswith("on")]
        if "id" in given:
            page.ids.append(given["id"])
        if tag not in _VOID:
            self.open.append(tag)
        if tag == "html":
            page.language, page.direction = given["lang"], given["dir"]
        elif tag == "a" and "href" in given:
            page.links.append(given["href"])
        elif tag == "label" and "for" in given:
            page.labels.append(given["for"])
        elif tag == "form":
            page.forms.append(Form(given.get("action", ""), given.get("method", "get")))
        elif tag in ("script", "img", "link") and (source := given.get("src") or given.get("href")):
            page.sources.append(source)
        self._control(tag, given)

    def _control(self, tag: str, given: dict[str, str]) -> None:
        page, kind = self.page, given.get("type", "text")
        if tag in ("input", "select", "textarea") and kind != "hidden":
            page.inputs.append(given)
        name = given.get("name", "")
        if tag == "input" and name and page.forms:
            form = page.forms[-1]
            if kind in ("checkbox", "radio"):
                form.choices.append((name, given["value"]))
                form.pairs += [(name, given["value"])] if "checked" in given else []
            else:
                form.pairs.append((name, given.get("value", "")))
        elif tag == "button" and name:
            page.forms[-1].buttons.append((name, given.get("value", "")))
        elif tag == "select":
            self._select = name
            page.forms[-1].pairs.append((name, ""))
        elif tag == "option" and "selected" in given:
            page.forms[-1].pairs[-1] = (self._select, given["value"])
        elif tag == "textarea":
            self._area = []

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._area is not None:
            text = "".join(self._area)
            name = self.page.inputs[-1]["name"]
            self.page.forms[-1].pairs.append((name, text.removeprefix("\n")))
            self._area = None
        while self.open and self.open[-1] != tag and self.open[-1] in _OPTIONAL:
            self.open.pop()
        if self.open and self.open[-1] == tag:
            self.open.pop()
        else:
            self.page.unclosed.append(tag)

    def handle_data(self, data: str) -> None:
        if self._area is not None:
            self._area.append(data)
        if self.open and self.open[-1] in ("style", "script") and data.strip():
            self.page.inline.append(data)
        if {"h1", "h2", "h3"} & set(self.open) and data.strip():
            self.page.headings.append(data.strip())
        self.page.texts.append(data)
        if not _FOREIGN & set(self.open):
            self.page.ours.append(data)
