"""The catalogue: what strangers put where a value belongs, as it stands in a URL, in a header and in JSON."""

from __future__ import annotations

from urllib.parse import quote

CANARY = "kanarie"
"""Stands in every text of the catalogue that has room for it: where it turns up in a log, foreign text was logged."""

_NUMBERS = (
    "0", "-1", "-0", "+1", "007", "00000199999999", "1.0", "1e3", "1e999", "-1e999", "NaN", "Infinity", "0x10", "1_0",
    "9" * 18, "9" * 19, "9223372036854775807", "9223372036854775808", "9" * 400, "²", "٣", "１２", "Ⅷ", "๓", "1\u200b",
    " 1", "1\n", "1,2",
)  # fmt: skip
_TIMES = (
    "0001-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "0001-01-01", "0001-01", "0000-00", "0000-01-01",
    "9999-12-31T23:59:59Z", "9999-12-31T23:59:59-14:00", "9999-12-31T23:59:59.999999999Z", "9999-12-31", "9999-12",
    "10000-01-01", "-0001-01-01T00:00:00Z", "2026-02-30", "2026-13", "2026-12-31T23:59:60Z", "2026-06-30T24:00:00Z",
    "2026-03-31T09:00:00", "2026-03-31T09:00:00+25:00", "2026-03-31T09:00:00+14:60", "2026-03-31T09:00:00+00:00:30",
    "2026-03-31t09:00:00z", "2026-03-31 09:00:00Z", "20260331T090000Z", "2026-W13-2", "2026-090", "1900-01-01",
    "1767258000", "2099-01-01T00:00:00Z", "٢٠٢٦-٠٣-٣١", "2026-03-31T09:00:00Z\n", "2026-03\n", "2026-03-31\n",
)  # fmt: skip
_TEXTS = (
    "", " ", "\t", "\n", "null", "true", "[]", "{}", "\x00", f"{CANARY}\x00", f"{CANARY}\n", f"\r\n{CANARY}: 1",
    f"{CANARY}\x1b[31m", f"{CANARY}\x7f", f"{CANARY}\x85", f"{CANARY}\u202e", f"{CANARY}\u2066", f"{CANARY}\ufeff",
    f"{CANARY}\ufffe", f"{CANARY}\U0001f600", "e\u0301" * 100, f"{CANARY}'; DROP TABLE x; --", "%", "_%\\", "*", "..",
    "../../etc/passwd", "a/b", f"{CANARY}?a=b#c", "<script>", "=1+1", CANARY * 30, CANARY * 800, "ﬀ", "İ", "ß",
    "registration:reg_1", "-", "--", "-amount", "amount,amount", "reg_", "reg_" + "0" * 32, "0" * 32, "EUR\n", "eur",
)  # fmt: skip

HALF = ("\ud800", f"{CANARY}\udfff", "\udfff\ud800")
"""Halves of surrogate pairs: JSON can escape them, UTF-8 cannot say them."""

WRITTEN = tuple(dict.fromkeys((*_NUMBERS, *_TIMES, *_TEXTS)))
"""What can be written anywhere."""


def in_url() -> tuple[bytes, ...]:
    """Percent-encoded values of a path or query, those included that decode to no text."""
    raw = (b"%ff", b"%ed%a0%80", b"%c0%80", b"%", b"%zz", b"%00", b"%u0041", b"%F0%9F", b"1%00", b"+", b"%2500")
    return (*(quote(one, safe="").encode() for one in WRITTEN), *raw)


def in_header() -> tuple[bytes, ...]:
    """Values of a header that a client library would send: no line breaks or NUL, which no server reads."""
    own = (
        b'"1"', b'W/"1"', b'"1", "2"', b'"0"', b'"01"', b'"' + b"9" * 30 + b'"', b"*", b"\xb2", b"\xff\xfe",
        "²".encode(), "٣".encode(), b"wait", b"wait=5", b"wait=", b"wait=-1", b"wait=1e9", b"wait=999999999999",
        "wait=²".encode(), b"wait=0, wait=0",
        b"wait=0;foo", b'wait="0"', b"respond-async, wait=0", b"00-" + b"f" * 32 + b"-" + b"f" * 16,
        b"00-" + b"F" * 32 + b"-" + b"f" * 16 + b"-01", b"00-" + b"0" * 32 + b"-" + b"0" * 16 + b"-00", b"v1,", b"v1",
        b"v1," + b"A" * 44, b" ".join([b"v1,AAAA"] * 50), b"v1,\xff", b"999999999999", b"99999999999999999999",
        b"-1", b"1767258000.5", "١٧٦٧٢٥٨٠٠٠".encode(), b"a" * 4_000, b";q=", b"text/csv;q=0, */*", b"application/xml",
        b"text/csv", b"application/json;charset=utf-16", b",,,,", b"Bearer", b"Basic Zm9vOmJhcg==",
        b"Bearer dr_", b"Bearer dr_" + b"0" * 16 + b"_" + b"\xe9" * 43, b"Bearer dr_" + b"0" * 16 + b"_" + b"A" * 43,
    )  # fmt: skip
    fit = (one.strip().encode() for one in WRITTEN if one.isprintable())
    return tuple(dict.fromkeys((*own, *fit)))


def in_json() -> tuple[bytes, ...]:
    """What may stand in JSON where a value belongs: each text, numbers as such, other types, and what is no JSON."""
    numbers = (
        b"0", b"-1", b"-0", b"1", b"1.0", b"1.5", b"1e3", b"1e400", b"1e999", b"-1e999", b"1E+999", b"1e-999",
        b"9223372036854775807", b"9223372036854775808", b"-9223372036854775809", b"18446744073709551616", b"9" * 400,
        b"-" + b"9" * 400, b"9" * 5_000, b"0." + b"9" * 400, b"NaN", b"Infinity", b"-Infinity", b"01", b"1_0", b"+1",
    )  # fmt: skip
    others = (
        b"null", b"true", b"false", b"[]", b"{}", b"[null]", b"[[]]", b'[""]', b'["a","a"]', b'{"a":1}', b'{"":""}',
        b'{"\\ud800":1}', b'{"\\ud800":1,"\\ud800":2}', b'{"a":1,"a":2}', b'{"a":1e999}', b"[1e999]", b'["\\ud800"]',
        b'{"amount":1e999,"currency":"EUR"}', b'{"amount":"1\\n","currency":"EUR"}',
        b'{"amount":"1","currency":"\\ud800"}',
        b'{"person":"x","box":"y"}', b"[" * 40 + b"]" * 40, b'{"a":' * 31 + b"1" + b"}" * 31,
        b"[" + b"1," * 2_000 + b"1]",
        b'"\xff"', b'"\xed\xa0\x80"', b'"\\u0000"', b'"\\x"', b"'a'", b"", b"a", b"/**/1", b"1,", b'"\n"',
    )  # fmt: skip
    texts = (_json_text(one) for one in (*WRITTEN, *HALF))
    return tuple(dict.fromkeys((*texts, *numbers, *others)))


def bodies() -> tuple[bytes, ...]:
    """Whole bodies."""
    return (
        b"", b" ", b"null", b"[]", b"{}", b"1", b"1e999", b'"a"', b'"\\ud800"', b"{", b'{"a"', b"[" * 60_000, b"[[[[",
        b"[" * 900 + b"]" * 900, b"\xff\xfe{\x00}\x00", b"\xef\xbb\xbf{}", b"\x00", b'{"\\ud800":1}', b"{}{}",
        b"- " * 500, b'{"\xff":1}',
        b'{"\\ud800":1,"\\ud800":2}', b'{"a":1,"a":2}', b'{"":null}', b'{"__proto__":{}}', b"\x1f\x8b\x08\x00",
        b'{"' + CANARY.encode() * 100 + b'":1,"' + CANARY.encode() * 100 + b'":1}', b"a: " + b"[" * 900 + b"]" * 900,
        b"a: &a [*a]", b"&a [*a, *a]", b"!!python/object:os.system x", b"--- a\n--- b\n", b"? [a]\n: b", b"a: \xff",
    )  # fmt: skip


def _json_text(text: str) -> bytes:
    # Escaped wherever that is possible, so that halves of pairs can be said too.
    plain = (one if one.isascii() and one.isprintable() and one not in '"\\' else _escaped(one) for one in text)
    return f'"{"".join(plain)}"'.encode()


def _escaped(character: str) -> str:
    units = character.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at]:02x}{units[at + 1]:02x}" for at in range(0, len(units), 2))
