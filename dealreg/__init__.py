"""The composition root: the one command, and how the services are put together."""
