"""What can be wrong with a request about a saved view."""

from __future__ import annotations

from shared.errors import DealregError


class SavedViewUnknown(DealregError):
    """There is no such saved view, it was deleted, or it is somebody else's."""

    code = "saved_view.unknown"
    status = 404


class SavedViewExists(DealregError):
    """The person has a saved view of this name on this page."""

    code = "saved_view.exists"
    status = 409


class SavedViewsTooMany(DealregError):
    """The person has as many saved views as anybody may have."""

    code = "saved_view.too_many"
    status = 409
