"""Released events never change: their schemas, and the bytes that older releases wrote."""

from __future__ import annotations

from pathlib import Path

import jsonschema
import orjson
import pytest

from shared.errors import Corrupt
from shared.events.base import Event
from shared.events.catalogue import SCHEMAS, asyncapi, meaning, rendered, schema_of, schemas
from shared.events.codec import canonical, decode_entry, encode_entry, entry_hash
from shared.events.envelope import GENESIS
from shared.events.registry import EVENTS
from shared.log.port import Record
from shared.release import RELEASE
from tests.contract.samples import sample
from tests.unit.attribution.house import START

GOLDEN = Path(__file__).parent / "golden"
ASYNCAPI = Path(__file__).parents[2] / "docs" / "asyncapi.json"

every_event = pytest.mark.parametrize("event", EVENTS.values(), ids=lambda event: event.type)


def record_of(event: type[Event]) -> Record:
    one = sample(event)
    _, record = encode_entry(
        vendor="acme", seq=1, event=one, cause="fact1", clock=START, known_at=START, subjects=one.subjects(),
        principal="test", previous=GENESIS,
    )  # fmt: skip
    return record


def golden(event: type[Event]) -> Record:
    kept = orjson.loads((GOLDEN / f"{event.type}.v{event.version}.json").read_bytes())
    return Record("acme", tuple(kept["headers"].items()), orjson.dumps(kept["value"]))


@every_event
def test_a_released_schema_is_as_it_was_released(event: type[Event]) -> None:
    name = f"{event.type}.v{event.version}.json"
    assert (SCHEMAS / name).exists(), f"{name} is not released: run `dealreg schemas --write`"
    assert meaning((SCHEMAS / name).read_bytes()) == meaning(schemas()[name]), (
        f"{name} changed: give the event a new version"
    )


def test_words_may_improve_and_meaning_may_not() -> None:
    released = schemas()["partner.enrolled.v1.json"]
    better = released.replace(b"A company became", b"Some company became")
    other = released.replace(b'"maxLength": 200', b'"maxLength": 201')
    assert better != released != other
    assert meaning(better) == meaning(released) != meaning(other)


def test_no_schema_stands_without_its_event() -> None:
    known = {f"{event.type}.v{number}.json" for event in EVENTS.values() for number in range(1, event.version + 1)}
    assert {file.name for file in SCHEMAS.glob("*.json")} == known


@every_event
def test_what_an_older_release_wrote_is_read_as_it_was_meant(event: type[Event]) -> None:
    record = golden(event)
    entry = decode_entry(Record(record.key, _rehashed(record), record.value))
    assert (
        orjson.loads(canonical(entry))["data"]
        == orjson.loads((GOLDEN / f"{event.type}.v{event.version}.json").read_bytes())["canonical"]
    )


@every_event
def test_writing_an_event_again_gives_the_golden_bytes(event: type[Event]) -> None:
    now, before = record_of(event), golden(event)
    assert orjson.loads(now.value) == orjson.loads(before.value)
    assert dict(now.headers) == dict(before.headers)


@every_event
def test_every_value_fits_its_schema(event: type[Event]) -> None:
    jsonschema.Draft202012Validator(schema_of(event)).validate(orjson.loads(record_of(event).value))


def test_the_asyncapi_document_is_the_one_that_the_code_gives() -> None:
    assert ASYNCAPI.read_bytes() == rendered(asyncapi(RELEASE)), "run `dealreg schemas --asyncapi docs/asyncapi.json`"


def test_an_event_of_a_later_release_stops_the_reader() -> None:
    record = golden(EVENTS["partner.enrolled"])
    headers = dict(_rehashed(record)) | {"ce_dataschema": "urn:dealreg:partner.enrolled:2"}
    later = Record("acme", _rehashed(Record("acme", tuple(headers.items()), record.value)), record.value)
    with pytest.raises(Corrupt, match="version 2 is unknown"):
        decode_entry(later)


def test_an_altered_value_is_found_by_its_hash() -> None:
    record = record_of(EVENTS["partner.enrolled"])
    with pytest.raises(Corrupt, match="altered"):
        decode_entry(Record("acme", record.headers, record.value.replace(b"aname", b"bname")))


def _rehashed(record: Record) -> tuple[tuple[str, str], ...]:
    """Golden files hold readable JSON; the hash is over the bytes that the codec writes."""
    kept = [(name, text) for name, text in record.headers if name != "ce_hash"]
    return (*kept, ("ce_hash", entry_hash(kept, record.value)))


def write_golden() -> None:
    """Adds golden files of new event versions; called by hand, never by a test."""
    GOLDEN.mkdir(exist_ok=True)
    for event in EVENTS.values():
        file = GOLDEN / f"{event.type}.v{event.version}.json"
        if not file.exists():
            record = record_of(event)
            entry = decode_entry(record)
            content = {
                "headers": dict(record.headers),
                "value": orjson.loads(record.value),
                "canonical": orjson.loads(canonical(entry))["data"],
            }
            file.write_bytes(rendered(content))


if __name__ == "__main__":
    write_golden()
