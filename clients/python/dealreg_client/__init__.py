"""A client of the dealreg API: register deals, wait for the decision, repeat safely."""

from dealreg_client.client import Dealreg
from dealreg_client.errors import ClientError, Refused, StillPending, Unreachable
from dealreg_client.retrying import Retries

__all__ = ["ClientError", "Dealreg", "Refused", "Retries", "StillPending", "Unreachable"]
