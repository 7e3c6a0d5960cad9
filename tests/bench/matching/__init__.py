"""Matching measured, and the tables it stands on made from their sources."""
