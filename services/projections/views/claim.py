"""A row of the pipeline: one version of a registration, as a flat tuple that COPY takes as it is."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

import orjson

from services.projections.views.versions import Row, fact_number, replaced
from shared.compression import compressed, decompressed
from shared.events.base import Part
from shared.events.envelope import Entry
from shared.events.lifecycle import Life
from shared.events.money import Money
from shared.events.registration import Customer, Evidence, EvidenceAdded, Patch, RegistrationSubmitted
from shared.events.sealed import Contact, Sealed


class Waiting(Part):
    """A held amendment: what was sent, the products of the claim as amended, and the time that is its place."""

    patch: Patch
    fields: tuple[str, ...]
    products: tuple[str, ...]
    at: datetime


class PipelineRow(NamedTuple):
    """One version of a registration; fields are the columns of `pipeline`, arrays are lists as asyncpg reads them."""

    vendor: str
    registration_id: str
    from_seq: int
    to_seq: int | None
    fact: int
    """The number of the fact that made this version: its further entries change it in place."""
    state: str
    review: str
    protection: str | None
    hold: str | None
    end_code: str | None
    program: str
    policy: str | None
    tier: str | None
    partner: str
    external_id: str | None
    customer_name: str
    customer_country: str | None
    customer_city: str | None
    customer_domain: str | None
    customer_tax_id: str | None
    customer_company_id: str | None
    customer_duns: str | None
    customer_lei: str | None
    customer_sector: str | None
    customer_subsidiary_of: str | None
    products: list[str]
    amount_minor: int | None
    currency: str | None
    list_amount_minor: int | None
    list_currency: str | None
    units: int | None
    term_months: int | None
    rfp_on: date | None
    further_customers: list[str]
    close_date: date | None
    site: str | None
    workload: str | None
    subscription: str | None
    project: str | None
    competitor: str | None
    sealed: bytes | None
    """Canonical JSON of personal data, compressed: contact, notes, evidence."""
    submitted_at: datetime
    completed_at: datetime | None
    protected_from: datetime | None
    protected_until: datetime | None
    promoted: bool
    extensions: int
    extension_until: datetime | None
    extension_to: datetime | None
    """While an extension is asked for: when protection would end with it."""
    loss_until: datetime | None
    """A CRM reported the deal lost: protection ends here, unless the partner objects."""
    objected: bool
    confirm_by: datetime | None
    contest_until: datetime | None
    """Rules wait until here for other claims on the deal, and then compare them all."""
    ended_at: datetime | None
    missing: list[str]
    open_fields: list[str]
    """With `action_required`: the only fields that the partner may change."""
    behind: list[str]
    lookalikes: list[str]
    original: str | None
    verified: list[str]
    """Pieces of evidence that a reviewer verified."""
    refuted: list[str]
    revision: int
    patches: int
    """Held patches that the next amendment's revision counts."""
    amendment: bytes | None
    """JSON of the amendment that waits for its turn: a `Waiting`."""
    open_opportunities: int
    won_opportunities: int
    lost_opportunities: int
    won_currencies: list[str]
    won_minor: list[Decimal]
    """Won value per currency of `won_currencies`: amounts of different currencies are never added."""

    @property
    def life(self) -> Life:
        return Life(self.review, self.protection, self.hold, self.end_code)  # type: ignore[arg-type]

    def living(self, life: Life, **changes: Any) -> PipelineRow:
        """Return the row with this life and these changes."""
        return replaced(
            self,
            state=life.state,
            review=life.review,
            protection=life.protection,
            hold=life.hold,
            end_code=life.end_code,
            **changes,
        )


def first_row(entry: Entry, event: RegistrationSubmitted) -> PipelineRow:
    """Build the row of a submitted claim."""
    return PipelineRow(
        vendor=entry.vendor, registration_id=event.registration, from_seq=entry.seq, to_seq=None,
        fact=fact_number(entry.cause), state="draft", review="draft", protection=None, hold=None, end_code=None,
        program=event.program, policy=None, tier=None, partner=event.partner, **_content(event),
        submitted_at=entry.clock, completed_at=None, protected_from=None, protected_until=None, promoted=False,
        extensions=0, extension_until=None, extension_to=None, loss_until=None, objected=False, confirm_by=None,
        contest_until=None, ended_at=None, missing=[], open_fields=[],
        behind=[], lookalikes=[], original=None, verified=[], refuted=[], revision=1, patches=0, amendment=None,
        open_opportunities=0, won_opportunities=0, lost_opportunities=0, won_currencies=[], won_minor=[],
    )  # fmt: skip


def with_claim(row: PipelineRow, claim: RegistrationSubmitted) -> PipelineRow:
    """Return the row with the content of an amended claim."""
    return replaced(row, **_content(claim))


def _content(claim: RegistrationSubmitted) -> dict[str, Any]:
    customer, amount, listed = claim.customer, claim.amount, claim.list_amount
    return {
        "external_id": claim.external_id,
        "customer_name": customer.legal_name,
        "customer_country": customer.country,
        "customer_city": customer.city,
        "customer_domain": customer.domain,
        "customer_tax_id": customer.tax_id,
        "customer_company_id": customer.company_id,
        "customer_duns": customer.duns,
        "customer_lei": customer.lei,
        "customer_sector": customer.sector,
        "customer_subsidiary_of": customer.subsidiary_of,
        "products": list(claim.products),
        "amount_minor": amount.minor if amount else None,
        "currency": amount.currency if amount else None,
        "list_amount_minor": listed.minor if listed else None,
        "list_currency": listed.currency if listed else None,
        "units": claim.units,
        "term_months": claim.term_months,
        "rfp_on": claim.rfp_on,
        "further_customers": list(claim.further_customers or ()),
        "close_date": claim.close_date,
        "site": claim.site,
        "workload": claim.workload,
        "subscription": claim.subscription,
        "project": claim.project,
        "competitor": claim.competitor,
        "sealed": _sealed(claim),
    }


def _sealed(claim: RegistrationSubmitted) -> bytes | None:
    content: dict[str, Any] = {}
    if claim.contact is not None:
        content["contact"] = claim.contact.model_dump(mode="json", exclude_none=True)
    if claim.evidence:
        content["evidence"] = [one.model_dump(mode="json", exclude_none=True) for one in claim.evidence]
    if claim.notes is not None:
        content["notes"] = claim.notes.model_dump(mode="json")
    return _packed(content) if content else None


def _packed(content: dict[str, Any]) -> bytes:
    return compressed(orjson.dumps(content, option=orjson.OPT_SORT_KEYS))


def sealed_of(row: Any) -> dict[str, Any]:
    """The row's personal data, sealed: contact, notes, evidence."""
    return orjson.loads(decompressed(row.sealed)) if row.sealed else {}


def claim_of(row: PipelineRow) -> RegistrationSubmitted:
    """Rebuild the claim as an event, for an amendment to merge into."""
    sealed = sealed_of(row)
    return RegistrationSubmitted(
        registration=row.registration_id,
        program=row.program,
        partner=row.partner,
        customer=Customer(
            legal_name=row.customer_name,
            country=row.customer_country,
            city=row.customer_city,
            domain=row.customer_domain,
            tax_id=row.customer_tax_id,
            company_id=row.customer_company_id,
            duns=row.customer_duns,
            lei=row.customer_lei,
            sector=row.customer_sector,
            subsidiary_of=row.customer_subsidiary_of,
        ),
        products=tuple(row.products),
        amount=_money(row.amount_minor, row.currency),
        list_amount=_money(row.list_amount_minor, row.list_currency),
        units=row.units,
        term_months=row.term_months,
        rfp_on=row.rfp_on,
        further_customers=tuple(row.further_customers) or None,
        close_date=row.close_date,
        site=row.site,
        workload=row.workload,
        subscription=row.subscription,
        project=row.project,
        competitor=row.competitor,
        contact=Contact.model_validate(sealed["contact"]) if "contact" in sealed else None,
        notes=Sealed.model_validate(sealed["notes"]) if "notes" in sealed else None,
        evidence=tuple(Evidence.model_validate(one) for one in sealed.get("evidence", ())),
        external_id=row.external_id,
    )


def _money(minor: int | None, currency: str | None) -> Money | None:
    return Money.of(minor, currency) if minor is not None and currency is not None else None


def with_waiting(row: Row, waiting: Waiting | None) -> Row:
    """Return the row with that held amendment, or without any."""
    kept = waiting.model_dump_json(exclude_defaults=True).encode() if waiting is not None else None
    return replaced(row, amendment=kept)


def waiting_of(row: Any) -> Waiting | None:
    """Return the row's held amendment."""
    return Waiting.model_validate_json(row.amendment) if row.amendment is not None else None


def with_evidence(row: PipelineRow, event: EvidenceAdded) -> PipelineRow:
    """Return the row with one more piece of evidence."""
    content = sealed_of(row)
    content.setdefault("evidence", []).append(event.evidence.model_dump(mode="json", exclude_none=True))
    return replaced(row, sealed=_packed(content))
