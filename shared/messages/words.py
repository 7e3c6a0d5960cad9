"""Sentences for one reader: entries, findings, needs and refusals by their codes, in a language and a time zone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, tzinfo
from functools import cache
from typing import Any, get_args

from shared.events.registry import EVENTS
from shared.messages.catalogue import ABSENT, Language, language

Data = Mapping[str, Any]

VARIANTS: Mapping[str, str] = {
    "registration.held": "reason", "registration.closed": "code", "conflict.resolved": "outcome",
    "extension.refused": "code", "amendment.refused": "code",
    "protection.expired": "code", "loss.lifted": "code", "opportunity.linked": "by",
    "opportunity.unlinked": "code", "refund.waiting": "code", "refund.disregarded": "code", "reward.held": "code",
    "case.closed": "outcome",
}  # fmt: skip
"""The field by whose value an entry's message is chosen, where its type alone does not say it."""
_PARTY = frozenset({"partner"})
_CLAIM = frozenset({"registration", "other", "original", "previous", "winner", "holder"})
OPTIONAL = (
    "basis",
    "converted",
    "has",
    "held_since",
    "named",
    "live",
    "most",
    "until",
    "common",
    "sourced",
    "influenced",
    "fulfilled",
    "role",
    "cap",
)
"""Inputs that some findings of a code have and others have not."""
_ROLES = frozenset({"holder_roles", "winner_roles", "role"})
_REACHED = frozenset({"reached"})
_KEYS = frozenset({"keys"})
"""Parameters of refusals that are instants."""
SHOWN = 6
"""Words that a sentence on likeness names at most."""


@dataclass(frozen=True, slots=True)
class Words:
    """How one reader is told things."""

    language: Language = field(default_factory=language)
    zone: tzinfo = UTC
    names: Mapping[str, str] = field(default_factory=dict)
    """What a subject is called, as far as this reader may know it: `partner:acme`, `registration:reg_…`."""
    partner: str | None = None
    """The partner who reads; None for the vendor's own people."""

    def entry(self, type_: str, data: Data) -> str:
        """What an entry says, in one or two sentences; of personal texts nothing is repeated."""
        code = f"entry.{type_}"
        variant = data.get(VARIANTS.get(type_, ""))
        chosen = f"{code}.{variant}" if variant is not None and self.language.has(f"{code}.{variant}") else code
        if not self.language.has(chosen):
            return f"{type_.replace('.', ' ').replace('_', ' ').capitalize()}."
        return self.language.say(chosen, self._of_entry(type_, data)).strip()

    def finding(self, finding: Data) -> str:
        """What a clause came to."""
        code = f"finding.{finding['code']}"
        if not self.language.has(code):
            return f"{finding['clause']}: {finding['outcome']}."
        inputs = finding.get("inputs") or {}
        known = {name: inputs.get(name) for name in OPTIONAL}
        said = {name: self._value(name, one, computed=True) for name, one in {**known, **inputs}.items()}
        return self.language.say(code, said)

    def findings(self, data: Data) -> list[dict[str, Any]]:
        """The findings of a decision as documents show them, each with its sentence; rivals for the vendor alone."""
        return [self._shown(one) for one in data.get("findings") or ()]

    def _shown(self, finding: Data) -> dict[str, Any]:
        shown: dict[str, Any] = {
            "clause": finding["clause"],
            "outcome": finding["outcome"],
            "code": finding["code"],
            "sentence": self.finding(finding),
            "inputs": finding.get("inputs") or {},
            "needs": [{"value": None, **one, "sentence": self.need(one)} for one in finding.get("needs") or ()],
        }
        if self.partner is None:
            rivals = {"rivals": finding.get("rivals") or [], "rival_count": finding.get("rival_count", 0)}
            shown |= {**rivals, "against": self.against(finding)}
        return shown

    def need(self, need: Data) -> str:
        """What would have changed a finding."""
        value = self._value("value", need.get("value"), computed=True)
        return self.language.say(f"need.{need['operator']}", {"value": value})

    def against(self, finding: Data) -> str | None:
        """Who stood against the claim; None where nobody did."""
        rivals = finding.get("rivals") or ()
        if not rivals:
            return None
        more = max(finding.get("rival_count", 0) - len(rivals), 0)
        named = self.language.listed([self.name("registration", one) for one in rivals])
        return self.language.say("against", {"rivals": named, "more": more})

    def refusal(self, error: Data) -> str:
        """What is wrong with a fact and what to do about it."""
        code = f"refused.{error['code']}"
        params = dict.fromkeys(CHOSEN_BY) | dict(error.get("params") or {})
        params |= {"field": error.get("field"), "code": error["code"]}
        state = params.get("state")
        if isinstance(state, str):
            params["state"] = self.word(state)
        said = {
            name: self._value(name if name in _KEYS else "", one, computed=name in _REACHED)
            for name, one in params.items()
        }
        return self.language.say(code if self.language.has(code) else "refused", said)

    def likeness(self, rule: str, evidence: Sequence[tuple[str, str]]) -> str:
        """Why two customers may be one company, from the rule of matching and what it saw."""
        by: dict[str, list[str]] = {}
        for name, value in evidence:
            by.setdefault(name, []).append(value)
        likened = [
            f"{value} ({self.word(name.removeprefix('word.'))})"
            for name, value in evidence
            if name.startswith("word.") and name != "word.equal"
        ]
        code = f"likeness.{rule}"
        arguments = {
            "likened": self._some(likened),
            "rest": self._some([*by.get("left.one", []), *by.get("left.other", [])]),
            "forms": f"{self._some(by.get('form.one', []))} / {self._some(by.get('form.other', []))}",
            "states": f"{self._some(by.get('state.one', []))} / {self._some(by.get('state.other', []))}",
            "blank": self._some(by.get("blank", [])),
            "group": self._some(by.get("group", [])),
            "domain": self._some(by.get("domain", [])),
            "equal": self._kinds(evidence, "equal"),
            "differing": self._kinds(evidence, "differs"),
        }
        return self.language.say(code, arguments) if self.language.has(code) else f"{rule}."

    def _kinds(self, evidence: Sequence[tuple[str, str]], how: str) -> str:
        kinds = dict.fromkeys(name for name, value in evidence if value == how and "." not in name)
        return self.language.listed([self.word(one) for one in kinds])

    def _some(self, words: list[str]) -> str:
        return (
            f"{self.language.say('comma').join(words[:SHOWN])} …" if len(words) > SHOWN else self.language.listed(words)
        )

    def blind(self, answer: str, settles: Sequence[str], own: str | None = None) -> str:
        """What is told of a deal that somebody is about to register."""
        if own is not None:
            return self.language.say("blind.own", {"own": own})
        return self.language.say(f"blind.{answer}", {"settles": self.language.listed(settles, "or")})

    def title(self, customer: str, products: Sequence[str], partner: str) -> str:
        """What a registration is about, as a heading."""
        arguments = {"customer": customer, "products": self.language.listed(products)}
        return self.language.say("title.registration", {**arguments, "partner": self.name("partner", partner)})

    def parties(self, holder: str, winner: str | None) -> str:
        """Who holds a deal and who won it."""
        won = self.name("registration", winner) if winner else ABSENT
        return self.language.say("title.parties", {"holder": self.name("registration", holder), "winner": won})

    def name(self, noun: str, id_: str) -> str:
        """What the reader calls it; its id where it may know no name."""
        return self.names.get(f"{noun}:{id_}", id_)

    def word(self, code: str) -> str:
        """A code within a sentence."""
        return self.language.say(f"word.{code}") if self.language.has(f"word.{code}") else code.replace("_", " ")

    def key(self, key: str) -> str:
        """What a customer was recognised by: an identifier with its kind, a name, or a person's answer."""
        kind, _, value = key.partition(":")
        if kind == "group":
            return self.language.say("key.group", {"of": self.key(value)})
        if self.language.has(f"key.{kind}"):
            return self.language.say(f"key.{kind}", {"value": value})
        return f"{self.word(kind)} {value}"

    def _of_entry(self, type_: str, data: Data) -> dict[str, Any]:
        arguments: dict[str, Any] = {**_nothing(type_), "reader": "vendor" if self.partner is None else "partner"}
        times = _times(type_)
        arguments |= {name: self._value(name, value, computed=name in times) for name, value in data.items()}
        for name in ("customer", "other_customer"):
            if isinstance(data.get(name), Mapping):
                arguments[name] = data[name].get("legal_name", ABSENT)
        if isinstance(data.get("evidence"), Mapping):
            arguments["evidence"] = self.word(data["evidence"]["kind"])
        if type_ in ("registration.amended", "amendment.held"):
            arguments["fields"] = self._value("", list(data.get("fields") or data.get("patch", {})))
        if "shares" in data:
            arguments["shares"] = self._value("", [self._share(one) for one in data["shares"]])
        if "code" in data and self.language.has(f"why.{data['code']}"):
            arguments["why"] = self.language.say(f"why.{data['code']}")
        return arguments | {"because": self._because(type_, data)}

    def _because(self, type_: str, data: Data) -> str:
        if type_ == "fact.refused":
            return " ".join(self.refusal(one) for one in data["errors"])
        found = deciding(data)
        return self.finding(found) if found is not None else ""

    def _share(self, share: Data) -> str:
        owner = share.get("partner")
        whose = self.name("partner", owner) if owner else self.word("house")
        arguments = {"whose": whose, "amount": self._value("", share["amount"]), "role": self.word(share["role"])}
        return self.language.say("share" if self.partner is None else "share.own", arguments)

    def _value(self, name: str, value: Any, *, computed: bool = False) -> Any:
        if isinstance(value, str):
            noun = "partner" if name in _PARTY else "registration" if name in _CLAIM else None
            if noun is not None:
                return self.name(noun, value)
        if name in _KEYS and value:
            return self.language.listed([self.key(one) for one in value])
        if name in _ROLES and value:
            return self.language.listed([self.word(one) for one in ([value] if isinstance(value, str) else value)])
        return self.language.value(value, self.zone, computed=computed)


def deciding(data: Data) -> Data | None:
    """The finding that decided: the last one that did not pass, else the last."""
    found: Sequence[Data] = data.get("findings") or ()
    return next((one for one in reversed(found) if one["outcome"] != "passed"), found[-1] if found else None)


@cache
def _times(type_: str) -> frozenset[str]:
    """The fields of the entry's type that are instants or days."""
    event = EVENTS.get(type_)
    fields = event.model_fields.items() if event is not None else ()
    return frozenset(name for name, one in fields if {date, datetime} & set(_parts(one.annotation)))


def _parts(annotation: Any) -> Iterator[Any]:
    yield annotation
    for one in get_args(annotation):
        yield from _parts(one)


@cache
def _nothing(type_: str) -> Mapping[str, Any]:
    """Every field of the entry's type as absent, but those with a default of their own."""
    event = EVENTS.get(type_)
    if event is None:
        return {}
    given: dict[str, Any] = {"because": "", "why": ABSENT, "reader": "vendor"}
    for name, one in event.model_fields.items():
        given[name] = str(one.default).lower() if isinstance(one.default, bool) else ABSENT
    return given


CHOSEN_BY = ("reason", "kind", "absent", "name", "action", "program", "similar")
"""Parameters that some refusals of a code have and others have not."""
