"""What the services and the workers are called, for whoever starts them without loading them."""

from __future__ import annotations

from typing import Literal, get_args

Service = Literal["registration", "query", "attribution"]
SERVICES: tuple[Service, ...] = get_args(Service)
"""What answers HTTP."""
Served = Literal["registration", "query", "attribution", "console"]
SERVED: tuple[Served, ...] = get_args(Served)
"""What can be served alone; the console then asks the services at an address."""
Work = Literal["attribution", "projections", "webhooks"]
WORKS: tuple[Work, ...] = get_args(Work)
"""What works through the log."""
