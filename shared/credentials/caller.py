"""The caller: a person, system or partner of a vendor, with its scopes."""

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
    "webhooks:admin",
    "import",
]
SCOPES: tuple[Scope, ...] = get_args(Scope)
PARTNER_SCOPES: tuple[Scope, ...] = (
    "registrations:write", "pipeline:read", "payouts:read", "events:read", "webhooks:admin",
)  # fmt: skip
"""Scopes that a partner's credential can have; the others decide about rivals or see them."""


TEST = "test_"
"""How ids of credentials and connections of a sandbox begin, so that its keys read `dr_test_…`."""


@dataclass(frozen=True, slots=True)
class Caller:
    """The identity behind a credential. With `partner` it reaches only that partner's rows."""

    vendor: str
    principal: str
    partner: str | None
    scopes: frozenset[str]
    credential: str

    @property
    def sandbox(self) -> bool:
        """Whether it acts in a sandbox, which the credential's id says."""
        return self.credential.startswith(TEST)

    def need(self, scope: Scope) -> None:
        """Raise `ScopeMissing` unless the scope was granted."""
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
    """The credential is unknown."""

    code = "credential.unknown"
    status = 401


class CredentialExpired(DealregError):
    """The credential has expired."""

    code = "credential.expired"
    status = 401


class CredentialRevoked(DealregError):
    """The credential was revoked."""

    code = "credential.revoked"
    status = 401


class ScopeMissing(DealregError):
    """The credential lacks the scope."""

    code = "scope.missing"
    status = 403


class CredentialNotFound(DealregError):
    """The vendor has no credential with this id."""

    code = "credential.not_found"
    status = 404


class CredentialRotated(DealregError):
    """The credential has a successor; only the newest key of a line can be rotated."""

    code = "credential.rotated"
    status = 409


class CredentialEnded(DealregError):
    """The credential has ended, and a successor would end with it."""

    code = "credential.ended"
    status = 409


class LastAdministrator(DealregError):
    """Without this credential nobody but the operator could create keys for the vendor."""

    code = "credential.last_administrator"
    status = 409
