"""Credentials: API keys that say for which vendor, principal and partner somebody calls, and what it may do."""

from shared.credentials.caller import (
    OPERATOR,
    PARTNER_SCOPES,
    SCOPES,
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
from shared.credentials.dependency import authenticate, caller, install_credentials, limit
from shared.credentials.granting import assert_administers, assert_within
from shared.credentials.rate import RateLimit
from shared.credentials.row import Credential, Replaced
from shared.credentials.store import Credentials
from shared.credentials.tokens import Token

__all__ = [
    "Caller", "Credential", "Credentials", "RateLimit", "Replaced", "Scope", "SCOPES", "PARTNER_SCOPES", "Token",
    "OPERATOR", "assert_administers", "assert_within", "authenticate", "caller", "install_credentials", "limit",
    "operator",
    "CredentialExpired", "CredentialMissing", "CredentialNotFound", "CredentialRevoked", "CredentialUnknown",
    "ScopeMissing",
]  # fmt: skip
