"""What was found: the decider's documents and entries as a scenario's `then` compares them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from services.attribution import held
from services.attribution.scenarios.decider import Case, Credit, Opportunity, Partner, Registration, Reward
from services.attribution.scenarios.engine import Engine
from services.attribution.scenarios.expected import plain
from services.attribution.scenarios.findings import Finding, findings_of
from services.attribution.scenarios.money import in_words
from shared.events.base import Decision, Event
from shared.events.money import Money
from shared.events.vendor import FactRefused

HOUSE = "house"
"""Who has a share that no partner fills."""


class Found:
    """Reads the state of one vendor after the facts so far."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def registrations(self) -> dict[str, Any]:
        """Every registration by id."""
        return {one.id: _without_digests(held.registration_of(one)) for one in self._all(Registration)}

    def opportunities(self) -> dict[str, Any]:
        """Every opportunity by id."""
        return {one.id: _without_digests(held.opportunity_of(one)) for one in self._all(Opportunity)}

    def partners(self) -> dict[str, Any]:
        """Every partner by id."""
        return {one.id: held.partner_of(one) for one in self._all(Partner)}

    def cases(self) -> dict[str, Any]:
        """Every case, by the opportunity whose win opened it."""
        return {one.opportunity: plain(held.case_of(one)) for one in self._all(Case)}

    def states(self) -> dict[str, str]:
        """One word for each registration and opportunity."""
        deals = {one.id: one.status for one in self._all(Opportunity)}
        return {**deals, **{one.id: one.state for one in self._all(Registration)}}

    def credit(self) -> dict[str, Any]:
        """The shares of every win that stands: by opportunity, role and partner."""
        found: dict[str, Any] = {}
        for one in self._all(Credit):
            if one.active:
                shares: dict[str, Any] = found.setdefault(one.opportunity, {})
                for share in one.shares:
                    shares.setdefault(share.role, {})[share.partner or HOUSE] = in_words(share.amount)
        return found

    def rewards(self) -> list[dict[str, Any]]:
        """Every reward in the order in which they accrued."""
        return [_without_digests(held.reward_of(one)) for one in self._all(Reward)]

    def balances(self) -> dict[str, dict[str, str]]:
        """What stands in each partner's accounts, as the journal's postings add up; what is zero is left out."""
        sums: dict[tuple[str, str, str], int] = {}
        for entry in self.engine.entries:
            for posting in getattr(entry.event, "postings", ()):
                if posting.account not in ("expense", "accrued"):  # turnover, which these divide
                    key = posting.partner, posting.account, posting.currency
                    sums[key] = sums.get(key, 0) - posting.amount_minor
        found: dict[str, dict[str, str]] = {}
        for (partner, account, currency), minor in sums.items():
            if minor:
                sign = "-" * (minor < 0)
                found.setdefault(partner, {})[account] = sign + in_words(Money.of(abs(minor), currency))
        return found

    def findings(self) -> dict[str, list[Finding]]:
        """Of each registration, what its last decision with findings says of the clauses."""
        found: dict[str, list[Finding]] = {}
        for entry in self.engine.entries:
            event = entry.event
            registration = getattr(event, "registration", None)
            if registration is not None and isinstance(event, Decision) and event.findings:
                found[registration] = findings_of(payload_of(event))
        return found

    def _all(self, cls: type[Any]) -> Iterator[Any]:
        return (one for one in self.engine.ledger.documents.values() if isinstance(one, cls))


def payload_of(event: Event) -> dict[str, Any]:
    """Return an entry as scenarios compare it: its type and its fields."""
    return {"type": event.type, **plain(event.model_dump(exclude_none=True))}


def _without_digests(flat: dict[str, Any]) -> dict[str, Any]:
    """Return the values with amounts in words, and without what only machines can read."""
    currency = flat.get("currency")
    found: dict[str, Any] = {}
    for name, value in flat.items():
        if name.endswith("_minor"):
            amount = Money.of(value, currency) if value is not None and currency is not None else None
            found[name.removesuffix("_minor")] = in_words(amount) if amount else None
        elif name not in ("content", "customer", "items", "currency", held.LACKS):
            found[name] = [plain(one) for one in value] if isinstance(value, list) else value
    return found


def said_of(refused: FactRefused) -> str:
    """Return the code of a refusal with the field it is about and its parameters."""
    first = refused.errors[0]
    parts = [f"field {first.field}"] if first.field else []
    parts += [f"{name} {value}" for name, value in first.params.items()]
    return f"{refused.code} ({', '.join(parts)})" if parts else refused.code
