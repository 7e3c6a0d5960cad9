"""What scenarios need of the decider, named once: its documents, its calendar, its batch and its errors."""

from __future__ import annotations

from services.attribution.domain.documents.calendar import STANDARD as STANDARD
from services.attribution.domain.documents.calendar import after_period as after_period
from services.attribution.domain.documents.keys import Key as Key
from services.attribution.domain.documents.kinds import Document as Document
from services.attribution.domain.documents.kinds import due_of as due_of
from services.attribution.domain.documents.money import Case as Case
from services.attribution.domain.documents.money import Credit as Credit
from services.attribution.domain.documents.money import Reward as Reward
from services.attribution.domain.documents.opportunity import Opportunity as Opportunity
from services.attribution.domain.documents.partner import Partner as Partner
from services.attribution.domain.documents.registration import Registration as Registration
from services.attribution.domain.documents.working_set import NeedsDocuments as NeedsDocuments
from services.attribution.faults import Fault as Fault
from services.attribution.faults import Halted as Halted
from services.attribution.vendor_batch import BatchFull as BatchFull
from services.attribution.vendor_batch import VendorBatch as VendorBatch
