"""What the edge refuses by itself, each with its code and status."""

from __future__ import annotations

from shared.errors import DealregError, Unavailable
from shared.http.problems import TooMany


class KeyReused(DealregError):
    """The key stands for another request."""

    code = "idempotency.key_reused"
    status = 422


class WebhookIdReused(DealregError):
    """The message id stands for another body."""

    code = "webhook.id_reused"
    status = 422


class WebhookReplayed(DealregError):
    """This very delivery was accepted already; a retry carries a later timestamp."""

    code = "webhook.replayed"
    status = 409


class Bug(DealregError):
    """Our mistake."""


class Overloaded(Unavailable):
    """More requests wait than are worth waiting behind."""

    code = "overloaded"


class BulkBusy(TooMany):
    """One import at a time, so that its rows keep their order."""

    code = "bulk.busy"


class BulkBacklog(TooMany):
    """The decider is behind on this vendor; rows wait outside, so that people's requests need not."""

    code = "bulk.backlog"


class ImportPaused(DealregError):
    """A fact of the history could not be decided; what comes later rests on it."""

    code = "import.paused"
    status = 409
