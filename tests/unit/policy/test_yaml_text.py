"""The text of a policy: what is refused while it streams in, each with line and column."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
import yaml

from shared.events.codec import decode_fact, encode_fact
from shared.events.envelope import Fact
from shared.events.program import ProgramPublished
from shared.policy.reading import MAX_POLICY_BYTES, read_policy
from shared.policy.refused import PolicyRefused
from shared.policy.schema import Policy
from shared.policy.yaml_text import MAX_DEPTH, MAX_KEY_CHARACTERS, MAX_NODES, MAX_SCALAR_CHARACTERS, read_yaml

POLICY = "program: hunting\nversion: 1\nprotection: {days: 90}\n"


def refused(text: str | bytes) -> tuple[str, str]:
    with pytest.raises(PolicyRefused) as told:
        read_policy(text if isinstance(text, bytes) else text.encode())
    assert (told.value.status, PolicyRefused.code) == (422, "policy.invalid")
    first = told.value.problems[0]
    return first.code, first.message


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("- " * 30_000, "line 1, column 33", "nested deeper"),
        ("[" * 60_000, "line 1, column 17", "nested deeper"),
        ("a: " + "[" * 900 + "]" * 900, "line 1, column 19", "nested deeper"),
        ('{"a":' * 10_000, "line 1, column 81", "nested deeper"),
        ('{"a": ' + "[" * 5_000 + "]" * 5_000 + "}", "line 1, column 22", "nested deeper"),
        ("\n".join(" " * depth + "a:" for depth in range(300)), "line 17, column 17", "nested deeper"),
        ("\n".join(" " * depth + "-" for depth in range(300)), "line 17, column 17", "nested deeper"),
        ("? " * 30_000, "line 1, column 3", "key must be text"),
        ("{" * 60_000, "line 1, column 2", "key must be text"),
        (POLICY + "? [a]\n: b\n", "line 4, column 3", "key must be text"),
        (POLICY + "1: 2\n", "line 4, column 1", "key must be text"),
        (POLICY + "true: 2\n", "line 4, column 1", "key must be text"),
        (POLICY + "~: 2\n", "line 4, column 1", "key must be text"),
        (POLICY + ": 2\n", "line 4, column 1", ""),
        ("{program: a, ~: 2}", "line 1, column 14", "key must be text"),
        (POLICY + "!!str calendar: DE\n", "line 4, column 1", "tags are not read"),
        (POLICY + "calendar: !!str 1\n", "line 4, column 11", "tags are not read"),
        (POLICY + "calendar: ! 1\n", "line 4, column 11", "tags are not read"),
        (POLICY + "calendar: !!python/object/apply:os.system [ls]\n", "line 4, column 11", "tags are not read"),
        ("!!map {}", "line 1, column 1", "tags are not read"),
        ("&a " * 20_000, "line 1, column 4", ""),
        ("- &a b\n" * 9_000, "line 5000, column 3", f"more than {MAX_NODES}"),
        ("!! " * 20_000, "line 1, column 3", ""),
        ("%YAML 1.1\n---\n" + POLICY, "line 1, column 1", "directives"),
        ("%TAG !e! tag:example.com,2000:\n---\n" + POLICY, "line 1, column 1", "directives"),
        ("".join(f"%TAG !{n}! tag:x\n" for n in range(3_500)), "line 3501, column 1", ""),
        (POLICY + "---\n" + POLICY, "line 4, column 1", "second document"),
        ("---\n" * 16_000, "line 2, column 1", "second document"),
        (POLICY + "...\n" + POLICY, "line 5, column 1", ""),
        ("a: 1\n" * 3_000, "line 2500, column 4", f"more than {MAX_NODES}"),
        ("[" + "a," * 30_000 + "]", "line 1, column 10000", f"more than {MAX_NODES}"),
        (POLICY + "calendar: '" + "x" * 1_001 + "'\n", "line 4, column 11", "1001 characters"),
        (POLICY + "calendar: |\n" + " x\n" * 10_000, "line 4, column 11", "20000 characters"),
        (POLICY + "x" * 81 + ": 1\n", "line 4, column 1", "81 characters"),
        ("a: b: c", "line 1, column 5", ""),
        ("program: [", "line 2, column 1", ""),
        ("\tprogram: a", "line 1, column 1", ""),
        ('a: "', "line 1, column 5", ""),
        ("", "line 1, column 1", "mapping"),
        ("# nothing", "line 1, column 1", "mapping"),
        ("\n\n  [1]", "line 3, column 3", "mapping"),
        ("~", "line 1, column 1", "mapping"),
        (POLICY.encode() + b"calendar: \xff", "line 4, column 11", "not UTF-8 at byte"),
        (POLICY.encode("utf-16"), "line 1, column 1", "not UTF-8"),
        (POLICY.encode("utf-16-le"), "line 1, column 2", "U+0000"),
        (POLICY.encode() + "calendar: Zürich".encode("cp1252"), "line 4, column 12", "not UTF-8"),
    ],
)  # fmt: skip
def test_a_text_that_is_no_policy_is_refused_with_its_place(text: str | bytes, place: str, words: str) -> None:
    code, message = refused(text)
    assert code == "policy.syntax"
    assert message.startswith(f"{place}: ")
    assert words in message


BOMB = "a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 60))


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (BOMB, "line 2, column 10"),
        ("*a " * 20_000, "line 1, column 1"),
        ("- *a\n" * 9_000, "line 1, column 3"),
        (POLICY + "calendar: *a\n", "line 4, column 11"),
        (POLICY + "same_deal: {<<: *a}\n", "line 4, column 17"),
        ("*a : b", "line 1, column 1"),
        ("a: &a [*a]", "line 1, column 8"),
    ],
)
def test_aliases_are_refused_where_they_stand(text: str, place: str) -> None:
    code, message = refused(text)
    assert code == "policy.alias"
    assert message.startswith(f"{place}: ")


@pytest.mark.parametrize(
    "point", ["\0", "\x1b", "\x7f", "\x85", "\u2028", "\u2029", "\u202e", "\u2066", "\ufeff", "\ufffe"]
)
@pytest.mark.parametrize("around", ["calendar: D{}E", "calendar: 'D{}E'", "# D{}E", "D{}E: 1"])
def test_what_cannot_be_seen_or_breaks_lines_for_some_readers_alone_is_refused(point: str, around: str) -> None:
    code, message = refused(POLICY + around.format(point))
    assert code == "policy.syntax"
    assert message.startswith(f"line 4, column {around.index('{') + 1}: contains the character U+{ord(point):04X}")


@pytest.mark.parametrize(
    "written",
    [r'"D\0E"', r'"D\nE"', r'"D\u202eE"', r'"D\x7fE"', r'"D\LE"', r'"D\uFEFFE"', "|\n  DE\n", "'D\n\n  E'", r'"\t"'],
)  # fmt: skip
def test_escapes_do_not_smuggle_in_what_cannot_be_written(written: str) -> None:
    code, message = refused(POLICY + f"calendar: {written}\n")
    assert (code, message.startswith("line 4, column 11: ")) == ("policy.syntax", True)


def test_a_parameter_that_is_given_twice_is_told_with_every_place() -> None:
    with pytest.raises(PolicyRefused) as told:
        read_policy((POLICY + "version: 2\nreview: {a: 1, a: 1}\n'version': 3\n<<: 1\n<<: 2\n").encode())
    assert [(one.field, one.message.partition(": ")[0]) for one in told.value.problems] == [
        ("version", "line 4, column 1"),
        ("review.a", "line 5, column 16"),
        ("version", "line 6, column 1"),
        ("<<", "line 8, column 1"),
    ]


def test_depth_and_sizes_are_taken_up_to_their_limits() -> None:
    assert read_yaml("[" * MAX_DEPTH + "]" * MAX_DEPTH).value
    assert read_yaml("[" + "a," * (MAX_NODES - 1) + "]").value == ["a"] * (MAX_NODES - 1)
    assert read_yaml("'" + "x" * MAX_SCALAR_CHARACTERS + "'").value == "x" * MAX_SCALAR_CHARACTERS
    assert read_yaml("x" * MAX_KEY_CHARACTERS + ": 1").value == {"x" * MAX_KEY_CHARACTERS: 1}
    assert read_policy((POLICY + "#" * (MAX_POLICY_BYTES - len(POLICY))).encode()).version == 1
    with pytest.raises(PolicyRefused, match="65537 bytes"):
        read_policy((POLICY + "#" * (MAX_POLICY_BYTES - len(POLICY) + 1)).encode())
    with pytest.raises(PolicyRefused, match="10000000 bytes"):
        read_policy(b"[" * 10_000_000)


@pytest.mark.parametrize(
    "text",
    [
        "\ufeff" + POLICY,
        POLICY.replace("\n", "\r\n"),
        "---\n" + POLICY + "...\n",
        "%YAML 1.2\n---\n" + POLICY,
        '{"program": "hunting", "version": 1, "protection": {"days": 90}}',
        '{\r\n\t"program": "hunting",\r\n\t"version": 1,\r\n\t"protection": {"days": 9e1}}'.replace("9e1", "90"),
        "{'program': hunting, version: 0x1, protection: {days: 0o132}}",
    ],
)
def test_one_policy_is_written_in_many_ways(text: str) -> None:
    assert read_policy(text.encode()) == read_policy(POLICY.encode())


def test_places_count_lines_and_columns_from_one() -> None:
    read = read_yaml("a:\n  - b\n  - {c: 1,\n     d: 2}\n")
    assert {path: str(place) for path, place in read.places.items()} == {
        "": "line 1, column 1",
        "a": "line 2, column 3",
        "a.0": "line 2, column 5",
        "a.1": "line 3, column 5",
        "a.1.c": "line 3, column 9",
        "a.1.d": "line 4, column 9",
    }


def test_depth_is_refused_before_the_rest_of_the_text_is_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = 0
    parse = yaml.parse

    def counted(*given: Any, **named: Any) -> Iterator[Any]:
        nonlocal seen
        for event in parse(*given, **named):
            seen += 1
            yield event

    monkeypatch.setattr(yaml, "parse", counted)
    refused("[" * 60_000)
    assert seen == MAX_DEPTH + 3  # the text's and the document's beginning, and one list too many


@pytest.mark.parametrize(
    "more",
    [
        "required_fields: [" + "site|site," * 4_900 + "]\n",
        "required_fields: ['" + "|".join(["site"] * 199) + "'" + ",site" * 4_800 + "]\n",
        "eligibility: {partner_types: [" + '"' + "é" * 200 + '",' * 1 + "a," * 4_900 + "]}\n",
        "eligibility: {partner_types: [" + "a," * 4_900 + "]}\n",
        "rewards: [" + "".join(f"{{name: r{n}, kind: rebate, pct: 1}}," for n in range(20)) + "]\n",
    ],
)
def test_the_widest_policy_that_is_taken_fits_an_event_and_is_read_again(more: str) -> None:
    policy = read_policy((POLICY + more).encode())
    event = ProgramPublished(program="hunting", number=1, policy=policy.model_dump(mode="json"))
    fact = Fact("f", "acme", event, datetime(2026, 1, 1, tzinfo=UTC), "key", None)
    read = decode_fact(encode_fact(fact)).event
    assert isinstance(read, ProgramPublished)
    assert Policy.model_validate_json(orjson.dumps(read.policy)) == policy
