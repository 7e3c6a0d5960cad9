"""The README tells of the demo what is so."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from dealreg.demo.export import DATA
from dealreg.demo.history import PROGRAM, VENDOR, identifier
from dealreg.demo.memory import CLAIMANT
from shared.events.envelope import fact_id, registration_id
from tests.unit.demo.naive_reading import read

README = (Path(__file__).parents[3] / "README.md").read_text(encoding="utf-8")


def test_the_printed_result_is_what_the_file_comes_to() -> None:
    printed = next(block for block in _json_blocks() if "rows_read" in block)
    assert printed.pop("unlinked") == 0
    assert printed == read(DATA).numbers()


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
    assert deal.live("Anna Snelling") is None


def _json_blocks() -> list[dict[str, Any]]:
    return [json.loads(block) for block in re.findall(r"```json\n(.*?)```", README, re.DOTALL)]
