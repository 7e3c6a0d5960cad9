"""HubSpot's signature, version 3: HMAC-SHA256 over method, configured address, body and time.

Versions 1 and 2 are not accepted: neither has a time, so a captured request could be sent for ever.
"""

from __future__ import annotations

import base64
import hmac
import re
from collections.abc import Iterable, Mapping
from hashlib import sha256

from services.registration.intake.connections import SignatureInvalid, TimestampOutsideTolerance

SIGNATURE = "x-hubspot-signature-v3"
TIMESTAMP = "x-hubspot-request-timestamp"
TOLERANCE_MS = 300_000
_TIMESTAMP = re.compile(r"[0-9]{13}")
_DECODED = {
    "%3A": ":", "%2F": "/", "%3F": "?", "%40": "@", "%21": "!", "%24": "$", "%27": "'", "%28": "(", "%29": ")",
    "%2A": "*", "%2C": ",", "%3B": ";",
}  # fmt: skip
"""What HubSpot decodes in an address before it signs it, and nothing else."""
_ENCODED = re.compile("|".join(_DECODED), re.IGNORECASE)


def signature(secret: str, method: str, url: str, body: bytes, timestamp: str) -> str:
    """Return the signature of a request."""
    signed_url = _ENCODED.sub(lambda found: _DECODED[found[0].upper()], url)
    signed = method.encode() + signed_url.encode() + body + timestamp.encode()
    return base64.b64encode(hmac.digest(secret.encode(), signed, sha256)).decode()


def verify(secrets: Iterable[str], url: str, headers: Mapping[str, str], body: bytes, now_ms: int) -> None:
    """Verify a request against each active secret, in constant time.

    `url` is the configured one: what a proxy rewrote, or a caller claims in `Host`, is not what was signed. Raises
    `SignatureInvalid`, `TimestampOutsideTolerance`.
    """
    given, timestamp = headers.get(SIGNATURE, ""), headers.get(TIMESTAMP, "")
    if not given or not _TIMESTAMP.fullmatch(timestamp):
        raise SignatureInvalid("send X-HubSpot-Signature-v3 and X-HubSpot-Request-Timestamp (13 digits), each once")
    expected = [signature(secret, "POST", url, body, timestamp) for secret in secrets]
    # Compare with every one, so that timing does not reveal which one it is.
    if not sum(hmac.compare_digest(one.encode(), given.encode()) for one in expected):
        raise SignatureInvalid(
            "no active client secret of this connection made this signature; compare secret and target address with "
            "those of the HubSpot app"
        )
    if abs(now_ms - int(timestamp)) > TOLERANCE_MS:
        raise TimestampOutsideTolerance("X-HubSpot-Request-Timestamp is more than 300 s away from now")
