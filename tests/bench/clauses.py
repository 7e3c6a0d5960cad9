"""The price of each clause: processor time of a fact under a policy that states it, above one that does not.

Everything is decided in memory by the decider of production. Each customer is claimed by two partners, so that
requirements, comparison and order are all asked; each claim has every field, and passes. A clause is measured in turns
with the plain policy.
"""

from __future__ import annotations

import statistics
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson

from dealreg.tools.scenario_files import read_all
from services.attribution.scenarios.engine import Engine
from services.attribution.scenarios.running import Running
from services.attribution.scenarios.setting import VENDOR, setting_of
from shared.events.base import Event
from shared.events.partner import PartnerCertified, PartnerEnrolled, PartnerScored
from shared.events.program import ProgramPublished
from shared.events.rates import RatesPublished
from shared.events.registration import RegistrationSubmitted
from shared.events.vendor import VendorConfigured, VendorCreated
from shared.policy.reading import read_policy
from tests.bench.deciding import collect_as_a_service_does
from tests.bench.figures import Figure

START = datetime(2026, 1, 1, 9, tzinfo=UTC)
TURNS = 4
LEAST_STEPS_A_SECOND = 1_500
SCENARIOS = Path(__file__).parents[1] / "scenarios"
EUROS, DOLLARS = {"value": 100, "currency": "EUR"}, {"value": 100, "currency": "USD"}
CLAUSES: dict[str, dict[str, Any]] = {
    "required_fields": {"required_fields": ["site", "workload", "amount", "customer.country", "close_date"]},
    "eligibility.partner_types": {"eligibility": {"partner_types": ["reseller"]}},
    "eligibility.min_tier": {"eligibility": {"min_tier": "silver"}},
    "eligibility.min_score": {"eligibility": {"min_score": {"index": 1}}},
    "eligibility.certifications": {"eligibility": {"certifications": ["Pro"]}},
    "eligibility.segments": {"eligibility": {"segments": {"region": ["MEA"]}}},
    "eligibility.territories": {
        "eligibility": {"territories": ["Nile"]}, "required_fields": ["customer.country"],
    },
    "eligibility.own_territory": {"eligibility": {"own_territory": True}, "required_fields": ["customer.country"]},
    "eligibility.max_open_registrations": {"eligibility": {"max_open_registrations": 100_000}},
    "same_deal.customer: group": {"same_deal": {"customer": "group"}},
    "same_deal.key: line": {"same_deal": {"key": "line"}},
    "same_deal.key: customer": {"same_deal": {"key": "customer"}},
    "same_deal.key: workload": {"same_deal": {"key": "workload"}, "required_fields": ["workload"]},
    "same_deal.key: subscription": {"same_deal": {"key": "subscription"}, "required_fields": ["subscription"]},
    "same_deal.products: same_line": {"same_deal": {"products": "same_line"}},
    "same_deal.site": {"same_deal": {"site": "same"}, "required_fields": ["site"]},
    "same_deal.territory": {"same_deal": {"territory": "same"}, "required_fields": ["customer.country"]},
    "same_deal.close_window_days": {"same_deal": {"close_window_days": 30}, "required_fields": ["close_date"]},
    "gates.min_amount": {"gates": {"min_amount": EUROS}, "required_fields": ["amount"]},
    "gates.min_amount, by a rate": {"gates": {"min_amount": DOLLARS}, "required_fields": ["amount"]},
    "gates.min_units": {"gates": {"min_units": 1}, "required_fields": ["units"]},
    "gates.min_term_months": {"gates": {"min_term_months": 1}, "required_fields": ["term_months"]},
    "gates.before_rfp": {"gates": {"before_rfp": True}},
    "gates.single_end_customer": {"gates": {"single_end_customer": True}},
    "conflict.order: tier": {"conflict": {"order": ["tier", "first_complete_submission"]}},
    "conflict.order: evidence_score": {
        "conflict": {
            "order": ["evidence_score", "first_complete_submission"],
            "evidence": {"weights": {"demo": 3}, "fresh_days": 30},
        },
    },
    "clock.starts": {"clock": {"starts": "submitted"}},
    "protection.months": {"protection": {"months": 3}},
    "protection.cooling_off_days": {"protection": {"days": 90, "cooling_off_days": 30}},
}  # fmt: skip
"""A policy for each clause, with the fields that it asks for: those cost what `required_fields` says."""


def clauses(facts: int, rounds: int) -> list[Figure]:
    """Microseconds that each clause adds to a fact, and scenario steps a second.

    Of some turns the fastest counts: whatever else runs on the machine only adds to it.
    """
    collect_as_a_service_does()
    claims = [_claim(number) for number in range(facts)]
    _decided({}, claims)
    plain: list[float] = []
    added: dict[str, list[float]] = {name: [] for name in CLAUSES}
    for _ in range(max(rounds, 3)):
        for name, stated in CLAUSES.items():
            turns = [(_decided({}, claims), _decided(stated, claims)) for _ in range(TURNS)]
            without, with_it = (min(each) for each in zip(*turns, strict=True))
            plain.append(without)
            added[name].append(with_it - without)
    base = statistics.median(plain)
    figures = [Figure("a fact under the plain policy", "us", tuple(plain))]
    for name, found in added.items():
        share = f"{100 * statistics.median(found) / base:+.1f} %"
        figures.append(Figure(f"{name} adds", "us/fact", tuple(found), beside={"of_plain": share}))
    return [*figures, _steps(max(rounds, 3))]


def _decided(stated: dict[str, Any], claims: list[Event]) -> float:
    """Processor microseconds a fact under that policy."""
    engine = _opened(stated)
    begun = time.process_time()
    for number, claim in enumerate(claims):
        engine.decide(claim, START + timedelta(seconds=number))
    return 1e6 * (time.process_time() - begun) / len(claims)


def _opened(stated: dict[str, Any]) -> Engine:
    engine = Engine()
    policy = read_policy(orjson.dumps({"program": "hunting", "version": 1, "protection": {"days": 90}, **stated}))
    begin: list[Event] = [
        VendorCreated(name="Acme", mode="live"),
        VendorConfigured.model_validate_json(orjson.dumps({"document": VENDOR})),
        RatesPublished(base="EUR", day=START.date(), rates={"USD": "1.10"}),
    ]
    for partner in "AB":
        told = {"tier": "silver", "partner_type": "reseller", "segments": {"region": "MEA"}, "territories": ("Nile",)}
        begin += [
            PartnerEnrolled(partner=partner, name=partner, **told),  # type: ignore[arg-type]
            PartnerScored(partner=partner, score="index", value="5"),
            PartnerCertified(partner=partner, certification="Pro"),
        ]
    document = policy.model_dump(mode="json")
    begin.append(ProgramPublished(program="hunting", number=1, policy=document))
    for event in begin:
        engine.decide(event, START)
    return engine


def _claim(number: int) -> Event:
    customer = number // 2
    amount = {"amount": "1000.00", "currency": "EUR"}
    told = {
        "registration": f"r{number}", "program": "hunting", "partner": "AB"[number % 2],
        "customer": {
            "legal_name": f"Customer {customer:x} Trading", "country": "EG", "duns": _duns(customer),
        },
        "products": ["X"], "amount": amount, "list_amount": amount, "units": 10, "term_months": 12,
        "close_date": "2026-06-30", "site": "Cairo West", "workload": "Payroll", "subscription": f"S-{customer}",
        "evidence": [{"evidence": f"e{number}", "kind": "demo", "on": "2025-12-30"}],
    }  # fmt: skip
    return RegistrationSubmitted.model_validate_json(orjson.dumps(told))


def _duns(number: int) -> str:
    """A number of its own for each customer, with the check digit that its first eight make."""
    digits = f"{10_000_000 + number}"
    doubled = (int(one) * (1 + place % 2) for place, one in enumerate(digits))
    return f"{digits}{-sum(sum(map(int, str(one))) for one in doubled) % 10}"


def _steps(rounds: int) -> Figure:
    """Facts of the scenario files decided and compared, a second of processor time."""
    files = read_all([SCENARIOS])
    settings = [setting_of(one) for file in files for one in file.scenarios if one.text.pending is None]
    rates = []
    for _ in range(rounds + 1):
        running = [Running(one) for one in settings]
        begun = time.process_time()
        failed = [one for each in running for one in each.all()]
        rates.append(sum(one.steps for one in running) / (time.process_time() - begun))
        assert not failed, failed[0]
    return Figure("scenario steps", "steps/s", tuple(rates[1:]), least=LEAST_STEPS_A_SECOND)
