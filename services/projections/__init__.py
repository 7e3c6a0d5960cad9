"""Read models: views folded from the journal, the queries over them, and the proof that they agree with it."""
