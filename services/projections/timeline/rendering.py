"""Render a timeline: every entry as a sentence that names partners, then claims, credit and rewards."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import orjson

from services.projections.timeline.balances import credit_now, rewards_now
from services.projections.timeline.documents import Claim, Line, Row, Story
from services.projections.timeline.feed import policy_of, words_of, zone_of
from shared.events.lifecycle import TRANSITIONS, Life, after
from shared.events.registry import event_class, upcast
from shared.messages import Language, Words

_STANDING = ("partner.suspended", "partner.reinstated")


def tell(
    story: Story,
    entries: Sequence[Row],
    *,
    claims: Collection[str],
    lives: Iterable[Row],
    submitted: Iterable[Row],
    standing: Sequence[Row],
    programs: Iterable[Row] = (),
    language: Language | None = None,
) -> None:
    """Fills the story: `claims` are its own registrations, `lives` all that happened to them, `submitted` their and
    their rivals' submissions, `standing` what was told of the partners themselves, `programs` the policies' texts."""
    for row in standing:
        if row.data.get("name"):
            story.partners[row.data["partner"]] = row.data["name"]
    whose = {row.data["registration"]: row.data for row in submitted}
    began = entries[0].seq
    meanwhile = [row for row in standing if row.type in _STANDING and row.seq >= began]
    story.zone = _zone(entries, programs)
    owners = {one: data["partner"] for one, data in whose.items()}
    said = words_of(story.partners, owners, zone_of(story.zone), language)
    words = _Words(said, whose, _main(story, entries, claims))
    everything = sorted([*entries, *meanwhile], key=lambda row: int(row.seq))
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
        return next((row.data["registration"] for row in entries if row.data.get("reward") == story.about), None)
    return next(iter(claims)) if len(claims) == 1 else None


def _claim(id_: str, data: Mapping[str, Any], lives: Iterable[Row]) -> Claim:
    life: Life | None = None
    until = None
    for row in lives:
        if row.data.get("registration") != id_ or row.type not in _MOVES:
            continue
        event: Any = _event(row)
        life = after(life, event)
        until = getattr(event, "protected_until", until)
    return Claim(id_, data["partner"], data["customer"]["legal_name"], life.state if life else "unknown", until)


_MOVES = frozenset(event.type for event in TRANSITIONS)


def _event(row: Row) -> Any:
    name, version = row.type, row.version
    return event_class(name, version).model_validate_json(orjson.dumps(upcast(name, version, row.data)))


def _zone(entries: Sequence[Row], programs: Iterable[Row]) -> str:
    policy = policy_of(entries)
    zones = {f"{row.data['program']}/{row.data['number']}": row.data["policy"].get("time_zone") for row in programs}
    return str(zones.get(policy or "") or "UTC")


class _Words:
    """Lines with the names of this story's partners."""

    def __init__(self, said: Words, whose: Mapping[str, Mapping[str, Any]], main: str | None) -> None:
        self._said = said
        self._whose = whose
        self._main = main

    def title(self, story: Story, entries: Iterable[Row]) -> str:
        claim = self._whose.get(self._main or "")
        if claim is not None:
            return self._said.title(claim["customer"]["legal_name"], claim["products"], claim["partner"])
        external = next((row.data["external_id"] for row in entries if "external_id" in row.data), story.about)
        return self._said.language.say("title.opportunity", {"external_id": external})

    def line(self, row: Row) -> Line:
        data, type_ = row.data, row.type
        claim = data.get("registration") if type_.startswith(("registration.", "protection.", "conflict.")) else None
        told = told_of(self._said, row)
        return Line(
            seq=row.seq,
            at=row.clock,
            type=type_,
            registration=claim,
            by=None if row.decision else row.principal,
            sentence=self._before(type_, data) + told["sentence"] + self._after(type_, data),
            policy=told["policy"],
            findings=told["findings"],
        )

    def _before(self, type_: str, data: Mapping[str, Any]) -> str:
        """Return the partner as a prefix, if the sentence does not name it."""
        if type_.startswith("reward."):
            return f"{self._name(data['partner'])}: "
        claim = data.get("registration")
        if claim in (None, self._main) or type_.startswith(("opportunity.", "credit.", "case.", "link.", "refund.")):
            return ""
        return "" if type_ == "registration.submitted" else f"{self._said.name('registration', claim)}: "

    def _after(self, type_: str, data: Mapping[str, Any]) -> str:
        """Who holds and who won, for those who decide the case."""
        if type_ != "case.opened":
            return ""
        return f" {self._said.parties(data['registration'], data.get('winner'))}"

    def _name(self, partner: str) -> str:
        return self._said.name("partner", partner)


def told_of(words: Words, row: Any) -> dict[str, Any]:
    """What every explanation and timeline says of an entry: its sentence, its policy and the clauses applied."""
    return {
        "sentence": words.entry(row.type, row.data),
        "policy": row.data.get("policy") if row.decision else None,
        "findings": words.findings(row.data),
    }
