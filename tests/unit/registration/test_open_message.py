"""The open schema of a registration message: what it accepts the API accepts, and it asks for what the API asks for."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from pydantic import ValidationError

from services.registration.api.open_message import END, ID, PLAIN, registration_schema
from services.registration.intake.foreign_clocks import in_the_future
from services.registration.intake.messages.registration import EXAMPLE, SubmitRegistration

SCHEMA = Draft202012Validator(registration_schema())
OF_A_PARTNER = {"partner": "partner-7"}
NOT_IN_A_SCHEMA = {"money.decimals", "money.too_large", "time.future"}
"""Codes of refusals that no schema can say: docs/client.md lists them."""
LETTERS = st.characters(codec="ascii", exclude_categories=["C"])


def codes(message: Any) -> set[str]:
    """Why the API refuses the message of a partner's credential; empty where it accepts it."""
    try:
        read = SubmitRegistration.model_validate_json(orjson.dumps(message), context=OF_A_PARTNER)
    except ValidationError as error:
        return {one["type"] for one in error.errors()}
    return {one.code for one in in_the_future(read.happened(), None)}


def test_it_is_a_schema_without_a_host_and_its_examples_are_accepted_by_both() -> None:
    schema = registration_schema()
    Draft202012Validator.check_schema(schema)
    assert schema["$id"] == ID == "urn:dealreg:registration-message:1"
    assert "http" not in orjson.dumps({**schema, "$schema": ""}).decode()
    for example in schema["examples"]:
        assert SCHEMA.is_valid(example)
        assert codes(example) == set()


def test_it_asks_for_exactly_what_the_api_asks_for() -> None:
    schema = registration_schema()
    needed = {name for name, field in SubmitRegistration.model_fields.items() if field.is_required()}
    assert set(schema["required"]) == needed == {"program", "customer", "products"}
    assert schema["properties"].keys() == SubmitRegistration.model_fields.keys()
    assert schema["$defs"]["Customer"]["required"] == ["legal_name"]
    for name in needed:
        message = {key: value for key, value in EXAMPLE.items() if key != name}
        assert not SCHEMA.is_valid(message)
        assert codes(message) == {"missing"}


@pytest.mark.parametrize(
    "change",
    [
        {"program": ""}, {"program": "a b"}, {"program": 7}, {"program": None}, {"program": "x" * 81},
        {"customer": {}}, {"customer": {"legal_name": ""}}, {"customer": {"legal_name": " Adler"}},
        {"customer": {"legal_name": "Adler\n"}}, {"customer": {"legal_name": "x" * 201}}, {"customer": "Adler"},
        {"customer": {"legal_name": "A", "country": "de"}}, {"customer": {"legal_name": "A", "vat": "1"}},
        {"customer": {"legal_name": "A", "tax_id": "--"}}, {"customer": {"legal_name": "A", "tax_id": 136695976}},
        {"customer": {"legal_name": "A", "tax_id": "1" * 41}},
        {"products": []}, {"products": "GTX Pro"}, {"products": [""]}, {"products": ["x"] * 101},
        {"amount": 48000}, {"amount": {"amount": 48000, "currency": "EUR"}}, {"amount": {"amount": "48000"}},
        {"amount": {"amount": "-1", "currency": "EUR"}}, {"amount": {"amount": "1,5", "currency": "EUR"}},
        {"amount": {"amount": "1", "currency": "EURO"}}, {"amount": {"amount": "1", "currency": "QQQ"}},
        {"units": 0}, {"units": 1.5}, {"units": "3"}, {"term_months": 601},
        {"close_date": 1}, {"contact": {"email": "jana"}}, {"contact": {"email": "j\x01@a.example"}},
        {"contact": {"phone": "call me"}}, {"contact": {"phone": " 1"}}, {"contact": {"phone": "1 "}},
        {"evidence": [{"kind": "visit", "on": "2025-11-12"}]}, {"evidence": [{"kind": "demo"}]},
        {"further_customers": []}, {"vendor_note": "x"}, {"external_id": ""},
    ],
    ids=lambda change: orjson.dumps(change).decode()[:60],
)  # fmt: skip
def test_what_the_api_refuses_by_form_the_schema_refuses(change: dict[str, Any]) -> None:
    message = {**EXAMPLE, **change}
    assert codes(message) != set()
    assert not SCHEMA.is_valid(message)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"amount": {"amount": "1.005", "currency": "EUR"}}, "money.decimals"),
        ({"amount": {"amount": "1" * 16, "currency": "EUR"}}, "money.too_large"),
        ({"evidence": [{"kind": "demo", "on": "2999-01-01"}]}, "time.future"),
    ],
)
def test_what_no_schema_can_say(change: dict[str, Any], code: str) -> None:
    message = {**EXAMPLE, **change}
    assert SCHEMA.is_valid(message)
    assert codes(message) == {code}


def drawn(one: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Values of the schema, of the words that this one uses."""
    if "$ref" in one:
        return drawn(registration_schema()["$defs"][one["$ref"].rpartition("/")[2]])
    if "anyOf" in one:
        return st.one_of(*map(drawn, one["anyOf"]))
    if "enum" in one:
        return st.sampled_from(one["enum"])
    match one["type"]:
        case "null":
            return st.none()
        case "integer":
            return st.integers(one["minimum"], one["maximum"])
        case "array":
            return st.lists(drawn(one["items"]), min_size=one.get("minItems", 0), max_size=min(3, one["maxItems"]))
        case "object":
            fields = {name: drawn(field) for name, field in one["properties"].items()}
            needed = {name: fields.pop(name) for name in one["required"]} if "required" in one else {}
            return st.fixed_dictionaries(needed, optional=fields)
    if one.get("format") == "date":
        return st.dates(date(1900, 1, 1), date(2900, 1, 1)).map(str)
    low, high = one.get("minLength", 1), min(one.get("maxLength", 40), 40)
    whole = one.get("pattern", "")
    pattern = whole.removeprefix(PLAIN).removesuffix(END)
    if ".+" in pattern or not pattern:
        return st.text(LETTERS, min_size=low, max_size=high).filter(lambda text: re.search(whole, text))
    fitting = st.from_regex(f"^{pattern}\\Z", alphabet=LETTERS)
    return fitting.filter(lambda text: low <= len(text) <= high and re.search(whole, text))


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(drawn(registration_schema()))
def test_what_the_schema_accepts_the_api_accepts(message: Any) -> None:
    assert SCHEMA.is_valid(message)
    assert codes(message) <= NOT_IN_A_SCHEMA
