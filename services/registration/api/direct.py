"""The busiest request without a framework: what is plain about it is accepted, and all else goes the long way.

No refusal is made here. A request that is not plain, that is refused or that fails is answered by the application,
which knows every answer, so each rule keeps its one home: this asks the same functions, and only whether they agree.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from services.registration.api.edge import Edge
from services.registration.api.reading import read_key, read_trace
from services.registration.api.writing import ACCEPTED, answer_headers, answer_text
from services.registration.intake.acceptance import Accepted
from services.registration.intake.intake import Outcome
from services.registration.intake.kinds import SUBMIT
from services.registration.intake.submission import Sent
from shared.credentials import Caller, Credentials, RateLimit
from shared.credentials.dependency import key_in
from shared.errors import DealregError, FieldProblem
from shared.http.direct import Failed, Told
from shared.http.wire.body import JSON, is_of_type
from shared.http.wire.json_body import read_json
from shared.http.wire.off_loop import READ_AT_ONCE_BYTES
from shared.values import is_count

METHOD, PATH = "POST", "/v1/registrations"
PLAIN = frozenset({
    "accept", "accept-charset", "accept-encoding", "accept-language", "authorization", "baggage", "cache-control",
    "connection", "content-length", "content-type", "dnt", "forwarded", "from", "host", "idempotency-key", "pragma",
    "te", "traceparent", "tracestate", "user-agent", "via", "x-correlation-id", "x-forwarded-for", "x-forwarded-host",
    "x-forwarded-port", "x-forwarded-proto", "x-real-ip", "x-request-id",
})  # fmt: skip
"""Headers that no answer depends on, beside those that are read here."""

Answer = Callable[[Told | Failed], None]


@dataclass(frozen=True, slots=True)
class Admitted:
    """A plain request whose head was read: nothing speaks against taking it."""

    caller: Caller
    key: str
    traceparent: str | None


class Direct:
    """Accepts plain submissions of registrations."""

    def __init__(self, edge: Edge, credentials: Credentials, rate: RateLimit) -> None:
        self._edge = edge
        self._credentials = credentials
        self._rate = rate
        self._longest = min(READ_AT_ONCE_BYTES, edge.settings.max_body_bytes)

    def admits(self, headers: Mapping[str, str]) -> Admitted | None:
        """Return who sends it under which key; None where its head is not plain. Nothing is counted or noted."""
        if not PLAIN.issuperset(headers):
            return None
        length = headers.get("content-length", "")
        if not is_count(length) or not 0 < int(length) <= self._longest:
            return None
        if not is_of_type(headers.get("content-type", ""), JSON):
            return None
        problems: list[FieldProblem] = []
        key = read_key(headers, problems)
        text = key_in(headers.get("authorization", ""))
        caller = self._credentials.at_hand(text) if text is not None and not problems else None
        if caller is None or SUBMIT.scope not in caller.scopes or self._rate.left(caller.credential) < 1:
            return None
        return Admitted(caller, key, read_trace(headers))

    def takes(self, admitted: Admitted, body: bytes, answer: Answer) -> bool:
        """Begin to accept the body, and call `answer` later; False where it is not valid, and nothing was done."""
        caller = admitted.caller
        try:
            sent = Sent(SUBMIT, read_json(body), admitted.key, traceparent=admitted.traceparent)
            submission = self._edge.submissions.prepare(sent, caller)
        except Exception:
            return False  # the long way finds the same, a bug of ours included, and says so
        if self._edge.intake.is_under_way(submission) or (left := self._rate.take(caller.credential)) < 0:
            return False
        limits = self._rate.headers(left)
        self._credentials.uses.note(caller.credential)
        try:
            outcome = self._edge.intake.offer(submission)
        except DealregError as error:
            answer(Failed(error, limits))
            return True
        outcome.add_done_callback(lambda done: answer(_told(done, limits)))
        return True


def _told(outcome: Outcome, limits: Mapping[str, str]) -> Told | Failed:
    done = outcome.result()
    if not isinstance(done, Accepted):
        return Failed(done, limits)
    return Told(ACCEPTED, answer_headers(done, limits), answer_text(done), JSON[0])
