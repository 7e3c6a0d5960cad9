"""Words of money and of lists in Arabic: one for each thing, and none left in English."""

from __future__ import annotations

import re

import pytest

from services.console.rendering import Speech, _environment
from shared.messages import Words, language
from shared.messages.catalogue import HERE

SAME = [("word.abbreviation", "Co / Company"), ("word.sound", "Neel / Nile")]


def test_payable_is_no_word_for_earned_and_nobody_is_a_loser() -> None:
    text = (HERE / "ar.ftl").read_text(encoding="utf-8")
    assert re.findall("استُحق|الاستحقاق|خاسر|فائز|الفوز", text) == []


@pytest.mark.parametrize(("tag", "said"), [("en", ("abbreviation", "sound")), ("ar", ("اختصار", "نطق"))])
def test_why_two_names_are_alike_is_said_in_the_readers_words(tag: str, said: tuple[str, str]) -> None:
    sentence = Words(language(tag)).likeness("written", SAME)
    assert all(f"({one})" in sentence for one in said), sentence


def test_lists_have_the_comma_of_their_language() -> None:
    for tag, comma in (("en", ", "), ("ar", "، ")):
        parts = _environment(language(tag).say("comma")).get_template("parts.html").module
        assert str(parts.products(["X", "Y"])) == f"<bdi>X</bdi>{comma}<bdi>Y</bdi>"  # type: ignore[attr-defined]


def test_a_hint_names_the_protocol_and_the_answer_in_each_language() -> None:
    for tag in ("en", "ar"):
        speech = Speech(language(tag))
        assert "https" in speech.say("webhooks.url_hint")
        assert {"https", "2xx"} <= set(re.findall(r"\w+", speech.say("webhooks.none")))
