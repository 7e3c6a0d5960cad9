"""The edits that make this release the next one: an event's new version, a view's new shape, a changed rule."""

from __future__ import annotations

from dataclasses import dataclass

NEXT = "0.2.0"
GRACE_DAYS = 7
"""The changed rule: who is protected from then on is protected a week longer."""


@dataclass(frozen=True, slots=True)
class Change:
    """Text of one file, there exactly once, and what stands in its place."""

    file: str
    before: str
    after: str


CHANGES = (
    # registration.withdrawn, version 2: who withdrew.
    Change(
        "shared/events/registration.py",
        '    type: ClassVar[str] = "registration.withdrawn"\n',
        '    type: ClassVar[str] = "registration.withdrawn"\n    version: ClassVar[int] = 2\n\n'
        '    by: Literal["partner", "vendor", "unknown"]\n',
    ),
    Change(
        "services/registration/intake/messages/registration.py",
        "registration.RegistrationWithdrawn(registration=context.target, reason=self.reason)",
        "registration.RegistrationWithdrawn(\n"
        "            registration=context.target,\n"
        "            reason=self.reason,\n"
        '            by="vendor" if context.partner is None else "partner",\n'
        "        )",
    ),
    # The view pipeline, version 2: a column for it.
    Change("services/projections/views/pipeline.py", '"pipeline"\n    version = 1\n', '"pipeline"\n    version = 2\n'),
    Change(
        "services/projections/views/pipeline.py",
        "    return row if row.protection else _ended(row, event, entry)\n",
        "    row = row._replace(withdrawn_by=event.by)\n"
        "    return row if row.protection else _ended(row, event, entry)\n",
    ),
    Change(
        "services/projections/views/claim.py",
        "\n    @property\n    def life(self) -> Life:\n",
        "    withdrawn_by: str | None = None\n\n    @property\n    def life(self) -> Life:\n",
    ),
    # The query API shows it.
    Change(
        "services/projections/api/documents.py",
        '        "original": row.original,\n',
        '        "original": row.original,\n        "withdrawn_by": row.withdrawn_by,\n',
    ),
    # The decider protects longer.
    Change(
        "services/attribution/domain/documents/calendar.py",
        'return after_days(event, known(protection.days, "days of protection"), zone)',
        f'return after_days(event, known(protection.days, "days of protection") + {GRACE_DAYS}, zone)',
    ),
)
