"""YAML 1.2 core schema, word by word: what is a number, a truth value, nothing, or text."""

from __future__ import annotations

import math
from typing import Any

import pytest

from shared.policy.core_schema import value_of
from shared.policy.reading import read_policy
from shared.policy.refused import Place, PolicyRefused
from shared.policy.yaml_text import read_yaml


@pytest.mark.parametrize("word", ["", "~", "null", "Null", "NULL"])
def test_nothing(word: str) -> None:
    assert value_of(word, Place()) is None


@pytest.mark.parametrize("word", ["true", "True", "TRUE"])
def test_yes_is_said_true(word: str) -> None:
    assert value_of(word, Place()) is True


@pytest.mark.parametrize("word", ["false", "False", "FALSE"])
def test_no_is_said_false(word: str) -> None:
    assert value_of(word, Place()) is False


@pytest.mark.parametrize(
    ("word", "whole"),
    [
        ("0", 0), ("7", 7), ("-0", 0), ("+12", 12), ("-19", -19), ("685230", 685230),
        ("060", 60), ("00", 0), ("0089", 89), ("-010", -10), ("010000", 10_000),
        ("0o0", 0), ("0o7", 7), ("0o14", 12), ("0o17", 15), ("0o0017", 15),
        ("0x0", 0), ("0x1F", 31), ("0xC", 12), ("0x3A", 58), ("0xff", 255),
        ("9223372036854775807", 2**63 - 1), ("0x7FFFFFFFFFFFFFFF", 2**63 - 1), ("0" * 500 + "5", 5),
    ],
)  # fmt: skip
def test_whole_numbers_are_decimal_unless_they_name_their_base(word: str, whole: int) -> None:
    value = value_of(word, Place())
    assert (type(value), value) == (int, whole)


@pytest.mark.parametrize(
    ("word", "number"),
    [
        ("0.", 0.0), ("-0.0", 0.0), (".5", 0.5), ("+.5", 0.5), ("12e03", 12_000.0), ("-2E+05", -200_000.0),
        ("1e3", 1_000.0),
        ("685.230_15e+03", None), ("685.230", 685.23), ("1.5e-3", 0.0015), ("012.5", 12.5), ("0.1", 0.1), ("1.0", 1.0),
        ("999999999999999e-2", 9_999_999_999_999.99), ("12.500000000000000000000", 12.5), ("0e999999", 0.0),
    ],
)  # fmt: skip
def test_decimal_fractions_are_numbers(word: str, number: float | None) -> None:
    value = value_of(word, Place())
    assert value == (word if number is None else number)
    assert isinstance(value, str if number is None else float)


@pytest.mark.parametrize(
    "word",
    [
        # YAML 1.1 read these as truth values, sexagesimal, binary, grouped and octal numbers, times, merges, defaults.
        "yes", "Yes", "YES", "no", "No", "NO", "on", "On", "ON", "off", "Off", "OFF", "y", "Y", "n", "N",
        "1:30", "190:20:30", "1:30.5", "0b1010", "1_0", "1_000.5", "0x_1F", "0o_7", "2001-12-14",
        "2001-12-14T21:59:43Z",
        "2001-12-14 21:59:43.10 -5", "<<", "=", "-", "+", ".", "..", "e5", ".e5", "1e", "1e+", "0o8", "0o", "0x", "0xG",
        "-0x1F", "+0o17", "0X1F", "0O17", "--5", "1.2.3", "nULL", "tRUE",
        "Infinity", "NaN", "nan", "inf", "1,5", "٣", "１２", "²",
        "5 ", "5\n", " 5", "0x1F\n", "true\n", "1e5\n",
    ],
)  # fmt: skip
def test_all_else_is_text(word: str) -> None:
    assert value_of(word, Place()) == word


@pytest.mark.parametrize(
    "word",
    [
        ".inf", "-.inf", "+.Inf", ".INF", ".nan", ".NaN", ".NAN", "1e309", "-1e999999999999999999999",
        "1e-400", "5e-324", "9223372036854775808", "-9223372036854775808", "0xFFFFFFFFFFFFFFFF", "1" * 900,
        "99999999999999.99", "12.5000000000000001", "0.1000000000000000055511151231257827", "1234567890123456.",
    ],
)  # fmt: skip
def test_a_number_that_cannot_be_said_again_exactly_is_refused(word: str) -> None:
    with pytest.raises(PolicyRefused, match=r"^line 3, column 9: "):
        value_of(word, Place(3, 9))


@pytest.mark.parametrize("whole", [1, 12, 999_999_999_999_999])
@pytest.mark.parametrize("exponent", [0, 1, 2, 7, 14])
def test_fifteen_digits_come_back_as_they_were_written(whole: int, exponent: int) -> None:
    digits = str(whole).rjust(exponent + 1, "0")
    written = f"{digits[: len(digits) - exponent]}.{digits[len(digits) - exponent :]}"
    value = value_of(written, Place())
    assert isinstance(value, float)
    assert math.isclose(value, whole / 10**exponent, rel_tol=1e-15)
    assert f"{value:.{exponent}f}".rstrip(".") == written.rstrip(".")


@pytest.mark.parametrize("quoted", ["'060'", '"060"', '"true"', "'null'", '"~"', "''", '""', "'1e3'"])
def test_quoted_words_are_text(quoted: str) -> None:
    value = read_yaml(quoted).value
    assert value == quoted[1:-1]


@pytest.mark.parametrize(
    ("days", "read"),
    [("060", 60), ("0o17", 15), ("0x1F", 31), ("+5", 5), ("90", 90), ("0090", 90)],
)
def test_days_of_a_policy_are_what_yaml_1_2_says(days: str, read: int) -> None:
    assert read_policy(policy(days)).protection.days == read


@pytest.mark.parametrize(
    "days",
    [
        "1:30",
        "1_0",
        "0b11",
        "yes",
        "on",
        "2027-01-01",
        "~",
        "",
        "true",
        "1.5",
        "60.0",
        "6e1",
        "'60'",
        '"60"',
        "0o",
        "[60]",
    ],
)
def test_days_that_are_no_whole_number_are_refused_with_their_place(days: str) -> None:
    with pytest.raises(PolicyRefused) as refused:
        read_policy(policy(days))
    [problem] = refused.value.problems
    # No value at all is none of the two lengths that protection may have.
    field = "protection" if days in ("~", "") else "protection.days"
    assert (problem.field, problem.code) == (field, "policy.invalid_value")
    assert problem.message.startswith("line 3, column ")


@pytest.mark.parametrize("word", ["no", "NO", "on", "2027-01-01", "1:30"])
def test_words_of_yaml_1_1_are_names_like_any_other(word: str) -> None:
    assert read_policy(policy("90") + f"calendar: {word}\n".encode()).calendar == word


@pytest.mark.parametrize(("pct", "kept"), [("2.5", "2.5"), ("012.50", "12.5"), ("'12.50'", "12.50"), ("7", "7")])
def test_a_percentage_is_the_number_that_is_written(pct: str, kept: str) -> None:
    text = policy("90") + f"rewards: [{{name: rebate, kind: rebate, pct: {pct}}}]\n".encode()
    assert read_policy(text).rewards[0].pct == kept


def test_an_amount_of_more_digits_than_a_double_keeps_is_taken_in_quotes_alone() -> None:
    gates: Any = "required_fields: [amount]\ngates: {{min_amount: {{value: {}, currency: EUR}}}}\n"
    with pytest.raises(PolicyRefused, match="line 5, column 29: the number cannot be kept exactly"):
        read_policy(policy("90") + gates.format("99999999999999.99").encode())
    quoted = read_policy(policy("90") + gates.format('"99999999999999.99"').encode())
    assert quoted.gates.min_amount is not None
    assert quoted.gates.min_amount.value == "99999999999999.99"


def policy(days: str) -> bytes:
    return f"program: hunting\nversion: 1\nprotection: {{days: {days}}}\n".encode()
