"""What a check holds registrations of a file against: the vendor's products and programs, as the directory knows them.

The decider alone says what becomes of a row that is taken; this says beforehand what it would refuse.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from services.registration.api.errors import WouldBeRefused
from services.registration.directory.reading import Directory, in_force
from shared.errors import FieldProblem
from shared.events.vendor import VendorDocument
from shared.http.wire.off_loop import in_thread
from shared.messages import Language, Words
from shared.values.written import written_json


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Names that a registration can have now."""

    spellings: Mapping[str, str]
    """Products by each of their spellings, folded."""
    programs: Mapping[str, bool]
    """Programs in force, and whether each takes new registrations."""

    def refusal(self, body: Mapping[str, Any], said: Language) -> WouldBeRefused | None:
        """Return what the decider would refuse the body of a registration with, in that language; None if nothing."""
        program = str(body["program"])
        found: list[tuple[int, str, str, dict[str, str]]] = []
        if program not in self.programs:
            found.append((422, "program.unknown", "program", {"program": program}))
        elif not self.programs[program]:
            found.append((409, "program.withdrawn", "program", {"program": program}))
        found += [
            (422, "product.unknown", f"products.{place}", {"product": name})
            for place, name in enumerate(body["products"])
            if name.casefold() not in self.spellings
        ]
        if not found:
            return None
        words = Words(said)
        problems = [
            FieldProblem(field, code, words.refusal({"code": code, "field": field, "params": params}))
            for _, code, field, params in found
        ]
        return WouldBeRefused(found[0][0], found[0][1], problems, said.tag)


async def catalogue_of(directory: Directory, vendor: str) -> Catalogue | None:
    """Return the names of that vendor; None where it has no document yet, so that nothing can be said.

    Raises `Unavailable` if the database does not answer.
    """
    document, programs = await directory.document(vendor), await directory.programs(vendor)
    if not document:
        return None
    spellings = await in_thread(lambda: VendorDocument.model_validate_json(written_json(document)).spellings())
    current = {name: in_force(versions) for name, versions in programs.items()}
    return Catalogue(
        spellings, {name: not version["withdrawn"] for name, version in current.items() if version is not None}
    )
