"""Each parse function takes one spelling, in ASCII, from the first character to the last."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from shared.values import (
    BadValue,
    computed_instant,
    parse_amount,
    parse_code_word,
    parse_company_number,
    parse_count,
    parse_country,
    parse_currency,
    parse_day,
    parse_domain,
    parse_email,
    parse_identifier,
    parse_instant,
    parse_key,
    parse_line,
    parse_month,
    parse_percentage,
    parse_phone,
    parse_text,
    said_instant,
)
from shared.values.fields import CodeWord, Country, Identifier, Key

euros = partial(parse_amount, currency="EUR")
page = partial(parse_count, low=1, high=500)

TAKEN: list[tuple[Callable[[str], Any], str, Any]] = [
    (euros, "1250.5", "1250.50"),
    (euros, "0", "0.00"),
    (euros, "999999999999999.99", "999999999999999.99"),
    (partial(parse_amount, currency="JPY"), "7", "7"),
    (partial(parse_amount, currency="KWD"), "7.1", "7.100"),
    (page, "1", 1),
    (page, "500", 500),
    (parse_percentage, "0.0001", "0.0001"),
    (parse_percentage, "100.0000", "100.0000"),
    (parse_identifier, "a" * 80, "a" * 80),
    (parse_code_word, "deal.won_1", "deal.won_1"),
    (parse_country, "DE", "DE"),
    (parse_company_number, "CHE-116.281.710 MWST", "CHE-116.281.710 MWST"),
    (parse_company_number, "１３６ 695 976", "１３６ 695 976"),
    (parse_key, " any ~ printable", " any ~ printable"),
    (parse_line, "Großhandel １＋１", "Großhandel １＋１"),
    (parse_text, "\tfirst line\r\nsecond\n", "\tfirst line\r\nsecond\n"),
    (parse_email, "jana@bücher.example", "jana@bücher.example"),
    (parse_phone, "+49 (0)30 1234-5", "+49 (0)30 1234-5"),
    (parse_domain, "https://www.adler.example/de", "https://www.adler.example/de"),
    (parse_day, "2028-02-29", date(2028, 2, 29)),
    (parse_month, "2026-03", date(2026, 3, 1)),
    (parse_instant, "2026-03-31T09:00:00Z", datetime(2026, 3, 31, 9, tzinfo=UTC)),
    (parse_instant, "2026-03-31 09:00+14:00", datetime(2026, 3, 30, 19, tzinfo=UTC)),
    (parse_instant, "2026-03-31t09:00:00.123456789z", datetime(2026, 3, 31, 9, 0, 0, 123456, UTC)),
]


@pytest.mark.parametrize(("parse", "text", "kept"), TAKEN)
def test_a_value_is_kept_in_its_one_form(parse: Callable[[str], Any], text: str, kept: Any) -> None:
    assert parse(text) == kept


KEPT_IN_ANY_SCRIPT = (parse_line, parse_text, parse_email, parse_domain, parse_company_number)
ASCII_ONLY = [one for one in TAKEN if one[0] not in (*KEPT_IN_ANY_SCRIPT, parse_key)]


def _spoilt(text: str) -> list[str]:
    """The text with what Python's own readers let through: white space around, underscores, other digits, signs."""
    outside = [f"{one}{text}" for one in (" ", "\n", "\t", "\x00", "\ufeff", "\u00a0", "+", "\uff0b", "\ud800")]
    outside += [f"{text}{one}" for one in (" ", "\n", "\r\n", "\x00", "\u2028", "\u00a0", "\u200b", "\udfff")]
    for zero in (0xFF10, 0x0660, 0x0966, 0x1D7CE):  # full-width, Arabic-Indic, Devanagari, mathematical
        digits = {ord("0") + one: chr(zero + one) for one in range(10)}
        outside += [other] if (other := text.translate(digits)) != text else []
    return outside


@pytest.mark.parametrize(("parse", "text", "kept"), ASCII_ONLY)
def test_nothing_is_read_as_a_value_that_only_looks_like_one(parse: Callable[[str], Any], text: str, kept: Any) -> None:
    for wrong in _spoilt(text):
        if parse is parse_phone and wrong == f"+{text}":
            continue  # a plus is a telephone number's own
        with pytest.raises(BadValue) as refused:
            parse(wrong)
        assert "." in refused.value.reason
        refused.value.detail.encode()  # says nothing that UTF-8 cannot


REFUSED: list[tuple[Callable[[str], Any], str, str]] = [
    (euros, "1250.5\n", "money.not_decimal"),
    (euros, "1_250", "money.not_decimal"),
    (euros, "1e3", "money.not_decimal"),
    (euros, "007", "money.not_decimal"),
    (euros, ".5", "money.not_decimal"),
    (euros, "5.", "money.not_decimal"),
    (euros, "", "money.not_decimal"),
    (euros, "-1", "money.negative"),
    (euros, "\u22121", "money.not_decimal"),
    (euros, "1.234", "money.decimals"),
    (euros, "1" + "0" * 15, "money.too_large"),
    (euros, "9" * 30_000, "money.too_large"),
    (partial(parse_amount, currency="EUR\n"), "1", "money.currency"),
    (parse_currency, "eur", "money.currency"),
    (parse_percentage, "12.5\n", "percentage.invalid"),
    (parse_percentage, "0", "percentage.invalid"),
    (parse_percentage, "0.00001", "percentage.invalid"),
    (parse_percentage, "100.0001", "percentage.invalid"),
    (page, "0", "number.out_of_range"),
    (page, "501", "number.out_of_range"),
    (page, "00000199999999", "field.type"),
    (page, "\u00b2", "field.type"),
    (page, "9" * 5_000, "field.type"),
    (parse_identifier, "a" * 81, "text.pattern"),
    (parse_identifier, "-a", "text.pattern"),
    (parse_company_number, "DE136695976\n", "text.control_character"),
    (parse_company_number, "DE136695976 ", "text.outer_space"),
    (parse_company_number, "-", "text.pattern"),
    (parse_company_number, "1" * 41, "text.too_long"),
    (parse_line, "a\n", "text.control_character"),
    (parse_line, " a", "text.outer_space"),
    (parse_line, "a\u3000", "text.outer_space"),
    (parse_line, "\u00a0", "text.too_short"),
    (parse_line, "", "text.too_short"),
    (parse_line, "a" * 201, "text.too_long"),
    (parse_line, "a\ud800", "text.not_unicode"),
    (parse_text, "\n\t ", "text.too_short"),
    (parse_text, "a\x00", "text.control_character"),
    (parse_email, "a@b@c", "text.pattern"),
    (parse_email, "a@b\u2003c", "text.pattern"),
    (parse_day, "2026-02-30", "date.impossible"),
    (parse_day, "20260331", "date.impossible"),
    (parse_day, "9999-12-31", "date.out_of_range"),
    (parse_day, "0001-01-01", "date.out_of_range"),
    (parse_month, "9999-12", "date.out_of_range"),
    (parse_month, "2026-13", "date.impossible"),
    (parse_instant, "2026-03-31T09:00:00", "time.impossible"),
    (parse_instant, "2026-03-31T09:00:60Z", "time.impossible"),
    (parse_instant, "2026-03-31T09:00:00+24:00", "time.impossible"),
    (parse_instant, "1700006400", "time.impossible"),
    (parse_instant, "0001-01-01T00:00:00+14:00", "time.out_of_range"),
    (parse_instant, "9999-12-31T23:59:59-14:00", "time.out_of_range"),
]


@pytest.mark.parametrize(("parse", "text", "reason"), REFUSED)
def test_each_refusal_has_its_code(parse: Callable[[str], Any], text: str, reason: str) -> None:
    with pytest.raises(BadValue) as refused:
        parse(text)
    assert refused.value.reason == reason
    assert len(refused.value.detail) < 200  # what was sent is not repeated


@pytest.mark.parametrize("hours", [-14, 0, 14])
def test_an_instant_at_the_edge_of_time_is_refused_and_never_fails(hours: int) -> None:
    zone = timezone(timedelta(hours=hours))
    for moment in (datetime.min.replace(tzinfo=zone), datetime.max.replace(tzinfo=zone)):
        for bound in (said_instant, computed_instant):
            with pytest.raises(BadValue, match="must lie in the years"):
                bound(moment)
    with pytest.raises(BadValue, match="with its offset"):
        said_instant(datetime(2026, 3, 31))


def test_the_longest_rule_keeps_the_latest_instant_within_what_is_computed() -> None:
    latest = said_instant(datetime(8999, 12, 31, 23, 59, tzinfo=UTC))
    weeks = timedelta(weeks=9_999)  # 9,999 business days of one a week
    assert computed_instant(latest + weeks) == latest + weeks


FORMS: list[tuple[Any, Callable[[str], str]]] = [
    (Identifier, parse_identifier),
    (CodeWord, parse_code_word),
    (Country, parse_country),
    (Key, parse_key),
]


@pytest.mark.parametrize(("field", "parse"), FORMS)
@given(st.text(st.sampled_from("aZ0-._ :/~\n\x00\u0660\uff11\u00e9\ud800"), max_size=82))
def test_a_field_takes_what_its_parse_function_takes(field: Any, parse: Callable[[str], str], text: str) -> None:
    """The field asks in native code, whose `$` is the very end."""
    said = None
    try:
        parse(text)
    except BadValue as refused:
        said = (refused.reason, refused.detail)
    if said is None:
        assert TypeAdapter(field).validate_python(text) == text
        return
    with pytest.raises(ValidationError) as found:
        TypeAdapter(field).validate_python(text)
    [problem] = found.value.errors(include_input=False)
    assert (problem["type"], problem["msg"]) == said
