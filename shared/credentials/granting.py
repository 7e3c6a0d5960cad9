"""Rules of granting: an administrator cannot give or take more than its own scopes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from shared.credentials.caller import Caller, ScopeMissing

Act = Literal["give", "rotate", "revoke"]


def assert_administers(caller: Caller) -> None:
    """Assert that the caller administers the vendor's keys; raise `ScopeMissing`.

    A partner's credential never does: it would list, end and name what belongs to its rivals.
    """
    caller.need("credentials:admin")
    if caller.partner is not None:
        raise ScopeMissing("a partner's credential cannot administer keys; use one of the vendor's own")


def assert_within(caller: Caller, scopes: Iterable[str], act: Act) -> None:
    """Assert that the caller has every one of the scopes itself; raise `ScopeMissing`.

    Rotating makes a key of the old one's scopes, so it is giving. Revoking a stronger key would let a weak
    administrator lock out a strong one, and be the only one left.
    """
    lacking = sorted(set(scopes) - caller.scopes)
    if lacking:
        raise ScopeMissing(
            f"your credential lacks {', '.join(lacking)}, so it cannot {act} a credential that has it; "
            "use a credential with all its scopes, or ask the operator (dealreg credential, dealreg connection)"
        )
