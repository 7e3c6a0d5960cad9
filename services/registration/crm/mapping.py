"""Make opportunity messages of a fetched deal, under the mapping of its connection. Pure: the same in, the same out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from services.registration.crm.record import Record, text_of
from services.registration.crm.settings import HubSpotSettings
from shared.errors import FieldProblem
from shared.values import BadValue, exponent_of, is_identifier, parse_instant
from shared.values.written import rfc3339

CUSTOMER = ("legal_name", "country", "city", "domain", "tax_id", "company_id", "duns", "lei")
_EPOCH_MS = re.compile(r"[0-9]{12,14}")
_MAX_NUMBER = 40
"""Characters of a number, and the greatest power of ten in it: more is none that money has."""


@dataclass(frozen=True, slots=True)
class Told:
    """What the log was last told of a deal; all empty for one that it knows nothing of."""

    state: str | None = None
    registration: str | None = None
    refunds: frozenset[str] = frozenset()
    first_told: datetime | None = None


@dataclass(frozen=True, slots=True)
class Messages:
    """What a deal becomes: bodies of canonical messages in the order to send them, or what keeps it from that."""

    bodies: tuple[dict[str, Any], ...] = ()
    problems: tuple[FieldProblem, ...] = ()
    state: str | None = None
    registration: str | None = None
    merged: tuple[str, ...] = ()
    """Deals that end with this one."""
    left: str | None = None
    """Why nothing is to be told, where nothing is."""


@dataclass(slots=True)
class _Reading:
    record: Record
    settings: HubSpotSettings
    problems: list[FieldProblem] = field(default_factory=list)

    def text(self, name: str) -> str:
        return self.record.property(getattr(self.settings.fields, name))

    def wrong(self, where: str | None, code: str, message: str) -> None:
        self.problems.append(FieldProblem(where or "", code, message))


def messages_of(record: Record, settings: HubSpotSettings, told: Mapping[str, Told]) -> Messages:
    """Return what the deal becomes; `told` names what is known of it and of deals merged into it, by id."""
    known = told.get(record.id, Told())
    reading = _Reading(record, settings)
    revision = _revision(reading)
    if record.archived:
        return _archived(reading, known, revision)
    if settings.pipelines and record.property("deal.pipeline") not in settings.pipelines:
        return Messages(left="other_pipeline")
    stage = record.property("deal.dealstage")
    state = settings.stages.get(stage)
    if state == "ignored":
        return Messages(left="stage_ignored")
    if state is None:
        detail = f"the stage {stage[:100]!r} is not among the stages of this connection; add it there"
        reading.wrong("deal.dealstage", "crm.stage_unknown", detail)
    body = _deal(reading, known, state, revision)
    merged = {one: told.get(one, Told()) for one in record.merged if one != record.id}
    registration = _registration(body.get("registration"), known, merged)
    if registration is not None:
        body["registration"] = registration
    refund = _refund(reading, body, known, state)
    if reading.problems:
        return Messages(problems=tuple(reading.problems))
    before, after = _ends(record.id, merged, revision)
    bodies = (*before, body, *([refund] if refund else ()), *after)
    return Messages(bodies, state=state, registration=registration, merged=tuple(merged))


def _deal(reading: _Reading, known: Told, state: str | None, revision: str | None) -> dict[str, Any]:
    settings, record = reading.settings, reading.record
    currency = reading.text("currency") or settings.default_currency
    items = _items(reading, currency)
    amount = _money(reading, "amount", reading.text("amount"), currency) or _total(items, currency)
    products = [one.strip() for one in reading.text("products").split(";") if one.strip()]
    customer = {name: text for name in CUSTOMER if (text := reading.text(name))}
    body = {
        "event": _event(known, state),
        "external_id": record.id,
        "source_time": revision,
        "partner": _partner(reading),
        "registration": reading.text("registration"),
        "customer": customer if "legal_name" in customer else None,
        "products": list(dict.fromkeys(products)),
        "amount": amount,
        "items": items,
        "close_date": _day(reading),
        "order_number": reading.text("order_number"),
        "reason": reading.text("reason") if state == "lost" else None,
    }
    return {name: value for name, value in body.items() if value not in (None, "", [])}


def _event(known: Told, state: str | None) -> str:
    if state in ("won", "lost"):
        return str(state)
    if known.state is None:
        return "created"
    return "changed" if known.state == "open" else "reopened"


def _partner(reading: _Reading) -> str | None:
    where, named = reading.settings.fields.partner, reading.text("partner")
    if not named:
        if reading.settings.partner_required:
            reading.wrong(where, "crm.partner_missing", "the deal names no partner; name one in the CRM")
        return None
    found = reading.settings.partners.get(named, named)
    if not is_identifier(found):
        detail = f"{named[:100]!r} is neither the id of a partner nor listed in `partners` of this connection"
        reading.wrong(where, "crm.partner_unknown", f"{detail}; add it there")
        return None
    return found


def _items(reading: _Reading, currency: str | None) -> list[dict[str, Any]]:
    mapping = reading.settings.line_items
    if mapping is None:
        return []
    found = []
    for position, one in enumerate(reading.record.line_items):
        amount = _money(reading, f"line_items.{position}", text_of(one, mapping.amount), currency)
        if amount is None and not reading.problems:
            reading.wrong(f"line_items.{position}", "crm.amount_missing", "the line item has no amount; state one")
        found.append({"product": text_of(one, mapping.product), "amount": amount})
    return found


def _total(items: list[dict[str, Any]], currency: str | None) -> dict[str, str] | None:
    """What line items add up to, for a deal that states no amount itself."""
    amounts = [Decimal(one["amount"]["amount"]) for one in items if one["amount"] is not None]
    if not amounts or len(amounts) != len(items) or currency is None:
        return None
    return {"amount": format(sum(amounts, Decimal()), "f"), "currency": currency}


def _money(reading: _Reading, name: str, text: str, currency: str | None) -> dict[str, str] | None:
    if not text:
        return None
    where = getattr(reading.settings.fields, name, name)
    if currency is None or exponent_of(currency) is None:
        said = "the deal has an amount and no currency" if currency is None else f"{currency[:20]!r} is no currency"
        detail = f"{said}; name it in the CRM, or a `default_currency` in the settings of the connection"
        reading.wrong(where, "crm.currency_missing", detail)
        return None
    plain = plain_number(text, exponent_of(currency) or 0)
    if plain is None:
        reading.wrong(where, "crm.number_invalid", f"{text[:60]!r} is not a number with a decimal point; correct it")
        return None
    return {"amount": plain, "currency": currency}


def plain_number(text: str, places: int) -> str | None:
    """Write a number that a CRM states without exponent and without zeros that say nothing; None if it is none.

    Digits that say something are never rounded away: the message is refused for them.
    """
    if len(text) > _MAX_NUMBER or not text.isascii() or "_" in text:
        return None
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    if not number.is_finite() or abs(number.adjusted()) > _MAX_NUMBER:
        return None
    whole, _, fraction = format(number, "f").partition(".")
    fraction = fraction.rstrip("0").ljust(places, "0")
    return f"{whole}.{fraction}" if fraction else whole


def _revision(reading: _Reading) -> str | None:
    deal = reading.record.deal
    for given in (reading.record.property("deal.hs_lastmodifieddate"), deal.get("updatedAt"), deal.get("archivedAt")):
        if moment := _moment(str(given or "")):
            return rfc3339(moment)
    reading.wrong("deal.hs_lastmodifieddate", "crm.revision_missing", "the deal does not say when it was changed")
    return None


def _moment(text: str) -> datetime | None:
    if _EPOCH_MS.fullmatch(text):
        return datetime.fromtimestamp(int(text) / 1000, UTC)
    try:
        return parse_instant(text)
    except BadValue:
        return None


def _day(reading: _Reading) -> str | None:
    text = reading.text("close_date")
    if not text:
        return None
    if moment := _moment(text):
        return moment.date().isoformat()
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        where = reading.settings.fields.close_date
        reading.wrong(where, "crm.date_invalid", f"{text[:60]!r} is no date; write it as YYYY-MM-DD")
        return None


def _registration(named: str | None, known: Told, merged: Mapping[str, Told]) -> str | None:
    """The registration to name: after a merge that of the deal which was told of first, so that it is not lost."""
    numbers = [(known.first_told, named or known.registration)]
    numbers += [(one.first_told, one.registration) for one in merged.values()]
    dated = sorted((at, number) for at, number in numbers if at is not None and number is not None)
    return dated[0][1] if merged and dated else named


def _ends(
    id_: str, merged: Mapping[str, Told], revision: str | None
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The ends of merged deals: of a win before the deal that stays, so that it counts once; of others after it.

    The registration of an open one is not lost by its end, since the deal that stays belongs to it by then.
    """
    before, after = [], []
    for one, told in merged.items():
        body = {"event": "lost", "external_id": one, "source_time": revision, "reason": f"merged into deal {id_}"}
        if told.state == "won":
            before.append(body)
        elif told.state == "open":
            after.append(body)
    return before, after


def _refund(reading: _Reading, body: Mapping[str, Any], known: Told, state: str | None) -> dict[str, Any] | None:
    id_, text = reading.text("refund"), reading.text("refund_amount")
    currency = reading.text("currency") or reading.settings.default_currency
    amount = _money(reading, "refund_amount", text, currency)
    if amount is None or (not id_ and not amount["amount"].strip("0.")):
        return None
    if not id_:
        where = reading.settings.fields.refund or "fields.refund"
        reading.wrong(where, "crm.refund_incomplete", "a refund needs an id of its own beside its amount; state both")
    if state != "won" or id_ in known.refunds:
        return None
    common = {name: body[name] for name in ("external_id", "source_time") if name in body}
    return {"event": "refunded", **common, "refund": id_, "amount": amount}


def _archived(reading: _Reading, known: Told, revision: str | None) -> Messages:
    """An open deal that was archived is lost. A win is not taken back by it: a person looks at that."""
    if known.state == "won":
        detail = "the deal was won here and is archived in the CRM; restore it there, or move it to its true stage"
        return Messages(problems=(FieldProblem("deal", "crm.archived_won", detail),))
    if reading.problems:
        return Messages(problems=tuple(reading.problems))
    if known.state != "open":
        return Messages(left="archived")
    body = {"event": "lost", "external_id": reading.record.id, "source_time": revision, "reason": "archived in the CRM"}
    return Messages((body,), state="lost", registration=known.registration)
