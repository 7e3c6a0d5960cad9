"""What somebody chose on a page of a list: read from its address, and saved under a name by the API."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlencode

from starlette.responses import Response

from services.console.api import Refused
from services.console.forms import ACT, KEY, Typed
from services.console.rendering import query, segment
from services.console.visit import Visit, go

API = "/v1/saved-views"
DONE = ("saved", "replaced", "deleted")
Show = Callable[[Visit, Typed, int], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Inputs:
    """What the address of a page may choose."""

    page: str
    one: tuple[str, ...]
    """Parameters that the page's form has an input for, each for one value."""
    several: tuple[str, ...]
    """Those of them that may come several times."""
    rest: tuple[str, ...] = ()
    """Parameters without an input, which saved views may have and the page keeps."""
    unsaved: tuple[str, ...] = ()
    """What a saved view leaves open."""

    @property
    def path(self) -> str:
        return f"/console/{self.page}"


@dataclass(frozen=True, slots=True)
class Choice:
    """What was chosen."""

    inputs: Inputs
    one: dict[str, str]
    """By input of the form; empty where nothing was chosen."""
    more: tuple[tuple[str, str], ...]
    """What the form has no input for, and what was chosen several times."""

    @property
    def asked(self) -> dict[str, str | list[str]]:
        """Every parameter that says something, as the API takes it."""
        found: dict[str, str | list[str]] = {name: value for name, value in self.one.items() if value}
        for name in dict.fromkeys(name for name, _ in self.more):
            found[name] = [value for known, value in self.more if known == name]
        return found

    @property
    def kept(self) -> dict[str, str | list[str]]:
        """What a saved view holds."""
        several = (*self.inputs.several, *self.inputs.rest)
        stated = {name: value for name, value in self.asked.items() if name not in self.inputs.unsaved}
        return {
            name: value[-1] if isinstance(value, list) and (len(value) == 1 or name not in several) else value
            for name, value in stated.items()
        }

    def without(self, name: str) -> str:
        """The page's path with all of it but one parameter."""
        return self.inputs.path + query(**{known: value for known, value in self.asked.items() if known != name})


def choice_of(visit: Visit, inputs: Inputs) -> Choice:
    """Read what was chosen; what no list knows is left out."""
    given = visit.request.query_params
    found = {
        name: [text for value in given.getlist(name) if (text := value.strip())] for name in (*inputs.one, *inputs.rest)
    }
    # Of what comes once alone the last one counts, as at the API.
    whole = {name: values for name, values in found.items() if name in inputs.several and len(values) > 1}
    one = {name: (found[name] or [""])[-1] if name not in whole else "" for name in inputs.one}
    more = [(name, value) for name, values in found.items() if name in whole or name in inputs.rest for value in values]
    return Choice(inputs, one, tuple(more))


async def saved_views(visit: Visit, choice: Choice, typed: Typed) -> dict[str, Any]:
    """What the page shows of the reader's saved views."""
    inputs, told = choice.inputs, visit.asked("done")
    views = (await visit.api.get(API, page=inputs.page))["saved_views"]
    opened = next((one for one in views if one["saved_view"] == visit.asked("saved")), None)
    identity = opened["saved_view"] if opened is not None else ""
    return {
        "views": [{**one, "href": _opens(inputs, one["parameters"], one["saved_view"])} for one in views],
        "opened": opened,
        "stale": [*dict.fromkeys(_parameter(one["field"]) for one in opened["problems"])] if opened is not None else [],
        "posts": inputs.path + query(**choice.asked, saved=identity),
        "done": told if told in DONE else "",
        "before": _opens(inputs, _before(inputs, visit.asked("before")), identity) if told == "replaced" else "",
        "name": visit.asked("name") if told == "deleted" else "",
        "typed": typed,
    }


async def changed(visit: Visit, choice: Choice, show: Show) -> Response:
    """Save, replace or delete a view; what is refused is shown on the page, with what was typed."""
    typed, act = visit.typed, visit.typed.one(ACT)
    if act not in _ACTS:
        return visit.page.show("missing.html", 404, why="missing")
    try:
        return await _ACTS[act](visit, choice)
    except Refused as refusal:
        return await show(visit, typed.refused(_errors(visit, refusal), ("name",)), refusal.status)


async def _save(visit: Visit, choice: Choice) -> Response:
    body = {"page": choice.inputs.page, "name": visit.typed.line("name"), "parameters": choice.kept}
    made = await visit.api.make(API, body)
    return go(choice.inputs.path + query(**choice.asked, saved=made["saved_view"], done="saved"))


async def _replace(visit: Visit, choice: Choice) -> Response:
    path = f"{API}/{segment(visit.asked('saved'))}"
    old = await visit.api.get(path)
    await visit.api.write(path, {"parameters": choice.kept}, visit.typed.line(KEY), method="PUT")
    before = urlencode(old["parameters"], doseq=True)
    more = query(**choice.asked, saved=old["saved_view"], done="replaced", before=before)
    return go(choice.inputs.path + more)


async def _delete(visit: Visit, choice: Choice) -> Response:
    path = f"{API}/{segment(visit.asked('saved'))}"
    old = await visit.api.get(path)
    await visit.api.delete(path)
    # Its choice and its name stay on the page, so that saving them again undoes it.
    return go(choice.inputs.path + query(**{**old["parameters"], "done": "deleted", "name": old["name"]}))


_ACTS: dict[str, Callable[[Visit, Choice], Awaitable[Response]]] = {
    "save": _save,
    "replace": _replace,
    "delete": _delete,
}


def _opens(inputs: Inputs, parameters: dict[str, Any], identity: str) -> str:
    return inputs.path + query(**{**parameters, "saved": identity})


def _before(inputs: Inputs, text: str) -> dict[str, list[str]]:
    """The earlier choice out of an address, which anybody may have written."""
    known = (*inputs.one, *inputs.rest)
    return {name: values for name, values in parse_qs(text, max_num_fields=100).items() if name in known}


def _parameter(field: str) -> str:
    return field.removeprefix("parameters.").partition(".")[0]


def _errors(visit: Visit, refusal: Refused) -> Sequence[dict[str, Any]]:
    t = visit.page.speech.say
    own = {
        "saved_view.exists": ("name", t("saved.exists")),
        "saved_view.too_many": ("", t("saved.too_many")),
        "saved_view.unknown": ("", t("saved.unknown")),
    }
    if refusal.code in own:
        field, message = own[refusal.code]
        return [{"field": field, "message": message}]
    return refusal.errors or [{"field": "", "message": refusal.detail}]
