"""What the decider knows: frozen documents, and the folds that make them of the journal."""
