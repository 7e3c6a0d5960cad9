"""The README tells of the demo what is so."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from dealreg.demo.export import DATA
from dealreg.demo.history import PROGRAM, VENDOR, identifier
from dealreg.demo.memory import CLAIMANT
from dealreg.demo.welcome import payout_lines
from shared.events.envelope import fact_id, registration_id
from tests.unit.demo.naive_reading import read

RIVAL = "Anna Snelling"
README = (Path(__file__).parents[3] / "README.md").read_text(encoding="utf-8")


def test_the_printed_result_is_what_the_file_comes_to() -> None:
    printed = next(block for block in _json_blocks() if "rows_read" in block)
    assert printed == read(DATA).numbers()


def test_the_payouts_are_asked_for_by_the_lines_that_are_printed_and_are_what_the_partner_earned() -> None:
    assert payout_lines("http://127.0.0.1:8080", identifier(RIVAL)) in README
    group = next(block for block in _json_blocks() if "groups" in block)["groups"][0]
    accounts = {one["account"]: Decimal(one["amount"]["amount"]) for one in group["accounts"]}
    reading = read(DATA)
    earned = [rebate for rebate in reading.rebates if rebate.partner == RIVAL]
    assert group["key"] == identifier(RIVAL)
    assert accounts["accrued"] == accounts["expense"] == sum(rebate.amount for rebate in earned)
    assert accounts["held"] == accounts["accrued"] - accounts["payable"]
    # the moved history ended at most a week before
    days = [reading.today + timedelta(days=days) for days in range(8)]
    payable = [sum(rebate.amount for rebate in earned if rebate.payable(day)) for day in days]
    assert accounts["payable"] in payable
    assert f"dealreg-totals: USD {accounts['payable']}\n" in README


def test_the_claim_meets_a_holder_and_has_the_number_that_is_asked_for() -> None:
    sent = re.search(r"-d '(\{.*?\})'$", README, re.MULTILINE)
    key = re.search(r"'Idempotency-Key: ([^']+)'", README)
    assert sent is not None
    assert key is not None
    body = json.loads(sent[1])
    customer, product = body["customer"]["legal_name"], body["products"][0]
    assert body["program"] == PROGRAM
    assert key[1] == f"claim-{identifier(customer)}-{identifier(product)}"
    number = registration_id(fact_id(VENDOR, CLAIMANT, key[1]))
    assert f"/v1/registrations/{number}/explanation" in README
    deal = read(DATA).deals[customer, product]
    assert deal.holder is not None
    # the rival that claims it has no claim of its own there
    assert deal.live(RIVAL) is None


def _json_blocks() -> list[dict[str, Any]]:
    return [json.loads(block) for block in re.findall(r"```json\n(.*?)```", README, re.DOTALL)]
