"""Beside a peer: the same registrations and the same view by the library eventsourcing on the same PostgreSQL."""

from __future__ import annotations

import asyncio
import hashlib
import subprocess
import sys
import venv
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import orjson

from services.projections.views import PIPELINE
from shared.events.codec import encode_fact
from shared.events.registration import RegistrationSubmitted
from tests.bench.deciding import decide
from tests.bench.figures import Figure
from tests.bench.mixed import History
from tests.bench.place import Place
from tests.bench.projecting import projected
from tests.bench.rebuilding import rebuilt

FOLDER = Path(__file__).parent / "peer"
LOCK = FOLDER / "requirements.lock"
PROGRAM = FOLDER / "registrations.py"
HOME = Path(__file__).parents[2] / ".venv" / "bench-peer"
LEAST_TIMES = {"projected": 12, "rebuilt": 20}
OURS_TIMES = 10
"""Ours does so many times the registrations: what takes the peer a minute is over too soon to measure."""


async def peer(place: Place, registrations: int) -> list[Figure]:
    """The peer's speeds, ours over the same claims, and the ratios."""
    told = await _peers(place, registrations)
    ours = await _ours(place, OURS_TIMES * registrations)
    figures = [
        Figure("peer, registered", "events/s", (told["events"] / told["registering"],)),
        Figure("dealreg, decided", "entries/s", (ours["decided"],), beside={"entries": ours["entries"]}),
    ]
    for name, did in (("projected", "projecting"), ("rebuilt", "rebuilding")):
        theirs = told["events"] / told[did]
        beside = {"entries": ours["entries"]}
        if name == "rebuilt":
            beside["with indexes, comparison and switch"] = ours["whole"]
        figures += [
            Figure(f"peer, {name}", "events/s", (theirs,), beside={"events": told["events"]}),
            Figure(f"dealreg, {name}", "entries/s", (ours[name],), beside=beside),
            Figure(f"{name}, dealreg / peer", "times", (ours[name] / theirs,), least=LEAST_TIMES[name]),
        ]
    return figures


async def _peers(place: Place, registrations: int) -> dict[str, Any]:
    python = await asyncio.to_thread(_installed)
    settings = await place.fresh()
    assert settings.database_url is not None
    job = {"env": _environment(settings.database_url.get_secret_value()), "claims": list(_claims(registrations))}
    child = await asyncio.create_subprocess_exec(
        python, str(PROGRAM), stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    answer, _ = await child.communicate(orjson.dumps(job))
    if child.returncode:
        raise RuntimeError(f"the peer ended with {child.returncode}")
    told: dict[str, Any] = orjson.loads(answer)
    return told


def _claims(registrations: int) -> Iterator[tuple[dict[str, Any], list[str]]]:
    """Each claim as JSON, and the first claim on the same deal where it is not itself that."""
    first: dict[tuple[str, str], str] = {}
    for fact in History("peer", registrations).registrations():
        if isinstance(fact.event, RegistrationSubmitted):
            claim = fact.event.model_dump(mode="json", exclude_none=True)
            ahead = first.setdefault((claim["customer"]["tax_id"], claim["products"][0]), fact.id)
            yield claim, [] if ahead == fact.id else [ahead]


async def _ours(place: Place, registrations: int) -> dict[str, float]:
    facts = [encode_fact(fact) for fact in History("peer", registrations).registrations()]
    figure, decided = await decide(place, "decided", facts, 1)
    live = await place.fresh(like=decided)
    seconds, entries = await projected(live, (PIPELINE,))
    folding, whole, _ = await rebuilt(live)
    return {
        "decided": figure.value * entries / len(facts),
        "entries": entries,
        "projected": entries / seconds,
        "rebuilt": entries / folding,
        "whole": entries / whole,
    }


def _installed() -> str:
    """The peer's Python, in an environment of its own that has what its lock says."""
    python = HOME / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    digest, stamp = hashlib.sha256(LOCK.read_bytes()).hexdigest(), HOME / "locked"
    if not stamp.exists() or stamp.read_text() != digest:
        print("installing the peer", file=sys.stderr, flush=True)
        venv.create(HOME, with_pip=True, clear=True)
        pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, "--require-hashes", "-r", str(LOCK)], check=True)
        stamp.write_text(digest)
    return str(python)


def _environment(url: str) -> dict[str, str]:
    """The database as the peer is told of it."""
    parts = urlsplit(url)
    return {
        "POSTGRES_DBNAME": parts.path.lstrip("/"),
        "POSTGRES_HOST": parts.hostname or unquote(parse_qs(parts.query)["host"][0]),
        "POSTGRES_PORT": str(parts.port or 5432),
        "POSTGRES_USER": unquote(parts.username or ""),
        "POSTGRES_PASSWORD": unquote(parts.password or ""),
    }
