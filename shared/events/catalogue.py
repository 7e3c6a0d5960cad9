"""The catalogue of events for others to read: a JSON Schema for each version, and one AsyncAPI document."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson

from shared.events.base import Decision, Event
from shared.events.registry import EVENTS

SCHEMAS = Path(__file__).parent / "schemas"
"""Where the released schemas stand; a file never changes once released."""
_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schema_of(event: type[Event]) -> dict[str, Any]:
    """The JSON Schema of the event's value, as the log keeps it."""
    schema = event.model_json_schema(mode="serialization")
    about = {"$schema": _DIALECT, "$id": f"urn:dealreg:{event.type}:{event.version}"}
    return {**about, **schema, "x-kind": event.kind}


def file_of(event: type[Event]) -> str:
    """The schema's file name, which holds its version."""
    return f"{event.type}.v{event.version}.json"


def rendered(document: dict[str, Any]) -> bytes:
    """JSON with stable order and line breaks, so that a change shows as a readable difference."""
    return orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE)


def schemas() -> dict[str, bytes]:
    """Every schema of this release by file name."""
    return {file_of(event): rendered(schema_of(event)) for event in EVENTS.values()}


def meaning(content: bytes) -> Any:
    """What a schema says, less the words that explain it: those may be improved without a new version."""
    return _without_words(orjson.loads(content))


def _without_words(value: Any) -> Any:
    if isinstance(value, dict):
        kept = ((name, one) for name, one in value.items() if name != "description" or not isinstance(one, str))
        return {name: _without_words(one) for name, one in kept}
    return [_without_words(one) for one in value] if isinstance(value, list) else value


def asyncapi(version: str) -> dict[str, Any]:
    """The two topics and their messages as an AsyncAPI 3 document."""
    facts = {name: event for name, event in EVENTS.items() if not issubclass(event, Decision)}
    return {
        "asyncapi": "3.1.0",
        "info": {
            "title": "dealreg log",
            "version": version,
            "contact": {"name": "The dealreg maintainers"},
            "license": {"name": "Apache-2.0"},
            "tags": [{"name": "deal registration"}],
            "description": "CloudEvents 1.0, Kafka protocol binding, binary mode; the key is the vendor.",
        },
        "servers": {
            "kafka": {
                "host": "{brokers}",
                "protocol": "kafka",
                "description": "The Kafka cluster that keeps the log.",
                "variables": {
                    "brokers": {"default": "localhost:9092", "description": "The setting DEALREG_KAFKA_BOOTSTRAP."}
                },
            }
        },
        "defaultContentType": "application/json",
        "channels": {
            "facts": _channel(
                "Facts: what partners, CRMs and reviewers reported. A fact is accepted once it is here.", facts
            ),
            "journal": _channel(
                "Every fact and the decisions that it led to, numbered without gaps per vendor.", EVENTS
            ),
        },
        "operations": {
            "readFacts": {
                "action": "receive",
                "description": "Read what was accepted, before it is decided.",
                "channel": {"$ref": "#/channels/facts"},
            },
            "readJournal": {
                "action": "receive",
                "description": "Read facts and decisions in order.",
                "channel": {"$ref": "#/channels/journal"},
            },
        },
        "components": {"messages": {name: _message(event) for name, event in sorted(EVENTS.items())}},
    }


def _channel(description: str, events: dict[str, type[Event]]) -> dict[str, Any]:
    messages = {name: {"$ref": f"#/components/messages/{name}"} for name in sorted(events)}
    return {"description": description, "messages": messages}


def _message(event: type[Event]) -> dict[str, Any]:
    return {
        "name": f"dealreg.{event.type}",
        "summary": " ".join((event.__doc__ or "").split()),
        "headers": {"type": "object", "required": ["ce_id", "ce_type", "ce_time", "ce_dataschema"]},
        "payload": {"schemaFormat": "application/schema+json;version=draft-2020-12",
                    "schema": {"$ref": f"../shared/events/schemas/{file_of(event)}"}},
    }  # fmt: skip
