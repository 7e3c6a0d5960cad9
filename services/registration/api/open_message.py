"""The open schema of a registration message: what any partner's CRM can send to any dealreg."""

from __future__ import annotations

from functools import cache
from typing import Any

from services.registration.intake.messages.registration import EXAMPLE, SubmitRegistration
from shared.policy.json_schema import DIALECT, untitled
from shared.values.identifiers import MAX_COMPANY_NUMBER
from shared.values.money import CURRENCIES
from shared.values.text import MAX_TEXT

ID = "urn:dealreg:registration-message:1"
"""Names no host: every installation publishes the same. The number rises when a message could become invalid."""
NAME = "registration"
LEAST: dict[str, Any] = {
    "program": "hunting", "customer": {"legal_name": "Kanzlei Adler GmbH"}, "products": ["GTX Pro"],
}  # fmt: skip
END = r"$(?![\s\S])"
"""The end of the text in every dialect of patterns: in Python's, `$` alone lets a line feed follow."""
PLAIN = r"^(?![\s\S]*[\x00-\x1f\x7f])(?!\s)(?![\s\S]*\s$)"
"""The begin of a line: no controls, no white space around it."""
_LINE = ".+"
_MARKS = r"(?![ -/:-@\[-`{-~]+$)"
"""No company number consists of marks alone."""


@cache
def registration_schema() -> dict[str, Any]:
    """The schema, made of what the API itself reads, so that neither can ask for what the other does not."""
    made = SubmitRegistration.model_json_schema()
    made.pop("example", None)
    stated = _stated(untitled(made))
    stated["description"] = (
        "One deal that a partner registers with a vendor: the body of POST /v1/registrations, with an Idempotency-Key "
        "of the sender's. `program` is the vendor's name of its program."
    )
    stated["$defs"]["Money"]["properties"]["currency"]["enum"] = sorted(CURRENCIES)
    return {"$schema": DIALECT, "$id": ID, "title": "Registration message", **stated, "examples": [LEAST, EXAMPLE]}


def _stated(value: Any) -> Any:
    """Say of lines what the edge checks beside their length."""
    if isinstance(value, list):
        return [_stated(one) for one in value]
    if not isinstance(value, dict):
        return value
    found = {key: _stated(one) for key, one in value.items()}
    if found.get("type") == "string" and "format" not in found and found.get("maxLength") != MAX_TEXT:
        numbers = found.get("maxLength") == MAX_COMPANY_NUMBER
        pattern = found.get("pattern", f"^{_MARKS if numbers else ''}{_LINE}$")
        found["pattern"] = PLAIN + pattern.removeprefix("^").removesuffix("$") + END
    return found
