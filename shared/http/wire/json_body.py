"""Read JSON strictly: no duplicate keys, no NaN, bounded depth; and write its canonical bytes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import orjson

from shared.errors import FieldProblem, Invalid
from shared.http.echo import echoed

_DIGITS_OF_64_BITS = 20
# What the fast reader might turn into zero without a word: 19 digits, or an exponent of three. Looked for where digits
# and points, exponents and signs are each one letter: a regular expression tried every byte, at ten times the time.
_SHAPES = bytes.maketrans(b"123456789.E-", b"0000000000e+")
_ODD_NUMBERS = (b"0" * 19, b"0e000", b"0e+000")
MAX_DEPTH = 32
"""Nesting depth. The deepest input, a policy, has six levels."""
MAX_VALUES = 5_000
"""Values of one body. A claim has about a hundred; each can become a reported problem, at 4 µs."""
MAX_DOCUMENT_VALUES = 40_000
"""Values of a vendor document: a catalogue of 200,000 bytes in words of five characters."""


class JsonMalformed(Invalid):
    """The text is not JSON."""

    code = "json.malformed"
    status = 400


class JsonDuplicateKey(Invalid):
    """An object has one key twice, so two readers could see two values."""

    code = "json.duplicate_key"
    status = 400


class JsonTooDeep(Invalid):
    """The body is nested deeper than any valid input."""

    code = "json.too_deep"
    status = 400


class JsonTooManyValues(Invalid):
    """The body has more values than any valid input."""

    code = "json.too_many_values"
    status = 413


class JsonNumberOutOfRange(Invalid):
    """A number is none that JSON could say again: it would become infinite, which is null, or zero."""

    code = "request.invalid"


class _OutOfRange:
    """Stands where such a number stood."""


_OUT_OF_RANGE = _OutOfRange()


def read_json(text: bytes, max_values: int = MAX_VALUES) -> Any:
    """Parse the text.

    Raises `JsonMalformed`, `JsonDuplicateKey`, `JsonNumberOutOfRange`, or what `check_shape` raises.
    """
    check_shape(text, max_values)
    if not _may_have_odd_number(text):
        try:
            value = orjson.loads(text)
        except orjson.JSONDecodeError:
            pass  # the careful reader names the place, and takes the few things that this one does not
        else:
            if _each_key_once(text, value):
                return value
    return _in_range(_read_carefully(text))


def _may_have_odd_number(text: bytes) -> bool:
    """Whether the careful reader must look: False is certain. True inside a text costs no more than that reader."""
    shapes = text.translate(_SHAPES)
    digits, exponent, signed = _ODD_NUMBERS
    return digits in shapes or exponent in shapes or signed in shapes


def _read_carefully(text: bytes) -> Any:
    try:
        return _decoder.decode(text.decode())
    except UnicodeDecodeError as error:
        raise JsonMalformed(f"the body is not UTF-8 at byte {error.start}") from error
    except json.JSONDecodeError as error:
        raise JsonMalformed(
            f"the body is not JSON at line {error.lineno}, column {error.colno}: {error.msg}"
        ) from error
    except (ValueError, RecursionError) as error:
        raise JsonMalformed(str(error)) from error


def check_shape(text: bytes, max_values: int) -> None:
    """Refuse what is nested too deeply or has too many values, before any of it is parsed.

    Raises `JsonTooDeep`, `JsonTooManyValues`.
    """
    brackets = text.count(b"{") + text.count(b"[")
    if brackets <= MAX_DEPTH and brackets + text.count(b",") < max_values:
        return
    outside = _TEXTS.sub(b"", text)
    if _is_too_deep(outside.translate(_ONE_KIND, _NO_BRACKETS)):
        raise JsonTooDeep(f"the body is nested deeper than {MAX_DEPTH} levels; flatten it")
    # The first value of a list or object stands behind its bracket, each further one behind a comma.
    if outside.count(b"{") + outside.count(b"[") + outside.count(b",") >= max_values:
        raise JsonTooManyValues(f"the body has more than {max_values} values; send it in parts")


# What is never closed reaches to the end, so that no second attempt starts inside it.
_TEXTS = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?', re.DOTALL)
_ONE_KIND = bytes.maketrans(b"{}", b"[]")
_NO_BRACKETS = bytes(set(range(256)) - set(b"{}[]"))


def _is_too_deep(brackets: bytes) -> bool:
    # Taking out the innermost pairs again and again is the interpreter's own loop; one of ours takes ten times as long.
    for _ in range(MAX_DEPTH):
        before, brackets = len(brackets), brackets.replace(b"[]", b"")
        if len(brackets) == before:
            break
    return b"[]" in brackets or brackets.count(b"[") > MAX_DEPTH


def _each_key_once(text: bytes, value: Any) -> bool:
    """Whether no object can have named a key twice: True is certain, False says nothing.

    Where no colon follows white space, each key is followed by `":`, and texts can only add to these. So where there
    are as many as keys were read, none was lost to another of its name.
    """
    named = text.count(b'":')
    # Where every colon follows a quotation mark, none follows white space.
    if named != text.count(b":") and (b" :" in text or b"\t:" in text or b"\n:" in text or b"\r:" in text):
        return False
    if b"\\" not in text:
        # No text has a quotation mark then, here or written again: keys and texts that begin with a colon are all there
        # is of `":`, and counting them costs half of walking the value.
        return named == orjson.dumps(value).count(b'":')
    return named == _keys(value)


def _keys(value: Any) -> int:
    if isinstance(value, dict):
        return len(value) + sum([_keys(one) for one in value.values() if one.__class__ in _NESTED])
    if isinstance(value, list):
        return sum([_keys(one) for one in value if one.__class__ in _NESTED])
    return 0


_NESTED = (dict, list)


def canonical(value: Any) -> bytes:
    """Return canonical bytes: equal for equal values, whatever spacing and key order; raise `JsonMalformed`."""
    try:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    except orjson.JSONEncodeError as error:
        # Half of a surrogate pair is the only thing that JSON can escape and UTF-8 cannot encode.
        raise JsonMalformed(
            "the body has text that is not Unicode (half of a surrogate pair); send valid UTF-8"
        ) from error


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        seen: set[str] = set()
        for name, _ in pairs:
            if name in seen:
                detail = f"{echoed(name)!r} is given twice; keep one"
                raise JsonDuplicateKey(detail, (FieldProblem(echoed(name), "json.duplicate_key", detail),))
            seen.add(name)
    return found


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not a JSON number")


def _integer(digits: str) -> int | float:
    # What exceeds 64 bits is a float, so that it fails the field's type instead of the whole body.
    whole = int(digits) if len(digits) <= _DIGITS_OF_64_BITS else 2**64
    return whole if -(2**63) <= whole < 2**64 else float(digits[:300])


def _fraction(digits: str) -> float | _OutOfRange:
    number = float(digits)
    vanished = number == 0 and any("1" <= one <= "9" for one in re.split("[eE]", digits)[0])
    return _OUT_OF_RANGE if vanished or number in (float("inf"), float("-inf")) else number


def _in_range(value: Any) -> Any:
    """The value, every number of which is one; raises `JsonNumberOutOfRange` with the field of each other."""
    detail = "is too large or too small a number to be kept; write one between 1e-307 and 1e308"
    found = [FieldProblem(field, "number.out_of_range", detail) for field in _fields_out_of_range(value, "")]
    if not found:
        return value
    count = f"{len(found)} problem{'s' * (len(found) != 1)}"
    raise JsonNumberOutOfRange(f"{count} in the request; first: {found[0].field or 'the body'}: {detail}", found)


def _fields_out_of_range(value: Any, at: str) -> Iterator[str]:
    if value is _OUT_OF_RANGE:
        yield at
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, one in inner:
        yield from _fields_out_of_range(one, f"{at}.{echoed(str(name))}" if at else echoed(str(name)))


_decoder = json.JSONDecoder(
    object_pairs_hook=_object, parse_constant=_no_constant, parse_int=_integer, parse_float=_fraction
)
