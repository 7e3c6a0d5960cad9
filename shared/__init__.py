"""What the services have in common: events, the log, policy, settings and the ground under them."""
