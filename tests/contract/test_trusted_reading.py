"""Reading what was checked when it was written: the same object as the class reads, and nothing of another shape."""

from __future__ import annotations

from collections.abc import Callable
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
