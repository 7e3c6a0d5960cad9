"""Policies sent as JSON: they must be JSON, and are then read as the YAML that JSON is."""

from __future__ import annotations

import re

from shared.errors import FieldProblem
from shared.policy.reading import decoded
from shared.policy.refused import PolicyRefused
from shared.wire.json_body import JsonDuplicateKey, JsonMalformed, JsonTooDeep, JsonTooManyValues, read_json

# Both halves of a character beyond U+FFFF, behind an even number of backslashes: JSON escapes it so, YAML does not.
_PAIR = re.compile(r"(?<!\\)((?:\\\\)*)(\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})")


def json_as_yaml(text: bytes) -> str:
    """The text, which says the same in YAML 1.2; raises `PolicyRefused` where it is not JSON."""
    try:
        read_json(text)
    except JsonMalformed as error:
        raise PolicyRefused(error.detail, (FieldProblem("", "policy.syntax", error.detail),)) from error
    except (JsonDuplicateKey, JsonTooDeep, JsonTooManyValues):
        pass  # the reader of policies refuses them with line and column
    return _PAIR.sub(_joined, decoded(text))


def _joined(found: re.Match[str]) -> str:
    halves = found[2].encode().decode("unicode_escape")
    return found[1] + halves.encode("utf-16", "surrogatepass").decode("utf-16")
