"""What a policy's clauses decide: pure functions of what they may look at."""
