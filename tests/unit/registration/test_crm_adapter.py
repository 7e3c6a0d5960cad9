"""What a delivery of HubSpot asks for, and what it leaves out."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest

from services.registration.crm import hubspot
from services.registration.crm.notices import Hint, Left, Notices
from services.registration.crm.settings import HubSpotSettings
from tests.hubspot import APP, PORTAL, batch, event

PAYLOADS = Path(__file__).parents[2] / "integration" / "crm" / "payloads"
SETTINGS = HubSpotSettings(
    kind="hubspot", target_url="https://crm.example.test/v1/crm/c/hubspot", portal=PORTAL, app=APP,
    stages={"closedwon": "won"},
)  # fmt: skip


def read(name: str) -> Notices:
    return hubspot.read((PAYLOADS / name).read_bytes(), SETTINGS)


def test_a_classic_batch_is_one_deal_to_read_without_our_own_echo() -> None:
    assert read("hubspot_deal_batch_classic.json") == Notices((Hint("deal:332507360001"),), (Left(1, "own_echo"),))


def test_retries_and_disorder_ask_for_the_same() -> None:
    found = read("hubspot_deal_batch_out_of_order_retry.json")
    assert found.hints == read("hubspot_deal_batch_classic.json").hints
    assert found.left == (Left(1, "own_echo"),)


def test_a_generic_batch_asks_for_the_same_as_a_classic_one() -> None:
    assert read("hubspot_object_generic_deal.json") == Notices((Hint("deal:332507360002"),))


def test_a_life_of_merge_association_deletion_restoration_and_privacy() -> None:
    found = read("hubspot_object_lifecycle.json")
    assert found.problems == found.left == ()
    assert found.hints == (
        Hint("deal:332507360001", merged=("332507360003",)),
        Hint("deal:332507360003", deleted_at=datetime(2026, 11, 28, 10, 3, 22, tzinfo=UTC)),
        Hint("contact:508369430001"),
    )
    assert found.subjects == ["contact:508369430001", "deal:332507360001", "deal:332507360003"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"subscriptionType": "contact.creation"}, "other_object"),
        ({"subscriptionType": "object.creation", "objectTypeId": "0-1"}, "other_object"),
        ({"subscriptionType": "object.creation"}, "other_object"),
        ({"subscriptionType": "conversation.newMessage"}, "other_object"),
        ({"subscriptionType": "deal.somethingNew"}, "other_object"),
        ({"subscriptionType": ""}, "other_object"),
        ({"subscriptionType": "deal.associationChange", "associationType": "CONTACT_TO_COMPANY"}, "other_object"),
        ({"changeSource": "INTEGRATION", "sourceId": str(APP)}, "own_echo"),
        ({"changeSource": "INTEGRATION", "sourceId": APP}, "own_echo"),
    ],
)
def test_what_asks_for_nothing_is_left_out_with_its_reason(change: dict[str, Any], code: str) -> None:
    assert hubspot.read(batch([event("1", **change)]), SETTINGS) == Notices(left=(Left(0, code),))


def test_another_integration_is_no_echo_and_a_named_one_is() -> None:
    other = batch([event("1", changeSource="INTEGRATION", sourceId="99")])
    assert hubspot.read(other, SETTINGS).hints == (Hint("deal:1"),)
    named = SETTINGS.model_copy(update={"own_sources": ("99",)})
    assert hubspot.read(other, named).left == (Left(0, "own_echo"),)


def test_the_type_is_read_where_the_documentation_names_it_too() -> None:
    one = event("7", "deal.creation")
    one["eventType"] = one.pop("subscriptionType")
    assert hubspot.read(batch([one]), SETTINGS).hints == (Hint("deal:7"),)


@pytest.mark.parametrize(
    ("event_", "field", "code"),
    [
        (event("1", portalId=1), "0.portalId", "crm.portal_other"),
        (event("1", portalId=str(PORTAL)), "0.portalId", "crm.portal_other"),
        (event("1", appId=2), "0.appId", "crm.app_other"),
        (event("1", objectId="1; drop"), "0.objectId", "field.type"),
        (event("1", objectId=None), "0.objectId", "field.type"),
        (event("1", objectId=True), "0.objectId", "field.type"),
        (event("1", objectId=-5), "0.objectId", "field.type"),
        (event("1", objectId=1.5), "0.objectId", "field.type"),
        ("an event", "0", "field.type"),
    ],
)
def test_what_nobody_can_use_is_named(event_: Any, field: str, code: str) -> None:
    good = event("5", number=2)
    found = hubspot.read(batch([event_, good]), SETTINGS)
    assert [(one.field, one.code) for one in found.problems] == [(field, code)]
    assert found.hints == (Hint("deal:5"),)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "json.malformed"),
        (b"[", "json.malformed"),
        (b"\xff\xfe", "json.malformed"),
        (b'{"eventId": 1}', "field.type"),
        (b"null", "field.type"),
        (b"[" * 100, "json.too_deep"),
        (b'[{"a": 1, "a": 2}]', "json.duplicate_key"),
        (b"[" + b"0," * 250_000 + b"0]", "json.too_many_values"),
    ],
)
def test_a_body_that_is_no_batch_is_a_problem_and_no_error(body: bytes, code: str) -> None:
    found = hubspot.read(body, SETTINGS)
    assert [one.code for one in found.problems] == [code]
    assert found.hints == ()


def test_ten_thousand_events_are_ten_thousand_deals() -> None:
    body = orjson.dumps([{"portalId": PORTAL, "appId": APP, "subscriptionType": "deal.creation", "objectId": 1 + n}
                         for n in range(10_000)])  # fmt: skip
    assert len(body) < 1_048_576
    assert len(hubspot.read(body, SETTINGS).hints) == 10_000


def test_a_merge_into_a_new_deal_ends_both() -> None:
    merge = event("1", "deal.merge", primaryObjectId=1, mergedObjectIds=[2], newObjectId=3)
    assert hubspot.read(batch([merge]), SETTINGS).hints == (Hint("deal:3", merged=("1", "2")),)


@pytest.mark.parametrize(
    ("kind", "ends", "read_"),
    [("DEAL_TO_COMPANY", (1, 9), "deal:1"),
     ("COMPANY_TO_DEAL", (9, 1), "deal:1"), ("DEAL_TO_LINE_ITEM", (4, 9), "deal:4")],
)  # fmt: skip
def test_a_deal_with_another_company_or_line_item_is_read(kind: str, ends: tuple[int, int], read_: str) -> None:
    one = event("1", "deal.associationChange", associationType=kind, fromObjectId=ends[0], toObjectId=ends[1])
    del one["objectId"]
    assert hubspot.read(batch([one]), SETTINGS).hints == (Hint(read_),)
