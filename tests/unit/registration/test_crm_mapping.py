"""What a fetched deal is told as, under the mapping of its connection."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from services.registration.crm.mapping import Messages, Told, messages_of, plain_number
from services.registration.crm.record import Record, RecordInvalid, record_of
from services.registration.crm.settings import FieldMapping, HubSpotSettings, LineItemMapping
from tests.hubspot import APP, PORTAL

PAYLOADS = Path(__file__).parents[2] / "integration" / "crm" / "payloads"
AT = "2026-11-28T10:00:09.789Z"
TOLD_AT = "2026-11-28T10:00:09.789000Z"
FIELDS = FieldMapping(
    partner="deal.partner", registration="deal.number", products="deal.products", reason="deal.why",
    order_number="deal.so",
    refund="deal.refund_id", refund_amount="deal.refunded", country="company.land",
)  # fmt: skip
SETTINGS = HubSpotSettings(
    kind="hubspot", target_url="https://crm.example.test/hook", portal=PORTAL, app=APP, fields=FIELDS,
    stages={"talking": "open", "closedwon": "won", "closedlost": "lost", "spam": "ignored"},
    partners={"Nordlicht IT GmbH": "nordlicht"},
)  # fmt: skip


def deal(company: dict[str, Any] | None = None, **properties: Any) -> Record:
    given = {"dealstage": "talking", "hs_lastmodifieddate": AT, **properties}
    return Record({"id": "7", "properties": given}, company and {"id": "9", "properties": company})


def told(record: Record, known: Told | None = None, settings: HubSpotSettings = SETTINGS) -> Messages:
    return messages_of(record, settings, {record.id: known or Told()})


def codes(found: Messages) -> list[tuple[str, str]]:
    return [(one.field, one.code) for one in found.problems]


def test_the_fetched_deal_is_a_win_with_its_value() -> None:
    record = record_of((PAYLOADS / "hubspot_crm_v3_deal_fetch.json").read_bytes())
    assert record.contacts == ("508369430001",)
    assert told(record).bodies == (
        {
            "event": "won", "external_id": "332507360001", "source_time": TOLD_AT, "close_date": "2026-12-15",
            "amount": {"amount": "125000.50", "currency": "EUR"},
        },
    )  # fmt: skip


@pytest.mark.parametrize(
    ("stage", "known", "event"),
    [
        ("talking", None, "created"), ("talking", "open", "changed"), ("talking", "won", "reopened"),
        ("talking", "lost", "reopened"), ("closedwon", None, "won"), ("closedwon", "open", "won"),
        ("closedwon", "won", "won"), ("closedwon", "lost", "won"), ("closedlost", None, "lost"),
        ("closedlost", "won", "lost"),
    ],
)  # fmt: skip
def test_the_event_follows_from_the_stage_and_what_was_told(stage: str, known: str | None, event: str) -> None:
    assert [one["event"] for one in told(deal(dealstage=stage), Told(known)).bodies] == [event]


def test_every_field_is_found_where_the_mapping_says() -> None:
    company = {"name": "Kanzlei Adler GmbH", "domain": "adler.example", "land": "DE"}
    record = deal(
        company, partner="Nordlicht IT GmbH", number="reg_1", products="GTX Pro; MG Special;GTX Pro", why="price",
        so="SO-77", amount="45500", deal_currency_code="EUR", closedate="1797206400000", dealstage="closedlost",
    )  # fmt: skip
    assert told(record).bodies == (
        {
            "event": "lost", "external_id": "7", "source_time": TOLD_AT, "partner": "nordlicht",
            "registration": "reg_1",
            "customer": {"legal_name": "Kanzlei Adler GmbH", "domain": "adler.example", "country": "DE"},
            "products": ["GTX Pro", "MG Special"], "amount": {"amount": "45500.00", "currency": "EUR"},
            "close_date": "2026-12-14", "order_number": "SO-77", "reason": "price",
        },
    )  # fmt: skip


def test_a_partner_may_be_its_id_and_must_be_known_otherwise() -> None:
    assert told(deal(partner="p-1")).bodies[0]["partner"] == "p-1"
    assert codes(told(deal(partner="Some Partner Ltd"))) == [("deal.partner", "crm.partner_unknown")]


def test_a_deal_without_partner_is_told_unless_the_connection_requires_one() -> None:
    assert "partner" not in told(deal()).bodies[0]
    required = SETTINGS.model_copy(update={"partner_required": True})
    assert codes(told(deal(partner=" "), settings=required)) == [("deal.partner", "crm.partner_missing")]


def test_an_unknown_stage_is_listed_and_an_ignored_one_left_out() -> None:
    assert codes(told(deal(dealstage="new"))) == [("deal.dealstage", "crm.stage_unknown")]
    assert codes(told(deal(dealstage=None))) == [("deal.dealstage", "crm.stage_unknown")]
    assert told(deal(dealstage="spam")) == Messages(left="stage_ignored")


def test_other_pipelines_are_left_out() -> None:
    some = SETTINGS.model_copy(update={"pipelines": ("default",)})
    assert told(deal(pipeline="renewals"), settings=some) == Messages(left="other_pipeline")
    assert told(deal(pipeline="default"), settings=some).bodies


def test_an_amount_needs_a_currency() -> None:
    assert codes(told(deal(amount="5"))) == [("deal.amount", "crm.currency_missing")]
    assert codes(told(deal(amount="5", deal_currency_code="EURO"))) == [("deal.amount", "crm.currency_missing")]
    pounds = SETTINGS.model_copy(update={"default_currency": "GBP"})
    assert told(deal(amount="5"), settings=pounds).bodies[0]["amount"] == {"amount": "5.00", "currency": "GBP"}
    assert "amount" not in told(deal(amount="")).bodies[0]


@pytest.mark.parametrize(
    ("text", "places", "plain"),
    [
        ("125000.50", 2, "125000.50"), ("125000.5", 2, "125000.50"), ("125000.500", 2, "125000.50"), ("0", 2, "0.00"),
        ("1.25E5", 2, "125000.00"), ("1E+3", 0, "1000"), ("100.0", 0, "100"), ("5.1", 3, "5.100"),
        ("0.30000000000000004", 2, "0.30000000000000004"), ("-5", 2, "-5.00"), ("100.5", 0, "100.5"),
        ("1,250.00", 2, None), ("1.250,00", 2, None), ("€5", 2, None), ("NaN", 2, None), ("Infinity", 2, None),
        ("1e999999999", 2, None), ("1e-999999999", 2, None), ("1_000", 2, None), ("٥", 2, None), ("9" * 41, 2, None),
        ("five", 2, None),
    ],
)  # fmt: skip
def test_numbers_keep_every_digit_that_says_something(text: str, places: int, plain: str | None) -> None:
    assert plain_number(text, places) == plain


def test_a_number_that_is_a_float_in_json_keeps_its_digits() -> None:
    body = b'{"id": 7, "properties": {"dealstage": "talking", "hs_lastmodifieddate": "%s", "amount": 125000.10, ' \
           b'"deal_currency_code": "EUR"}}' % AT.encode()  # fmt: skip
    assert told(record_of(body)).bodies[0]["amount"] == {"amount": "125000.10", "currency": "EUR"}


def test_wrong_values_are_all_named_at_once() -> None:
    record = deal(dealstage="new", partner="No Body", amount="x", deal_currency_code="EUR", closedate="soon")
    assert codes(told(record)) == [
        ("deal.dealstage", "crm.stage_unknown"), ("deal.amount", "crm.number_invalid"),
        ("deal.partner", "crm.partner_unknown"), ("deal.closedate", "crm.date_invalid"),
    ]  # fmt: skip


def test_a_deal_that_does_not_say_when_it_changed_is_listed() -> None:
    record = Record({"id": "7", "properties": {"dealstage": "talking"}})
    assert codes(told(record)) == [("deal.hs_lastmodifieddate", "crm.revision_missing")]


def items(*amounts: str | None) -> list[dict[str, Any]]:
    return [{"properties": {"name": f"product {n}", "amount": amount}} for n, amount in enumerate(amounts)]


def test_line_items_are_the_items_and_their_sum_where_the_deal_states_none() -> None:
    lines = SETTINGS.model_copy(update={"line_items": LineItemMapping()})
    record = Record(deal(deal_currency_code="EUR").deal, None, items("40", "20.50"))
    [body] = told(record, settings=lines).bodies
    assert body["amount"] == {"amount": "60.50", "currency": "EUR"}
    assert [one["product"] for one in body["items"]] == ["product 0", "product 1"]
    empty = Record(deal(deal_currency_code="EUR").deal, None, items("40", None))
    assert codes(told(empty, settings=lines)) == [("line_items.1", "crm.amount_missing")]
    assert "items" not in told(record).bodies[0]


REFUND = {"dealstage": "closedwon", "amount": "100", "deal_currency_code": "EUR", "refunded": "40"}


def test_a_refund_follows_its_win_once() -> None:
    found = told(deal(**REFUND, refund_id="r-1"), Told("won"))
    assert [one["event"] for one in found.bodies] == ["won", "refunded"]
    assert found.bodies[1] == {
        "event": "refunded", "external_id": "7", "source_time": TOLD_AT, "refund": "r-1",
        "amount": {"amount": "40.00", "currency": "EUR"},
    }  # fmt: skip
    assert len(told(deal(**REFUND, refund_id="r-1"), Told("won", refunds=frozenset({"r-1"}))).bodies) == 1
    assert len(told(deal(**REFUND, refund_id="r-2"), Told("won", refunds=frozenset({"r-1"}))).bodies) == 2


def test_a_refund_without_an_id_is_listed_and_none_of_nothing_is_told() -> None:
    assert codes(told(deal(**REFUND))) == [("deal.refund_id", "crm.refund_incomplete")]
    assert len(told(deal(**{**REFUND, "refunded": "0.00"})).bodies) == 1
    assert len(told(deal(**{**REFUND, "dealstage": "talking"}, refund_id="r-1")).bodies) == 1


def archived(known: Told) -> Messages:
    record = deal()
    return messages_of(Record(record.deal, archived=True), SETTINGS, {"7": known})


def test_an_open_deal_that_is_archived_is_lost_and_a_won_one_is_for_a_person() -> None:
    [body] = archived(Told("open")).bodies
    assert (body["event"], body["reason"]) == ("lost", "archived in the CRM")
    assert codes(archived(Told("won"))) == [("deal", "crm.archived_won")]
    assert archived(Told("lost")) == archived(Told()) == Messages(left="archived")


EARLY, LATE = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC)


def merged(kept: Told, gone: Told, **properties: Any) -> list[tuple[str, str, str | None]]:
    record = Record(deal(**properties).deal, merged=("8",))
    found = messages_of(record, SETTINGS, {"7": kept, "8": gone})
    assert found.merged == ("8",)
    return [(one["external_id"], one["event"], one.get("registration")) for one in found.bodies]


def test_a_merged_deal_ends_after_the_one_that_stays_which_keeps_the_older_registration() -> None:
    kept, gone = Told("open", "reg_young", first_told=LATE), Told("open", "reg_old", first_told=EARLY)
    assert merged(kept, gone, number="reg_young") == [("7", "changed", "reg_old"), ("8", "lost", None)]
    assert merged(gone, kept, number="reg_old") == [("7", "changed", "reg_old"), ("8", "lost", None)]


def test_a_merged_win_ends_before_the_deal_that_stays() -> None:
    assert merged(Told("open"), Told("won"), dealstage="closedwon") == [("8", "lost", None), ("7", "won", None)]


def test_a_merged_deal_that_nobody_was_told_of_needs_no_end() -> None:
    assert merged(Told("open"), Told()) == [("7", "changed", None)]
    assert merged(Told("open"), Told("lost")) == [("7", "changed", None)]


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b"7", b'{"id": "1"}', b'{"properties": {}}', b"[" * 5_000, b"NaN"])
def test_what_is_no_deal_is_refused(body: bytes) -> None:
    with pytest.raises(RecordInvalid):
        record_of(body)


def test_a_record_reads_as_it_was_stored() -> None:
    record = Record({"id": "7", "properties": {"amount": "1"}}, {"id": "9"}, items("4"), ("3",), ("8",), True)
    assert record_of(record.content()) == record
