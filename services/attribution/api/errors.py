"""Errors of attribution's HTTP side."""

from __future__ import annotations

from shared.errors import DealregError


class VendorAlone(DealregError):
    """Only the vendor may read this."""

    code = "credential.vendor_only"
    status = 403
