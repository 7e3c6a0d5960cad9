"""Every operation, every place of a value, every hostile value: answered as documented, and nobody harmed.

The tests run in the order in which they stand: what the sweep told is decided, read and looked for afterwards.
"""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

import httpx
import orjson
import pytest

from tests.fuzz.attempts import Attempt, attempts, chosen, filled, paths
from tests.fuzz.hostile import CANARY, in_json
from tests.fuzz.judging import Judge
from tests.fuzz.operations import FieldPath, Operation
from tests.fuzz.place import HOUSE, Place

pytestmark = pytest.mark.timeout(0)
EACH = int(os.environ.get("FUZZ_EACH", "1")) or None
"""Values in each place; 0 for all of the catalogue."""
EACH_ROW = EACH and EACH * 20
"""Rows cost less than requests."""
ROWS = 500
"""Of one bulk request."""
SHOWN = 60
"""Kinds of faults that a failure names."""
MAX_READ = 400
"""Registrations and opportunities that are read one by one afterwards."""
CLAIM = {
    "program": "quiet",
    "partner": "nordlicht",
    "customer": {"legal_name": "Kanzlei Adler GmbH", "country": "DE", "tax_id": "DE136695976"},
    "products": ["X"],
}


class Faults:
    """What was wrong, by operation and kind, the first of each with its cause."""

    def __init__(self, judge: Judge) -> None:
        self._judge = judge
        self._found: dict[tuple[str, str], list[str]] = defaultdict(list)
        self.statuses: Counter[int] = Counter()

    def seen(self, attempt: Attempt, answer: httpx.Response | None) -> None:
        self.statuses[answer.status_code if answer is not None else 0] += 1
        for fault in self._judge.faults(attempt, answer) if answer is not None else ["no answer"]:
            self._found[str(attempt.operation), fault[:60]].append(f"{attempt.odd[:120]}: {fault}")

    def assert_none(self) -> None:
        told = [f"{operation} ({len(found)} times) {found[0]}" for (operation, _), found in self._found.items()]
        assert not told, f"{len(told)} kinds of faults\n" + "\n".join(told[:SHOWN])


async def test_every_value_in_every_place_is_answered_as_documented(place: Place) -> None:
    faults = Faults(Judge(place.document))

    def all_of() -> Iterator[Attempt]:
        for operation in place.operations:
            yield from attempts(place.known, operation, EACH)

    sent = await place.each(all_of(), faults.seen)
    print(f"\n{sent} requests: {dict(sorted(faults.statuses.items()))}")
    faults.assert_none()


async def test_every_value_in_every_field_of_every_kind_of_row_is_answered(place: Place) -> None:
    """One request with a good row before each odd one: the good rows are taken, the odd ones answered."""
    faults = Faults(Judge(place.document))
    [bulk] = [one for one in place.operations if one.path == "/v1/bulk"]
    taken = 0

    def seen(attempt: Attempt, answer: httpx.Response | None) -> None:
        nonlocal taken
        faults.seen(attempt, answer)
        assert answer is not None, attempt.odd
        rows = [orjson.loads(line) for line in answer.content.splitlines()]
        odd = len(attempt.body.splitlines()) // 2  # type: ignore[union-attr]
        good = [one["status"] for one in rows[::2]]
        assert good == [202] * odd, f"{attempt.odd}: {[one for one in rows[::2] if one['status'] != 202][:3]}"
        taken += sum(one["status"] == 202 for one in rows[1::2])

    await place.each(_in_bulk(place, bulk), seen, at_once=1)  # a vendor's imports are one at a time
    faults.assert_none()
    assert taken, "not one odd row was taken: nothing of it is decided"


async def test_what_was_taken_is_decided_and_every_read_answers(place: Place) -> None:
    await _decided(place, place.known.key)
    faults = Faults(Judge(place.document))
    reads = [one for one in place.operations if one.method == "GET"]
    await place.each((place.known.plain(one) for one in reads), faults.seen)
    await place.each(_tables(place, reads), faults.seen)
    await place.each([one async for one in _pages(place, reads)], faults.seen)
    faults.assert_none()
    assert faults.statuses.keys() <= {200, 202, 404, 409}, faults.statuses


async def test_the_other_vendor_notices_nothing(place: Place) -> None:
    await _decided(place, place.bystander)


async def test_the_logs_hold_no_foreign_text_and_no_mistake_of_ours(place: Place) -> None:
    lines = place.logged().splitlines()
    assert not [line for line in lines if CANARY in line][:3]
    assert not [line for line in lines if '"level":"error"' in line or "Traceback" in line][:3]


async def _decided(place: Place, key: str) -> None:
    """The vendor puts its house in order, and a claim that it takes then is decided at once."""
    for method, path, body in HOUSE:
        answer = await place.told(method, path, body, key)
        assert answer.status_code in (200, 409, 422), answer.text
    answer = await place.told("POST", "/v1/registrations", CLAIM, key)
    assert answer.status_code in (200, 409, 422), answer.text


def _in_bulk(place: Place, bulk: Operation) -> Iterator[Attempt]:
    """Each kind's body, which is that of an operation, with each odd value in each field."""
    kinds = _kinds(place)
    rows: list[bytes] = []
    number = 0
    for kind, (operation, more) in kinds.items():
        body = _object(place, operation)
        example = {**({"policy": body} if kind == "program.publish" else body), **more}
        for path in paths(operation, example):
            for value in chosen(in_json(), f"{kind}{path}", EACH_ROW):
                if b"\n" in value:
                    continue
                number += 1
                good = {"key": f"good-{number}", "kind": "partner.reinstate", "body": {"partner": "nobody"}}
                odd = {"key": f"odd-{number}", "kind": kind, "body": "SLOT"}
                rows += [
                    orjson.dumps(good),
                    orjson.dumps(odd).replace(b'"SLOT"', _filled(example, path, value, number)),
                ]
                if len(rows) >= ROWS:
                    yield _bulk(place, bulk, rows, f"{kind} up to {path}")
                    rows = []
    yield _bulk(place, bulk, rows, "the rest")
    keys = [b'{"key":%s,"kind":"partner.reinstate","body":{"partner":"nobody"}}' % value for value in in_json()]
    kinds_ = [b'{"key":"k","kind":%s,"body":{}}' % value for value in in_json()]
    times = [b'{"key":"t","kind":"partner.reinstate","body":{},"recorded_at":%s}' % value for value in in_json()]
    good = b'{"key":"good-key","kind":"partner.reinstate","body":{"partner":"nobody"}}'
    odd = [one for one in (*keys, *kinds_, *times) if b"\n" not in one]
    for start in range(0, len(odd), ROWS // 2):
        yield _bulk(place, bulk, [row for one in odd[start : start + ROWS // 2] for row in (good, one)], "keys, kinds")


def _filled(example: Any, path: FieldPath, value: bytes, number: int) -> bytes:
    # A program of its own for each odd policy: the second of one name and number is refused for that alone.
    return filled(example, path, value).replace(b"fuzzed-program", b"fuzzed-%d" % number)


def _bulk(place: Place, bulk: Operation, rows: list[bytes], odd: str) -> Attempt:
    made = place.known.plain(bulk)
    made.body, made.odd = b"\n".join(rows), odd
    return made


def _kinds(place: Place) -> dict[str, tuple[Operation, dict[str, Any]]]:
    """Kind of row to the operation that has its body over HTTP, and what that has in its path."""
    names = place.known.names
    by_path = {f"{one.method} {one.path}": one for one in place.operations}
    registration = {"registration": names["registration"]}
    told: dict[str, tuple[str, dict[str, Any]]] = {
        "registration.submit": ("POST /v1/registrations", {}),
        "registration.amend": ("PATCH /v1/registrations/{registration}", {**registration, "expected_revision": 1}),
        "evidence.add": ("POST /v1/registrations/{registration}/evidence", registration),
        "objection.raise": ("POST /v1/registrations/{registration}/objection", registration),
        "extension.request": ("POST /v1/registrations/{registration}/extension", registration),
        "review.decide": ("POST /v1/registrations/{registration}/review", registration),
        "match.decide": ("POST /v1/registrations/{registration}/match", registration),
        "customer.merge": ("POST /v1/customers/merge", {}),
        "evidence.judge": ("POST /v1/registrations/{registration}/verification", registration),
        "case.resolve": ("POST /v1/cases/{case}/resolution", {"case": names["case"]}),
        "opportunity": ("POST /v1/crm/{connection}/opportunities", {"connection": "crm"}),
        "link.decide": ("POST /v1/opportunities/{opportunity}/link", {"opportunity": names["opportunity"]}),
        "partner.enroll": ("POST /v1/partners", {}),
        "partner.change": ("PATCH /v1/partners/{partner}", {"partner": "nobody"}),
        "partner.suspend": ("POST /v1/partners/{partner}/suspension", {"partner": "nobody"}),
        "target.set": ("POST /v1/partners/{partner}/targets", {"partner": "nobody"}),
        "program.publish": ("POST /v1/programs", {}),
        "vendor.configure": ("PUT /v1/vendor/document", {}),
    }
    return {kind: (by_path[path], more) for kind, (path, more) in told.items()}


def _object(place: Place, operation: Operation) -> dict[str, Any]:
    body = place.known.body(operation)
    return body if isinstance(body, dict) else {}


def _tables(place: Place, reads: list[Operation]) -> Iterator[Attempt]:
    """Each list as each kind of file and sorted by each of its columns."""
    for one in reads:
        answer = one.answer(200) or {}
        for form in answer.get("content", {}):
            made = place.known.plain(one)
            made.headers[b"Accept"], made.odd = form.encode(), f"as {form}"
            yield made


async def _pages(place: Place, reads: list[Operation]) -> Any:
    """All pages of each list, and each registration and opportunity by itself."""
    by_path = {one.path: one for one in reads}
    for path, operation in by_path.items():
        if not any(one["name"] in ("cursor", "after") for one in operation.parameters("query")) or "{" in path:
            continue
        following = f"{path}?limit=500"
        while following:
            yield _at(place, operation, following)
            page = (await place.ask("GET", following)).json()
            more = page.get("items", page.get("partners"))
            following = page["next"] if more else None
    for listed, field, shown in (
        ("/v1/pipeline", "registration", ("", "/history", "/explanation")),
        ("/v1/opportunities", "opportunity", ("", "/attribution")),
    ):
        items = (await place.ask("GET", f"{listed}?limit={MAX_READ}")).json()["items"]
        for item in items:
            for end in shown:
                place_of = (
                    "/v1/registrations/{registration}"
                    if field == "registration"
                    else "/v1/opportunities/{opportunity_id}"
                )
                noun = place_of.partition("/{")[0]
                yield _at(place, by_path[place_of + end], f"{noun}/{item[field]}{end}")


def _at(place: Place, operation: Operation, target: str) -> Attempt:
    made = place.known.plain(operation)
    made.target, made.odd = target.encode(), target
    return made
