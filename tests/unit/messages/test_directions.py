"""In a right-to-left sentence, a part without letters of its own reads as the sentence does."""

from __future__ import annotations

import pytest

from shared.messages import language
from shared.messages.directions import directed

FSI, RLI, PDI = "\u2068", "\u2067", "\u2069"


@pytest.mark.parametrize(
    "sentence, begins",
    [
        (f"سجّل {FSI}Silis{PDI}", [FSI]),
        (f"سجّل {FSI}، {FSI}55.00 USD{PDI}.{PDI}", [RLI, FSI]),
        (f"سجّل {FSI}، مبلغ {FSI}55.00 USD{PDI}.{PDI}", [FSI, FSI]),
        (f"سجّل {FSI}X: {FSI}55.00 USD{PDI}{PDI}", [FSI, FSI]),
        (f"{FSI}{FSI}{FSI}a{PDI}{PDI}{PDI}", [RLI, RLI, FSI]),
        (f"{FSI}25+{PDI}", [FSI]),
        (f"{PDI}{FSI}what somebody typed", [FSI]),
        ("no parts", []),
    ],
)
def test_only_a_part_made_of_parts_is_turned(sentence: str, begins: list[str]) -> None:
    turned = directed(sentence)
    assert [sign for sign in turned if sign in (FSI, RLI)] == begins
    assert turned.replace(RLI, FSI) == sentence


def test_an_amount_follows_what_it_belongs_to() -> None:
    arguments = {"partner": "Acme", "customer": "Silis", "products": "X", "amount": "55.00 USD"}
    said = language("ar").say("entry.registration.submitted", arguments)
    assert said.endswith(f"{RLI}، {FSI}55.00 USD{PDI}.{PDI}")
