"""The vendor: its mode, its own document, what it lists."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from services.attribution.domain.documents.derived import derived
from shared.events.vendor import VendorDocument, VendorMode
from shared.policy.references import retired_products


@dataclass(frozen=True)
class Vendor:
    """The vendor itself: its mode (a `sandbox` stays one for ever), its document, the release that decides."""

    mode: VendorMode
    document: VendorDocument = field(default_factory=VendorDocument)
    retired: tuple[tuple[str, str], ...] = ()
    """Products that the catalogue no longer lists, with the lines that claims on them still belong to."""
    programs: tuple[str, ...] = ()
    bases: tuple[str, ...] = ()
    """Base currencies of the rates that were ever published."""
    release: str = ""
    normaliser: int = 0
    disarmed: tuple[str, ...] = ()
    """Subjects with a timer that failed: a later release arms them."""
    groups: bool = False
    """Whether a policy was ever published that takes companies of one group for one customer."""
    compared: tuple[str, ...] = ()
    """Of `key`, `site` and `territory`, what a policy was ever published to compare: a change of it moves a claim."""

    @derived
    def _spellings(self) -> dict[str, str]:
        return self.document.spellings()

    @derived
    def _lines(self) -> dict[str, str]:
        return {**dict(self.retired), **{product.product: product.line for product in self.document.products}}

    @derived
    def _territories(self) -> dict[str, str]:
        return {country: name for name, countries in self.document.territories.items() for country in countries}

    def territory(self, country: str) -> str:
        """The territory that the country is in; one in none is its own."""
        return self._territories.get(country, country)

    def product(self, name: str) -> str | None:
        """The catalogue's spelling of a product or alias, or None where it is not in the catalogue."""
        return self._spellings.get(name.casefold())

    def lines(self, products: tuple[str, ...]) -> frozenset[str]:
        """The lines that the products belong to, or did while they were listed."""
        return frozenset(self._lines[product] for product in products if product in self._lines)

    def configured(self, document: VendorDocument) -> Vendor:
        """The vendor with the document in place of the old one."""
        retired = tuple(retired_products(self._lines, document).items())
        return replace(self, document=document, retired=retired)
