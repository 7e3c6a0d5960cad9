"""Who calls: a vendor's person, system or partner, with what it may do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from shared.errors import DealregError

Scope = Literal[
    "registrations:write",
    "reviews:write",
    "opportunities:write",
    "partners:admin",
    "program:admin",
    "vendor:admin",
    "credentials:admin",
    "pipeline:read",
    "payouts:read",
    "events:read",
    "import",
]
SCOPES: tuple[Scope, ...] = get_args(Scope)
PARTNER_SCOPES: tuple[Scope, ...] = ("registrations:write", "pipeline:read", "payouts:read", "events:read")
"""What a credential bound to a partner may have: the rest judges or sees rivals."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who a credential stands for; `partner` set means that this partner's rows alone are reached."""

    vendor: str
    principal: str
    partner: str | None
    scopes: frozenset[str]
    credential: str

    def need(self, scope: Scope) -> None:
        """Passes where the scope was granted; raises `ScopeMissing`."""
        if scope not in self.scopes:
            raise ScopeMissing(f"this needs the scope {scope}; ask for a credential that has it")


OPERATOR = "dealreg:operator"
"""The principal of the command line; a credential cannot take this name."""


def operator(vendor: str) -> Caller:
    """Whoever runs the installation, acting for the vendor by the command line."""
    return Caller(vendor, OPERATOR, None, frozenset(), "")


class CredentialMissing(DealregError):
    """No bearer credential came with the request."""

    code = "credential.missing"
    status = 401


class CredentialUnknown(DealregError):
    """The credential is none of ours."""

    code = "credential.unknown"
    status = 401


class CredentialExpired(DealregError):
    """The credential's time is over."""

    code = "credential.expired"
    status = 401


class CredentialRevoked(DealregError):
    """The credential was taken back."""

    code = "credential.revoked"
    status = 401


class ScopeMissing(DealregError):
    """The credential may not do this."""

    code = "scope.missing"
    status = 403


class CredentialNotFound(DealregError):
    """The vendor has no credential of this id."""

    code = "credential.not_found"
    status = 404


class CredentialRotated(DealregError):
    """The credential has a successor: there is one line of keys, and the newest of them is rotated."""

    code = "credential.rotated"
    status = 409


class CredentialEnded(DealregError):
    """The credential has ended, and a successor would end with it."""

    code = "credential.ended"
    status = 409


class LastAdministrator(DealregError):
    """Nobody could make a key of the vendor any more, its operator excepted."""

    code = "credential.last_administrator"
    status = 409
