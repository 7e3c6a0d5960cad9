"""Proposals of writes: what exactly would be sent, and what follows from it. Making one writes nothing to the API."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from dealreg.mcp.reading import ArgumentWrong, checked_id
from dealreg.mcp.texts import line
from services.registration.intake import kinds
from services.registration.intake.kinds import MessageKind
from shared.errors import DealregError, Invalid
from shared.http.field_problems import field_problems
from shared.messages import Language, language

LIFE = timedelta(hours=24)
"""As long as a working day and the night after it: what was proposed of older data is proposed again."""
MOST_OPEN = 100
_KEPT_DAYS = 30
_PREFIX, _DIGITS = "prp_", 40


class ProposalUnknown(DealregError):
    """There is no such proposal here."""

    code = "proposal.unknown"
    status = 404


class ProposalOver(DealregError):
    """The proposal was confirmed already, or its time is over."""

    code = "proposal.over"
    status = 409


class ProposalAltered(Invalid):
    """The file says something else than what was proposed under this id."""

    code = "proposal.altered"


class TooManyProposals(DealregError):
    """So many are open that nobody reads them."""

    code = "proposal.too_many"
    status = 409


@dataclass(frozen=True, slots=True)
class Act:
    """A write that can be proposed."""

    name: str
    what: str
    kind: MessageKind
    path: str
    """`{target}` stands for the id of what it is about."""

    @property
    def target(self) -> str | None:
        """What the act is about: registration, opportunity or match; None for a new registration."""
        return self.kind.target


ACTS = {
    one.name: one
    for one in (
        Act("register", "Register a deal.", kinds.SUBMIT, "/v1/registrations"),
        Act("withdraw", "Withdraw a registration.", kinds.WITHDRAW, "/v1/registrations/{target}/withdrawal"),
        Act("evidence", "Add dated evidence.", kinds.EVIDENCE, "/v1/registrations/{target}/evidence"),
        Act("extension", "Ask for more time.", kinds.EXTENSION, "/v1/registrations/{target}/extension"),
        Act("review", "Decide a registration that waits for a reviewer.", kinds.REVIEW,
            "/v1/registrations/{target}/review"),
        Act("link", "Say which registration an opportunity belongs to, or that it belongs to none.", kinds.LINK,
            "/v1/opportunities/{target}/link"),
        Act("match", "Say whether two customers are one company.", kinds.ANSWER, "/v1/matches/{target}/decision"),
    )
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Proposal:
    """One proposed write. Its id is made of all that it says."""

    act: str
    target: str
    body: Mapping[str, Any]
    url: str
    """The API that it is for."""
    made_at: datetime

    @property
    def id(self) -> str:
        said = [self.act, self.target, self.body, self.url, self.made_at.isoformat()]
        text = json.dumps(said, sort_keys=True, ensure_ascii=True, allow_nan=False)
        return _PREFIX + sha256(text.encode()).hexdigest()[:_DIGITS]

    @property
    def path(self) -> str:
        return ACTS[self.act].path.replace("{target}", self.target)

    @property
    def expires_at(self) -> datetime:
        return self.made_at + LIFE

    def consequence(self, said: Language | None = None) -> str:
        """Return what follows, in a sentence."""
        spoken, body = said or language(), self.body
        # Texts of the body are shown at a terminal: none of them steers it.
        arguments = {
            "target": self.target,
            "customer": line(str((body.get("customer") or {}).get("legal_name", ""))),
            "program": str(body.get("program", "")),
            "verdict": str(body.get("verdict", "")),
            "registration": str(body.get("registration") or "none"),
            "same": str(body.get("same", "")).lower(),
        }
        return spoken.say(f"proposal.{self.act}", arguments)

    def document(self) -> dict[str, Any]:
        """Return the proposal as an assistant is told of it, and as it is stored."""
        return {
            "proposal": self.id,
            "act": self.act,
            "target": self.target,
            "url": self.url,
            "made_at": self.made_at.isoformat(),
            "expires_at": self.expires_at.isoformat(),
            "request": {"method": "POST", "path": self.path, "body": self.body},
            "consequence": self.consequence(),
        }


def proposed(act: Act, given: Mapping[str, Any], url: str, now: datetime) -> Proposal:
    """Return the proposal that a tool's arguments make; raise `ArgumentWrong` with everything wrong with them."""
    target = checked_id(given.get("id"), "id") if act.target is not None else ""
    body = given.get("body") if given.get("body") is not None else {}
    try:
        text = json.dumps(body, allow_nan=False)
        text.encode()
        act.kind.body.model_validate_json(text)
    except ValidationError as error:
        raise ArgumentWrong("the body cannot be sent", field_problems(error.errors(), "body")) from error
    except ValueError as error:
        raise ArgumentWrong("the body is no JSON") from error
    if not isinstance(body, dict):
        raise ArgumentWrong("the body is no JSON object")
    return Proposal(act.name, target, body, url, now)


class Shelf:
    """Proposals as files of one folder, which nobody else can read."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, one: Proposal) -> None:
        """Store a proposal; raise `TooManyProposals`."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._forget(one.made_at)
        if len(self.open(one.made_at)) >= MOST_OPEN:
            detail = f"{MOST_OPEN} proposals are open; confirm some, or discard them with dealreg mcp discard"
            raise TooManyProposals(detail)
        _write(self._file(one.id), one.document())

    def open(self, now: datetime) -> list[Proposal]:
        """Return what can still be confirmed, oldest first."""
        found = [self._read(file) for file in self._folder.glob(f"{_PREFIX}*.json")] if self._folder.is_dir() else []
        live = [one for one in found if one is not None and now < one.expires_at and not self._done(one.id).exists()]
        return sorted(live, key=lambda one: one.made_at)

    def get(self, id_: str, now: datetime) -> Proposal:
        """Return a proposal that can be confirmed; raise `ProposalUnknown`, `ProposalAltered` or `ProposalOver`."""
        file = self._file(id_)
        if not file.is_file():
            raise ProposalUnknown(f"there is no proposal {id_} in {self._folder}; see dealreg mcp proposals")
        one = self._read(file)
        if one is None or one.id != id_:
            raise ProposalAltered(f"the file of {id_} says something else than what was proposed; propose it again")
        if self._done(id_).exists():
            at = json.loads(self._done(id_).read_text())["at"]
            raise ProposalOver(f"{id_} was confirmed already at {at}; propose it again if it is to happen twice")
        if now >= one.expires_at:
            raise ProposalOver(f"{id_} expired at {one.expires_at.isoformat()}; propose it again")
        return one

    def settle(self, one: Proposal, now: datetime, answer: Any) -> None:
        """Note that the proposal was carried out, so that it never is again."""
        _write(self._done(one.id), {"at": now.isoformat(), "answer": answer})

    def discard(self, one: Proposal) -> None:
        self._file(one.id).unlink(missing_ok=True)

    def _file(self, id_: str) -> Path:
        known = id_.startswith(_PREFIX) and len(id_) == len(_PREFIX) + _DIGITS and id_[len(_PREFIX) :].isalnum()
        if not known or not id_.isascii():
            raise ProposalUnknown("that is no id of a proposal; dealreg mcp proposals lists them")
        return self._folder / f"{id_}.json"

    def _done(self, id_: str) -> Path:
        return self._folder / f"{id_}.done"

    def _read(self, file: Path) -> Proposal | None:
        """The proposal of a file. The path and the sentence are made anew: of a file only what it is about counts."""
        try:
            said = json.loads(file.read_text(encoding="utf-8"))
            at = datetime.fromisoformat(said["made_at"])
            found = proposed(
                ACTS[said["act"]], {"id": said["target"], "body": said["request"]["body"]}, said["url"], at
            )
        except (ValueError, KeyError, TypeError, OSError, DealregError):
            return None
        return found if found.id == file.stem and at.tzinfo is not None else None

    def _forget(self, now: datetime) -> None:
        for file in self._folder.glob(f"{_PREFIX}*"):
            if now - datetime.fromtimestamp(file.stat().st_mtime, UTC) > timedelta(days=_KEPT_DAYS):
                file.unlink(missing_ok=True)


def _write(file: Path, content: Any) -> None:
    """Write a new file whole, or not at all."""
    part = file.with_name(f".{file.name}.{os.getpid()}")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as out:
        json.dump(content, out, indent=2)
    part.replace(file)
