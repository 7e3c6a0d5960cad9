"""The normal form of a company's name: what two spellings share once case, accents and legal form are put aside."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from services.attribution.domain.matching.remembered import COMPANIES

VERSION = 1
"""In force per vendor by `decider.upgraded`; a new version is a new number and never changes this one's results."""

_LEGAL_FORMS = frozenset(
    [
        "inc",
        "incorporated",
        "corp",
        "corporation",
        "co",
        "company",
        "ltd",
        "limited",
        "llc",
        "llp",
        "lp",
        "plc",
        "gmbh",
        "mbh",
        "ag",
        "kg",
        "ug",
        "se",
        "sa",
        "sas",
        "sarl",
        "srl",
        "spa",
        "bv",
        "nv",
        "ab",
        "oy",
        "as",
        "aps",
        "kk",
        "pte",
        "pty",
        "pvt",
        "bhd",
        "sdn",
        "wll",
        "bsc",
        "sae",
        "saog",
        "saoc",
        "fze",
        "fzco",
    ]
)
_AND = re.compile(r"[&+]")
_NOT_WORD = re.compile(r"[^\w]+")
_DOTTED = re.compile(r"\b(?:\w\.){2,}")


@lru_cache(maxsize=COMPANIES)
def normal_form(name: str) -> str:
    """Words in lower case without accents, punctuation and trailing legal forms; never empty for a printable name."""
    folded = name.casefold()
    if not name.isascii():  # nothing in ASCII decomposes or combines
        folded = unicodedata.normalize("NFKD", name).casefold()
        folded = "".join(character for character in folded if not unicodedata.combining(character))
    folded = _DOTTED.sub(lambda match: match[0].replace(".", ""), folded)
    words = _NOT_WORD.sub(" ", _AND.sub(" and ", folded)).replace("_", " ").split()
    kept = list(words)
    # "Müller & Co. KG" ends in its legal form, joined by a word that is no name by itself.
    while len(kept) > 1 and (kept[-1] in _LEGAL_FORMS or kept[-1] == "and"):
        kept.pop()
    return " ".join(kept) or folded.strip() or name
