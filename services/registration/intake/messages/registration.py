"""Messages of partners about their registrations."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AfterValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from services.registration.intake.foreign_clocks import Happened
from services.registration.intake.messages.message import Context, Message, Seals
from shared.events import registration
from shared.events.base import Event, composed
from shared.events.envelope import derived_id
from shared.events.sealed import Contact as SealedContact
from shared.http.wire.deals import Customer, NamedPartner, claimant
from shared.http.wire.fields import (
    Amount,
    CompanyNumber,
    Country,
    CustomerNames,
    Day,
    Domain,
    Email,
    Identity,
    Line,
    Phone,
    ProductNames,
    Text,
    WirePart,
)

EXAMPLE: dict[str, Any] = {
    "program": "hunting",
    "customer": {"legal_name": "Kanzlei Adler GmbH", "country": "DE", "tax_id": "DE136695976"},
    "products": ["GTX Pro"],
    "amount": {"amount": "48000.00", "currency": "EUR"},
    "close_date": "2026-03-31",
    "contact": {"name": "Jana Adler", "email": "jana@adler.example"},
    "evidence": [{"kind": "demo", "on": "2025-11-12", "note": "two hours with their operations"}],
    "external_id": "Q-2211",
}


class Contact(WirePart):
    """The contact person at the customer. Sealed before it is stored."""

    name: Line | None = None
    email: Email | None = None
    phone: Phone | None = None


class EvidenceItem(WirePart):
    """One dated piece of pre-sales work. The note is sealed."""

    kind: registration.EvidenceKind
    on: Day
    note: Text | None = None


class SubmitRegistration(Message):
    """A partner's claim to a deal."""

    model_config = ConfigDict(json_schema_extra={"example": EXAMPLE})

    program: Identity
    partner: NamedPartner
    customer: Customer
    products: ProductNames
    amount: Amount | None = None
    list_amount: Amount | None = Field(default=None, description="The same deal at list prices.")
    units: registration.Units | None = Field(default=None, description="Units bought, all products together.")
    term_months: registration.Months | None = Field(default=None, description="How long the contract runs.")
    rfp_on: Day | None = Field(
        default=None, description="When the customer issues a request for proposals. Leave it out if it issues none."
    )
    further_customers: CustomerNames | None = Field(
        default=None, description="Other end customers of the same deal, if there are any."
    )
    close_date: Day | None = None
    site: Line | None = None
    workload: Line | None = Field(default=None, description="What the customer runs on it. Names no person.")
    subscription: Line | None = Field(default=None, description="The vendor's number of the subscription.")
    project: Line | None = None
    competitor: Line | None = None
    contact: Contact | None = None
    notes: Text | None = None
    evidence: tuple[EvidenceItem, ...] = Field(default=(), max_length=50)
    external_id: Line | None = None

    def personal(self, context: Context) -> tuple[str, dict[str, str]] | None:
        found = _contact_texts(self.contact)
        if self.notes is not None:
            found["notes"] = self.notes
        for index, item in enumerate(self.evidence):
            if item.note is not None:
                found[f"evidence.{index}"] = item.note
        return _whose(self.contact, context.new_registration, found)

    def happened(self) -> tuple[Happened, ...]:
        return tuple((f"evidence.{index}.on", item.on) for index, item in enumerate(self.evidence))

    def event(self, context: Context, sealed: Seals) -> Event:
        return composed(
            registration.RegistrationSubmitted,
            registration=context.new_registration,
            program=self.program,
            partner=claimant(self.partner, context.partner),
            customer=composed(registration.Customer, **vars(self.customer)),
            products=self.products,
            amount=self.amount,
            list_amount=self.list_amount,
            units=self.units,
            term_months=self.term_months,
            rfp_on=self.rfp_on,
            further_customers=self.further_customers,
            close_date=self.close_date,
            site=self.site,
            workload=self.workload,
            subscription=self.subscription,
            project=self.project,
            competitor=self.competitor,
            contact=_sealed_contact(sealed) if self.contact else None,
            notes=sealed.get("notes"),
            evidence=tuple(_evidence(context, item, index, sealed) for index, item in enumerate(self.evidence)),
            external_id=self.external_id,
        )


def _not_removed(value: Any) -> Any:
    if value is None:
        raise PydanticCustomError("field.required", "cannot be removed; send a new value")
    return value


class CustomerPatch(WirePart):
    """Fields of the customer to change. Null removes a field."""

    legal_name: Annotated[Line | None, AfterValidator(_not_removed)] = None
    country: Country | None = None
    city: Line | None = None
    domain: Domain | None = None
    tax_id: CompanyNumber | None = None
    company_id: CompanyNumber | None = None
    duns: CompanyNumber | None = None
    lei: CompanyNumber | None = None
    sector: Line | None = None
    subsidiary_of: Line | None = None


class AmendRegistration(Message):
    """A merge patch (RFC 7396): sent fields change, null removes a field, absent fields stay."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"products": ["GTX Pro", "MG Special"], "competitor": None}}
    )

    customer: Annotated[CustomerPatch | None, AfterValidator(_not_removed)] = None
    products: Annotated[ProductNames | None, AfterValidator(_not_removed)] = None
    amount: Amount | None = None
    list_amount: Amount | None = Field(default=None, description="The same deal at list prices.")
    units: registration.Units | None = Field(default=None, description="Units bought, all products together.")
    term_months: registration.Months | None = Field(default=None, description="How long the contract runs.")
    rfp_on: Day | None = Field(
        default=None, description="When the customer issues a request for proposals. Leave it out if it issues none."
    )
    further_customers: CustomerNames | None = Field(
        default=None, description="Other end customers of the same deal, if there are any."
    )
    close_date: Day | None = None
    site: Line | None = None
    workload: Line | None = Field(default=None, description="What the customer runs on it. Names no person.")
    subscription: Line | None = Field(default=None, description="The vendor's number of the subscription.")
    project: Line | None = None
    competitor: Line | None = None
    contact: Contact | None = None
    notes: Text | None = None
    external_id: Line | None = None
    correction: Annotated[Line | None, AfterValidator(_not_removed)] = Field(
        default=None,
        description="Why the vendor corrects the claim. The change then counts at once, even if another partner "
        "is protected on the deal. For the vendor only.",
    )

    @model_validator(mode="after")
    def _changes_something(self) -> AmendRegistration:
        if self.model_fields_set <= {"correction"}:
            raise PydanticCustomError("patch.empty", "the patch changes nothing; name at least one field")
        return self

    def personal(self, context: Context) -> tuple[str, dict[str, str]] | None:
        found = _contact_texts(self.contact)
        if self.notes is not None:
            found["notes"] = self.notes
        return _whose(self.contact, context.target, found)

    def event(self, context: Context, sealed: Seals) -> Event:
        sent = [name for name in type(self).model_fields if name in self.model_fields_set and name != "correction"]
        if self.contact is not None:
            members = Contact.model_fields
            sent += [f"contact.{name}" for name in members if name in self.contact.model_fields_set]
        customer = self.customer
        patch = registration.Patch(
            customer={name: getattr(customer, name) for name in customer.model_fields_set} if customer else None,
            products=self.products,
            amount=self.amount,
            list_amount=self.list_amount,
            units=self.units,
            term_months=self.term_months,
            rfp_on=self.rfp_on,
            further_customers=self.further_customers,
            close_date=self.close_date,
            site=self.site,
            workload=self.workload,
            subscription=self.subscription,
            project=self.project,
            competitor=self.competitor,
            contact=_sealed_contact(sealed) if self.contact else None,
            notes=sealed.get("notes"),
            external_id=self.external_id,
        )
        return registration.RegistrationAmended(
            registration=context.target,
            expected_revision=context.expected_revision,
            patch=patch,
            fields=tuple(sent),
            correction=self.correction,
        )


class WithdrawRegistration(Message):
    """Gives up a claim."""

    model_config = ConfigDict(json_schema_extra={"example": {"reason": "the customer postponed the project"}})

    reason: Line | None = None

    def event(self, context: Context, sealed: Seals) -> Event:
        return registration.RegistrationWithdrawn(registration=context.target, reason=self.reason)


class ConfirmRegistration(Message):
    """Confirms that the partner still wants the deal, now that its turn has come."""

    model_config = ConfigDict(json_schema_extra={"example": {}})

    def event(self, context: Context, sealed: Seals) -> Event:
        return registration.RegistrationConfirmed(registration=context.target)


class AddEvidence(Message):
    """Dated pre-sales work to add to the registration."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"kind": "poc", "on": "2025-11-20", "note": "four weeks, passed"}}
    )

    kind: registration.EvidenceKind
    on: Day
    note: Text | None = None

    def personal(self, context: Context) -> tuple[str, dict[str, str]] | None:
        return None if self.note is None else (context.target, {"evidence.0": self.note})

    def happened(self) -> tuple[Happened, ...]:
        return (("on", self.on),)

    def event(self, context: Context, sealed: Seals) -> Event:
        item = EvidenceItem(kind=self.kind, on=self.on)
        return registration.EvidenceAdded(registration=context.target, evidence=_evidence(context, item, 0, sealed))


class _Reasoned(Message):
    """Gives a reason, which is sealed."""

    reason: Text | None = None

    def personal(self, context: Context) -> tuple[str, dict[str, str]] | None:
        return None if self.reason is None else (context.target, {"reason": self.reason})


class RequestExtension(_Reasoned):
    """A request for more time. The reason is sealed."""

    model_config = ConfigDict(json_schema_extra={"example": {"reason": "their board meets in January"}})

    def event(self, context: Context, sealed: Seals) -> Event:
        return registration.ExtensionRequested(registration=context.target, reason=sealed.get("reason"))


class RaiseObjection(_Reasoned):
    """The holder's objection to a reported loss. The reason is sealed."""

    model_config = ConfigDict(json_schema_extra={"example": {"reason": "the customer has only put the project off"}})

    def event(self, context: Context, sealed: Seals) -> Event:
        return registration.ObjectionRaised(registration=context.target, reason=sealed.get("reason"))


def _contact_texts(contact: Contact | None) -> dict[str, str]:
    if contact is None:
        return {}
    found = {"contact.name": contact.name, "contact.email": contact.email, "contact.phone": contact.phone}
    return {name: text for name, text in found.items() if text is not None}


def _whose(contact: Contact | None, registration: str, found: dict[str, str]) -> tuple[str, dict[str, str]] | None:
    # Notes beside a contact are most likely about that contact, so both are sealed under the same person.
    who = contact.email if contact is not None and contact.email is not None else registration
    return (who, found) if found else None


def _sealed_contact(sealed: Seals) -> SealedContact:
    name, email, phone = sealed.get("contact.name"), sealed.get("contact.email"), sealed.get("contact.phone")
    return composed(SealedContact, name=name, email=email, phone=phone)


def _evidence(context: Context, item: EvidenceItem, index: int, sealed: Seals) -> registration.Evidence:
    return composed(
        registration.Evidence,
        evidence=f"ev_{derived_id('evidence', context.fact, str(index))}",
        kind=item.kind,
        on=item.on,
        note=sealed.get(f"evidence.{index}"),
    )
