"""Errors of the edge, each with its code and status."""

from __future__ import annotations

from shared.errors import DealregError, TooMany, Unavailable


class KeyReused(DealregError):
    """The key was used with another request."""

    code = "idempotency.key_reused"
    status = 422


class WebhookIdReused(DealregError):
    """The message id was used with another body."""

    code = "webhook.id_reused"
    status = 422


class WebhookReplayed(DealregError):
    """This delivery was already accepted; a retry needs a later timestamp."""

    code = "webhook.replayed"
    status = 409


class Bug(DealregError):
    """Our mistake."""


class Overloaded(Unavailable):
    """Too many requests are waiting."""

    code = "overloaded"


class BulkBusy(TooMany):
    """One import at a time, so that its rows keep their order."""

    code = "bulk.busy"


class BulkBacklog(TooMany):
    """The decider is behind on this vendor. Rows wait outside, so that single requests need not."""

    code = "bulk.backlog"


class ImportPaused(DealregError):
    """A fact of the imported history could not be decided, and later ones depend on it."""

    code = "import.paused"
    status = 409
