"""The query API: pipeline, registrations with history and explanation, conflicts, opportunities, events, facts."""

from services.projections.api.app import create_app

__all__ = ["create_app"]
