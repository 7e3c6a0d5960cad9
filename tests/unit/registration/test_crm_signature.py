"""HubSpot's signature: the published answers, and every way to be wrong."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from services.registration.crm.signature import SIGNATURE, TIMESTAMP, TOLERANCE_MS, signature, verify
from services.registration.intake.connections import SignatureInvalid, TimestampOutsideTolerance

PAYLOADS = Path(__file__).parents[2] / "integration" / "crm" / "payloads"
VECTORS = json.loads((PAYLOADS / "hubspot_signature_vectors.json").read_text())["vectors"]
ONE: dict[str, Any] = next(one for one in VECTORS if one["id"] == "own-ascii")
NOW = int(ONE["timestamp_ms"])
BODY = ONE["body"].encode()


def headers(**given: str) -> dict[str, str]:
    return {SIGNATURE: ONE["signature_v3"], TIMESTAMP: ONE["timestamp_ms"], **given}


def check(
    given: dict[str, str], *, secrets: tuple[str, ...] = (ONE["client_secret"],), url: str = ONE["raw_uri"],
    body: bytes = BODY, now_ms: int = NOW,
) -> None:  # fmt: skip
    verify(secrets, url, given, body, now_ms)


@pytest.mark.parametrize("vector", VECTORS, ids=[one["id"] for one in VECTORS])
def test_the_known_answers_are_reproduced(vector: dict[str, Any]) -> None:
    body, url, at = vector["body"].encode(), vector["raw_uri"], vector["timestamp_ms"]
    assert signature(vector["client_secret"], vector["method"], url, body, at) == vector["signature_v3"]
    verify([vector["client_secret"]], url, {SIGNATURE: vector["signature_v3"], TIMESTAMP: at}, body, int(at))


@pytest.mark.parametrize("late", [0, TOLERANCE_MS, -TOLERANCE_MS])
def test_it_holds_for_five_minutes_both_ways(late: int) -> None:
    check(headers(), now_ms=NOW + late)


@pytest.mark.parametrize("late", [TOLERANCE_MS + 1, -TOLERANCE_MS - 1, 86_400_000])
def test_it_holds_no_longer_although_it_is_signed(late: int) -> None:
    with pytest.raises(TimestampOutsideTolerance):
        check(headers(), now_ms=NOW + late)


def test_two_secrets_hold_while_one_replaces_the_other() -> None:
    check(headers(), secrets=("the new one", ONE["client_secret"]))
    check(headers(), secrets=(ONE["client_secret"], "the new one"))
    with pytest.raises(SignatureInvalid):
        check(headers(), secrets=("the new one",))
    with pytest.raises(SignatureInvalid):
        check(headers(), secrets=())


WRONG: list[tuple[str, dict[str, Any]]] = [
    ("no signature", {"given": {TIMESTAMP: ONE["timestamp_ms"]}}),
    ("no timestamp", {"given": {SIGNATURE: ONE["signature_v3"]}}),
    ("nothing", {"given": {}}),
    ("an empty signature", {"given": headers(**{SIGNATURE: ""})}),
    ("version 1", {"given": headers(**{SIGNATURE: ONE["signature_v1"]})}),
    ("version 2", {"given": headers(**{SIGNATURE: ONE["signature_v2"]})}),
    ("version 2 under its own name", {"given": {"x-hubspot-signature": ONE["signature_v2"], TIMESTAMP: str(NOW)}}),
    ("two signatures", {"given": headers(**{SIGNATURE: f"{ONE['signature_v3']}, {ONE['signature_v3']}"})}),
    ("two timestamps", {"given": headers(**{TIMESTAMP: f"{NOW}, {NOW}"})}),
    ("another second", {"given": headers(**{TIMESTAMP: str(NOW + 1)})}),
    ("seconds", {"given": headers(**{TIMESTAMP: str(NOW // 1000)})}),
    ("other digits", {"given": headers(**{TIMESTAMP: "١٧٩٥٨٦٠٠١٠٠٠٠"})}),
    ("not base64", {"given": headers(**{SIGNATURE: "not/base64!"})}),
    ("letters beyond ASCII", {"given": headers(**{SIGNATURE: "é" * 44})}),
    ("another secret", {"given": headers(), "secrets": ("dealreg-test-client-secret-0002",)}),
    ("another address", {"given": headers(), "url": "https://crm.example.test/v1/crm/hubspot-us/webhook"}),
    ("another scheme", {"given": headers(), "url": ONE["raw_uri"].replace("https", "http")}),
    ("a slash more", {"given": headers(), "url": ONE["raw_uri"] + "/"}),
    ("an altered body", {"given": headers(), "body": BODY.replace(b"125000.50", b"925000.50")}),
    ("a space more", {"given": headers(), "body": BODY + b" "}),
    ("no body", {"given": headers(), "body": b""}),
]


@pytest.mark.parametrize("wrong", [one[1] for one in WRONG], ids=[one[0] for one in WRONG])
def test_every_other_way_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(SignatureInvalid):
        check(**wrong)
