"""Replay: a vendor's facts decided again under a candidate policy, beside the published one, to say what differs.

Nothing is written: facts come from the log, and what a fold remembers is gone with its process (ADR 0033).
"""
