"""The three services: registration takes facts in, attribution decides, projections answer."""
