"""The fields that a column of each kind of file can be."""

from __future__ import annotations

from typing import Literal

from services.registration.intake.kinds import OPPORTUNITY, SUBMIT, MessageKind
from shared.http.wire.deals import Customer

Holds = Literal["text", "texts", "integer", "number", "day"]
FileKind = Literal["registrations", "opportunities"]

KINDS: dict[FileKind, MessageKind] = {"registrations": SUBMIT, "opportunities": OPPORTUNITY}
RECORDED_AT = "recorded_at"
"""The recorded time of an imported row, beside its body."""
CURRENCIES = {"amount": ("currency",), "list_amount": ("list_currency", "currency")}
"""The column that has the currency of an amount: the first that the row fills."""
NEVER = {"evidence", "items"}
"""Parts of messages that a row has no room for."""

_CUSTOMER: dict[str, Holds] = {f"customer.{name}": "text" for name in Customer.model_fields}
_COMMON: dict[str, Holds] = {
    **_CUSTOMER, "partner": "text", "external_id": "text", "products": "texts", "amount": "number", "currency": "text",
    "close_date": "day", RECORDED_AT: "text",
}  # fmt: skip

FIELDS: dict[FileKind, dict[str, Holds]] = {
    "registrations": {
        **_COMMON, "program": "text", "list_amount": "number", "list_currency": "text", "units": "integer",
        "term_months": "integer", "rfp_on": "day", "further_customers": "texts", "site": "text", "workload": "text",
        "subscription": "text", "project": "text", "competitor": "text", "contact.name": "text",
        "contact.email": "text", "contact.phone": "text", "notes": "text",
    },
    "opportunities": {
        **_COMMON, "event": "text", "source_time": "text", "source_version": "integer", "registration": "text",
        "order_number": "text", "reason": "text", "refund": "text",
    },
}  # fmt: skip
"""Fields by name, with what their cells hold. Texts of a list are separated by semicolons."""
