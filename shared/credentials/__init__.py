"""Credentials: API keys that identify vendor, principal and partner of a caller, and its scopes."""

from shared.credentials.caller import (
    OPERATOR,
    PARTNER_SCOPES,
    SCOPES,
    TEST,
    Caller,
    CredentialExpired,
    CredentialMissing,
    CredentialNotFound,
    CredentialRevoked,
    CredentialUnknown,
    Scope,
    ScopeMissing,
    operator,
)
from shared.credentials.granting import assert_administers, assert_within
from shared.credentials.rate import RateLimit
from shared.credentials.row import Credential, Replaced
from shared.credentials.store import Credentials
from shared.credentials.tokens import Token

__all__ = [
    "Caller", "Credential", "Credentials", "RateLimit", "Replaced", "Scope", "SCOPES", "PARTNER_SCOPES",
    "Token", "OPERATOR", "TEST", "assert_administers", "assert_within", "operator",
    "CredentialExpired", "CredentialMissing", "CredentialNotFound", "CredentialRevoked", "CredentialUnknown",
    "ScopeMissing",
]  # fmt: skip
