"""Whatever policy can be published, deals are decided under it: no value of it is one that an event refuses."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from shared.events.money import Money, exponent_of
from shared.events.order import OrderRefunded
from shared.events.registration import MOST_MONTHS, MOST_UNITS, ReviewDecided
from shared.events.reward import RewardAccrued
from shared.events.vendor import VendorConfigured
from shared.policy.reading import PolicyRefused, read_policy
from shared.policy.schema import Policy
from shared.values import BadValue, parse_percentage
from tests.unit.attribution.house import DOCUMENT, House, event

PLAIN = {"program": "hunting", "version": 1, "protection": {"days": 90}}
FEW = {"sourced": 1, "influenced": 98, "fulfilled": 1}
LARGEST = 10**15 - 1
"""Major units: the most that anybody may state."""

spelled = st.one_of(
    st.integers(0, 33),
    st.floats(0, 33, allow_nan=False).map(lambda number: round(number, 4)),
    st.from_regex(r"\A[0-9]{1,3}(\.[0-9]{1,4})?\Z"),
    st.sampled_from(
        ["12.5\n", " 12.5", "12.5 ", "1_0", "\uff11\uff12", "+5", "1e1", "12.50000", "0.0001", "100.0000", "000"]
    ),
)
currencies = st.sampled_from(["EUR", "JPY", "KWD"])
LINES = ("hardware", "silver", "n" * 200, "=cmd", "\u0660\u0661")
names = st.sampled_from(LINES)


@st.composite
def rewards(draw: st.DrawFn) -> dict[str, Any]:
    reward: dict[str, Any] = {
        "name": draw(st.sampled_from(["rebate", "n" * 80, "A.b:c_d-9"])),
        "kind": draw(st.sampled_from(["rebate", "referral_fee"])),
        "on": draw(st.sampled_from(["approved", "won"])),
        "role": draw(st.sampled_from(["sourced", "fulfilled"])),
        "pct": draw(spelled),
        "hold_days": draw(st.sampled_from([0, 30, 3650])),
    }
    if draw(st.booleans()):
        reward["cap"] = {"amount": draw(st.sampled_from([0, "0", "0.5", LARGEST, "7"])), "currency": draw(currencies)}
    if draw(st.integers(0, 3)) == 0:
        reward["when"] = {"lines": draw(st.lists(names, max_size=2))}
    return reward


periods = st.sampled_from(["9999d", "9999bd", "9999h", "9999bh", "1h", "5bd", "1bh"])


@st.composite
def documents(draw: st.DrawFn) -> dict[str, Any]:
    """Policies at the edges of what may be said, and a little beyond."""
    exclusive = draw(st.sampled_from([{}, {"max": 1}, {"max": 100}, {"mode": "shared"}, {"mode": "none"}]))
    alone = "mode" in exclusive
    return {
        "program": draw(st.sampled_from(["hunting", "p" * 80, "A.b:c_d-9"])),
        "version": draw(st.sampled_from([1, 1_000_000])),
        "time_zone": draw(st.sampled_from(["UTC", "Pacific/Kiritimati", "Etc/GMT+12"])),
        "calendar": draw(st.sampled_from([None, "one-day-a-week"])),
        "required_fields": ["amount", "list_amount", "units", "term_months", "site", "workload", "customer.country"],
        "gates": {
            "min_amount": {
                "value": draw(st.sampled_from([0, "0.5", 10])),
                "currency": draw(currencies),
                "basis": draw(st.sampled_from(["net", "list"])),
            },
            "min_units": draw(st.sampled_from([0, 1, MOST_UNITS])),
            "min_term_months": draw(st.sampled_from([0, 1, MOST_MONTHS])),
            "before_rfp": draw(st.booleans()),
            "single_end_customer": draw(st.booleans()),
        },
        "same_deal": {
            "match_within": draw(periods),
            "key": draw(st.sampled_from(["deal", "line", "customer", "workload", "subscription"])),
            "products": draw(st.sampled_from(["overlap", "overlap", "any"])),
            "site": draw(st.sampled_from(["same", "ignore"])),
            "territory": draw(st.sampled_from(["same", "ignore"])),
        },
        "exclusivity": exclusive,
        "conflict": {
            "contest_window": "none" if alone else draw(periods),
            "runner_up_order": None if alone else ["tier", "manual"],
            "waiter_confirm": draw(periods),
            "on_won": draw(st.sampled_from(["close", "next"])),
            "on_lost": draw(periods),
        },
        "clock": {"starts": draw(st.sampled_from(["submitted", "approved"]))},
        "protection": {
            **draw(st.sampled_from([{"days": 1}, {"days": 3650}, {"months": 1}, {"months": 120}])),
            "cooling_off_days": draw(st.sampled_from([0, 1, 365])),
            "extension": {"max": draw(st.sampled_from([1, 10])), "days": 365, "decide": draw(periods)},
        },
        "credit": {
            "model": draw(st.sampled_from(["registered", "linear", "time_decay", "position_based"])),
            "roles": draw(
                st.sampled_from([{"sourced": 99, "fulfilled": 1}, {"sourced": 1, "influenced": 98, "fulfilled": 1}])
            ),
            "late_win_days": draw(st.sampled_from([0, 365])),
        },
        "rewards": draw(st.lists(rewards(), min_size=1, max_size=3, unique_by=lambda one: one["name"])),
        "clawback": {"within_months": draw(st.sampled_from([1, 120]))},
    }


def published(document: dict[str, Any]) -> Policy | None:
    try:
        return read_policy(orjson.dumps(document))
    except PolicyRefused:
        return None


def refused_fields(document: dict[str, Any]) -> list[str]:
    """What the schema refuses of a document that no reader lets through."""
    assert published(document) is None
    with pytest.raises(ValidationError) as refused:
        Policy.model_validate_json(orjson.dumps(document))
    return [".".join(map(str, one["loc"])) for one in refused.value.errors()]


@settings(max_examples=120)
@given(documents(), st.sampled_from([1, 3, 12_345, LARGEST]), currencies)
def test_a_published_policy_decides_every_deal(document: dict[str, Any], major: int, currency: str) -> None:
    policy = published(document)
    if policy is None:
        return
    house = House().open(PLAIN, partners="A B")
    calendars = {
        "one-day-a-week": {"weekend": [1, 2, 3, 4, 5, 6], "closes": "10:00", "holidays": ["2026-01-04", "8999-12-31"]}
    }
    lined = [{"product": f"P{index}", "line": line} for index, line in enumerate(LINES)]
    document_of = {**DOCUMENT, "calendars": calendars, "products": [*DOCUMENT["products"], *lined]}
    house.when(event(VendorConfigured, document=document_of))
    house.publish({**document, "version": 1_000_000 if policy.program == "hunting" else document["version"]})
    amount = Money.of(major * 10 ** (exponent_of(currency) or 0), currency).model_dump()
    claim = {"amount": amount, "list_amount": amount, "units": MOST_UNITS, "term_months": MOST_MONTHS}
    claim |= {"site": "n" * 200, "workload": "=cmd", "subscription": "\u0660\u0661"}
    house.submit("r1", "A", program=policy.program, **claim, day=1)
    house.submit("r2", "B", program=policy.program, **claim, rfp_on="2026-01-01", day=1)
    house.when(event(ReviewDecided, registration="r1", verdict="approve"), day=1)
    house.extend("r1", day=1)
    house.crm("won", "o1", day=1, partner="A", registration="r1", amount=amount)
    part = {"amount": "1", "currency": currency}
    told = {"opportunity": "o1", "connection": "crm", "external_id": "o1", "refund": "f1"}
    house.when(event(OrderRefunded, **told, amount=part), day=2)
    house.crm("lost", "o1", day=3, partner="A")
    house.wait_until(5_000)
    accrued = [one.event for one in house.entries if isinstance(one.event, RewardAccrued)]
    assert {one.pct for one in accrued} <= {one.pct for one in policy.rewards}


@settings(max_examples=300)
@given(spelled)
def test_a_percentage_is_published_as_its_event_takes_it(pct: Any) -> None:
    policy = published({**PLAIN, "rewards": [{"name": "rebate", "kind": "rebate", "pct": pct}]})
    try:
        kept = parse_percentage(str(pct))
    except BadValue:
        assert policy is None
    else:
        assert policy is not None
        assert policy.rewards[0].pct == kept == str(pct)


@pytest.mark.parametrize(
    "pct", ["12.5\n", "\n12.5", "12.5 ", "12.5\x00", "１２.5", "1_2", "+12", "012", "100.00001", True]
)
def test_a_percentage_that_only_looks_like_one_is_refused_by_name(pct: Any) -> None:
    assert refused_fields({**PLAIN, "rewards": [{"name": "rebate", "kind": "rebate", "pct": pct}]}) == ["rewards.0.pct"]


HOSTILE: dict[str, Any] = {
    "program": "hunting\n",
    "time_zone": "UTC\n",
    "calendar": "DE\n",
    "effective_from": "2027-01-01\n",
    "required_fields.0": "amount\n",
    "eligibility.partner_types.0": "reseller\n",
    "eligibility.min_tier": " gold",
    "same_deal.match_within": "3bd\n",
    "same_deal.key": "line\n",
    "same_deal.site": "same ",
    "same_deal.territory": "ignore\n",
    "conflict.waiter_confirm": "３d",
    "protection.extension.decide": "2h ",
    "gates.min_amount.value": "1\n",
    "gates.min_amount.currency": "EUR\n",
    "gates.min_amount.basis": "list\n",
    "rewards.0.name": "rebate\n",
    "rewards.0.kind": "rebate\n",
    "rewards.0.cap.amount": "７",
    "rewards.0.cap.currency": "eur",
    "rewards.0.when.lines.0": "hardware\x00",
}


@pytest.mark.parametrize("path", HOSTILE)
def test_each_text_of_a_policy_is_refused_by_name(path: str) -> None:
    document: dict[str, Any] = {
        **PLAIN, "time_zone": "UTC", "calendar": "DE", "effective_from": "2027-01-01", "required_fields": ["amount"],
        "eligibility": {"partner_types": ["reseller"], "min_tier": "gold"},
        "same_deal": {"match_within": "3bd", "key": "line", "site": "ignore", "territory": "ignore"},
        "conflict": {"waiter_confirm": "3d"}, "protection": {"days": 9, "extension": {"days": 1, "decide": "2h"}},
        "gates": {"min_amount": {"value": "1", "currency": "EUR", "basis": "net"}},
        "rewards": [
            {"name": "rebate", "kind": "rebate", "pct": 1, "cap": {"amount": 7, "currency": "EUR"},
             "when": {"lines": ["hardware"]}},
        ],
    }  # fmt: skip
    assert published(document) is not None
    *outer, last = path.split(".")
    at: Any = document
    for name in outer:
        at = at[int(name) if name.isdecimal() else name]
    at[int(last) if last.isdecimal() else last] = HOSTILE[path]
    assert refused_fields(document) == [path]
