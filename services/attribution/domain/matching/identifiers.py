"""Read the identifiers of companies: tax id, company id, D-U-N-S and LEI, each in one compact form or none.

The text stays as it was written; what is compared and kept as a key is this reading of it. Digits of any script,
spaces, punctuation, labels and country codes change nothing. Placeholders and numbers with wrong check digits are no
identifiers: they say neither that two companies are one nor that they are two.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final, Literal, NamedTuple

from stdnum import lei as lei_number

from services.attribution.domain.matching.folding import seen
from services.attribution.domain.matching.national import bare, country_code, known, national_number
from services.attribution.domain.matching.remembered import COMPANIES
from services.attribution.domain.matching.tables import words_of

Kind = Literal["tax_id", "company_id", "duns", "lei"]
KINDS: Final[tuple[Kind, ...]] = ("tax_id", "company_id", "duns", "lei")
SHORTEST: Final = 4
"""Characters of a national identifier whose country has no rule here."""
LONGEST: Final = 40
"""Characters of the longest identifier, which bounds the keys made of it; no register writes longer ones."""
LONGEST_TEXT: Final = 200
"""Characters that are read: an identifier with a label and spaces; a longer text is none."""
DUNS_DIGITS: Final = 9
ZEROS, FEWEST = 6, 3
"""A number of at least so many digits tells nobody where fewer than that are left without the zeros in front."""

_SEPARATORS: Final = re.compile(r"[^0-9A-Z]")
# "VAT No. DE136695976", "TRN: 100…": what people copy along with the number, each a word of its own.
_LABEL: Final = re.compile(
    r"(?:(?:VAT|UST|USTID|USTIDNR|TAX|TRN|TIN|TVA|IVA|BTW|MWST|MOMS|GST|GSTIN|PAN|EIN|UID|SIREN|SIRET|NIF|CIF|NIP"
    r"|INN|ABN|ACN|KVK|CVR|CNPJ|CUIT|RFC|RUT|NIT|RUC|CRN|CR|EORI|ORG|ORGNR|REG|REGISTRATION|COMPANY|COMMERCIAL|DUNS"
    r"|D-U-N-S|LEI)(?![0-9A-Z])[\s.:#/_-]*(?:(?:ID|IDNR|IDENTIFICATION|NO|NR|NUM|NUMBER|CODE|REGISTRATION)(?![0-9A-Z])"
    r"[\s.:#/_-]*)*)+"
)
_DOTTED: Final = re.compile(r"\b(?:[A-Z]\.){2,}")
_LETTERS_FIRST: Final = re.compile(r"([A-Z]*)([0-9A-Z]*)")
_DIGIT: Final = re.compile("[0-9]")
_REPEATED: Final = re.compile(r"(\d{1,3})\1{2,}")
_ASCENDING: Final = "0123456789" * 5
_DESCENDING: Final = _ASCENDING[::-1]
_WORDS: Final = frozenset(word.upper() for word in words_of("placeholders"))
_SAMPLES: Final = frozenset(words_of("sample_numbers"))


class Identifier(NamedTuple):
    """A valid identifier in its compact form; a national one holds within its country."""

    kind: Kind
    value: str
    country: str | None = None
    series: str = ""
    """Which of the country's numbers it is; empty where no check digit and no written rule vouches for its form."""

    @property
    def checked(self) -> bool:
        """Whether a check digit or a written rule vouches for its form."""
        return bool(self.series)

    @property
    def key(self) -> str:
        """Where its bearer is listed."""
        return f"{self.kind}:{self.value}"


@lru_cache(maxsize=COMPANIES)
def read_identifier(kind: Kind, written: str | None, country: str | None = None) -> Identifier | None:
    """The identifier, or None where the text cannot be one: wrong check digits, placeholders, no digit at all."""
    value = _compact(written) if written else ""
    if not value or _placeholder(value):
        return None
    if kind == "duns":
        return Identifier(kind, value, None, kind) if len(value) == DUNS_DIGITS and value.isdecimal() else None
    if kind == "lei":
        return Identifier(kind, value, None, kind) if lei_number.is_valid(value) else None
    code = country_code(country)
    if (number := national_number(kind, value, code)) is not None:
        looked_at = number.value == value
        if not looked_at and _placeholder(number.value):
            return None
        return Identifier(kind, number.value, number.country, number.series)
    if len(value) < SHORTEST or known(kind, value, code):
        return None
    short = bare(value, code)
    return Identifier(kind, short if short.isdecimal() and len(short) >= SHORTEST else value, code)


def _compact(written: str) -> str:
    """Digits and Latin letters alone, those of other scripts read as the same digit; empty where it is too long."""
    if written.isascii() and written.isalnum():
        return written.upper() if len(written) <= LONGEST else ""
    if len(written) > LONGEST_TEXT:
        return ""
    text = seen(written)
    if not text.isascii():
        text = "".join(str(unicodedata.decimal(sign, sign)) for sign in text)
    text = text.upper()
    if "." in text:
        text = _DOTTED.sub(lambda dotted: dotted[0].replace(".", ""), text)
    labelled = _LABEL.match(text)
    if labelled is not None and any(sign.isdigit() for sign in text[labelled.end() :]):
        text = text[labelled.end() :]
    value = _SEPARATORS.sub("", text)
    return value if len(value) <= LONGEST else ""


def _placeholder(value: str) -> bool:
    """Whether it is what people type into a mandatory field: no digit, a run, one block again and again, a sample."""
    letters, rest = _LETTERS_FIRST.fullmatch(value).groups()  # type: ignore[union-attr]
    if not _DIGIT.search(rest) or value in _SAMPLES or value.startswith("XXX"):
        return True
    if rest in _ASCENDING or rest in _DESCENDING:
        # HRB 12345 may be one of a court's; DE12345678 is a run behind a country's code.
        return len(letters) <= 2 or letters in _WORDS
    if _REPEATED.fullmatch(rest) or len(set(rest)) == 1 or (len(rest) >= ZEROS and len(rest.lstrip("0")) < FEWEST):
        return True
    return letters in _WORDS and len(letters) > 2
