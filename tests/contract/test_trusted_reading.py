"""Reading what was checked when it was written: the same object as the class reads, and nothing of another shape."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import orjson
import pytest
from pydantic import ValidationError

from shared.events.base import Event
from shared.events.codec import content_of, decode_entry, encode_entry
from shared.events.envelope import GENESIS
from shared.events.registration import RegistrationSubmitted
from shared.events.registry import EVENTS
from shared.events.reward import RewardReleased
from shared.events.trusted import trusting
from tests.contract.samples import sample
from tests.unit.attribution.house import START

every_event = pytest.mark.parametrize("event", EVENTS.values(), ids=EVENTS.keys())


def written(event: type[Event]) -> bytes:
    return sample(event).model_dump_json(exclude_defaults=True).encode()


@every_event
def test_it_reads_what_the_class_reads(event: type[Event]) -> None:
    value = written(event)
    found = trusting(event).validate_json(value)
    assert type(found) is event
    assert found == event.model_validate_json(value)


def _spoilt(event: type[Event], spoil: Callable[[dict[str, Any]], object]) -> bytes:
    content = orjson.loads(written(event))
    spoil(content)
    return orjson.dumps(content)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda content: content.pop("partner"),
        lambda content: content.update(unheard_of=1),
        lambda content: content.update(products="one"),
        lambda content: content.update(program=7),
        lambda content: content.update(close_date="soon"),
        lambda content: content["customer"].update(nickname="Globex"),
        lambda content: content["amount"].update(amount=1.5),
    ],
    ids=["missing", "unknown", "no list", "no text", "no day", "unknown within", "no text within"],
)
def test_content_of_another_shape_is_refused(spoil: Callable[[dict[str, Any]], object]) -> None:
    with pytest.raises(ValidationError):
        trusting(RegistrationSubmitted).validate_json(_spoilt(RegistrationSubmitted, spoil))


def test_postings_that_do_not_balance_are_refused() -> None:
    unbalanced = _spoilt(RewardReleased, lambda content: content["postings"][0].update(amount_minor=1))
    with pytest.raises(ValidationError, match="do not sum to zero"):
        trusting(RewardReleased).validate_json(unbalanced)


def test_the_forms_of_texts_bind_whoever_writes() -> None:
    value = _spoilt(RegistrationSubmitted, lambda content: content["amount"].update(amount="any number of words"))
    assert trusting(RegistrationSubmitted).validate_json(value).amount.amount == "any number of words"
    with pytest.raises(ValidationError):
        RegistrationSubmitted.model_validate_json(value)


STRANGE = (
    True, False, 0, 1, -1, 1.0, 10**40, None, "", "1", "true", "x" * 5_000, "2026-03-01T11:00:00+02:00", [],
    ["a"], [1], [[]], {}, {"a": True}, {"a": ["b", "c"]}, {"a": 7}, {"a": None}, {"a": 1.5}, {"a": [True]},
)  # fmt: skip
"""Values of every kind that JSON tells apart, for fields that want another."""
_OF_SHAPE = ("missing", "extra_forbidden", "literal_error")


def _places(content: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place of the content whose value can be replaced."""
    within = content.items() if isinstance(content, dict) else enumerate(content) if isinstance(content, list) else ()
    for name, value in within:
        yield (*path, name)
        yield from _places(value, (*path, name))


@every_event
def test_whatever_stands_anywhere_both_read_alike_or_refuse_its_shape(event: type[Event]) -> None:
    content = orjson.loads(written(event))
    for path in _places(content):
        for value in STRANGE:
            changed = orjson.loads(orjson.dumps(content))
            within = changed
            for name in path[:-1]:
                within = within[name]
            within[path[-1]] = value
            _assert_alike(event, json.dumps(changed).encode())


def _assert_alike(event: type[Event], value: bytes) -> None:
    try:
        expected = event.model_validate_json(value)
    except ValidationError as error:
        kinds = {one["type"] for one in error.errors(include_url=False, include_input=False)}
        if any(kind.endswith("_type") or kind in _OF_SHAPE for kind in kinds):
            with pytest.raises(ValidationError):
                trusting(event).validate_json(value)
        return
    # As it is kept: the class brings amounts and instants into one form.
    found = trusting(event).validate_json(expected.model_dump_json(exclude_defaults=True))
    assert found == expected
    assert repr(found) == repr(expected), "True is 1 to the interpreter, and not to a reader"


@every_event
def test_an_entry_has_its_json_as_it_would_be_written_again(event: type[Event]) -> None:
    one = sample(event)
    made, record = encode_entry(
        vendor="acme", seq=1, event=one, cause="fact1", clock=START, known_at=START, subjects=one.subjects(),
        principal="test", previous=GENESIS,
    )  # fmt: skip
    read = decode_entry(record)
    assert read == made
    assert content_of(read) == content_of(made) == record.value
