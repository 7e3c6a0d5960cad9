"""What matching remembers of names is bounded, so that a decider's memory is flat however many customers there are."""

from __future__ import annotations

import importlib
import inspect
import pkgutil

import services.attribution.domain
from services.attribution.domain.documents.name_index import spelling_keys
from services.attribution.domain.matching.groups import listed_under
from services.attribution.domain.matching.identity import identity_of
from services.attribution.domain.matching.remembered import COMPANIES, PAIRS_OF_WORDS, WORDS

OF_CUSTOMERS = {
    "customer", "one", "other", "name", "text", "word", "written", "foreign", "latin", "spelled", "english",
}  # fmt: skip
"""How functions call what customers bring."""
TABLES = {"rows", "words_of"}
"""Of files of the release, by their names."""


def test_whatever_is_remembered_of_what_customers_bring_is_bounded() -> None:
    for found in pkgutil.walk_packages(services.attribution.domain.__path__, "services.attribution.domain."):
        module = importlib.import_module(found.name)
        for name, function in vars(module).items():
            if not hasattr(function, "cache_parameters") or name in TABLES:
                continue
            most = function.cache_parameters()["maxsize"]
            assert most is not None or not OF_CUSTOMERS & set(inspect.signature(function).parameters), function
            assert most is None or most <= max(COMPANIES, WORDS, PAIRS_OF_WORDS), function


def test_one_company_is_remembered_where_it_is_read_again() -> None:
    for function in (identity_of, listed_under, spelling_keys):
        assert function.cache_parameters()["maxsize"] == COMPANIES
