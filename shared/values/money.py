"""Amounts: a decimal string and an ISO 4217 code; whole minor units fit a PostgreSQL bigint."""

from __future__ import annotations

import re

from shared.values.refusal import BadValue

# ISO 4217 (2024 amendment 176): every active code; those whose minor unit is not a hundredth are listed below.
_CODES = (
    "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF "
    "CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL "
    "HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD "
    "MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG "
    "QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD "
    "TWD TZS UAH UGX USD UYU UZS VED VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG"
)
_EXPONENTS = dict.fromkeys(_CODES.split(), 2)
_EXPONENTS.update(
    dict.fromkeys(
        [
            "BIF",
            "CLP",
            "DJF",
            "GNF",
            "ISK",
            "JPY",
            "KMF",
            "KRW",
            "PYG",
            "RWF",
            "UGX",
            "VND",
            "VUV",
            "XAF",
            "XOF",
            "XPF",
        ],
        0,
    )
)
_EXPONENTS.update(dict.fromkeys(["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"], 3))

CURRENCIES = frozenset(_EXPONENTS)
"""The codes of ISO 4217 that are taken."""
AMOUNT = r"(?:0|[1-9][0-9]*)(?:\.[0-9]+)?"
_AMOUNT = re.compile(AMOUNT)
MAX_MINOR = 2**63 - 1
"""The largest amount in minor units: what a PostgreSQL bigint holds."""
MAX_WHOLE_DIGITS = 15
"""Digits before the point that somebody may state: more than any economy, and a thousand such amounts can be summed."""
_MAX_CHARACTERS = 24
"""No amount needs more; a longer text is not looked at."""


def exponent_of(currency: str) -> int | None:
    """How many decimals the currency's minor unit has, or None for a code ISO 4217 does not list."""
    return _EXPONENTS.get(currency)


def places_of(currency: str) -> int:
    """How many decimals the currency's minor unit has; refuses a code that ISO 4217 does not list."""
    return _EXPONENTS[parse_currency(currency)]


def parse_currency(text: str) -> str:
    """Return the ISO 4217 code."""
    if text not in _EXPONENTS:
        raise BadValue("money.currency", "currency is not in ISO 4217; use a three-letter code such as EUR")
    return text


def parse_amount(text: str, currency: str) -> str:
    """Return the amount that somebody states, with all decimals of its currency: `1250.5` EUR becomes `1250.50`."""
    parse_decimal(text)
    if len(text.partition(".")[0]) > MAX_WHOLE_DIGITS:
        raise BadValue("money.too_large", f"amount must have at most {MAX_WHOLE_DIGITS} digits before its point")
    return kept_amount(text, currency)


def kept_amount(text: str, currency: str) -> str:
    """Return an amount with all decimals of its currency; sums of stated ones may go up to `MAX_MINOR`."""
    parse_decimal(text)
    places = places_of(currency)
    whole, _, fraction = text.partition(".")
    if len(fraction) > places:
        raise BadValue("money.decimals", f"{currency} has {places} decimals; the amount has {len(fraction)}")
    digits = fraction.ljust(places, "0")
    if int(whole + digits) > MAX_MINOR:
        raise BadValue("money.too_large", "amount is too large: at most 2^63-1 minor units")
    return f"{whole}.{digits}" if places else whole


def parse_decimal(text: str) -> str:
    """Return the decimal number as it was written: digits 0 to 9, one point at most, no sign and no leading zeros."""
    if len(text) <= _MAX_CHARACTERS and _AMOUNT.fullmatch(text):
        return text
    if len(text) <= _MAX_CHARACTERS and text.startswith("-") and _AMOUNT.fullmatch(text, 1):
        raise BadValue("money.negative", "amount must not be negative")
    if len(text) > _MAX_CHARACTERS and _AMOUNT.fullmatch(text):
        raise BadValue("money.too_large", f"amount must have at most {MAX_WHOLE_DIGITS} digits before its point")
    raise BadValue(
        "money.not_decimal", 'amount must be a decimal string such as "1250.00", without sign or leading zeros'
    )
