"""The HTTP side of attribution: blind checks and the list of them."""

from services.attribution.api.app import create_app

__all__ = ["create_app"]
