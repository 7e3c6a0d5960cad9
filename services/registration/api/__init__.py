"""The HTTP side of the edge."""

from services.registration.api.app import create_app

__all__ = ["create_app"]
