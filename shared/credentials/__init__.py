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
from shared.credentials.dependency import authenticate, caller, install_credentials, key_in, limit
from shared.credentials.failures import Failures
from shared.credentials.granting import assert_administers, assert_within
from shared.credentials.rate import RateLimit
from shared.credentials.row import Credential, Replaced
from shared.credentials.store import Credentials
from shared.credentials.tokens import Token

__all__ = [
    "Caller", "Credential", "Credentials", "Failures", "RateLimit", "Replaced", "Scope", "SCOPES", "PARTNER_SCOPES",
    "Token", "OPERATOR", "TEST", "assert_administers", "assert_within", "authenticate", "caller", "install_credentials",
    "key_in", "limit", "operator",
    "CredentialExpired", "CredentialMissing", "CredentialNotFound", "CredentialRevoked", "CredentialUnknown",
    "ScopeMissing",
]  # fmt: skip
