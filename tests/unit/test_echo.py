"""Foreign text repeated: whole where it is harmless, else bounded and escaped, and always writable."""

from __future__ import annotations

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import FieldProblem
from shared.http.echo import MAX_ECHO, echoed
from shared.http.problems import MAX_FIELD, MAX_MESSAGE, document

anything = st.text(st.characters(codec=None, categories=None), max_size=200)
"""Any code points, halves of surrogate pairs and controls included."""


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ("Kanzlei Ädler GmbH", "Kanzlei Ädler GmbH"),
        ("\ud800", "\\ud800"),
        ("a\x00b\nc", "a\\x00b\\nc"),
        ("\u202eevil", "\\u202eevil"),
        ("\x1b[31m", "\\x1b[31m"),
        ("x" * 100, "x" * MAX_ECHO + "…"),
    ],
)
def test_what_is_said_of_what_was_sent(sent: str, said: str) -> None:
    assert echoed(sent) == said


@given(anything)
def test_an_echo_can_be_written_and_shown(text: str) -> None:
    assert echoed(text).isprintable()
    assert orjson.loads(orjson.dumps(echoed(text))) == echoed(text)


@pytest.mark.parametrize(
    ("sentence", "sent"),
    [
        ("«\u2068soon\u2069» ليس\u2067 \u2068x\u2069\u2069", "«\u2068soon\u2069» ليس\u2067 \u2068x\u2069\u2069"),
        ("\u2068a\u202eb\u2069", "\u2068a\\u202eb\u2069"),
        ("\u2068open", "\\u2068open"),
        ("\u2069\u2068", "\\u2069\\u2068"),
        ("\u2066a\u2069", "\\u2066a\\u2069"),
    ],
)
def test_marks_that_isolate_names_in_a_sentence_are_sent_in_pairs_alone(sentence: str, sent: str) -> None:
    problem = document(status=422, code="x", detail=sentence, instance="/", errors=[FieldProblem("f", "c", sentence)])
    assert (problem["detail"], problem["errors"][0]["message"]) == (sent, sent)


@given(anything)
def test_a_problem_can_be_written_whatever_it_repeats(text: str) -> None:
    made = document(
        status=422, code="request.invalid", detail=text, instance=text, errors=[FieldProblem(text, "field.type", text)]
    )
    assert orjson.loads(orjson.dumps(made)) == made


def test_a_problem_is_bounded_whatever_it_repeats() -> None:
    long = "a" * 1_000_000
    made = document(
        status=422, code="request.invalid", detail=long, instance=long, errors=[FieldProblem(long, "field.type", long)]
    )
    assert len(orjson.dumps(made)) < 2 * MAX_MESSAGE + MAX_FIELD + 1_000
