"""Whether an answer keeps what the OpenAPI document says, whatever was asked."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import httpx
import orjson
from jsonschema import Draft202012Validator

from services.registration.api.reading import NDJSON
from shared.http.problems import MEDIA_TYPE
from tests.fuzz.attempts import Attempt

PROBLEM = {"$ref": "#/components/schemas/ProblemDocument"}
SHOWN = 300
LATER = ("query.min_position=", "query.as_of=")
"""Where a number beyond the last entry is no mistake: it may come, and the caller is told to ask again."""

LATE = "no answer (ReadTimeout)"
CRM_AWAY = "crm.away"
"""No CRM answers in tests: what asks one says so."""


class Judge:
    """Reads answers against one document."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._components = document["components"]
        self._validator = cache(self._made)

    def faults(self, attempt: Attempt, answer: httpx.Response) -> list[str]:
        """What is wrong with the answer."""
        operation, status = attempt.operation, answer.status_code
        if status == 503 and attempt.odd.startswith(LATER) and answer.json()["code"] == "position.not_reached":
            return [] if "retry-after" in answer.headers else ["503 without Retry-After"]
        if status == 503 and answer.json().get("code") == CRM_AWAY:
            return self._problem(answer)
        if status == 503 and operation.path == "/readyz" and all(LATE in one for one in answer.json()["missing"]):
            return []  # whether all processes answer in time is a matter of the machine, whatever is asked
        if status >= 500:
            return [f"{status}: {answer.text[:SHOWN]}"]
        if attempt.moves:
            return self._problem(answer) if status >= 400 else []
        described = operation.answer(status)
        if described is None:
            return [f"{status} is not documented: {answer.text[:SHOWN]}"]
        if status >= 400:
            return self._problem(answer)
        return self._body(described, answer)

    def _problem(self, answer: httpx.Response) -> list[str]:
        """A refusal is a problem document of its own status."""
        if _kind(answer) != MEDIA_TYPE:
            return [f"{answer.status_code} is no problem document but {_kind(answer)}: {answer.text[:SHOWN]}"]
        body = orjson.loads(answer.content)
        told = self._unfit(PROBLEM, body)
        return told or ([] if body["status"] == answer.status_code else [f"the body says {body['status']}"])

    def _body(self, described: Mapping[str, Any], answer: httpx.Response) -> list[str]:
        content = described.get("content")
        if not answer.content:
            # No rows of a bulk request have no lines of answer.
            empty = not content or answer.status_code == 304 or _kind(answer) == NDJSON[0]
            return [] if empty else ["the document promises a body"]
        if not content or _kind(answer) not in content:
            return [f"{answer.status_code} has the undocumented type {_kind(answer)}"]
        if _kind(answer) == NDJSON[0]:
            return self._rows(answer)
        if not _kind(answer).endswith("json"):
            return []
        return self._unfit(content[_kind(answer)].get("schema", {}), orjson.loads(answer.content))

    def _rows(self, answer: httpx.Response) -> list[str]:
        """Each row of a bulk answer is an acceptance or a problem, never our mistake."""
        rows = [orjson.loads(line) for line in answer.content.splitlines()]
        bad = [f"row {one['row']}: {one['status']}" for one in rows if one["status"] >= 500]
        return bad + [told for one in rows if "problem" in one for told in self._unfit(PROBLEM, one["problem"])]

    def _unfit(self, schema: Mapping[str, Any], body: Any) -> list[str]:
        validator = self._validator(orjson.dumps(schema))
        return [f"at {one.json_path}: {one.message[:SHOWN]}" for one in validator.iter_errors(body)]

    def _made(self, schema: bytes) -> Draft202012Validator:
        return Draft202012Validator({**orjson.loads(schema), "components": self._components})


def _kind(answer: httpx.Response) -> str:
    return answer.headers.get("content-type", "").partition(";")[0]
