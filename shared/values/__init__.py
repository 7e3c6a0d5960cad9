"""Values that strangers write: one plain parse function each, called by every model, policy, door and command.

Each takes the text as it was sent and returns the value that is kept, or raises `BadValue` with a stable code and a
remedy. Patterns are for `fullmatch`, in ASCII classes.
"""

from shared.values.identifiers import (
    is_identifier,
    parse_code_word,
    parse_company_number,
    parse_country,
    parse_identifier,
    parse_key,
)
from shared.values.money import exponent_of, kept_amount, parse_amount, parse_currency, parse_decimal
from shared.values.numbers import is_count, parse_count, parse_percentage
from shared.values.refusal import BadValue
from shared.values.text import parse_domain, parse_email, parse_line, parse_phone, parse_text
from shared.values.times import (
    computed_instant,
    parse_day,
    parse_instant,
    parse_month,
    said_day,
    said_instant,
)

__all__ = [
    "BadValue",
    "computed_instant",
    "exponent_of",
    "is_count",
    "is_identifier",
    "kept_amount",
    "parse_amount",
    "parse_code_word",
    "parse_company_number",
    "parse_count",
    "parse_country",
    "parse_currency",
    "parse_day",
    "parse_decimal",
    "parse_domain",
    "parse_email",
    "parse_identifier",
    "parse_instant",
    "parse_key",
    "parse_line",
    "parse_month",
    "parse_percentage",
    "parse_phone",
    "parse_text",
    "said_day",
    "said_instant",
]
