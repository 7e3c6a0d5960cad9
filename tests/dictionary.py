"""Train a dictionary for `shared/compression`: `python -m tests.dictionary 2` writes `2.dictionary`.

From the facts, entries and documents of a history in which texts that people type differ from deal to deal and sealed
ones are random, so that the dictionary learns the shape of what is stored and nobody's words.
"""

from __future__ import annotations

import asyncio
import base64
import random
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
import zstandard

from dealreg.runtime.components import runtime
from services.attribution.documents import stored_body, text_of
from shared.compression import LEVEL
from shared.events.codec import encode_fact
from shared.events.envelope import Fact
from shared.events.registration import RegistrationSubmitted
from shared.log.port import TOPICS, EventLog, StoredRecord
from tests.bench.draining import decided_here
from tests.bench.mixed import History
from tests.bench.place import fill, place

FACTS = 6_000
DICTIONARY_BYTES = 16_384
"""Four times as many gain one part in a hundred, and no longer stay in a processor's nearest cache."""
EACH_KIND = 2_500
"""Samples of headers, of contents and of documents, so that none outweighs the others."""
_BOXES = {"name": 44, "email": 88, "phone": 60, "notes": 168}

FOLDER = Path(__file__).parents[1] / "shared" / "compression"


async def train(number: int) -> None:
    """Write the dictionary of that number; it must not exist."""
    target = FOLDER / f"{number}.dictionary"
    assert not target.exists(), "a dictionary is never changed: what was stored with it needs it"
    samples = await _samples()
    trained = zstandard.train_dictionary(DICTIONARY_BYTES, samples, level=LEVEL, dict_id=number)
    target.write_bytes(trained.as_bytes())


async def _samples() -> list[bytes]:
    with tempfile.TemporaryDirectory() as folder:
        async with place("postgres", Path(folder)) as there:
            settings = await there.fresh(partitions=1)
            async with runtime(settings, "bench") as found:
                await fill(found.log, [encode_fact(fact) for fact in _facts()])
                await decided_here(found)
                records = [one for topic in TOPICS for one in await _read(found.log, topic)]
                documents = await found.pool.fetch("SELECT body, packed FROM attribution.document")
    chance = random.Random(FACTS)
    kinds: list[list[bytes]] = [
        [orjson.dumps(one.headers) for one in records],
        [one.value for one in records],
        [text_of(stored_body(row)).encode() for row in documents],
    ]
    return [one for kind in kinds for one in chance.sample(kind, min(EACH_KIND, len(kind)))]


def _facts() -> Iterator[Fact]:
    chance = random.Random(FACTS)
    for fact in History("sampled", FACTS):
        event = fact.event
        if isinstance(event, RegistrationSubmitted):
            fact = replace(fact, event=_told_otherwise(event, chance))
        yield fact


def _told_otherwise(event: RegistrationSubmitted, chance: random.Random) -> RegistrationSubmitted:
    """The claim with other words wherever somebody types them, and boxes as random as real ones."""
    content: dict[str, Any] = orjson.loads(event.model_dump_json(exclude_defaults=True))
    for name in ("site", "project", "competitor", "external_id"):
        content[name] = _word(chance)
    typed = {name: _word(chance) for name in ("city", "sector")}
    content["customer"] |= {**typed, "domain": f"{_word(chance).lower()}.example"}
    person = f"per_{chance.randbytes(16).hex()}"
    for name, part in content["contact"].items():
        part |= {"person": person, "box": _box(chance, name)}
    content["notes"] = {"person": person, "box": _box(chance, "notes")}
    return RegistrationSubmitted.model_validate_json(orjson.dumps(content))


def _word(chance: random.Random) -> str:
    return "".join(chance.choices("abcdefghijklmnopqrstuvwxyz", k=chance.randint(4, 12))).title()


def _box(chance: random.Random, name: str) -> str:
    return base64.b64encode(chance.randbytes(_BOXES[name] * 3 // 4)).decode()


async def _read(log: EventLog, topic: Any) -> list[StoredRecord]:
    (end,) = await log.end_offsets(topic)
    reader, found = await log.reader(topic, 0, 0), []
    while len(found) < end:
        found += await reader.fetch(1_000, 1_000)
    await reader.close()
    return found


if __name__ == "__main__":
    asyncio.run(train(int(sys.argv[1])))
