"""`Dealreg`: submit and wait, over the generated operations, which stay at hand as `Dealreg.api`."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Self, cast

import httpx

from dealreg_client.errors import Problem, Refused, StillPending, Unreachable
from dealreg_client.generated.api.registrations import get_registration, submit_registration
from dealreg_client.generated.api.sandbox import get_sandbox_clock
from dealreg_client.generated.api.vendor_partners_and_programs import move_sandbox_clock
from dealreg_client.generated.client import AuthenticatedClient
from dealreg_client.generated.models import (
    Accepted,
    MoveClock,
    ProblemDocument,
    RegistrationDetail,
    SandboxClock,
    SubmitRegistration,
)
from dealreg_client.retrying import AGAIN, Retries, Retrying

WAIT_SECONDS = 20
"""How long one request waits for a decision; the service allows 30."""
REQUEST_SECONDS = WAIT_SECONDS + 20.0
POLL_SECONDS = 2.0


class _Message:
    """A message as the generated operations take one."""

    def __init__(self, message: Mapping[str, Any]) -> None:
        self._message = dict(message)

    def to_dict(self) -> dict[str, Any]:
        return self._message


class Dealreg:
    """One key's access to a dealreg. Close it, or use it as a context manager.

    Every method raises `Refused` with what is wrong, or `Unreachable` where no answer came.
    """

    def __init__(self, base_url: str, key: str, *, retries: Retries | None = None) -> None:
        self.sandbox = key.startswith("dr_test_")
        transport = Retrying(httpx.HTTPTransport(), retries or Retries())
        self.api = AuthenticatedClient(
            base_url=base_url, token=key, timeout=httpx.Timeout(REQUEST_SECONDS), httpx_args={"transport": transport}
        )
        """For every operation of `dealreg_client.generated.api`; its requests are repeated too."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self.api.get_httpx_client().close()

    def register(
        self, message: Mapping[str, Any], *, key: str | None = None, seconds: float = 60.0
    ) -> RegistrationDetail:
        """Register a deal and return it as decided. `message` follows /v1/schemas/registration.json.

        `key` is yours and names this deal for ever, such as the number of your quote: the same key and message have one
        effect, after a crash and in another process too. Without it, the message's `external_id` is the key; a
        message without either is a `ValueError`. Raises `StillPending` after `seconds`.
        """
        own = key or message.get("external_id")
        if not own:
            raise ValueError(
                "give key, or external_id in the message: a key made up here would be another one next time"
            )
        deadline = time.monotonic() + seconds
        # As it is: the service names all that is wrong with it, where the generated reader would name one thing.
        body = cast(SubmitRegistration, _Message(message))
        answer = _sent(
            lambda: submit_registration.sync_detailed(
                client=self.api, body=body, idempotency_key=f"{own}", prefer=f"wait={_wait(deadline)}"
            )
        )
        if isinstance(answer, RegistrationDetail):
            return answer
        assert isinstance(answer, Accepted)
        return self._decided(answer, deadline)

    def registration(self, registration: str) -> RegistrationDetail:
        """Read a registration."""
        found = _sent(lambda: get_registration.sync_detailed(registration, client=self.api))
        if isinstance(found, RegistrationDetail):
            return found
        raise StillPending(f"/v1/registrations/{registration}")

    def wait_for(self, registration: str, *states: str, seconds: float = 600.0) -> RegistrationDetail:
        """Read a registration until it is in one of the states, such as those after a review by people.

        Raises `StillPending` after `seconds`.
        """
        deadline = time.monotonic() + seconds
        while (found := self.registration(registration)).state not in states:
            if time.monotonic() + POLL_SECONDS > deadline:
                raise StillPending(f"/v1/registrations/{registration}")
            time.sleep(POLL_SECONDS)
        return found

    def clock(self) -> datetime:
        """Read the sandbox's clock."""
        found = _sent(lambda: get_sandbox_clock.sync_detailed(client=self.api))
        assert isinstance(found, SandboxClock)
        return found.clock

    def move_clock(self, *, to: datetime | None = None, days: float | None = None) -> datetime:
        """Move the sandbox's clock forward, to an instant or by days; return it once what fell due is decided."""
        if not self.sandbox or (to is None) == (days is None):
            raise ValueError("give one of to and days, with a key of a sandbox (dr_test_…)")
        target = to if to is not None else self.clock() + timedelta(days=days or 0)
        # Where it is to stand is the key: repeated, it stands there already.
        answer = _sent(
            lambda: move_sandbox_clock.sync_detailed(
                client=self.api, body=MoveClock(to=target), idempotency_key=f"clock-{target.isoformat()}",
                prefer=f"wait={WAIT_SECONDS}",
            )
        )  # fmt: skip
        if isinstance(answer, Accepted):
            raise StillPending(answer.location)
        return target

    def _decided(self, accepted: Accepted, deadline: float) -> RegistrationDetail:
        """Ask for the decision until the deadline."""
        registration = accepted.location.rpartition("/")[2]
        while (left := deadline - time.monotonic()) > 0:
            try:
                found = _sent(
                    lambda: get_registration.sync_detailed(
                        registration, client=self.api, min_position=accepted.fact, wait=_wait(deadline)
                    )
                )
            except Unreachable:
                found = None  # it is accepted, so it will be decided
            if isinstance(found, RegistrationDetail):
                return found
            time.sleep(min(POLL_SECONDS, left))
        raise StillPending(accepted.location)


def _wait(deadline: float) -> int:
    return max(1, min(WAIT_SECONDS, int(deadline - time.monotonic())))


def _sent(send: Any) -> Any:
    """The parsed answer; raises `Refused` or `Unreachable`."""
    try:
        answer = send()
    except httpx.TransportError as error:
        raise Unreachable(f"no answer ({type(error).__name__}: {error})") from error
    found = answer.parsed
    if isinstance(found, ProblemDocument):
        problems = [Problem(one.field, one.code, one.message) for one in found.errors or ()]
        if found.status in AGAIN:
            raise Unreachable(f"{found.status} {found.code}: {found.detail}")
        raise Refused(found.status, found.code, found.detail, problems)
    if found is None:
        raise Unreachable(f"the answer {int(answer.status_code)} is none of dealreg's; check the address and the proxy")
    return found
