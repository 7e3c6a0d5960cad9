"""Money on the wire: a decimal string and an ISO 4217 code; whole minor units inside."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Self

from pydantic import model_validator

from shared.events.base import Part

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

_AMOUNT = re.compile(r"^(0|[1-9][0-9]*)(\.[0-9]+)?$")
MAX_MINOR = 2**63 - 1
"""The largest amount in minor units: what a PostgreSQL bigint holds."""


def exponent_of(currency: str) -> int | None:
    """How many decimals the currency's minor unit has, or None for a code ISO 4217 does not list."""
    return _EXPONENTS.get(currency)


class Money(Part):
    """A non-negative amount, e.g. `{"amount": "1250.00", "currency": "EUR"}`; kept with all its decimals."""

    amount: str
    currency: str

    @model_validator(mode="before")
    @classmethod
    def _canonical(cls, given: object) -> object:
        if not isinstance(given, dict):
            return given
        amount, currency = given.get("amount"), given.get("currency")
        if not isinstance(amount, str) or not isinstance(currency, str):
            return given  # the field types below say it better
        places = exponent_of(currency)
        if places is None:
            raise ValueError(f"currency {currency[:10]!r} is not in ISO 4217; use a three-letter code such as EUR")
        if len(amount) > 20 or not _AMOUNT.match(amount):
            raise ValueError('amount must be a non-negative decimal string of at most 20 digits, such as "1250.00"')
        whole, _, fraction = amount.partition(".")
        if len(fraction) > places:
            raise ValueError(f"{currency} has {places} decimals; the amount has {len(fraction)}")
        digits = fraction.ljust(places, "0")
        if int(whole + digits) > MAX_MINOR:
            raise ValueError("amount is larger than 2^63-1 minor units")
        canonical = f"{whole}.{digits}" if places else whole
        return given if amount == canonical else {**given, "amount": canonical}

    @property
    def minor(self) -> int:
        """The amount in whole minor units of its currency."""
        return int(self.amount.replace(".", ""))

    @property
    def decimal(self) -> Decimal:
        """The amount as a decimal number of major units."""
        return Decimal(self.amount)

    @classmethod
    def of(cls, minor: int, currency: str) -> Self:
        """The money that is `minor` whole minor units of `currency`."""
        places = _EXPONENTS[currency]
        digits = str(minor).rjust(places + 1, "0")
        amount = f"{digits[:-places]}.{digits[-places:]}" if places else digits
        return cls(amount=amount, currency=currency)
