"""Plausible histories of a vendor, drawn by hypothesis: steps in small pools, so that claims meet often."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from hypothesis import strategies as st

from services.attribution.domain.documents.keys import Key
from services.attribution.domain.documents.opportunity import Opportunity
from shared.events.base import Event
from shared.events.customer import CustomerMatchRevoked
from shared.events.opportunity import LinkDecided
from shared.events.partner import PartnerCertified, PartnerChanged, PartnerReinstated, PartnerScored, PartnerSuspended
from shared.events.rates import RatesPublished
from shared.events.registration import (
    CustomerMatchDecided,
    EvidenceAdded,
    ExtensionRequested,
    ObjectionRaised,
    RegistrationAmended,
    RegistrationConfirmed,
    RegistrationWithdrawn,
    ReviewDecided,
)
from shared.events.target import TargetDropped, TargetSet
from shared.events.vendor import VendorConfigured
from tests.unit.attribution.house import DOCUMENT, House, event

FEWEST_STEPS, MOST_STEPS = 15, 40
PARTNERS = "ABCD"
CUSTOMERS: tuple[dict[str, str], ...] = (
    {"legal_name": "Nile Trading", "country": "EG", "tax_id": "204829305"},
    {"legal_name": "النيل للتجارة", "country": "EG", "tax_id": "204-829-305"},
    {"legal_name": "Nile Trading Ltd"},
    {"legal_name": "NILE TRADING", "domain": "nile.example"},
    {"legal_name": "Nile Trading", "country": "KW", "tax_id": "204829305", "duns": "150483782"},
    {"legal_name": "Delta Works", "domain": "https://shop.nile.example/"},
    {"legal_name": "Nile Trading", "country": "EG", "tax_id": "EG 204 829 305", "duns": "15-048-3782"},
    {"legal_name": "Nile Works", "country": "EG", "tax_id": "204829305", "duns": "987654328"},
    {"legal_name": "Nile Trading", "country": "EG", "tax_id": "unknown", "domain": "t-online.de"},
)
OFTEN = (0, 0, 0, 1, 2, 0, 3, 2, 4, 5, 6, 7, 8)
"""Most claims are on the first customer, by one spelling or another."""
CLOSES = ("2026-03-01", "2026-03-20", "2026-06-01")
TIERS = ("silver", "gold")


@dataclass(frozen=True)
class Step:
    """One thing that happens `hours` after the last one; numbers pick from what exists when it happens."""

    kind: str
    hours: int
    which: int
    other: int
    choice: int


STEPS = (
    ("submit", 16), ("amend", 2), ("evidence", 1), ("withdraw", 1), ("confirm", 3), ("extend", 1), ("object", 1),
    ("review", 3),
    ("match", 2), ("created", 2), ("changed", 1), ("won", 2), ("lost", 2), ("reopened", 2), ("link", 1),
    ("suspend", 1), ("reinstate", 1), ("retier", 1), ("publish", 1), ("configure", 1), ("wait", 4),
)  # fmt: skip
SAYINGS = ("match", "match", "unmatch", "match", "merge", "split", "match", "match")
"""What a step `match` may be."""
kinds = st.sampled_from([kind for kind, weight in STEPS for _ in range(weight)])
numbers = st.integers(0, 59)
steps = st.builds(Step, kinds, st.sampled_from([1, 0, 1, 5, 24, 72]), which=numbers, other=numbers, choice=numbers)
histories = st.lists(steps, min_size=FEWEST_STEPS, max_size=MOST_STEPS)

_ORDERS = (
    ["approved_first", "first_complete_submission"],
    ["first_complete_submission"],
    ["manual"],
    ["approved_first", "manual"],
    ["tier", "approved_first"],
    ["evidence_score", "tier", "manual"],
)


RUNNERS_UP = (["first_complete_submission"], ["tier", "first_complete_submission"], ["manual"], ["tier", "manual"])
_EXCLUSIVE: tuple[dict[str, Any], ...] = (
    {}, {}, {}, {"max": 2}, {"mode": "one", "max": 3}, {"mode": "shared"}, {"mode": "none"},
)  # fmt: skip
_ELIGIBLE: tuple[dict[str, Any], ...] = (
    {}, {}, {}, {}, {"max_open_registrations": 2}, {"min_tier": "gold"}, {"min_score": {"index": 5}},
    {"certifications": ["Pro"]}, {"territories": ["Nile"]}, {"own_territory": True}, {"segments": {"region": ["DACH"]}},
)  # fmt: skip
_EXTENSIONS: tuple[dict[str, Any] | None, ...] = (
    None, {"days": 3}, {"days": 7, "max": 2, "decide": "2bd"}, {"days": 7, "decide": "12bh"},
    {"days": 20, "max": 2, "request_before_expiry": False},
)  # fmt: skip
_PLAIN_GATES = {
    "min_units": st.just(10), "min_term_months": st.just(12), "before_rfp": st.booleans(),
    "single_end_customer": st.booleans(),
}  # fmt: skip
_COMPARED = (("min_units", "units"), ("min_term_months", "term_months"))


_ASKED = {
    ("key", "workload"): "workload", ("key", "subscription"): "subscription", ("site", "same"): "site",
    ("territory", "same"): "customer.country",
}  # fmt: skip


@st.composite
def _told_apart(draw: st.DrawFn) -> dict[str, Any]:
    key = draw(st.sampled_from(["deal", "deal", "deal", "line", "customer", "workload", "subscription"]))
    products = draw(st.sampled_from(["overlap", "same_line", "any"]))
    return {
        "key": key,
        "products": "overlap" if key in ("line", "customer") else products,
        "site": draw(st.sampled_from(["ignore", "ignore", "same"])),
        "territory": draw(st.sampled_from(["ignore", "ignore", "ignore", "same"])),
    }


@st.composite
def policies(draw: st.DrawFn) -> dict[str, Any]:
    """Any policy that can be published, near enough to meet in a short history."""
    required, same_deal = [], {}
    if draw(st.booleans()):
        required.append("competitor | site")
    if draw(st.booleans()):
        required.append("close_date")
        same_deal["close_window_days"] = 30
    gates: dict[str, Any] = draw(st.fixed_dictionaries({}, optional=_PLAIN_GATES)) if draw(st.booleans()) else {}
    if draw(st.integers(0, 3)) == 0:
        basis = draw(st.sampled_from(["net", "list"]))
        gates["min_amount"] = {"value": 100, "currency": "EUR", "basis": basis}
        required.append("list_amount" if basis == "list" else "amount")
    same_deal |= draw(_told_apart())
    required += [field for clause, field in _ASKED.items() if same_deal.get(clause[0]) == clause[1]]
    eligible = draw(st.sampled_from(_ELIGIBLE))
    if eligible.keys() & {"territories", "own_territory"}:
        required.append("customer.country")
    required += [field for gate, field in _COMPARED if gate in gates]
    order = draw(st.sampled_from(_ORDERS))
    evidence = {"weights": {"demo": 3, "poc": 5}, "fresh_days": 30, "verified_only": draw(st.booleans())}
    extension = draw(st.sampled_from(_EXTENSIONS))
    exclusive = draw(st.sampled_from(_EXCLUSIVE))
    one = exclusive.get("mode", "one") == "one"
    length = draw(st.one_of(st.fixed_dictionaries({"days": st.integers(3, 40)}), st.just({"months": 1})))
    return {
        "required_fields": required,
        "same_deal": {
            **same_deal,
            "name_only": draw(st.sampled_from(["look", "block"])),
        },
        "exclusivity": exclusive,
        "gates": gates,
        "eligibility": eligible,
        "review": {"auto_approve_if": draw(st.sampled_from(["no_conflict_and_gates_pass"] * 5 + ["never"]))},
        "conflict": {
            "order": order,
            "evidence": evidence if "evidence_score" in order else None,
            "runner_up_order": draw(st.sampled_from([None, None, *(other for other in RUNNERS_UP if other != order)]))
            if one and "evidence_score" not in order
            else None,
            "contest_window": draw(st.sampled_from(["none", "none", "2bd", "3d", "30h"])) if one else "none",
            "waiter_confirm": draw(st.sampled_from(["none", "5bd", "10d", "16bh"])),
            "on_won": draw(st.sampled_from(["close", "next"])),
            "on_lost": draw(st.sampled_from(["none", "5bd", "10d"])),
        },
        "clock": {"starts": draw(st.sampled_from(["approved", "submitted"]))},
        "protection": {**length, "extension": extension, "cooling_off_days": draw(st.sampled_from([0, 0, 10]))},
        "credit": {"late_win_days": draw(st.sampled_from([0, 10]))},
        "time_zone": draw(st.sampled_from(["UTC", "Europe/Berlin", "America/Sao_Paulo"])),
        "calendar": draw(st.sampled_from([None, "DE"])),
    }


class Story:
    """A house whose history is told step by step."""

    def __init__(self, hunting: dict[str, Any], teaming: dict[str, Any], spare: dict[str, Any]) -> None:
        self.house = House().open({"version": 1, **hunting}, partners=" ".join(PARTNERS))
        self.house.publish({"program": "teaming", "version": 1, **teaming})
        self.spare, self.version = spare, 1
        self.day = 0.0
        self.registrations: list[str] = []
        self.opportunities: list[str] = []

    def tell(self, step: Step) -> list[Event]:
        """The step as a fact, where there is anything it could be about; what it led to."""
        self.day += step.hours / 24
        if step.kind == "match":
            step = replace(step, kind=SAYINGS[(step.which + step.choice) % len(SAYINGS)])
        told = getattr(self, f"_{step.kind}")(step) if hasattr(self, f"_{step.kind}") else self._about(step)
        return told or []

    def _pick(self, pool: list[str], number: int) -> str:
        return pool[number % len(pool)]

    def _submit(self, step: Step) -> list[Event]:
        id_ = f"r{len(self.registrations)}"
        self.registrations.append(id_)
        claim = self._claim(step)
        customer = {"tax_id": None, "country": None, **CUSTOMERS[OFTEN[step.other % len(OFTEN)]]}
        partner = PARTNERS[(len(self.registrations) + step.which % 2) % len(PARTNERS)]
        program = "teaming" if step.choice % 4 == 3 else "hunting"
        return self.house.submit(id_, partner, day=self.day, customer=customer, program=program, **claim)

    def _claim(self, step: Step) -> dict[str, Any]:
        claim: dict[str, Any] = {"products": (["X"], ["X"], ["X", "Y"], ["X", "Z"], ["Y"], ["Z"])[step.choice % 6]}
        if step.choice % 7 != 6:
            claim["close_date"] = CLOSES[step.other % 3]
        if step.choice % 8 != 7:
            claim["competitor"] = "Rival Inc"
            currency = "USD" if step.choice % 11 == 10 else "EUR"
            claim["amount"] = {"amount": f"{50 * (1 + step.which)}.00", "currency": currency}
            claim["list_amount"] = {"amount": f"{60 * (1 + step.which)}.00", "currency": currency}
            claim |= {"units": 5 + step.which, "term_months": 6 + step.other}
        if step.choice % 10 != 9:
            claim["site"] = ("Cairo", "Giza", "CAIRO")[step.which % 3]
            claim |= {"workload": ("ERP", "CRM")[step.other % 2], "subscription": ("S-1", "S-2")[step.which % 2]}
        if step.choice % 9 == 8:
            claim["rfp_on"] = CLOSES[step.other % 3]
        if step.choice % 13 == 12:
            claim["further_customers"] = ["Delta Works"]
        return claim

    def _amend(self, step: Step) -> list[Event] | None:
        if not self.registrations:
            return None
        id_ = self._pick(self.registrations, step.which)
        customer = CUSTOMERS[step.other % len(CUSTOMERS)]
        patch = (
            {"products": ["X", "Y"]},
            {"products": ["Z"]},
            {"customer": {"tax_id": None, "duns": None, "domain": None, **customer}},
            {"close_date": CLOSES[step.other % 3]},
            {"competitor": "Rival Inc", "amount": {"amount": "999.00", "currency": "EUR"}},
            {"site": ("Cairo", "Giza")[step.which % 2]},
            {"workload": ("ERP", "CRM")[step.which % 2]},
            {"subscription": ("S-1", "S-2")[step.which % 2]},
            {"units": 5 + step.other, "term_months": 40, "further_customers": None, "rfp_on": CLOSES[step.which % 3]},
        )[step.choice % 9]
        known = self.house.find(id_)
        revision = known.expected_revision if known and step.choice < 55 else 77
        fact = {"registration": id_, "expected_revision": revision, "patch": patch, "fields": list(patch)}
        if step.which % 4 == 3:
            fact["correction"] = "the order says so"
        return self.house.when(event(RegistrationAmended, **fact), day=self.day)

    def _about(self, step: Step) -> list[Event] | None:
        """Whatever concerns one registration, mostly one of those that it makes sense for."""
        if not self.registrations:
            return None
        id_ = self._pick(self._fitting(step) or self.registrations, step.which)
        evidence = {"evidence": f"e{self.house.count}", "kind": "demo", "on": "2026-01-02"}
        others = [one for one in self.registrations if one != id_] or self.registrations
        facts: dict[str, tuple[type[Event], dict[str, Any]]] = {
            "evidence": (EvidenceAdded, {"evidence": evidence}),
            "withdraw": (RegistrationWithdrawn, {}),
            "confirm": (RegistrationConfirmed, {}),
            "extend": (ExtensionRequested, {}),
            "object": (ObjectionRaised, {}),
            "review": (ReviewDecided, self._verdict(id_, step)),
            "match": (CustomerMatchDecided, {"other": self._pick(others, step.other), "same": step.choice % 3 > 0}),
            "unmatch": (CustomerMatchRevoked, {"other": self._answered(id_) or self._pick(others, step.other)}),
        }
        cls, more = facts[step.kind]
        return self.house.when(event(cls, registration=id_, **more), day=self.day)

    def _fitting(self, step: Step) -> list[str]:
        if step.choice % 10 == 0:
            return self.registrations
        found = [one for one in map(self.house.find, self.registrations) if one is not None]
        holds = {"confirm": ("confirmation",), "match": ("customer_match",)}.get(step.kind, ())
        states = {
            "extend": ("protected", "expired"),
            "evidence": ("draft", "action_required", "protected"),
            "withdraw": ("waiting", "protected", "in_review", "action_required"),
            "review": ("in_review", "protected", "waiting"),
        }.get(step.kind, ())
        if step.kind == "unmatch":
            return [one.id for one in found if one.verdicts]
        return [one.id for one in found if one.life.hold in holds or one.state in states]

    def _object(self, step: Step) -> list[Event] | None:
        """The objection to a loss; where nothing was lost, the loss: by chance alone the two seldom meet."""
        found = [one for one in map(self.house.find, self.registrations) if one is not None]
        held = [one for one in found if one.state == "protected" and not (one.open or one.won or one.objected)]
        if not held or step.choice % 10 == 0:
            return self._about(step)
        claim = held[step.which % len(held)]
        if claim.loss is not None:
            return self.house.when(event(ObjectionRaised, registration=claim.id), day=self.day)
        self.opportunities.append(f"o{len(self.opportunities)}")
        return self.house.crm("lost", self.opportunities[-1], day=self.day, registration=claim.id)

    def _answered(self, id_: str) -> str | None:
        """A claim of which a person said something beside this one, if there is any."""
        known = self.house.find(id_)
        return known.verdicts[0][0] if known is not None and known.verdicts else None

    def _merge(self, step: Step) -> list[Event]:
        return self.house.merge(*self._two_customers(step), day=self.day)

    def _split(self, step: Step) -> list[Event]:
        return self.house.split(*self._two_customers(step), day=self.day)

    def _two_customers(self, step: Step) -> tuple[dict[str, str], dict[str, str]]:
        return CUSTOMERS[OFTEN[step.which % len(OFTEN)]], CUSTOMERS[step.other % len(CUSTOMERS)]

    def _verdict(self, id_: str, step: Step) -> dict[str, Any]:
        claim = self.house.find(id_)
        if claim is not None and claim.extension_until is not None:
            verdict = ("grant_extension", "refuse_extension")[step.choice % 2]
        elif claim is not None and claim.objected:
            verdict = ("uphold_objection", "dismiss_objection")[step.choice % 2]
        elif claim is not None and claim.state == "protected":
            verdict = "revoke"
        else:
            verdict = ("approve", "reject", "action_required", "approve", "refuse_extension")[step.choice % 5]
        fields = (["evidence"], ["customer.tax_id", "products"], ["competitor"], ["site", "evidence"])[step.other % 4]
        return {"verdict": verdict, "fields": fields}

    def _wait(self, step: Step) -> list[Event]:
        self.day += step.choice / 2
        return self.house.wait_until(self.day)

    def _tell_crm(self, step: Step) -> list[Event]:
        if step.kind == "created" or not self.opportunities:
            self.opportunities.append(f"o{len(self.opportunities)}")
        wanted = {"won": "open", "lost": "open", "reopened": "won lost"}.get(step.kind, "open won lost")
        fitting = [one for one in self.opportunities if self._status(one) in wanted] or self.opportunities
        id_ = self.opportunities[-1] if step.kind == "created" else self._pick(fitting, step.which)
        told: dict[str, Any] = {"products": ([["X"], ["Y"], ["Z"], None])[step.choice % 4]}
        if step.choice % 5 < 4:
            told["partner"] = PARTNERS[step.other % len(PARTNERS)]
        if step.choice % 6 == 1 and self.registrations:
            told["registration"] = self._pick(self.registrations, step.other)
        told["customer"] = CUSTOMERS[step.other % len(CUSTOMERS)] if step.choice % 8 < 7 else None
        return self.house.crm(step.kind, id_, day=self.day, **told)

    def _status(self, id_: str) -> str:
        found = self.house.ledger.documents[Key("opportunity", id_)]
        return found.status if isinstance(found, Opportunity) else "open"

    _created = _changed = _won = _lost = _reopened = _tell_crm

    def _link(self, step: Step) -> list[Event] | None:
        if not (self.opportunities and self.registrations):
            return None
        target = self._pick(self.registrations, step.other) if step.choice % 3 else None
        fact = {"opportunity": self._pick(self.opportunities, step.which), "registration": target}
        if target is not None and step.choice % 5:
            claim = self.house.find(target)
            found = self.house.ledger.documents.get(Key("opportunity", fact["opportunity"] or ""))
            named = found.latest.partner if isinstance(found, Opportunity) else None
            fact["winner"] = named if claim is None or step.choice % 2 else claim.partner
        return self.house.when(event(LinkDecided, **fact), day=self.day)

    def _suspend(self, step: Step) -> list[Event]:
        fact = event(PartnerSuspended, partner=PARTNERS[step.which % 2], reason="audit")
        return self.house.when(fact, day=self.day)

    def _reinstate(self, step: Step) -> list[Event]:
        suspended = [one for one in PARTNERS if self.house.partner(one).suspended] or list(PARTNERS)
        return self.house.when(event(PartnerReinstated, partner=self._pick(suspended, step.which)), day=self.day)

    def _retier(self, step: Step) -> list[Event]:
        partner = PARTNERS[step.which % len(PARTNERS)]
        ends = (None, "2026-01-20", "2026-03-01", "2025-01-01")[step.other % 4]
        told: tuple[tuple[type[Event], dict[str, Any]], ...] = (
            (PartnerChanged, {"tier": TIERS[step.other % 2]}),
            (PartnerChanged, {"segments": {"region": ("DACH", "MEA", None)[step.other % 3]}, "territories": ["Nile"]}),
            (PartnerScored, {"score": "index", "value": str(step.other % 10)}),
            (PartnerCertified, {"certification": "Pro", "valid_until": ends}),
        )
        if step.choice % 5 == 3:
            return self._target(partner, step)
        cls, more = told[step.choice % len(told)]
        return self.house.when(event(cls, partner=partner, **more), day=self.day)

    def _target(self, partner: str, step: Step) -> list[Event]:
        """A target is set or replaced, and dropped at once for three partners of four."""
        period = {"first_day": "2026-01-01", "last_day": "2026-03-31"}
        said = {"partner": partner, "name": f"q{step.other % 2}", "measure": "won", "count": 1 + step.other % 3}
        done = self.house.when(event(TargetSet, **said, **period), day=self.day)
        if step.which % len(PARTNERS):
            done += self.house.when(TargetDropped(partner=partner, name=said["name"]), day=self.day)
        return done

    def _publish(self, step: Step) -> list[Event] | None:
        self.version += 1
        when = "2026-02-01" if step.choice % 3 == 0 and self.day < 20 else "immediately"
        self.house.publish({"version": self.version, "effective_from": when, **self.spare}, day=self.day)
        return None

    def _configure(self, step: Step) -> list[Event]:
        if step.choice % 3 == 2:
            rates = {"USD": f"1.{step.which:02}", "GBP": "0.85"}
            return self.house.when(
                event(RatesPublished, base="EUR", day=f"2026-01-{1 + step.other % 28:02}", rates=rates), day=self.day
            )
        products = DOCUMENT["products"][: 2 + step.choice % 2]
        return self.house.when(event(VendorConfigured, document={**DOCUMENT, "products": products}), day=self.day)
