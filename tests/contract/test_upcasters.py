"""Versions of events: what is older is read as the newest, the same way for ever."""

from __future__ import annotations

from typing import Any

import orjson

from shared.events.catalogue import rendered
from shared.events.codec import decode_entry, entry_hash
from shared.events.registry import EVENTS, LATER_VERSIONS, upcast
from shared.events.upcasters import UPCASTERS
from shared.log.port import Record
from tests.contract.test_event_schemas import GOLDEN


def kept(name: str, version: int, what: str = "") -> Any:
    return orjson.loads((GOLDEN / f"{name}.v{version}{what}.json").read_bytes())


def test_an_upcaster_gives_what_it_gave_when_it_was_released() -> None:
    for (name, version), upcaster in UPCASTERS.items():
        value = kept(name, version)["value"]
        assert upcaster(value) == kept(name, version, ".upcast"), f"{name} version {version}"
        assert value == kept(name, version)["value"], f"the upcaster of {name} version {version} changed what it took"


def test_an_entry_of_an_older_version_is_read_as_the_newest() -> None:
    for name, version in UPCASTERS:
        golden = kept(name, version)
        value = orjson.dumps(golden["value"])
        headers = [(key, text) for key, text in golden["headers"].items() if key != "ce_hash"]
        record = Record("acme", (*headers, ("ce_hash", entry_hash(headers, value))), value)
        event = decode_entry(record).event
        assert event.version == EVENTS[name].version > version
        assert event == EVENTS[name].model_validate_json(orjson.dumps(upcast(name, version, golden["value"])))


def test_every_version_of_every_event_has_its_golden_file() -> None:
    versions = {f"{name}.v{one}.json" for name, event in EVENTS.items() for one in range(1, event.version + 1)}
    upcasts = {f"{name}.v{version}.upcast.json" for name, version in UPCASTERS}
    assert {file.name for file in GOLDEN.glob("*.json")} == versions | upcasts


def test_each_later_version_is_counted_for_those_who_keep_events_as_json() -> None:
    assert len(UPCASTERS) == LATER_VERSIONS


def write_golden() -> None:
    """Adds golden files of new upcasters; called by hand, never by a test."""
    for (name, version), upcaster in UPCASTERS.items():
        file = GOLDEN / f"{name}.v{version}.upcast.json"
        if not file.exists():
            file.write_bytes(rendered(upcaster(kept(name, version)["value"])))


if __name__ == "__main__":
    write_golden()
