"""What the services share: events, the log, policy, settings and infrastructure."""
