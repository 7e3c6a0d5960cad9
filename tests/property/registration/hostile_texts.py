"""Bodies that use every text field there is, and what strangers make of a text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from shared.policy.schema import Policy

CUSTOMER = {
    "legal_name": "Kanzlei Adler GmbH", "country": "DE", "city": "Kiel", "domain": "adler.example",
    "tax_id": "DE136695976", "company_id": "HRB 4711", "duns": "150483782", "lei": "529900T8BM49AURSDO55",
    "sector": "law", "subsidiary_of": "Adler Holding",
}  # fmt: skip
CONTACT = {"name": "Jana Adler", "email": "jana@adler.example", "phone": "+49 30 1234"}
EUROS = {"amount": "1250.5", "currency": "EUR"}
CLAIM = {
    "products": ["GTX Pro"], "amount": EUROS, "list_amount": EUROS, "units": 40, "term_months": 36,
    "rfp_on": "2027-01-31", "further_customers": ["Adler Shop 2"], "close_date": "2027-03-31", "site": "Kiel 1",
    "workload": "payroll 1", "subscription": "S-1", "project": "Renewal 7",
    "competitor": "Rival 1", "contact": CONTACT, "notes": "two lines\nof 7 words", "external_id": "Q-2211",
}  # fmt: skip
TWO = {"customer": CUSTOMER, "other_customer": CUSTOMER, "note": "one owner 1"}
OF_DEAL = {
    "external_id": "0061", "source_time": "2026-01-20T16:05:00Z", "partner": "partner-7", "registration": "reg_1",
    "customer": CUSTOMER, "products": ["GTX Pro"], "amount": EUROS, "items": [{"product": "GTX Pro", "amount": EUROS}],
    "close_date": "2027-03-31",
}  # fmt: skip

BODIES: dict[str, list[dict[str, Any]]] = {
    "registration.submit": [
        {
            "program": "hunting", "partner": "partner-7", "customer": CUSTOMER, **CLAIM,
            "evidence": [{"kind": "demo", "on": "2026-01-12", "note": "2 hours"}],
        },
    ],
    "registration.amend": [{"customer": CUSTOMER, **CLAIM}, {"notes": "call 1", "correction": "typed wrongly 1"}],
    "registration.withdraw": [{"reason": "postponed 1"}],
    "registration.confirm": [{}],
    "evidence.add": [{"kind": "demo", "on": "2026-01-12", "note": "2 hours"}],
    "objection.raise": [{"reason": "they only put it off"}],
    "extension.request": [{"reason": "2 weeks"}],
    "review.decide": [
        {"verdict": "reject", "code": "duplicate_1", "message": "please 7", "note": "see 7"},
        {"verdict": "action_required", "fields": ["customer.tax_id"]},
    ],
    "match.decide": [{"other": "reg_2", "same": True}],
    "match.answer": [{"same": True, "note": "one owner 1"}],
    "match.revoke": [{"note": "wrong 1"}],
    "customer.merge": [TWO],
    "customer.split": [TWO],
    "evidence.judge": [{"evidence": "ev_1", "verdict": "verified"}],
    "timer.arm": [{"subject": "registration:reg_1", "timer": "protection.end"}],
    "case.resolve": [{"verdict": "release", "reason": "agreed 1"}],
    "opportunity": [
        {"event": "won", **OF_DEAL, "order_number": "PO 1"},
        {"event": "lost", "external_id": "0061", "reason": "price 1"},
        {"event": "refunded", "external_id": "0061", "amount": EUROS, "refund": "CN-1"},
    ],
    "link.decide": [{"registration": "reg_1", "winner": "p-1"}],
    "partner.enroll": [
        {"partner": "p-1", "name": "Nordlicht 1", "partner_type": "reseller", "tier": "gold", "segments": {"r1": "D1"},
         "territories": ["North 1"]},
    ],
    "partner.change": [{"name": "Nordlicht 1", "partner_type": "reseller", "tier": "gold", "segments": {"r1": "D1"},
                        "territories": ["North 1"]}],
    "partner.score": [{"score": "index 1", "value": "5.5"}],
    "partner.certify": [{"certification": "Pro 1", "valid_until": "2028-12-31"}],
    "target.set": [{
        "name": "fy26-q1", "measure": "won_value", "amount": EUROS, "program": "hunting", "product": "GTX 1",
        "first_day": "2026-01-01", "last_day": "2026-03-31",
    }],
    "target.drop": [{"name": "fy26-q1"}],
    "partner.suspend": [{"reason": "unpaid 1"}],
    "partner.reinstate": [{"reason": "paid 1"}],
    "program.publish": [],
    "program.withdraw": [{"reason": "replaced 1"}],
    "rates.publish": [{"base": "EUR", "day": "2027-01-04", "rates": {"USD": "1.07"}}],
    "vendor.configure": [
        {
            "products": [{"product": "GTX 1", "line": "L1", "aliases": ["G1"], "list_price": EUROS}],
            "partner_types": ["reseller"], "tiers": ["gold"], "scores": ["index 1"],
            "certifications": ["Pro 1"], "territories": {"North 1": ["DE"]}, "time_zone": "Europe/Berlin",
            "calendars": {
                "D1": {"holidays": ["2026-12-25"], "opens": "08:30", "closes": "17:30"},
            },
        },
    ],
    "vendor.go_live": [{}],
    "clock.move": [{"to": "2027-03-31T09:00:00Z"}],
}  # fmt: skip
"""Of each kind: together they have every text field of its body."""

POLICY: dict[str, Any] = {
    "program": "hunting", "version": 1, "effective_from": "2027-01-01", "time_zone": "Europe/Berlin", "calendar": "D1",
    "eligibility": {"partner_types": ["reseller"], "min_tier": "gold", "min_score": {"index 1": "5.5"},
                    "certifications": ["Pro 1"], "segments": {"r1": ["D1"]}, "territories": ["North 1"]},
    "required_fields": ["amount", "close_date", "customer.country", ["site", "project"]],
    "same_deal": {
        "customer": "group", "products": "any", "name_only": "block", "match_within": "3bd", "key": "deal",
        "site": "ignore", "territory": "ignore",
    },
    "exclusivity": {"mode": "one", "max": 2},
    "gates": {"min_amount": {"value": "100.5", "currency": "EUR", "basis": "net"}},
    "review": {"auto_approve_if": "never"},
    "conflict": {"order": ["approved_first", "evidence_score"], "evidence": {"weights": {"demo": 3}},
                 "runner_up_order": ["tier"],
                 "contest_window": "2bd", "waiter_confirm": "10d", "on_lost": "5bd", "on_won": "close"},
    "clock": {"starts": "submitted"},
    "protection": {"days": 90, "extension": {"days": 30, "requires": ["evidence"], "decide": "72h"}},
    "credit": {
        "model": "linear", "roles": {"sourced": 100},
        "unprotected_win": {
            "rival_holds": {"holder": ["sourced"], "winner": ["fulfilled"], "case": "breach"},
            "nobody_holds": {"winner": ["fulfilled"]},
        },
    },
    "rewards": [
        {
            "name": "rebate", "kind": "rebate", "on": "won", "when": {"lines": ["L1"]}, "role": "sourced",
            "base": "net", "pct": "12.5", "cap": {"amount": "500", "currency": "EUR", "per": "deal"},
        },
    ],
    "clawback": {"on": ["refund"], "within_months": 12},
}  # fmt: skip

_MAPS = frozenset({"segments", "calendars", "roles", "min_score", "rates", "territories"})
"""Fields whose members have names of the sender's own."""
Path = tuple[str | int, ...]
KEY = "<key>"
"""At the end of a path: the name of the member, not its value."""


def texts(value: Any, path: Path = ()) -> Iterator[tuple[Path, str]]:
    """Every text of a body with its place, names of members of maps included."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for name, one in value.items():
            if path and path[-1] in _MAPS:
                yield (*path, name, KEY), name
            yield from texts(one, (*path, name))
    elif isinstance(value, list):
        for index, one in enumerate(value):
            yield from texts(one, (*path, index))


def put(value: Any, path: Path, text: str) -> Any:
    """The body with that text at that place."""
    if not path:
        return text
    head, *rest = path
    if rest == [KEY]:
        return {text if name == head else name: one for name, one in value.items()}
    if isinstance(value, dict):
        return {**value, head: put(value[head], tuple(rest), text)}
    return [put(one, tuple(rest), text) if index == head else one for index, one in enumerate(value)]


def place(path: Path) -> str:
    """The place as a schema has it: `*` for any item of a list and for any member of a map."""
    parts = ["*" if isinstance(one, int) or (path[at - 1] in _MAPS and at) else str(one) for at, one in enumerate(path)]
    return ".".join(parts)


def places_of(schema: dict[str, Any]) -> set[str]:
    """The places of every text that a JSON schema allows."""
    definitions = schema.get("$defs", {})

    def walk(node: dict[str, Any], path: str) -> Iterator[str]:
        if "$ref" in node:
            yield from walk(definitions[node["$ref"].rpartition("/")[2]], path)
        for one in node.get("anyOf", ()):
            yield from walk(one, path)
        if node.get("type") == "string" or isinstance(node.get("const"), str):
            yield path
        for name, one in node.get("properties", {}).items():
            yield from walk(one, f"{path}.{name}" if path else name)
        if isinstance(node.get("items"), dict):
            yield from walk(node["items"], f"{path}.*")
        if isinstance(node.get("additionalProperties"), dict):
            yield f"{path}.*.{KEY}"
            yield from walk(node["additionalProperties"], f"{path}.*")

    return set(walk(schema, ""))


def of_policy() -> set[str]:
    return places_of(Policy.model_json_schema())


_DIGITS = (0xFF10, 0x0660, 0x1D7CE)
"""The zeros of full-width, Arabic-Indic and mathematical digits."""
_SIGNS = str.maketrans("+-.:,=@", "\uff0b\uff0d\uff0e\uff1a\uff0c\uff1d\uff20")
BEFORE = (" ", "\n", "\x00", "\xa0", "\ufeff", "\u202e", "\udfff", "+")
AFTER = (" ", "\t", "\n", "\r\n", "\x00", "\x85", "\u2028", "\u3000", "\u200b", "\ud800", "_0")


def hostile(text: str) -> Iterator[str]:
    """What strangers make of a text: something around it, something in it, other digits, full-width signs."""
    yield from (f"{one}{text}" for one in BEFORE)
    yield from (f"{text}{one}" for one in AFTER)
    yield f"{text[:1]}\x00{text[1:]}"
    for zero in _DIGITS:
        other = text.translate({ord("0") + one: chr(zero + one) for one in range(10)})
        if other != text:
            yield other
    if (signs := text.translate(_SIGNS)) != text:
        yield signs
    yield ""
    yield " "
