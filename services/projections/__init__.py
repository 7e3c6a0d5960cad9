"""Projections: views folded from the journal, the query API, and the proof that they agree with the journal."""
