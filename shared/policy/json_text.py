"""Policies sent as JSON: they must be JSON, and are then read as the YAML that JSON is."""

from __future__ import annotations

import re

from shared.errors import FieldProblem
from shared.http.wire.json_body import JsonDuplicateKey, JsonMalformed, JsonTooDeep, JsonTooManyValues, read_json
from shared.policy.reading import decoded
from shared.policy.refused import PolicyRefused
from shared.policy.yaml_text import place_at

# Both halves of a character beyond U+FFFF, behind an even number of backslashes: JSON escapes it so, YAML does not.
_PAIR = re.compile(r"(?<!\\)((?:\\\\)*)(\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})")


def json_as_yaml(text: bytes) -> str:
    """The text, which says the same in YAML 1.2; raises `PolicyRefused` where it is not JSON."""
    try:
        read_json(text)
    except JsonMalformed as error:
        raise _placed(decoded(text), error.detail) from error
    except (JsonDuplicateKey, JsonTooDeep, JsonTooManyValues):
        pass  # the reader of policies refuses them with line and column
    return _PAIR.sub(_joined, decoded(text))


def _placed(text: str, detail: str) -> PolicyRefused:
    if "line" not in detail:  # the parser tells no place of a constant that JSON does not have
        found = _CONSTANT.search(_QUOTED.sub(lambda quoted: " " * len(quoted[0]), text))
        return place_at(text, found.start() if found else 0).refuses(detail)
    return PolicyRefused(detail, (FieldProblem("", "policy.syntax", detail),))


_QUOTED = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"?')
_CONSTANT = re.compile(r"NaN|-?Infinity")


def _joined(found: re.Match[str]) -> str:
    halves = found[2].encode().decode("unicode_escape")
    return found[1] + halves.encode("utf-16", "surrogatepass").decode("utf-16")
