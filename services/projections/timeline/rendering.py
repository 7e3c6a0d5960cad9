"""Render a timeline: every entry as a sentence that names partners, then claims, credit and rewards."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import orjson

from services.projections.sentences import amount, sentence_of
from services.projections.timeline.balances import credit_now, rewards_now
from services.projections.timeline.documents import Claim, Line, Row, Story
from shared.events.lifecycle import TRANSITIONS, Life, after
from shared.events.registry import event_class, upcast

_STANDING = ("partner.suspended", "partner.reinstated")


def tell(
    story: Story,
    entries: Sequence[Row],
    *,
    claims: Collection[str],
    lives: Iterable[Row],
    submitted: Iterable[Row],
    standing: Sequence[Row],
) -> None:
    """Fills the story: `claims` are its own registrations, `lives` all that happened to them, `submitted` their and
    their rivals' submissions, `standing` the partners' own entries."""
    for row in standing:
        if row["data"].get("name"):
            story.partners[row["data"]["partner"]] = row["data"]["name"]
    whose = {row["data"]["registration"]: row["data"] for row in submitted}
    began = entries[0]["seq"]
    meanwhile = [row for row in standing if row["type"] in _STANDING and row["seq"] >= began]
    words = _Words(story.partners, whose, _main(story, entries, claims))
    everything = sorted([*entries, *meanwhile], key=lambda row: int(row["seq"]))
    story.title = words.title(story, entries)
    story.lines = [words.line(row) for row in everything]
    story.claims = [_claim(one, whose[one], lives) for one in sorted(claims) if one in whose and story.complete]
    story.credit = credit_now(entries)
    story.rewards = rewards_now(entries, standing)


def _main(story: Story, entries: Iterable[Row], claims: Collection[str]) -> str | None:
    """Return the registration that needs no name in sentences; None if there are several."""
    if story.kind == "registration":
        return story.about
    if story.kind == "reward":
        return next((row["data"]["registration"] for row in entries if row["data"].get("reward") == story.about), None)
    return next(iter(claims)) if len(claims) == 1 else None


def _claim(id_: str, data: Mapping[str, Any], lives: Iterable[Row]) -> Claim:
    life: Life | None = None
    until = None
    for row in lives:
        if row["data"].get("registration") != id_ or row["type"] not in _MOVES:
            continue
        event: Any = _event(row)
        life = after(life, event)
        until = getattr(event, "protected_until", until)
    return Claim(id_, data["partner"], data["customer"]["legal_name"], life.state if life else "unknown", until)


_MOVES = frozenset(event.type for event in TRANSITIONS)


def _event(row: Row) -> Any:
    name, version = row["type"], row["version"]
    return event_class(name, version).model_validate_json(orjson.dumps(upcast(name, version, row["data"])))


class _Words:
    """Writes sentences with the names of this timeline's partners."""

    def __init__(self, names: Mapping[str, str], whose: Mapping[str, Mapping[str, Any]], main: str | None) -> None:
        self._names = names
        self._whose = whose
        self._main = main

    def title(self, story: Story, entries: Iterable[Row]) -> str:
        claim = self._whose.get(self._main or "")
        if claim is not None:
            products = ", ".join(claim["products"])
            return f"{claim['customer']['legal_name']}: {products}, registered by {self._name(claim['partner'])}"
        external = next((row["data"]["external_id"] for row in entries if "external_id" in row["data"]), story.about)
        return f"Opportunity {external}"

    def line(self, row: Row) -> Line:
        data, type_ = row["data"], row["type"]
        claim = data.get("registration") if type_.startswith(("registration.", "protection.", "conflict.")) else None
        return Line(
            seq=row["seq"],
            at=row["clock"],
            type=type_,
            registration=claim,
            by=None if row["decision"] else row["principal"],
            sentence=self._before(type_, data) + self._sentence(type_, data),
            policy=data.get("policy"),
            rules=tuple(self._rule(step) for step in data.get("steps", ())),
        )

    def _before(self, type_: str, data: Mapping[str, Any]) -> str:
        """Return the partner as a prefix, if the sentence does not name it."""
        if type_.startswith("reward."):
            return f"{self._name(data['partner'])}: "
        claim = data.get("registration")
        if claim in (None, self._main) or type_.startswith(("opportunity.", "credit.", "case.", "link.", "refund.")):
            return ""
        return "" if type_ == "registration.submitted" else f"{self._claim(claim)}: "

    def _sentence(self, type_: str, data: Mapping[str, Any]) -> str:
        if type_ in ("credit.assigned", "credit.revised"):
            shares = ", ".join(self._share(share) for share in data["shares"])
            return f"Credited: {shares}." if type_ == "credit.assigned" else f"Credit now ({data['code']}): {shares}."
        if type_ == "case.opened":
            winner = f", won by {self._claim(data['winner'])}" if data.get("winner") else ""
            return f"{sentence_of(type_, data)} Held by {self._claim(data['registration'])}{winner}."
        if data.get("partner") and "sentence" not in data:
            return sentence_of(type_, {**data, "partner": self._name(data["partner"])})
        return sentence_of(type_, data)

    def _share(self, share: Mapping[str, Any]) -> str:
        whose = self._name(share["partner"]) if share.get("partner") else "house"
        return f"{whose} {amount(share['amount'])} ({share['role']})"

    def _rule(self, step: Mapping[str, Any]) -> str:
        inputs = step.get("inputs", {}).items()
        seen = [f"{_spaced(name)} {_plain(value)}" for name, value in inputs if value is not None]
        seen += [f"against {self._claim(one)}" for one in step.get("rivals", ())]
        told_of = f" ({'; '.join(seen)})" if seen else ""
        return f"{_spaced(step['rule'])}: {_spaced(step['result'])}{told_of}"

    def _claim(self, registration: str) -> str:
        known = self._whose.get(registration)
        return f"{self._name(known['partner'])} ({registration})" if known else registration

    def _name(self, partner: str) -> str:
        return self._names.get(partner, partner)


def _spaced(word: str) -> str:
    return word.replace("_", " ").replace(".", ", ")


def _plain(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
